"""Who may lend a position, who may prepare that for her, and to whom it may be lent."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import AgencyKind, DelegationForm, Membership, Position, User

from .errors import DomainError, NotAllowedError

LEADERS = (Position.CHAIR, Position.VICE_CHAIR, Position.HEAD, Position.DEPUTY_HEAD)
DEPUTIES = (Position.DEPUTY_HEAD, Position.VICE_CHAIR)
# How high a position stands at its agency; a mandate goes down alone. A member of the Committee is beneath nobody.
RANKS = {
    Position.CHAIR: 0,
    Position.HEAD: 0,
    Position.VICE_CHAIR: 1,
    Position.DEPUTY_HEAD: 1,
    Position.DIVISION_HEAD: 2,
    Position.SPECIALIST: 3,
    Position.CLERK: 3,
}
# The agencies the Committee leads: their heads are beneath its leaders.
LED_BY_COMMITTEE = (AgencyKind.OFFICE, AgencyKind.DEPARTMENT, AgencyKind.BODY, AgencyKind.DISTRICT)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody to whom a position may be lent, and in which form."""

    membership: Membership
    form: DelegationForm


def positions_to_lend(user: User, *, at: datetime) -> QuerySet[Membership]:
    """Return the positions a person may lend, or prepare to lend: her own, and those of leaders she works for.

    The Office's head prepares for the Committee's leaders, an agency's clerk for the agency's. Rights that are lent to
    her open nothing here.
    """
    held = _held(at)
    own = held.filter(user=user).select_related("agency_position__agency")
    prepared = Q()
    for membership in own:
        place = membership.agency_position
        if place.agency.kind == AgencyKind.OFFICE and place.position == Position.HEAD:
            prepared |= Q(agency_position__agency__kind=AgencyKind.COMMITTEE)
        if place.position == Position.CLERK:
            prepared |= Q(agency_position__agency=place.agency_id)
    return _named(held.filter(Q(user=user) | prepared if prepared else Q(user=user))).filter(
        agency_position__position__in=LEADERS
    )


def candidates(membership: Membership, *, at: datetime) -> list[Candidate]:
    """Return to whom a position may be lent today, deputies first; one statement."""
    place = membership.agency_position
    others = Q(agency_position__agency=place.agency_id)
    if place.agency.kind == AgencyKind.COMMITTEE:
        others |= Q(
            agency_position__agency__kind__in=LED_BY_COMMITTEE,
            agency_position__position__in=(Position.HEAD, Position.DEPUTY_HEAD),
        )
    found = _named(_held(at).filter(others)).exclude(user=membership.user_id)
    rows = found.order_by(
        "agency_position__agency__order", "agency_position__agency__code", "user__full_name", "pk"
    )
    return [
        Candidate(other, form) for form in DelegationForm for other in rows if _fits(membership, other, form)
    ]


def check_proposer(membership: Membership, user: User, *, at: datetime) -> None:
    """Refuse who may neither lend the position nor prepare that for its holder.

    Raises:
        NotAllowedError: it is not hers and she does not prepare for its holder; or no leader's position is lent.
    """
    if not positions_to_lend(user, at=at).filter(pk=membership.pk).exists():
        raise NotAllowedError(
            _(
                "You cannot lend this position: only leaders lend their own, and nothing that is lent is lent on."
            )
        )


def check_sides(membership: Membership, delegate: User, form: DelegationForm, *, at: datetime) -> None:
    """Refuse a pair to whom the form of signature does not apply today.

    Raises:
        DomainError: the same person, somebody without a fitting position, or a position that no longer holds.
    Source: Decree 30/2020/NĐ-CP art. 13.1 (KT. by a deputy), 13.3 (TUQ. by somebody beneath).
    """
    if delegate.pk == membership.user_id:
        raise DomainError(_("Nobody lends a position to herself."), field="delegate")
    if not _held(at).filter(pk=membership.pk).exists():
        raise DomainError(_("The position that is to be lent is no longer held."), field="delegate")
    theirs = _named(_held(at).filter(user=delegate))
    if not any(_fits(membership, other, form) for other in theirs):
        words = (
            _("Only a deputy of the same agency signs in the leader's place (KT.).")
            if form == DelegationForm.SUBSTITUTE
            else _("Only somebody beneath the leader signs by mandate (TUQ.).")
        )
        raise DomainError(words, field="delegate")


def _fits(lender: Membership, other: Membership, form: DelegationForm) -> bool:
    """Tell whether a position may be lent to the holder of another in this form."""
    mine, theirs = lender.agency_position, other.agency_position
    is_here = mine.agency_id == theirs.agency_id
    if form == DelegationForm.SUBSTITUTE:
        return is_here and theirs.position in DEPUTIES
    if is_here:
        return RANKS.get(Position(theirs.position), 0) > RANKS[Position(mine.position)]
    return (
        mine.agency.kind == AgencyKind.COMMITTEE
        and theirs.agency.kind in LED_BY_COMMITTEE
        and theirs.position in (Position.HEAD, Position.DEPUTY_HEAD)
    )


def _held(at: datetime) -> QuerySet[Membership]:
    return Membership.objects.valid(on=timezone.localdate(at)).filter(user__is_active=True)


def _named(memberships: QuerySet[Membership]) -> QuerySet[Membership]:
    return memberships.select_related("user", "agency_position__agency")
