"""What changed since the plan was last seen, as redlines, each with what caused it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from workflows.domain.comparing import Difference, Kind
from workflows.models import Treatment
from workflows.presenting import Segment, redline

from .dossier import Dossier
from .names import AgencyNames

TAKEN = {Treatment.ACCEPTED, Treatment.PARTLY}


@dataclass(frozen=True, slots=True)
class Cause:
    """Why something was changed: its words and the look of its tag."""

    text: str
    css: str = ""
    requirement: int = 0  # of the last return, by its number


@dataclass(frozen=True, slots=True)
class ChangedText:
    """One text of a change; `name` says which field of a task it is."""

    name: str
    segments: list[Segment]


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One paragraph or task that changed."""

    where: str
    note: str
    causes: list[Cause]
    texts: list[ChangedText]


@dataclass(frozen=True, slots=True)
class Changes:
    """All that changed, and since when."""

    since: str
    rows: list[ChangeRow]


def changes_of(dossier: Dossier, names: AgencyNames) -> Changes | None:
    """Compare the revision at hand with the one before it that was seen outside the lead; six statements."""
    if dossier.base is None or dossier.base.pk == dossier.revision.pk:
        return None
    causes = Causes(dossier, names)
    differences = dossier.tracing.since(dossier.base)
    return Changes(_since(dossier), [row_of(difference, causes.of(difference)) for difference in differences])


def row_of(difference: Difference, causes: list[Cause]) -> ChangeRow:
    """Lay one difference out."""
    texts = [ChangedText(part.name, redline(part.old, part.new)) for part in difference.parts]
    return ChangeRow(difference.where, _note(difference), causes, texts)


def _since(dossier: Dossier) -> str:
    if dossier.earlier is not None:
        return _("Changes since submission %(n)s") % {"n": dossier.earlier.number}
    return _("Changes since the agencies were asked")


def _note(difference: Difference) -> str:
    notes = {Kind.ADDED: _("new"), Kind.REMOVED: _("removed"), Kind.MOVED: _("moved")}
    return notes.get(difference.kind, "")


@dataclass(frozen=True, slots=True)
class Required:
    """What the last return asked for: the answer where it was met, and where the plan was changed for it."""

    number: int
    text: str
    answer: str
    places: list[str]


def requirements_of(dossier: Dossier, changes: Changes | None) -> list[Required]:
    """Return what the last return asked for, met or not; asks nothing the dossier has not read."""
    rows = changes.rows if changes else []
    return [
        Required(each.number, each.text, each.answer, _places(rows, each.number))
        for each in dossier.requirements
    ]


def _places(rows: Sequence[ChangeRow], number: int) -> list[str]:
    return [row.where for row in rows if any(cause.requirement == number for cause in row.causes)]


class Causes:
    """Links a change to the remark that was taken or to the requirement that named the place."""

    def __init__(self, dossier: Dossier, names: AgencyNames) -> None:
        self.dossier, self.names = dossier, names
        self.since = dossier.earlier.submitted_at if dossier.earlier else None

    def of(self, difference: Difference) -> list[Cause]:
        """Return what caused a change; nothing where the record does not say."""
        return [*self._remarks(difference), *self._requirements(difference)] or self._return()

    def _remarks(self, difference: Difference) -> Iterator[Cause]:
        for remark in self.dossier.remarks:
            disposition = getattr(remark, "disposition", None)
            if (
                remark.anchor_key != difference.key
                or disposition is None
                or disposition.treatment not in TAKEN
            ):
                continue
            if self.since is None or disposition.disposed_at > self.since:
                agency = self.names.short(remark.opinion.participation.agency)
                yield Cause(_("takes the remark of %(agency)s") % {"agency": agency})

    def _requirements(self, difference: Difference) -> Iterator[Cause]:
        earlier = self.dossier.earlier
        if earlier is None:
            return
        named = re.compile(rf"\b{re.escape(difference.where)}\b", re.IGNORECASE)
        for requirement in self.dossier.requirements:
            asked_here = requirement.decision.submission_id == earlier.pk
            if asked_here and named.search(f"{requirement.text}\n{requirement.answer}"):
                yield Cause(
                    _("requirement %(n)s of the return") % {"n": requirement.number},
                    "done",
                    requirement.number,
                )

    def _return(self) -> list[Cause]:
        """A change after a return that names no place of its own answers the return as a whole."""
        return [Cause(_("after the return"), "done")] if self.since else []
