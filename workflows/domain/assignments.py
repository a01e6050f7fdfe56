"""Receiving an assignment, declining it, and naming another lead."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.authority import Actor
from accounts.models import Agency
from workflows.domain import grants, phases, plans
from workflows.domain.errors import DomainError
from workflows.domain.events import record
from workflows.models import Assignment, Participation, Phase, Product, Role

MIN_REASON = 10


@transaction.atomic
def accept(participation: Participation, *, actor: Actor) -> Assignment:
    """Take the assignment on; a plan-type one gets its plan."""
    assignment = participation.assignment
    if assignment.product == Product.PLAN:
        plans.start_plan(assignment, actor=actor)
        phases.enter(assignment, Phase.DRAFTING)
    else:
        phases.enter(assignment, Phase.REPORTING)

    record("assignment.accepted", assignment, subject=assignment, actor=actor)
    return assignment


@transaction.atomic
def decline(participation: Participation, *, actor: Actor, reason: str) -> Assignment:
    """Say the assignment is not the agency's function; the Office names another lead.

    Raises:
        DomainError: the reason is shorter than ten characters.
    Source: provincial e-office practice, domain notes 8.8.
    """
    assignment = participation.assignment
    if len(reason.strip()) < MIN_REASON:
        raise DomainError(
            _("Give the reason in at least %(n)s characters.") % {"n": MIN_REASON}, field="reason"
        )

    phases.enter(assignment, Phase.REASSIGNING)

    record("assignment.declined", assignment, subject=assignment, actor=actor, reason=reason)
    return assignment


@transaction.atomic
def reassign(participation: Participation, *, actor: Actor, lead: Agency, reason: str) -> Assignment:
    """Name another lead (or the same one again, with the reason); rights follow at once.

    Raises:
        DomainError: the new lead coordinates in this assignment.
    """
    assignment = participation.assignment
    if assignment.participations.coordinating().filter(agency=lead).exists():
        raise DomainError(_("The lead agency cannot also coordinate."), field="lead")

    before = assignment.lead
    replace_lead(assignment, lead, actor=actor)
    phases.enter(assignment, Phase.RECEIVING)

    record(
        "assignment.reassigned",
        assignment,
        subject=assignment,
        actor=actor,
        reason=reason,
        before=before.code if before else "",
        lead=lead.code,
    )
    return assignment


def replace_lead(assignment: Assignment, lead: Agency, *, actor: Actor) -> Participation:
    """End the present lead's part and rights, and give them to another agency."""
    ended = list(assignment.participations.current().filter(role=Role.LEAD))
    for part in ended:
        part.ended_at = timezone.now()
        part.save(update_fields=["ended_at"])
    grants.revoke(ended)
    assignment.lead = lead
    assignment.save(update_fields=["lead"])
    part = Participation.objects.create(
        assignment=assignment, agency=lead, role=Role.LEAD, added_by=actor.person, added_at=timezone.now()
    )
    grants.grant([part])
    return part
