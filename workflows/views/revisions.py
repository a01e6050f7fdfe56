"""The revisions of a plan, and what changed between any two of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from workflows.domain import comparing
from workflows.domain.comparing import Difference, Kind
from workflows.models import PlanRevision, Submission
from workflows.presenting import Segment, date_and_time, redline

from .plan_page import PlanTab


@dataclass(frozen=True)
class RevisionRow:
    """One revision of the list, and what it was used for."""

    revision: PlanRevision
    uses: Sequence[str]
    when: str
    who: str


@dataclass(frozen=True)
class ChangedPart:
    """One text of a change as a redline."""

    name: str
    segments: Sequence[Segment]


@dataclass(frozen=True)
class ChangeRow:
    """One paragraph or task that is not as it was."""

    difference: Difference
    word: str
    look: str
    parts: Sequence[ChangedPart]


LOOKS = {Kind.ADDED: "done", Kind.REMOVED: "late", Kind.CHANGED: "here", Kind.MOVED: ""}


class RevisionsView(PlanTab):
    """GET lists the revisions the person may read; ?from=&to= compares two of them."""

    tab = "revisions"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponseBase:
        """Show the list and the comparison asked for, by default of the two newest."""
        self.open_plan(public_id)
        old, new = self._pair()
        changes = [change_row(each) for each in comparing.compare(old, new)] if old and new else []
        context = {"rows": self._rows(), "old": old, "new": new, "changes": changes}
        return render(request, "workflows/plan_revisions.html", self.head() | context)

    def _pair(self) -> tuple[PlanRevision | None, PlanRevision | None]:
        """Return the two revisions to compare, the older first; none where there is only one."""
        if len(self.revisions) == 1:
            return None, None
        by_number = {str(revision.number): revision for revision in self.revisions}
        old = by_number.get(self.request.GET.get("from", ""), self.revisions[1])
        new = by_number.get(self.request.GET.get("to", ""), self.revisions[0])
        return (old, new) if old.number <= new.number else (new, old)

    def _rows(self) -> list[RevisionRow]:
        rounds: dict[int, list[str]] = {}
        for consultation in self.plan.assignment.consultations.order_by("round", "id"):
            words = _("sent for comments on %(date)s") % {"date": date_and_time(consultation.opened_at)}
            rounds.setdefault(consultation.revision_id, []).append(words)
        submissions = {each.revision_id: each for each in self._submissions()}
        return [self._row(revision, rounds, submissions.get(revision.pk)) for revision in self.revisions]

    def _submissions(self) -> Sequence[Submission]:
        return list(self.plan.assignment.submissions.order_by("number", "id"))

    def _row(
        self, revision: PlanRevision, rounds: dict[int, list[str]], submission: Submission | None
    ) -> RevisionRow:
        uses = list(rounds.get(revision.pk, []))
        if submission is not None:
            uses.append(_("put forward on %(date)s") % {"date": date_and_time(submission.submitted_at)})
        if not revision.is_frozen:
            uses.append(_("being drafted"))
        who = revision.edited_by.full_name if revision.edited_by else ""
        return RevisionRow(revision, uses, date_and_time(revision.edited_at), who)


def change_row(difference: Difference) -> ChangeRow:
    """Lay one difference out as redlines."""
    parts = [ChangedPart(part.name, redline(part.old, part.new)) for part in difference.parts]
    return ChangeRow(difference, _word(difference), LOOKS[difference.kind], parts)


def _word(difference: Difference) -> str:
    words = {
        Kind.ADDED: pgettext("change", "added"),
        Kind.REMOVED: pgettext("change", "removed"),
        Kind.CHANGED: pgettext("change", "changed"),
        Kind.MOVED: pgettext("change", "moved"),
    }
    if difference.kind == Kind.CHANGED and difference.moved:
        return pgettext("change", "changed and moved")
    return words[difference.kind]
