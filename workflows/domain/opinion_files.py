"""Files an agency puts beside its answer: its own until the answer they belong to is signed."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.authority import Actor
from workflows.domain import files
from workflows.domain.errors import DomainError
from workflows.domain.events import record
from workflows.domain.file_kinds import BadFileError, recognise
from workflows.domain.file_names import clean_name
from workflows.domain.opinions import answerable
from workflows.models import Opinion, OpinionFile, Participation, StoredFile

MAX_FILES = 10


@transaction.atomic
def attach(participation: Participation, uploads: "Sequence[UploadedFile[Any]]", *, actor: Actor) -> Opinion:
    """Put files beside the answer the agency prepares: all of them, or none; the same file again is there once.

    Raises:
        ConsultationClosedError, RequestWithdrawnError: an answer of the agency is no longer taken.
        BadFileError: a file is not what its name says, empty or too large.
        DomainError: no file, or more than an answer may carry.
    """
    opinion = answerable(participation)
    _check(opinion, uploads)
    kept = {files.keep_file(upload, participation.assignment, actor=actor)[0] for upload in uploads}
    for stored in sorted(kept, key=lambda each: each.pk):
        if _add(opinion, stored, actor):
            _record("file.attached", participation, opinion, stored, actor)
    return opinion


def _check(opinion: Opinion, uploads: "Sequence[UploadedFile[Any]]") -> None:
    if not uploads:
        raise DomainError(_("Choose the file to attach."), field="uploads")
    if OpinionFile.objects.of_the_next().filter(opinion=opinion).count() + len(uploads) > MAX_FILES:
        raise DomainError(_("An answer carries at most %(n)s files.") % {"n": MAX_FILES}, field="uploads")
    inspect(uploads)


def inspect(uploads: "Sequence[UploadedFile[Any]]") -> None:
    """Look at what is inside the files; each is looked at once, so a caller may do it before anything is locked.

    Raises:
        BadFileError: one of them cannot be taken; says which.
    """
    for upload in uploads[: MAX_FILES + 1]:
        try:
            recognise(upload)
        except BadFileError as error:
            said = {"name": clean_name(upload.name or ""), "why": error.message}
            raise BadFileError(_("%(name)s: %(why)s") % said) from error


def _add(opinion: Opinion, stored: StoredFile, actor: Actor) -> bool:
    """Add a file, or keep the one that was about to leave; tell whether anything changed."""
    row, created = OpinionFile.objects.get_or_create(
        opinion=opinion,
        file=stored,
        is_earlier=False,
        defaults={"added_by": actor.person, "added_at": timezone.now()},
    )
    return created or _set_leaving(row, leaving=False)


@transaction.atomic
def detach(participation: Participation, file_id: UUID, *, actor: Actor) -> Opinion:
    """Take a file out of the answer the agency prepares; one of a signed answer stays with that answer.

    Raises:
        ConsultationClosedError, RequestWithdrawnError: an answer of the agency is no longer taken.
        DomainError: the file is not among the answer's files.
    """
    opinion = answerable(participation)
    row = _row(opinion, file_id)
    if row.is_given:
        changed = _set_leaving(row, leaving=True)
    else:
        row.delete()
        changed = True

    if changed:
        _record("file.detached", participation, opinion, row.file, actor)
    return opinion


@transaction.atomic
def keep(participation: Participation, file_id: UUID, *, actor: Actor) -> Opinion:
    """Put a file that was taken out of a signed answer back into the one that replaces it.

    Raises:
        ConsultationClosedError, RequestWithdrawnError: an answer of the agency is no longer taken.
        DomainError: the file is not among the answer's files.
    """
    opinion = answerable(participation)
    row = _row(opinion, file_id)
    if _set_leaving(row, leaving=False):
        _record("file.attached", participation, opinion, row.file, actor)
    return opinion


def _row(opinion: Opinion, file_id: UUID) -> OpinionFile:
    found = OpinionFile.objects.at_hand().filter(opinion=opinion, file__public_id=file_id)
    row = found.select_related("file").first()
    if row is None:
        raise DomainError(_("This file is not among the attachments any more."), field="uploads")
    return row


def _set_leaving(row: OpinionFile, *, leaving: bool) -> bool:
    if row.is_leaving == leaving:
        return False
    row.is_leaving = leaving
    row.save(update_fields=["is_leaving"])
    return True


def _record(
    kind: str, participation: Participation, opinion: Opinion, stored: StoredFile, actor: Actor
) -> None:
    record(
        kind,
        participation.assignment,
        subject=opinion,
        actor=actor,
        agency=participation.agency.code,
        **files.said_of(stored),
    )
