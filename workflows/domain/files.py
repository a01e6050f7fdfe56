"""Keeping the files people hand in: recognised by what they hold, stored under their SHA-256, never under a URL."""

import hashlib
import os
import tempfile
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.authority import Actor
from accounts.models import User
from workflows.domain.errors import DomainError
from workflows.domain.events import record
from workflows.models import PDF, Assignment, StoredFile
from workflows.signing import jobs

MAX_BYTES = 25 * 1024 * 1024
MAX_NAME = 200
MAX_PARTS = 10_000  # of an Office document
MAX_UNPACKED = 500 * 1024 * 1024
TAIL = 2_048
FOLDER_MODE, FILE_MODE = 0o750, 0o640

_PNG_HEAD = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
_PNG_END = b"\x00\x00\x00\x00IEND\xaeB`\x82"
_JPEG_FRAMES = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
_JPEG_SCAN = 0xDA
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What reading a file with a broken structure ends in; an encrypted part raises RuntimeError.
UNREADABLE = (ValueError, OSError, EOFError, LookupError, RuntimeError, zipfile.BadZipFile, zlib.error)


class BadFileError(DomainError):
    """The file cannot be taken; says why."""

    def __init__(self, message: str) -> None:
        super().__init__(message, field="file")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file we take: its names' endings, its media type, and how to tell it by content and structure."""

    endings: tuple[str, ...]
    content_type: str
    fits: Callable[[IO[bytes]], bool]


@transaction.atomic
def store_file(upload: "UploadedFile[Any]", assignment: Assignment, *, actor: Actor) -> StoredFile:
    """Keep a file for an assignment; the same file under the same name of the same person is kept once.

    The bytes lie in MEDIA_ROOT under their SHA-256, written whole or not at all.

    Raises:
        BadFileError: empty, larger than 25 MB, or not really a PDF, DOCX, XLSX, PNG or JPG.
    """
    stored, created = keep_file(upload, assignment, actor=actor)

    if created:
        record("file.stored", assignment, subject=stored, actor=actor, **said_of(stored))
    return stored


def keep_file(
    upload: "UploadedFile[Any]", assignment: Assignment, *, actor: Actor
) -> tuple[StoredFile, bool]:
    """Keep a file and leave the record to the caller, whose act it is part of; returns whether it is new.

    Raises:
        BadFileError: as `store_file`.
    """
    kind = recognise(upload)
    return _keep(upload, assignment, stored_by=actor.person, content_type=kind.content_type)


def keep_made(content: bytes, name: str, assignment: Assignment, *, stored_by: User) -> StoredFile:
    """Keep a PDF the system has made for somebody's act."""
    made = ContentFile(content, name=name)
    return _keep(made, assignment, stored_by=stored_by, content_type=PDF)[0]


def _keep(
    file: "File[Any]", assignment: Assignment, *, stored_by: User, content_type: str
) -> tuple[StoredFile, bool]:
    """Write bytes and row; what is signed inside a PDF is examined after commit, outside every lock."""
    sha256 = _keep_bytes(file)
    stored, created = StoredFile.objects.get_or_create(
        assignment=assignment,
        sha256=sha256,
        name=clean_name(file.name or ""),
        stored_by=stored_by,
        defaults={"content_type": content_type, "size": file.size or 0, "stored_at": timezone.now()},
    )
    if created and content_type == PDF:
        transaction.on_commit(jobs.wake)
    return stored, created


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


