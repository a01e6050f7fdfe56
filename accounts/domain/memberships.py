"""Who is appointed to what, until when; auth groups follow."""

from datetime import date

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from accounts.authority import Actor
from accounts.models import Agency, Membership, User
from notifications.outbox import emit

from .agencies import ensure_position
from .chain import CHAIN


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

    Raises:
        IntegrityError: `on` lies before the first day.
    """
    membership.valid_to = on
    membership.save(update_fields=["valid_to"])

    sync_groups(membership.user, on=timezone.localdate())
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
