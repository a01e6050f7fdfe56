"""Somebody leaves her post: what waits for her alone goes to another person, in one act.

What waits for everybody in her position stays there. Slips of a ballot stay hers: a vote is personal.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.authority import Actor
from accounts.domain import delegations
from accounts.domain.chain import CHAIN
from accounts.models import Agency, Delegation, Membership, User
from notifications.outbox import emit
from workflows import inbox
from workflows.domain import grants
from workflows.domain.errors import DomainError
from workflows.domain.events import record_each
from workflows.domain.phases import lock_cases
from workflows.models import Assignment, ParticipationUserGrant


@dataclass(frozen=True, slots=True)
class Load:
    """What would move: the grants of the leaver by her membership, their cases, and the delegations that would end."""

    leaver: User
    agency: Agency
    memberships: tuple[Membership, ...]
    granted: tuple[ParticipationUserGrant, ...]
    cases: tuple[Assignment, ...]
    delegations: tuple[Delegation, ...]

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to move and nothing to end."""
        return not (self.cases or self.delegations)


def load_of(leaver: User, agency: Agency) -> Load:
    """Return what would move if the person left this agency now; four statements, whatever there is."""
    memberships = tuple(
        Membership.objects.filter(user=leaver, agency_position__agency=agency)
        .select_related("agency_position")
        .order_by("pk")
    )
    granted = tuple(
        grants.of_holder(memberships).select_related("content_object", "permission").order_by("pk")
    )
    tasks = inbox.waiting_in_person(memberships)
    case_ids = {each.content_object.assignment_id for each in granted}
    case_ids |= {task.process.assignment_id for task in tasks}
    cases = Assignment.objects.filter(pk__in=case_ids).select_related("directive").in_order()
    hers = Q(membership__in=memberships) | Q(delegate=leaver)
    lent = Delegation.objects.unfinished(at=timezone.now()).filter(hers).order_by("pk")
    return Load(
        leaver,
        agency,
        memberships,
        granted,
        tuple(cases),
        tuple(lent.select_related("membership__user", "delegate")),
    )


def successor_for(load: Load, successor: User) -> Membership | None:
    """Return the post under which a person could take all of it over; None where none of hers fits."""
    if successor.pk == load.leaver.pk or not successor.is_active:
        return None
    held = Membership.objects.valid(on=timezone.localdate()).filter(
        user=successor, agency_position__agency=load.agency
    )
    mine = {membership.agency_position.position for membership in load.memberships}
    posts = held.select_related("agency_position", "user").order_by("pk")
    # The leaver's own kind of post first, then any other that may have every right that moves.
    ranked = sorted(posts, key=lambda post: (post.agency_position.position not in mine, post.pk))
    return next((post for post in ranked if _fits(load.granted, post)), None)


@transaction.atomic
def move_work(leaver: User, successor: User, agency: Agency, *, actor: Actor) -> Load:
    """Move everything that waits for one person at an agency to another, and end her delegations; all or nothing.

    The cases are locked first, so no act on them is under way.

    Raises:
        DomainError: the other person holds no fitting post at the agency, or there is nothing to move.
    """
    lock_cases([case.pk for case in load_of(leaver, agency).cases])
    load = load_of(leaver, agency)
    post = successor_for(load, successor)
    if post is None:
        raise DomainError(_("%(person)s holds no fitting post at this agency.") % {"person": successor})
    if load.is_empty:
        raise DomainError(_("Nothing waits for %(person)s alone.") % {"person": leaver})

    inbox.hand_over(load.memberships, post)
    grants.hand_over(grants.of_holder(load.memberships), post)
    delegations.revoke_all(leaver, load.memberships, actor=actor)

    _record(load, post, actor)
    return load


def _fits(granted: Sequence[ParticipationUserGrant], post: Membership) -> bool:
    position = post.agency_position.position
    return all(grants.fits(position, each.content_object.role, each.permission.codename) for each in granted)


def _record(load: Load, post: Membership, actor: Actor) -> None:
    """Write one event for each case, and one that tells the successor once."""
    said = {
        "from": load.leaver.username,
        "from_name": str(load.leaver),
        "to": post.user.username,
        "to_name": str(post.user),
        "agency": load.agency.code,
    }
    record_each("work.moved", load.cases, actor=actor, **said)
    emit(
        "work.handed_over",
        chain=CHAIN,
        subject=post,
        actor=actor,
        data=said | {"cases": len(load.cases), "delegations": len(load.delegations)},
    )
