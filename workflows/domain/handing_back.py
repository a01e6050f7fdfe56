"""A membership has ended: what waited for its holder alone goes to her next one, or back to the agency's queue.

Rights need no act: each asks for a membership of today. Slips of a ballot stay where they are: a vote is personal.
"""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.authority import SYSTEM
from accounts.models import Membership
from workflows import inbox
from workflows.domain import grants
from workflows.domain.events import record_each
from workflows.domain.phases import lock_cases
from workflows.models import Assignment, GrantSource, InboxEntry, ParticipationUserGrant


def ended_with_work(*, at: datetime) -> list[Membership]:
    """Return the memberships that no longer hold, or whose holder is gone, while something is theirs in person.

    One statement.
    """
    over = Q(valid_to__lte=timezone.localdate(at)) | Q(user__is_active=False)
    ended = Membership.objects.filter(over)
    waiting = InboxEntry.objects.open().filter(bucket=0 - OuterRef("pk"), task__membership=None)
    granted = ParticipationUserGrant.objects.filter(
        grants.in_running_cases(), membership=OuterRef("pk")
    ).exclude(source=GrantSource.BALLOT)
    found = ended.filter(Exists(waiting) | Exists(granted))
    return list(found.select_related("user", "agency_position__agency").order_by("pk"))


def hold_cases(membership: Membership) -> list[Assignment]:
    """Lock the person's cases until commit; return them as they are then; five statements."""
    lock_cases(_cases(membership))
    return list(Assignment.objects.filter(pk__in=_cases(membership)).select_related("directive").in_order())


def _cases(membership: Membership) -> set[int]:
    granted = grants.of_holder([membership]).values_list("content_object__assignment", flat=True)
    tasks = inbox.waiting_in_person([membership])
    return set(granted) | {task.process.assignment_id for task in tasks}


def next_of(membership: Membership, *, at: datetime) -> Membership | None:
    """Return the membership by which the same person holds the same position now, as after a new appointment."""
    same = Membership.objects.valid(on=timezone.localdate(at)).filter(
        user=membership.user, agency_position=membership.agency_position, user__is_active=True
    )
    return same.exclude(pk=membership.pk).order_by("pk").first()


def give_back(membership: Membership) -> None:
    """Give the rights the person held alone back to the positions that may have them."""
    held = grants.of_holder([membership]).select_related("content_object", "permission").order_by("pk")
    grants.share_all(held)


def record(membership: Membership, cases: list[Assignment]) -> None:
    """Write one event for each case."""
    said = {
        "from": membership.user.username,
        "from_name": str(membership.user),
        "agency": membership.agency_position.agency.code,
    }
    record_each("work.handed_back", cases, actor=SYSTEM, **said)
