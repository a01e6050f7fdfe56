"""A case before the Office or the Committee, with colleagues to hand it to and a field somebody is in charge of."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Field, Membership, Position, Responsibility, User
from tests.factories import LONG_AGO, World, actor, make_member
from workflows.models import Assignment, CaseTask, InboxEntry


def colleagues(world: World) -> None:
    """Add a second Vice-Chair and a second specialist of the Office."""
    for agency, position, name in (
        (world.committee, Position.VICE_CHAIR, "ubnd.second"),
        (world.office, Position.SPECIALIST, "vp.second"),
    ):
        world.people[name] = make_member(agency, position, name)


def put_in_charge(user: User, assignment: Assignment) -> None:
    """Give the case a field, and the person the charge of it."""
    field = Field.objects.create(code="dau-tu", name="Đầu tư")
    membership = user.memberships.get()
    Responsibility.objects.create(membership=membership, field=field, basis="1/QĐ-UBND", valid_from=LONG_AGO)
    assignment.field = field
    assignment.save(update_fields=["field"])


def those_with(task: CaseTask) -> set[str]:
    """Return the user names in whose inboxes a task waits."""
    entries = set(InboxEntry.objects.open().filter(task=task).values_list("bucket", flat=True))
    held = Membership.objects.valid(on=timezone.localdate()).select_related("user")
    return {each.user.username for each in held if {each.agency_position_id, -each.pk} & entries}


def in_days(days: int) -> Any:
    """Return a day from now."""
    return timezone.localdate() + timedelta(days=days)


def drafts(world: World, assignment: Assignment, username: str) -> None:
    """Make a person an author of the plan that was put forward."""
    revision = assignment.submissions.order_by("-number")[0].revision
    revision.authors.add(actor(world.who(username)).user)
