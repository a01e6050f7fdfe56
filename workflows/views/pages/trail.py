"""How a plan came to be where it is: the acts that count, by time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflows.models import (
    Consultation,
    Decision,
    DecisionEnd,
    DecisionVerb,
    OpinionState,
    Submission,
    Verdict,
)
from workflows.presenting import date_and_time, day_month_year
from workflows.views.vocabulary import parts_in_words

from .dossier import Dossier
from .names import AgencyNames

DECIDED = {
    DecisionVerb.APPROVED: gettext_lazy("Approved by %(who)s"),
    DecisionVerb.RETURNED: gettext_lazy("Returned for revision by %(who)s"),
    DecisionVerb.REJECTED: gettext_lazy("Refused by %(who)s"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One act of the past."""

    at: datetime
    text: str


def trail_of(dossier: Dossier, names: AgencyNames) -> list[Step]:
    """Return the steps of the process, oldest first; asks nothing the dossier has not read."""
    steps = [*_accepted(dossier, names), *_rounds(dossier), *_submissions(dossier), *_ended(dossier)]
    return sorted(steps, key=lambda step: step.at)


def _accepted(dossier: Dossier, names: AgencyNames) -> Iterator[Step]:
    if dossier.assignment.lead is not None:
        who = names.short(dossier.assignment.lead)
        yield Step(
            dossier.revision.plan.created_at, _("%(agency)s accepted the assignment") % {"agency": who}
        )


def _rounds(dossier: Dossier) -> Iterator[Step]:
    rounds = {opinion.consultation_id: opinion.consultation for opinion in dossier.opinions}
    for consultation in rounds.values():
        yield from _round(dossier, consultation)


def _round(dossier: Dossier, consultation: Consultation) -> Iterator[Step]:
    asked = [opinion for opinion in dossier.opinions if opinion.consultation_id == consultation.pk]
    figures = {"n": consultation.round, "count": len(asked), "due": day_month_year(consultation.due_at)}
    yield Step(
        consultation.opened_at,
        _("Round %(n)s of consultation: %(count)s agencies asked, due %(due)s") % figures,
    )
    if consultation.closed_at is not None:
        given = sum(opinion.state == OpinionState.GIVEN for opinion in asked)
        words = _("Round %(n)s closed: %(given)s of %(count)s agencies answered")
        yield Step(
            consultation.closed_at, words % {"n": consultation.round, "given": given, "count": len(asked)}
        )


def _submissions(dossier: Dossier) -> Iterator[Step]:
    for submission in dossier.submissions:
        signed = {"n": submission.number, "who": submission.signed_as}
        yield Step(submission.submitted_at, _("Submission %(n)s, signed by %(who)s") % signed)
        if submission.recalled_at is not None:
            words = _("Recalled by %(who)s: %(reason)s")
            said = {"who": submission.recalled_as, "reason": submission.recall_reason}
            yield Step(submission.recalled_at, words % said)
        yield from _answers(submission)


def _ended(dossier: Dossier) -> Iterator[Step]:
    """Approvals that no longer stand, and how they ended."""
    for decision in dossier.ended:
        yield _decided(decision)
        if decision.ended_at is not None:
            yield Step(decision.ended_at, why_ended(decision))


def _answers(submission: Submission) -> Iterator[Step]:
    review = getattr(submission, "review", None)
    if review is not None and review.verdict == Verdict.RETURNED:
        words = _("The Office returned it: %(ground)s")
        yield Step(review.reviewed_at, words % {"ground": "; ".join(review.ground_labels)})
    decision = submission.decision
    if decision is not None:
        yield _decided(decision)


def _decided(decision: Decision) -> Step:
    return Step(decision.decided_at, str(DECIDED[DecisionVerb(decision.verb)]) % {"who": decision.decided_as})


def why_ended(decision: Decision) -> str:
    """Say of an approval that no longer stands how it ended."""
    at = date_and_time(decision.decided_at)
    if decision.ended_how == DecisionEnd.VOID:
        words = _("The approval of %(at)s is void: %(parts)s changed after it.")
        return words % {"at": at, "parts": parts_in_words(decision.end_reason.split(", "))}
    words = _("The approval of %(at)s was recalled: %(reason)s")
    return words % {"at": at, "reason": decision.end_reason}
