"""Who is in charge of a case: the holder of a position who answers for its field."""

from collections.abc import Collection
from dataclasses import dataclass

from django.utils import timezone

from accounts.models import Membership, Position, Responsibility
from workflows.domain import grants
from workflows.models import Assignment, GrantSource, Participation, Role


@dataclass(frozen=True, slots=True)
class Route:
    """Which right goes to the one in charge, among whom, and which positions step back for her."""

    right: str
    position: Position
    instead_of: Collection[Position]


# The Chair reads every case and may take one over; the Office's leaders review beside the specialist in charge.
ROUTES: dict[Role, Route] = {
    Role.REVIEW: Route("review_plan", Position.SPECIALIST, (Position.SPECIALIST,)),
    Role.APPROVE: Route("decide", Position.VICE_CHAIR, (Position.VICE_CHAIR, Position.CHAIR)),
}


def in_charge(part: Participation, field_id: int) -> Responsibility | None:
    """Return who is in charge of a field today at the part's agency; the latest assignment of fields wins."""
    found = Responsibility.objects.valid(on=timezone.localdate()).filter(
        field=field_id,
        membership__agency_position__agency=part.agency_id,
        membership__agency_position__position=ROUTES[Role(part.role)].position,
    )
    return found.select_related("membership").order_by("-valid_from", "-pk").first()


def route(assignment: Assignment, role: Role) -> Membership | None:
    """Send a case to the one in charge of its field, at the moment it comes to this role; returns who that is.

    Where the case has no field, or nobody is in charge, every holder of the position may take it; whoever was in
    charge when it came here last is so no longer. Nothing is asked of the database for a case without a field.
    Source: domain notes 3.6, 10.2, 10.3.
    """
    if assignment.field_id is None:
        return None
    part = Participation.objects.current().get(assignment=assignment, role=role)
    responsibility = in_charge(part, assignment.field_id)
    if responsibility is None:
        grants.share_again(part, ROUTES[role].right, source=GrantSource.FIELD)
        return None
    entrust(part, responsibility.membership, source=GrantSource.FIELD, source_id=responsibility.pk)
    return responsibility.membership


def entrust(
    part: Participation, membership: Membership, *, source: GrantSource, source_id: int | None = None
) -> None:
    """Give the part's case to one holder alone."""
    way = ROUTES[Role(part.role)]
    grants.entrust(part, membership, way.right, instead_of=way.instead_of, source=source, source_id=source_id)
