"""The tally sheet: a case's ballots of the members, the sum or each slip, as far as the reader may know."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from accounts import regulation
from accounts.views.addresses import key_of, link
from workflows import policies
from workflows.models import Assignment, Ballot, BallotSlip, Phase, Vote
from workflows.presenting import date_and_time

from .base import CaseView, Context
from .bell import bell_of
from .pages.ballots import result_of

PAGE = 10
MARKS = {Vote.FOR: "done", Vote.AGAINST: "late"}
MISSING = pgettext_lazy("ballot slip", "not handed in")


@dataclass(frozen=True, slots=True)
class SlipRow:
    """One slip as it is read."""

    number: int
    member: str
    vote: str
    mark: str
    reason: str
    amendments: Sequence[str]
    when: str


class BallotsView(CaseView):
    """GET shows one ballot of the case, the newest or the one `?ballot=` names; `?before=` leads to older ones."""

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        """Show the tally sheet; 404 where there is none, or none for the person."""
        assignment = self.assignment_or_404(public_id)
        listed = self._ballots(assignment, key_of(request.GET.get("before", "")))
        if not listed:
            raise Http404
        shown = self._chosen(listed, request.GET.get("ballot", ""))
        context = {
            "nav": "directives",
            "assignment": assignment,
            "directive": assignment.directive,
            "ballot": shown,
            "result": result_of(shown) if shown.is_closed else None,
            "turnout": _turnout(shown),
            "ballots": listed[:PAGE],
            "older_url": link(request.path, before=listed[PAGE - 1].pk) if len(listed) > PAGE else "",
            "reporting": regulation.rules("BALLOT")["report"],
            **self._slips(shown),
            **bell_of(self.asker.user),
        }
        return render(request, "workflows/ballots.html", context)

    def _ballots(self, assignment: Assignment, before: int | None) -> list[Ballot]:
        """Return one page of the ballots the person may know of and one more where there are more, newest first."""
        found = policies.readable_ballots(self.asker.hats, self.asker.user).filter(
            submission__assignment=assignment
        )
        if before is not None:
            found = found.filter(pk__lt=before)
        return list(_counted(found).select_related("submission__revision").order_by("-id")[: PAGE + 1])

    def _chosen(self, listed: Sequence[Ballot], wanted: str) -> Ballot:
        if not wanted:
            return listed[0]
        for ballot in listed[:PAGE]:
            if str(ballot.pk) == wanted:
                return ballot
        raise Http404

    def _slips(self, ballot: Ballot) -> Context:
        """Return the slips the person may read, all of them or her own; one statement.

        As many as the Committee has members, on one sheet: it is printed and signed as a whole.
        """
        seen = policies.readable_slips(self.asker.hats, self.asker.user).filter(ballot=ballot)
        slips = list(seen.order_by("id"))
        own = {hat.membership_id for hat in self.asker.hats if hat.lent is None}
        return {
            "sees_each": any(slip.membership_id not in own for slip in slips),
            "rows": [_row(slip, number) for number, slip in enumerate(slips, start=1)],
        }


def turnout_of(assignment: Assignment) -> str:
    """Return how many slips of the running ballot are in; nothing where none is running."""
    if assignment.phase != Phase.VOTING:
        return ""
    running = Ballot.objects.filter(submission__assignment=assignment, closed_at=None)
    return _turnout(_counted(running).get())


def _counted(ballots: QuerySet[Ballot]) -> QuerySet[Ballot]:
    return ballots.annotate(cast=Count("slips", filter=Q(slips__cast_at__isnull=False)))


def _turnout(ballot: Ballot) -> str:
    figures = {"n": vars(ballot)["cast"], "m": ballot.members}
    return _("%(n)s/%(m)s slips") % figures


def _row(slip: BallotSlip, number: int) -> SlipRow:
    return SlipRow(
        number=number,
        member=slip.member_as,
        vote=str(slip.get_vote_display()) if slip.vote else str(MISSING),
        mark=MARKS.get(Vote(slip.vote), "") if slip.vote else "",
        reason=slip.reason,
        amendments=slip.amendments,
        when=date_and_time(slip.cast_at),
    )
