"""A leader has not been seen for days while work waits: a delegation is proposed, once for each absence."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.authority import SYSTEM, Actor
from accounts.models import AbsenceProposal, Membership
from notifications.outbox import Draft, emit, emit_many

from . import lending
from .chain import CHAIN


@transaction.atomic
def notice(absent: dict[Membership, date]) -> list[AbsenceProposal]:
    """Propose a delegation for each absent leader, by the day she was last seen; known absences stay as they are."""
    now = timezone.now()
    proposals = []
    for membership, since in absent.items():
        proposal, is_new = AbsenceProposal.objects.get_or_create(
            membership=membership, inactive_since=since, defaults={"proposed_at": now}
        )
        proposals += [proposal] if is_new else []
    emit_many(
        [
            Draft(kind="absence.noticed", chain=CHAIN, subject=each, actor=SYSTEM, data=_facts(each))
            for each in proposals
        ]
    )
    return proposals


@transaction.atomic
def dismiss(proposal: AbsenceProposal, *, actor: Actor) -> AbsenceProposal:
    """Set a proposal aside: nothing needs to be lent.

    Raises:
        NotAllowedError: the actor neither is the leader nor prepares delegations for her.
    """
    locked = (
        AbsenceProposal.objects.select_for_update(of=("self",))
        .select_related("membership__user", "membership__agency_position__agency")
        .get(pk=proposal.pk)
    )
    lending.check_proposer(locked.membership, actor.person, at=timezone.now())
    if locked.closed_at is not None:
        return locked

    locked.closed_at, locked.closed_by = timezone.now(), actor.user
    locked.save(update_fields=["closed_at", "closed_by"])

    emit("absence.dismissed", chain=CHAIN, subject=locked, actor=actor, data=_facts(locked))
    return locked


def close_over(*, at: datetime) -> int:
    """Close what was proposed for leaders who have been seen since; one statement."""
    back = AbsenceProposal.objects.filter(
        closed_at=None, membership__user__last_active_on__gt=F("inactive_since")
    )
    return back.update(closed_at=at)


def close(membership: Membership, *, actor: Actor) -> None:
    """Close what was proposed for a position, because it is being lent; the delegation's event says so."""
    AbsenceProposal.objects.filter(membership=membership, closed_at=None).update(
        closed_at=timezone.now(), closed_by=actor.user
    )


def _facts(proposal: AbsenceProposal) -> dict[str, object]:
    membership = proposal.membership
    return {
        "principal": membership.user.username,
        "principal_name": str(membership.user),
        "agency": membership.agency_position.agency.code,
        "position": membership.agency_position.position,
        "since": proposal.inactive_since.isoformat(),
    }
