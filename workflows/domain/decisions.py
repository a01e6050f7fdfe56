"""The Committee's decision: bound to the content that was on the screen, at most one for each submission."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.authority import Actor
from notifications.models import Event
from workflows import policies
from workflows.domain import ballots, binding, papers, phases, plans, signing
from workflows.domain.errors import DomainError, NotAllowedError
from workflows.domain.events import record
from workflows.domain.submissions import last_submission
from workflows.models import (
    Assignment,
    Decision,
    DecisionEnd,
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
    participation: Participation, *, actor: Actor, text: str = "", overrides: bool = False
) -> Decision:
    """Approve the submitted revision; `overrides` says that the approver has seen every open disagreement.

    Raises:
        NotAllowedError: the actor wrote part of the plan.
        BallotNotCarriedError: the members were asked, and did not carry it.
        DomainError: an agency disagrees, or upholds its view, and the approver has not ticked that it was seen.
    """
    assignment = participation.assignment
    submission = _decidable(assignment, actor)
    ballots.check_carried(submission, binding.in_hand(assignment))
    if submission.disputed and not overrides:
        raise _unseen(assignment)

    decision = _decide(submission, DecisionVerb.APPROVED, text, actor)
    papers.order(decision)
    phases.enter(assignment, Phase.ISSUING)

    _record("plan.approved", assignment, decision, actor)
    return decision


@transaction.atomic
def return_for_revision(
    participation: Participation, *, actor: Actor, requirements: str, back_at: datetime | None = None
) -> Decision:
    """Return the plan; each line becomes a requirement the lead must answer before it comes back.

    A line that is a member's written amendment keeps its slip; what was put into other words is the decider's own. It
    comes back by `back_at`, without it within the term for answering.

    Raises:
        DomainError: nothing is required, or too much.
    """
    assignment = participation.assignment
    lines = [line.strip() for line in requirements.splitlines() if line.strip()]
    if not lines:
        raise DomainError(
            _("Say what must be added, so that the agency knows what to change."), field="requirements"
        )
    if len(lines) > MAX_REQUIREMENTS:
        raise DomainError(_("At most %(n)s requirements.") % {"n": MAX_REQUIREMENTS}, field="requirements")

    submission = _decidable(assignment, actor)
    slips = ballots.amendments_of(submission) if submission.ballot_outcome else {}
    decision = _decide(submission, DecisionVerb.RETURNED, "\n".join(lines), actor)
    Requirement.objects.bulk_create(
        Requirement(decision=decision, number=number, text=line, slip=slips.get(line))
        for number, line in enumerate(lines, start=1)
    )
    plans.open_revision(assignment, actor=actor)
    phases.enter(assignment, Phase.DISPOSING)
    decision.next_due_at = back_at

    _record("plan.returned", assignment, decision, actor, back_at=back_at.isoformat() if back_at else "")
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


def disagreements(assignment: Assignment) -> list[Opinion]:
    """Return the open disagreements: opinions that disagree, or uphold a remark; one statement.

    An agency disagrees in the last round, or upholds its view (bảo lưu ý kiến) against the answer that stands, in any.
    """
    rows = _disagreeing(assignment).select_related("participation__agency")
    return list(rows.order_by("consultation__round", "id"))


def _upheld() -> Q:
    version = F("remarks__disposition__version")
    return Q(remarks__disposition__upholding__version=version)


def _disagreeing(assignment: Assignment) -> QuerySet[Opinion]:
    last = assignment.consultations.order_by("-round").values("pk")[:1]
    opposed = Q(consultation=Subquery(last), stance=Stance.DISAGREE)
    return Opinion.objects.filter(opposed | _upheld(), consultation__assignment=assignment).distinct()


def _unseen(assignment: Assignment) -> DomainError:
    names = {opinion.participation.agency.symbol for opinion in disagreements(assignment)}
    words = _("%(names)s: open disagreement. Tick that you have seen it before you approve.")
    return DomainError(words % {"names": ", ".join(sorted(names))}, field="overrides")


def _decidable(assignment: Assignment, actor: Actor) -> Submission:
    submission = last_submission(
        assignment,
        by_actor=policies.wrote(actor.persons, "revision"),
        disputed=Exists(_disagreeing(assignment)),
        **ballots.asked_of_submission(),
    )
    if submission.by_actor:
        raise NotAllowedError(_("You wrote part of this plan, so another person must decide."))
    submission.assignment = assignment
    return submission


@transaction.atomic
def recall(participation: Participation, *, actor: Actor, reason: str, takes_over: bool = False) -> Decision:
    """Take an approval back before the clerk has numbered it; the case is before the Committee again.

    Who may take over a case may take back anybody's approval of it, who may decide her own.

    Raises:
        DomainError: no reason.
        NotAllowedError: another person approved.
    """
    if not reason.strip():
        raise DomainError(_("Say why the approval is recalled."), field="reason")
    decision = _standing(participation.assignment)
    if not (takes_over or is_approver(decision, actor.persons)):
        raise NotAllowedError(_("Who approved the plan recalls the approval, or the Chair."))
    _end(decision, DecisionEnd.RECALLED, actor, reason)

    _record("decision.recalled", participation.assignment, decision, actor, reason=reason)
    return decision


@transaction.atomic
def void(assignment: Assignment, *, actor: Actor, changed: Sequence[str]) -> Decision:
    """Note that an approval no longer stands because what it was bound to has been changed.

    `changed` names the parts. Source: Decree 30/2020/NĐ-CP art. 11.2 (a changed draft goes back to the signer).
    """
    decision = _standing(assignment)
    _end(decision, DecisionEnd.VOID, actor, ", ".join(changed))

    _record("decision.void", assignment, decision, actor, reason="", changed=list(changed))
    return decision


def is_approver(decision: Decision, persons: Collection[int]) -> bool:
    """Tell whether one of the persons decided, herself or through somebody who acted for her; at most one statement."""
    if decision.decided_by_id in persons:
        return True
    said = Event.objects.filter(
        subject_type=decision._meta.label_lower, subject_id=str(decision.pk), kind="plan.approved"
    )
    return said.filter(on_behalf_of__in=persons).exists()


def _standing(assignment: Assignment) -> Decision:
    submission = last_submission(assignment)
    decision = submission.decision
    if decision is None or decision.verb != DecisionVerb.APPROVED:
        raise DomainError(_("There is no approval to take back."))
    submission.assignment, decision.submission = assignment, submission
    return decision


def _end(decision: Decision, how: DecisionEnd, actor: Actor, reason: str) -> None:
    """End a decision: it stays on record, the submission is undecided again, the case before the Committee."""
    submission, reason = decision.submission, reason.strip()
    decision.ended_at, decision.ended_how = timezone.now(), how
    decision.ended_by, decision.ended_as, decision.end_reason = actor.user, actor.label, reason
    decision.save(update_fields=["ended_at", "ended_how", "ended_by", "ended_as", "end_reason"])
    submission.decision = None
    submission.save(update_fields=["decision"])
    phases.enter(submission.assignment, Phase.DECIDING)


def _decide(submission: Submission, verb: DecisionVerb, text: str, actor: Actor) -> Decision:
    dossier = binding.in_hand(submission.assignment)
    decision = Decision.objects.create(
        submission=submission,
        verb=verb,
        text=text,
        decided_by=actor.person,
        decided_as=actor.label,
        decided_at=timezone.now(),
        form=dossier.form,
        content_sha256=dossier.sha256,
        parts=dossier.parts,
        signature=signing.signed(actor, signing.Paper.PLAN),
    )
    submission.decision = decision
    submission.save(update_fields=["decision"])
    return decision


def _record(kind: str, assignment: Assignment, decision: Decision, actor: Actor, **more: Any) -> None:
    said = {"number": decision.submission.number, "sha256": decision.content_sha256, "reason": decision.text}
    record(kind, assignment, subject=decision, actor=actor, **said | more)
