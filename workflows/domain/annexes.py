"""The annexes of a plan (phụ lục kèm theo): files the drafters put beside the text while the revision is open.

Source: Decree 30/2020/NĐ-CP, appendix I.III.1 (numbered with Roman figures where there are two or more).
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.authority import Actor
from workflows.domain import files, phases, plans
from workflows.domain.errors import DomainError
from workflows.domain.events import record
from workflows.domain.file_kinds import BadFileError, recognise
from workflows.domain.file_names import clean_name
from workflows.models import Annex, Phase, PlanRevision, StoredFile

MAX_ANNEXES = 20
MAX_BYTES = 20 * 1024 * 1024
MAX_TITLE = Annex._meta.get_field("title").max_length or 0
OPEN = (Phase.DRAFTING, Phase.DISPOSING)


@transaction.atomic
def add(revision: PlanRevision, uploads: "Sequence[UploadedFile[Any]]", *, actor: Actor) -> list[Annex]:
    """Put files beside the text: all of them, or none; one that is there already is not put there again.

    Raises:
        HandedOnError, FrozenError: the revision has left the drafter.
        BadFileError: a file is not what its name says, empty or too large.
        DomainError: no file, or more than a plan may carry.
    """
    _hold(revision, actor)
    if not uploads:
        raise DomainError(_("Choose the file of the annex."), field="uploads")
    present = set(revision.annexes.values_list("file", flat=True))
    if len(present) + len(uploads) > MAX_ANNEXES:
        raise DomainError(_("A plan carries at most %(n)s annexes.") % {"n": MAX_ANNEXES}, field="uploads")
    inspect(uploads)

    kept = [files.keep_file(upload, revision.plan.assignment, actor=actor)[0] for upload in uploads]
    last = revision.annexes.aggregate(last=Max("position"))["last"] or 0
    fresh = {stored.pk: stored for stored in kept if stored.pk not in present}
    added = [
        Annex.objects.create(revision=revision, position=position, title=_title_of(stored), file=stored)
        for position, stored in enumerate(fresh.values(), start=last + 1)
    ]

    for annex in added:
        _record("annex.added", annex, actor, **files.said_of(annex.file))
    return added


def inspect(uploads: "Sequence[UploadedFile[Any]]") -> None:
    """Look at what is inside the files; each is looked at once, so a caller may do it before anything is locked.

    Raises:
        BadFileError: one of them cannot be taken; says which.
    """
    for upload in uploads[: MAX_ANNEXES + 1]:
        _check(upload)


@transaction.atomic
def rename(revision: PlanRevision, key: UUID, *, title: str, actor: Actor) -> Annex:
    """Give an annex another title.

    Raises:
        HandedOnError, FrozenError: the revision has left the drafter.
        DomainError: no title, or the annex is gone.
    """
    _hold(revision, actor)
    wanted = " ".join(title.split())
    if not wanted:
        raise DomainError(_("An annex needs a title."), field="title")
    if len(wanted) > MAX_TITLE:
        raise DomainError(_("A title holds at most %(n)s characters.") % {"n": MAX_TITLE}, field="title")
    annex = _annex(revision, key)
    if annex.title == wanted:
        return annex
    annex.title = wanted
    annex.save(update_fields=["title"])

    _record("annex.renamed", annex, actor)
    return annex


@transaction.atomic
def move(revision: PlanRevision, key: UUID, *, up: bool, actor: Actor) -> Annex:
    """Swap an annex with its neighbour; at either end nothing changes.

    Raises:
        HandedOnError, FrozenError: the revision has left the drafter.
        DomainError: the annex is gone.
    """
    _hold(revision, actor)
    moved = _annex(revision, key)
    before = revision.annexes.filter(position__lt=moved.position).order_by("-position", "-id")
    after = revision.annexes.filter(position__gt=moved.position).order_by("position", "id")
    other = (before if up else after).first()
    if other is None:
        return moved
    moved.position, other.position = other.position, moved.position
    moved.save(update_fields=["position"])
    other.save(update_fields=["position"])

    _record("annex.moved", moved, actor)
    return moved


@transaction.atomic
def remove(revision: PlanRevision, key: UUID, *, actor: Actor) -> None:
    """Take an annex out; earlier revisions keep theirs, and so the file.

    Raises:
        HandedOnError, FrozenError: the revision has left the drafter.
        DomainError: the annex is gone.
    """
    _hold(revision, actor)
    annex = _annex(revision, key)

    _record("annex.removed", annex, actor, **files.said_of(annex.file))
    annex.delete()


def _hold(revision: PlanRevision, actor: Actor) -> None:
    """Keep the case with its drafters until commit, and count the change."""
    phases.hold(revision.plan.assignment, *OPEN)
    plans.touch(revision, actor.person)


def _annex(revision: PlanRevision, key: UUID) -> Annex:
    annex = revision.annexes.select_related("file").filter(key=key).first()
    if annex is None:
        raise DomainError(
            _("This annex is gone: somebody removed it. Reload the page to see the plan as it is.")
        )
    annex.revision = revision
    return annex


def _check(upload: "UploadedFile[Any]") -> None:
    name = clean_name(upload.name or "")
    if (upload.size or 0) > MAX_BYTES:
        words = _("%(name)s: the file is larger than %(n)s MB.")
        raise BadFileError(words % {"name": name, "n": MAX_BYTES // 1024**2})
    try:
        recognise(upload)
    except BadFileError as error:
        raise BadFileError(_("%(name)s: %(why)s") % {"name": name, "why": error.message}) from error


def _title_of(stored: StoredFile) -> str:
    return (Path(stored.name).stem or stored.name)[:MAX_TITLE]


def _record(kind: str, annex: Annex, actor: Actor, **said: Any) -> None:
    plan = annex.revision.plan
    record(kind, plan.assignment, subject=plan, actor=actor, annex=annex.title, **said)
