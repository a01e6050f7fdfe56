"""Proving a decision: what it was bound to is recomputed, part by part, with the bytes of the files it names.

docs/decision-content.md says what is compared, and what may change after a decision by right.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.functional import cached_property

from notifications.models import Event
from workflows.domain import binding, files
from workflows.models import (
    Annex,
    Decision,
    DecisionEnd,
    DecisionVerb,
    OpinionFile,
    StoredFile,
)

KINDS = {
    DecisionVerb.APPROVED: "plan.approved",
    DecisionVerb.RETURNED: "plan.returned",
    DecisionVerb.REJECTED: "plan.rejected",
}
CHUNK = 1024 * 1024


@dataclass(frozen=True)
class Finding:
    """What was found of one decision: `changed` names parts that differ, `files` the files whose bytes do."""

    decision: Decision
    changed: list[str]
    files: list[str]
    is_recorded: bool

    @property
    def moved_on(self) -> list[str]:
        """The parts that differ and may: a void approval says so itself, and after a return answers are written."""
        return [name for name in self.changed if name in may_change(self.decision)]

    @property
    def broken(self) -> list[str]:
        """What differs and may not: parts, the record of the decision, files."""
        parts = [name for name in self.changed if name not in may_change(self.decision)]
        record = [] if self.is_recorded else ["record"]
        return [*parts, *record, *(f"file {name}" for name in self.files)]

    @cached_property
    def is_whole(self) -> bool:
        """Tell whether everything is as it was decided on, or may differ."""
        return not self.broken


def verify(decision: Decision) -> Finding:
    """Recompute one decision; its submission with revision and plan loaded.

    Raises:
        UnknownFormError: the decision is of a form this program does not know.
    """
    changed = binding.changed_since(decision)
    return Finding(decision, changed, altered_files(bound_files(decision)), _is_recorded(decision))


def may_change(decision: Decision) -> frozenset[str]:
    """Return the parts that may differ from what was decided on without anybody having touched a frozen thing.

    A void approval is void because its parts were changed. After a return, or a recall of the approval, agencies and
    lead go on speaking: the table grows, while the revision stays as it is.
    """
    if decision.ended_how == DecisionEnd.VOID:
        return frozenset({*binding.PARTS, binding.WHOLE})
    goes_on = decision.ended_how == DecisionEnd.RECALLED or decision.verb == DecisionVerb.RETURNED
    return frozenset({"dispositions"} if goes_on else ())


def decisions_named(name: str) -> "QuerySet[Decision]":
    """Return the decisions a command names: by their own key, or all of an assignment by its public id."""
    found = loaded()
    if name.isascii() and name.isdecimal():
        return found.filter(pk=int(name))
    return found.filter(submission__assignment__public_id=name)


def loaded() -> "QuerySet[Decision]":
    """Return every decision with what proving it reads, oldest first."""
    return Decision.objects.select_related("submission__revision__plan", "submission__assignment").order_by(
        "pk"
    )


def bound_files(decision: Decision) -> Iterable[StoredFile]:
    """Return the files a decision names: annexes of its revision and, of one with parts, files of the opinions."""
    submission = decision.submission
    annexed = Annex.objects.filter(revision=submission.revision_id).values("file")
    wanted = Q(pk__in=annexed)
    if decision.form != binding.TEXT_ALONE:
        given = OpinionFile.objects.standing().filter(
            opinion__consultation__assignment=submission.assignment_id
        )
        wanted |= Q(pk__in=given.values("file"))
    return StoredFile.objects.filter(wanted).order_by("pk")


def altered_files(found: Iterable[StoredFile]) -> list[str]:
    """Return the names of the files that are gone, or whose bytes do not have the SHA-256 they are kept under."""
    return [stored.name for stored in found if not _is_untouched(stored)]


def _is_untouched(stored: StoredFile) -> bool:
    try:
        digest = hashlib.sha256()
        for chunk in _chunks(stored):
            digest.update(chunk)
    except OSError:
        return False
    return digest.hexdigest() == stored.sha256


def _chunks(stored: StoredFile) -> Iterator[bytes]:
    with files.path_of(stored).open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _is_recorded(decision: Decision) -> bool:
    """Tell whether the chain of events says the same: that this decision was made, and over which hash."""
    said = Event.objects.filter(
        subject_type=decision._meta.label_lower,
        subject_id=str(decision.pk),
        kind=KINDS[DecisionVerb(decision.verb)],
    )
    return list(said.values_list("data__sha256", flat=True)) == [decision.content_sha256]
