"""How a plan came to be where it is: the acts that count, by time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflows.models import Consultation, DecisionVerb, OpinionState, Submission, Verdict
from workflows.presenting import day_month_year

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
    steps = [*_accepted(dossier, names), *_rounds(dossier), *_submissions(dossier)]
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
        yield from _answers(submission)


def _answers(submission: Submission) -> Iterator[Step]:
    review = getattr(submission, "review", None)
    if review is not None and review.verdict == Verdict.RETURNED:
        words = _("The Office returned it: %(ground)s")
        yield Step(review.reviewed_at, words % {"ground": review.get_ground_display()})
    decision = getattr(submission, "decision", None)
    if decision is not None:
        yield Step(decision.decided_at, str(DECIDED[decision.verb]) % {"who": decision.decided_as})
