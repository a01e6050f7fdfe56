"""Pages of a ballot of the members: the slip of one member, and what a ballot adds to the page of the decision."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import regulation
from workflows.domain import ballots
from workflows.domain.calendars import load_calendar
from workflows.forms.ballots import VoteForm
from workflows.models import Ballot, BallotSlip, Outcome, Submission
from workflows.views.base import Context
from workflows.views.tasks import TaskView

from .acting import ActWords
from .checking import Check
from .deciding import SubmittedPage

CALL = ActWords(
    gettext_lazy("Ask the members"),
    "users",
    title=gettext_lazy("Ask the members by ballot"),
    submit=gettext_lazy("Send the slips"),
)
CALLED = gettext_lazy("The members were asked; the file comes back once the ballot is closed.")


@TaskView.register(("PlanApprovalFlow", "vote"))
class VotePage(SubmittedPage):
    """A member reads what is asked and hands in her slip."""

    template_name = "workflows/tasks/vote.html"
    heading = gettext_lazy("Ballot slip")
    forms = {"vote": VoteForm}
    acts = {}  # the slip stands on the page and not in a dialog
    done = {"vote": gettext_lazy("Your slip was handed in.")}

    @cached_property
    def slip(self) -> BallotSlip:
        """The slip the task waits for; one statement."""
        slips = BallotSlip.objects.filter(membership=self.task.membership_id).select_related("ballot")
        return slips.filter(ballot__submission__assignment=self.assignment).order_by("-id")[:1].get()

    def form_arguments(self, verb: str) -> dict[str, Any]:
        """Offer what the ballot was called with."""
        return {"choices": self.slip.ballot.choices}

    def facts(self) -> Context:
        """Return what is asked beside everything that is judged."""
        return super().facts() | {
            "ballot": self.slip.ballot,
            "slip": self.slip,
            "ballot_form": self.made["vote"],
        }


@dataclass(frozen=True, slots=True)
class Result:
    """A closed ballot in words: what it yielded, how the CSS marks it, and how the figures came about."""

    ballot: Ballot
    words: str
    mark: str
    note: str


def call_initial() -> dict[str, Any]:
    """Offer the day on which the working regulation's term ends."""
    due = load_calendar().add_working_days(timezone.now(), regulation.rules("BALLOT")["days"])
    return {"due_on": timezone.localdate(due)}


def call_consequence() -> str:
    """Say who is asked, and that nothing can be decided meanwhile."""
    return _(
        "Each member of the Committee gets a slip and votes in person. Nothing is decided until the ballot is closed."
    )


def facts_of(submission: Submission, sha256: str) -> Context:
    """Return what the last ballot adds to the page of the decision; one statement where there was one."""
    if submission.ballot_outcome is None:
        return {"ballot_result": None, "ballot_checks": []}
    closed = Ballot.objects.filter(submission=submission, closed_at__isnull=False)
    ballot = closed.order_by("-number")[:1].get()
    return {"ballot_result": result_of(ballot), "ballot_checks": list(checks_of_ballot(ballot, sha256))}


def result_of(ballot: Ballot) -> Result:
    """Put a closed ballot into words."""
    mark = {Outcome.CARRIED: "done", Outcome.NOT_CARRIED: "late"}.get(Outcome(ballot.outcome), "soon")
    return Result(ballot, str(ballot.get_outcome_display()), mark, _note(ballot))


def _note(ballot: Ballot) -> str:
    if ballot.outcome == Outcome.VOID:
        return _("The dossier was changed while the members voted, so their votes count for nothing.")
    if ballot.tie_broken:
        return _("As many for as against: the side on which the Chair voted decides.")
    return _("More than half of all %(n)s members is needed.") % {"n": ballot.members}


def checks_of_ballot(ballot: Ballot, sha256: str) -> Iterator[Check]:
    """Yield what a ballot adds to the checklist of the decision."""
    yield Check(
        _("Ballot of the members: %(outcome)s") % {"outcome": ballot.get_outcome_display()},
        ok=ballot.outcome == Outcome.CARRIED,
    )
    if ballot.outcome == Outcome.CARRIED and ballot.content_sha256 != sha256:
        yield Check(_("The dossier has been changed since the members voted on it"), ok=False)


def offered_requirements(submission: Submission) -> str:
    """Return the members' written amendments, one a line, as a return may ask for them; whose they are stays unsaid."""
    return "\n".join(ballots.amendments_of(submission)) if submission.ballot_outcome else ""
