"""Where a submitted file has been: earlier returns, its hands, what was asked, when its clock stood still."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.utils.translation import gettext as _

from accounts.models import Membership
from workflows.domain import handovers
from workflows.models import (
    DecisionVerb,
    Handover,
    Inquiry,
    Participation,
    Submission,
    Suspension,
    Verdict,
)

from .dossier import Dossier


@dataclass(frozen=True, slots=True)
class Turn:
    """One time the file went back: when, by whom, in which words."""

    at: datetime
    text: str
    detail: str = ""


class Course:
    """The course of the submission at hand through the hands of one part; each fact is read at the first question."""

    def __init__(self, dossier: Dossier, part: Participation | None) -> None:
        self.dossier, self.part = dossier, part

    @property
    def before(self) -> list[Turn]:
        """Every earlier way back, oldest first; asks nothing the dossier has not read."""
        turns = [turn for each in self.dossier.submissions for turn in _turns(each)]
        return sorted(turns, key=lambda turn: turn.at)

    @cached_property
    def handovers(self) -> list[Handover]:
        """How the submission went from hand to hand within the part's agency, oldest first."""
        if self.part is None or self.dossier.submission is None:
            return []
        found = self.dossier.submission.handovers.filter(to__agency_position__agency=self.part.agency_id)
        return list(found.order_by("handed_at", "pk"))

    @property
    def last_handover(self) -> Handover | None:
        """Who sent the file to this desk, where somebody did."""
        return self.handovers[-1] if self.handovers else None

    @cached_property
    def inquiries(self) -> list[Inquiry]:
        """What the submitting agency was asked about the submission, in order."""
        submission = self.dossier.submission
        return list(submission.inquiries.order_by("number")) if submission else []

    @cached_property
    def suspensions(self) -> list[Suspension]:
        """When the clock of the submission stood still, oldest first."""
        submission = self.dossier.submission
        return list(submission.suspensions.order_by("suspended_at", "pk")) if submission else []

    @property
    def pause(self) -> Suspension | None:
        """The suspension for which the clock stands still now."""
        return next((each for each in self.suspensions if each.resumed_at is None), None)

    @property
    def past_pauses(self) -> list[Suspension]:
        """The suspensions that are over."""
        return [each for each in self.suspensions if each.resumed_at is not None]

    @cached_property
    def in_charge(self) -> Sequence[Membership]:
        """Whom the case was entrusted to alone; empty where a whole position may take it."""
        return handovers.in_charge(self.part) if self.part else []

    @property
    def in_charge_words(self) -> str:
        """Name and post of whoever is in charge."""
        return "; ".join(named(each) for each in self.in_charge)


def named(membership: Membership) -> str:
    """Return the name and the post of a holder of a position."""
    return f"{membership.user.full_name}, {membership.agency_position.get_position_display()}"


def _turns(submission: Submission) -> Iterator[Turn]:
    number = {"n": submission.number}
    review, decision = getattr(submission, "review", None), submission.decision
    if review is not None and review.verdict == Verdict.RETURNED:
        words = _("Submission %(n)s, returned by the Office")
        yield Turn(review.reviewed_at, words % number, "; ".join(review.ground_labels))
    if decision is not None and decision.verb == DecisionVerb.RETURNED:
        words = _("Submission %(n)s, returned by %(who)s")
        yield Turn(decision.decided_at, words % (number | {"who": decision.decided_as}))
    if submission.recalled_at is not None:
        words = _("Submission %(n)s, recalled by %(who)s")
        yield Turn(submission.recalled_at, words % (number | {"who": submission.recalled_as}))
