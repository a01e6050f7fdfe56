"""Who is appointed to what, until when; auth groups follow."""

from datetime import date
from functools import partial

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.authority import Actor
from accounts.models import Agency, Membership, User
from notifications import waking
from notifications.outbox import emit
from notifications.push import push_renew

from .agencies import ensure_position
from .chain import CHAIN

# The job that gives back what waited for the holder of an ended membership alone; whoever keeps the work registers it.
HANDING_BACK = "handing back"


@transaction.atomic
def appoint(
    user: User,
    agency: Agency,
    position: str,
    *,
    valid_from: date,
    valid_to: date | None = None,
    is_acting: bool = False,
    actor: Actor,
) -> Membership:
    """Give a person a position at an agency from a day on; `valid_to` is the first day without it.

    `is_acting` says that she is entrusted with the head's post without holding it. Repeating an appointment that exists
    changes nothing and records nothing.

    Raises:
        IntegrityError: `valid_to` lies before `valid_from`.
    """
    place = ensure_position(agency, position)
    membership, created = Membership.objects.get_or_create(
        user=user,
        agency_position=place,
        valid_from=valid_from,
        defaults={"valid_to": valid_to, "is_acting": is_acting},
    )
    if not created:
        return membership

    sync_groups(user, on=timezone.localdate())
    emit("membership.started", chain=CHAIN, subject=membership, actor=actor, data=facts(membership))
    return membership


@transaction.atomic
def end_membership(membership: Membership, *, on: date, actor: Actor) -> None:
    """End a membership; `on` is the first day it no longer holds.

    Every right asks for a membership of today, so from that day on none is left. The person's open pages connect anew
    at once, and what waited for her alone goes back to the agency's queue.

    Raises:
        IntegrityError: `on` lies before the first day.
    """
    membership.valid_to = on
    membership.save(update_fields=["valid_to"])

    sync_groups(membership.user, on=timezone.localdate())
    transaction.on_commit(partial(push_renew, membership.user_id))
    transaction.on_commit(partial(waking.wake, HANDING_BACK))
    emit("membership.ended", chain=CHAIN, subject=membership, actor=actor, data=facts(membership))


@transaction.atomic
def sync_groups(user: User, *, on: date) -> None:
    """Make the person's auth groups mirror the memberships valid on a day.

    Groups that belong to no agency-position are left alone.
    """
    held = Membership.objects.valid(on=on).filter(user=user).values("agency_position__group")
    ours = Group.objects.filter(agency_position__isnull=False)
    user.groups.remove(*ours.filter(user=user).exclude(pk__in=held))
    user.groups.add(*ours.filter(pk__in=held))


def sync_those_of(on: date) -> int:
    """Bring the auth groups of those in line whose membership begins or ends on a day; return how many people.

    One statement where all are in line already.
    """
    in_group = User.groups.through.objects.filter(
        user=OuterRef("user"), group=OuterRef("agency_position__group")
    )
    behind = Membership.objects.filter(Q(~Exists(in_group), valid_from=on) | Q(Exists(in_group), valid_to=on))
    people = list(User.objects.filter(memberships__in=behind).distinct())
    for user in people:
        sync_groups(user, on=on)
    return len(people)


def facts(membership: Membership) -> dict[str, object]:
    """Return what an event says of a membership; its person, position and agency loaded."""
    place = membership.agency_position
    acting = {"is_acting": True} if membership.is_acting else {}
    return {
        "user": membership.user.username,
        "agency": place.agency.code,
        "position": place.position,
        "valid_from": membership.valid_from.isoformat(),
        "valid_to": membership.valid_to.isoformat() if membership.valid_to else None,
        **acting,
    }
