"""The Committee's decision: bound to the content that was on the screen, at most one for each submission."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, Max, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.authority import Actor
from workflows import policies
from workflows.domain import phases, plans
from workflows.domain.errors import DomainError, NotAllowedError
from workflows.domain.events import record
from workflows.domain.submissions import last_submission
from workflows.models import (
    Assignment,
    Decision,
    DecisionVerb,
    Opinion,
    Participation,
    Phase,
    Requirement,
    Stance,
    Submission,
)

MAX_REQUIREMENTS = 50


@transaction.atomic
def approve(
    participation: Participation,
    *,
    actor: Actor,
    text: str = "",
    overrides: bool = False,
    disputed: str | None = None,
) -> Decision:
    """Approve the submitted revision.

    `overrides` says that the approver has seen the open disagreements: those whose marks `disputed` lists, separated
    by spaces, or all of them without it.

    Raises:
        NotAllowedError: the actor wrote part of the plan.
        DomainError: an agency disagrees, or upholds its view, and the approver has not ticked that it was seen.
    """
    assignment = participation.assignment
    submission = _decidable(assignment, actor)
    if submission.disputed:
        _check_seen(assignment, overrides=overrides, disputed=disputed)

    decision = _decide(submission, DecisionVerb.APPROVED, text, actor)
    phases.enter(assignment, Phase.ISSUING)

    _record("plan.approved", assignment, decision, actor)
    return decision


@transaction.atomic
def return_for_revision(participation: Participation, *, actor: Actor, requirements: str) -> Decision:
    """Return the plan; each line becomes a requirement the lead must answer before it comes back.

    Raises:
        DomainError: nothing is required.
    """
    assignment = participation.assignment
    lines = [line.strip() for line in requirements.splitlines() if line.strip()]
    if not lines:
        raise DomainError(
            _("Say what must be added, so that the agency knows what to change."), field="requirements"
        )
    if len(lines) > MAX_REQUIREMENTS:
        raise DomainError(_("At most %(n)s requirements.") % {"n": MAX_REQUIREMENTS}, field="requirements")

    decision = _decide(_decidable(assignment, actor), DecisionVerb.RETURNED, "\n".join(lines), actor)
    Requirement.objects.bulk_create(
        Requirement(decision=decision, number=number, text=line) for number, line in enumerate(lines, start=1)
    )
    plans.open_revision(assignment, actor=actor)
    phases.enter(assignment, Phase.DISPOSING)

    _record("plan.returned", assignment, decision, actor)
    return decision


@transaction.atomic
def reject(participation: Participation, *, actor: Actor, reason: str) -> Decision:
    """Refuse the plan with reasons; the process ends."""
    assignment = participation.assignment
    if not reason.strip():
        raise DomainError(_("Give the reason for the refusal."), field="reason")

    decision = _decide(_decidable(assignment, actor), DecisionVerb.REJECTED, reason, actor)
    phases.enter(assignment, Phase.REJECTED)

    _record("plan.rejected", assignment, decision, actor)
    return decision


def disagreements(assignment: Assignment) -> dict[str, Opinion]:
    """Return the open disagreements by their marks: opinions that disagree, or uphold a remark; one statement.

    An agency disagrees in the last round, or upholds its view (bảo lưu ý kiến) against the answer that stands, in any.
    """
    upheld_at = Max("remarks__disposition__upholding__upheld_at", filter=_upheld())
    found = _disagreeing(assignment).annotate(upheld_at=upheld_at)
    rows = found.select_related("participation__agency").order_by("consultation__round", "id")
    return {mark_of(opinion.pk, vars(opinion)["upheld_at"]): opinion for opinion in rows}


def mark_of(opinion_id: int, upheld_at: datetime | None) -> str:
    """Return what tells an open disagreement from the same agency's next one: a newer upholding has another mark."""
    return f"{opinion_id}@{int(upheld_at.timestamp() * 1000)}" if upheld_at else str(opinion_id)


def _upheld() -> Q:
    version = F("remarks__disposition__version")
    return Q(remarks__disposition__upholding__version=version)


def _disagreeing(assignment: Assignment) -> QuerySet[Opinion]:
    last = assignment.consultations.order_by("-round").values("pk")[:1]
    opposed = Q(consultation=Subquery(last), stance=Stance.DISAGREE)
    return Opinion.objects.filter(opposed | _upheld(), consultation__assignment=assignment).distinct()


def _check_seen(assignment: Assignment, *, overrides: bool, disputed: str | None) -> None:
    """Refuse where an open disagreement was not seen: one may have arrived while the page was open."""
    found = disagreements(assignment)
    seen = set(found) if disputed is None else set(disputed.split())
    unseen = {opinion for mark, opinion in found.items() if not overrides or mark not in seen}
    if unseen:
        names = ", ".join(sorted({opinion.participation.agency.symbol for opinion in unseen}))
        words = _("%(names)s: open disagreement. Tick that you have seen it before you approve.")
        raise DomainError(words % {"names": names}, field="overrides")


def _decidable(assignment: Assignment, actor: Actor) -> Submission:
    submission = last_submission(
        assignment,
        by_actor=policies.wrote(actor.user_id, "revision"),
        disputed=Exists(_disagreeing(assignment)),
    )
    if submission.by_actor:
        raise NotAllowedError(_("You wrote part of this plan, so another person must decide."))
    return submission


def _decide(submission: Submission, verb: DecisionVerb, text: str, actor: Actor) -> Decision:
    return Decision.objects.create(
        submission=submission,
        verb=verb,
        text=text,
        decided_by=actor.person,
        decided_as=actor.label,
        decided_at=timezone.now(),
        content_sha256=submission.revision.sha256,
    )


def _record(kind: str, assignment: Assignment, decision: Decision, actor: Actor) -> None:
    record(
        kind,
        assignment,
        subject=decision,
        actor=actor,
        number=decision.submission.number,
        sha256=decision.content_sha256,
        reason=decision.text,
    )