def recognise(upload: "UploadedFile[Any]") -> Kind:
    """Return the kind of an upload, told by its content; its name must agree.

    Raises:
        BadFileError: empty, too large, of no kind we take, or named as another kind.
    """
    if not upload.size:
        raise BadFileError(_("The file is empty."))
    if upload.size > MAX_BYTES:
        raise BadFileError(_("The file is larger than %(n)s MB.") % {"n": MAX_BYTES // 1024**2})
    ending = Path(upload.name or "").suffix.lower()
    kind = next((kind for kind in KINDS if ending in kind.endings), None)
    if kind is None:
        raise BadFileError(_("Only PDF, DOCX, XLSX, PNG and JPG files are taken."))
    if not _fits(kind, upload):
        raise BadFileError(
            _("The content of this file is not what its name says (%(ending)s).") % {"ending": ending}
        )
    return kind


def clean_name(name: str) -> str:
    """Return a file name fit to print and to offer for download: no path, no control characters, at most 200 long."""
    base = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    printable = "".join(char for char in base if unicodedata.category(char)[0] != "C").strip()
    path = Path(printable or "tep")
    return path.stem[: MAX_NAME - len(path.suffix)] + path.suffix


def _fits(kind: Kind, upload: "UploadedFile[Any]") -> bool:
    upload.seek(0)
    try:
        return kind.fits(upload)
    except UNREADABLE:
        return False


def _is_pdf(file: IO[bytes]) -> bool:
    tail = _tail(file)
    file.seek(0)
    return file.read(5) == b"%PDF-" and b"%%EOF" in tail and b"startxref" in tail


def _is_png(file: IO[bytes]) -> bool:
    return file.read(len(_PNG_HEAD)) == _PNG_HEAD and _tail(file).endswith(_PNG_END)


def _is_jpeg(file: IO[bytes]) -> bool:
    if file.read(2) != b"\xff\xd8" or b"\xff\xd9" not in _tail(file):
        return False
    file.seek(2)
    return any(marker in _JPEG_FRAMES for marker in _jpeg_markers(file))


def _jpeg_markers(file: IO[bytes]) -> Iterable[int]:
    """Yield the markers before the picture itself; stops where the structure breaks."""
    while (head := file.read(4)) and len(head) == 4 and head[0] == 0xFF and head[1] != _JPEG_SCAN:
        yield head[1]
        file.seek(int.from_bytes(head[2:4], "big") - 2, os.SEEK_CUR)


def _office(main_part: str, content_type: str) -> Callable[[IO[bytes]], bool]:
    """Return a test for an Office Open XML document without macros."""

    def fits(file: IO[bytes]) -> bool:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
                return False
            names = {part.filename for part in parts}
            if main_part not in names or any("vbaProject" in name for name in names):
                return False
            with archive.open("[Content_Types].xml") as types:
                return f"{content_type}.main+xml".encode() in types.read(1024**2)

    return fits


KINDS = (
    Kind((".pdf",), PDF, _is_pdf),
    Kind((".docx",), _WORD, _office("word/document.xml", _WORD)),
    Kind((".xlsx",), _EXCEL, _office("xl/workbook.xml", _EXCEL)),
    Kind((".png",), "image/png", _is_png),
    Kind((".jpg", ".jpeg"), "image/jpeg", _is_jpeg),
)
ACCEPT = ",".join(ending for kind in KINDS for ending in kind.endings)


def _tail(file: IO[bytes]) -> bytes:
    file.seek(0, os.SEEK_END)
    file.seek(max(0, file.tell() - TAIL))
    return file.read()


def _digest(upload: "File[Any]") -> str:
    digest = hashlib.sha256()
    upload.seek(0)
    for chunk in upload.chunks():
        digest.update(chunk)
    return digest.hexdigest()


def _keep_bytes(upload: "File[Any]") -> str:
    """Write the bytes under their SHA-256 where they are not yet; returns it."""
    sha256 = _digest(upload)
    place = _place(sha256)
    if place.is_file() and place.stat().st_size == upload.size:
        return sha256
    place.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=place.parent, delete=False) as target:
        upload.seek(0)
        for chunk in upload.chunks():
            target.write(chunk)
        target.flush()
        os.fsync(target.fileno())
    Path(target.name).chmod(FILE_MODE)
    Path(target.name).replace(place)
    return sha256


def _place(sha256: str) -> Path:
    return Path(settings.MEDIA_ROOT) / sha256[:2] / sha256
