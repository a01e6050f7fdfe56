"""Keeping the files people hand in: recognised by what they hold, stored under their SHA-256, never under a URL."""

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.authority import Actor
from accounts.models import User
from workflows.domain.events import record
from workflows.domain.file_kinds import BadFileError, recognise
from workflows.domain.file_names import clean_name
from workflows.models import PDF, Assignment, Scan, StoredFile
from workflows.signing import jobs
from workflows.uploads import jobs as scanning

MAX_CASE_BYTES = 100 * 1024 * 1024  # of one assignment; a rule of thumb: two at once may overstep it a little
FOLDER_MODE, FILE_MODE = 0o750, 0o640


def store_file(upload: "UploadedFile[Any]", assignment: Assignment, *, actor: Actor) -> StoredFile:
    """Keep a file for an assignment; the same file under the same name of the same person is kept once.

    The bytes lie in MEDIA_ROOT under their SHA-256, written whole or not at all.

    Raises:
        BadFileError: empty, larger than 25 MB, or not really a PDF, DOCX, XLSX, PNG or JPG.
    """
    recognise(upload)  # before anything is locked
    with transaction.atomic():
        stored, created = keep_file(upload, assignment, actor=actor)

        if created:
            record("file.stored", assignment, subject=stored, actor=actor, **said_of(stored))
        return stored


def keep_file(
    upload: "UploadedFile[Any]", assignment: Assignment, *, actor: Actor
) -> tuple[StoredFile, bool]:
    """Keep a file and leave the record to the caller, whose act it is part of; returns whether it is new.

    Where a virus scanner is set up the file waits for it and is served to nobody until then.

    Raises:
        BadFileError: as `store_file`.
    """
    kind = recognise(upload)
    scan = Scan.WAITING if scanning.is_on() else Scan.CLEAN
    return _keep(upload, assignment, stored_by=actor.person, content_type=kind.content_type, scan=scan)


def keep_made(content: bytes, name: str, assignment: Assignment, *, stored_by: User) -> StoredFile:
    """Keep a PDF the system has made for somebody's act."""
    made = ContentFile(content, name=name)
    return _keep(made, assignment, stored_by=stored_by, content_type=PDF)[0]


def _keep(
    file: "File[Any]", assignment: Assignment, *, stored_by: User, content_type: str, scan: Scan = Scan.CLEAN
) -> tuple[StoredFile, bool]:
    """Write bytes and row; viruses and signatures are looked for after commit, outside every lock."""
    sha256 = _digest(file)
    same = {"assignment": assignment, "sha256": sha256, "name": clean_name(file.name or "")}
    found = StoredFile.objects.filter(**same, stored_by=stored_by).first()
    if found is None:
        _refuse_too_much(assignment, file.size or 0)
    _keep_bytes(file, sha256)
    stored, created = StoredFile.objects.get_or_create(
        **same,
        stored_by=stored_by,
        defaults={
            "content_type": content_type,
            "size": file.size or 0,
            "stored_at": timezone.now(),
            "scan": scan,
        },
    )
    if created and scan == Scan.WAITING:
        transaction.on_commit(scanning.wake)
    if created and content_type == PDF:
        transaction.on_commit(jobs.wake)
    return stored, created


def _refuse_too_much(assignment: Assignment, size: int) -> None:
    held = StoredFile.objects.filter(assignment=assignment).aggregate(total=Sum("size"))["total"] or 0
    if held + size > MAX_CASE_BYTES:
        raise BadFileError(
            _("The files of this case would be larger than %(n)s MB together. Hand in a smaller copy.")
            % {"n": MAX_CASE_BYTES // 1024**2}
        )


def said_of(stored: StoredFile) -> dict[str, Any]:
    """Return what the record says about a file."""
    return {"name": stored.name, "sha256": stored.sha256, "size": stored.size}


def find_stored(upload: "UploadedFile[Any]", assignment: Assignment, *, actor: Actor) -> StoredFile | None:
    """Return what `store_file` kept of the same upload before, if anything; writes nothing."""
    return StoredFile.objects.filter(
        assignment=assignment,
        sha256=_digest(upload),
        name=clean_name(upload.name or ""),
        stored_by=actor.person,
    ).first()


def path_of(stored: StoredFile) -> Path:
    """Return where the bytes of a stored file lie."""
    return _place(stored.sha256)


def _digest(upload: "File[Any]") -> str:
    digest = hashlib.sha256()
    upload.seek(0)
    for chunk in upload.chunks():
        digest.update(chunk)
    return digest.hexdigest()


def _keep_bytes(upload: "File[Any]", sha256: str) -> None:
    """Write the bytes under their SHA-256 where they are not yet."""
    place = _place(sha256)
    if place.is_file() and place.stat().st_size == upload.size:
        return
    place.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=place.parent, delete=False) as target:
        upload.seek(0)
        for chunk in upload.chunks():
            target.write(chunk)
        target.flush()
        os.fsync(target.fileno())
    Path(target.name).chmod(FILE_MODE)
    Path(target.name).replace(place)


def _place(sha256: str) -> Path:
    return Path(settings.MEDIA_ROOT) / sha256[:2] / sha256
