"""Why not: what a person would need to see a case, and what ended."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from django.utils import timezone

from accounts.authority import Hat, lent_by, own_hats, posts
from accounts.models import AgencyKind, Delegation, Membership, Position, User
from workflows.models import Participation, Role

from .rows import CaseRows

SHOWN = 20  # posts and delegations of the past that are looked at


class Obstacle(StrEnum):
    """What stands in the way."""

    DEACTIVATED = "DEACTIVATED"
    ADMINISTRATOR = "ADMINISTRATOR"
    NOT_ISSUED = "NOT_ISSUED"
    NO_POST = "NO_POST"
    POST_ENDED = "POST_ENDED"
    POST_NOT_BEGUN = "POST_NOT_BEGUN"
    NOT_TAKING_PART = "NOT_TAKING_PART"
    NOT_ASKED_YET = "NOT_ASKED_YET"
    PART_ENDED = "PART_ENDED"
    REASSIGNED = "REASSIGNED"
    SUCCEEDED = "SUCCEEDED"
    MEMBER_NOT_ASKED = "MEMBER_NOT_ASKED"
    POSITION_WITHOUT_RIGHT = "POSITION_WITHOUT_RIGHT"
    GRANT_EXPIRED = "GRANT_EXPIRED"
    LOAN_OTHER_FIELD = "LOAN_OTHER_FIELD"
    LOAN_DECLINED = "LOAN_DECLINED"
    LOAN_REVOKED = "LOAN_REVOKED"
    LOAN_WAITS = "LOAN_WAITS"
    LOAN_NOT_BEGUN = "LOAN_NOT_BEGUN"
    LOAN_ENDED = "LOAN_ENDED"
    LOAN_UNFOUNDED = "LOAN_UNFOUNDED"


@dataclass(frozen=True, slots=True)
class Because:
    """One obstacle; what it is about is filled as far as it applies."""

    obstacle: Obstacle
    hat: Hat | None = None
    part: Participation | None = None
    delegation: Delegation | None = None
    when: date | datetime | None = None
    others: tuple[str, ...] = field(default=())


def obstacles_of(person: User, case: CaseRows, hats: Sequence[Hat]) -> list[Because]:
    """Return what keeps a person from a case she does not see; at most five statements, whatever the case holds."""
    found = list(_of_account(person))
    if not case.is_issued:
        found.append(Because(Obstacle.NOT_ISSUED))
    for hat in hats:
        found += _of_hat(case, hat)
    found += _of_posts(person, bool(own_hats(hats)))
    return found + list(_of_loans(person, hats))


def _of_account(person: User) -> Iterator[Because]:
    if not person.is_active:
        yield Because(Obstacle.DEACTIVATED, when=person.deactivated_at)
    if person.is_staff or person.is_superuser:
        yield Because(Obstacle.ADMINISTRATOR)


def _of_hat(case: CaseRows, hat: Hat) -> Iterator[Because]:
    """Yield why one hat that is valid today does not let see the case."""
    if hat.lent is not None and not hat.lent.covers(case.assignment.field_id):
        yield Because(Obstacle.LOAN_OTHER_FIELD, hat)
        return
    gone = case.predecessors.get(hat.agency_id)
    if gone is not None:
        heir = gone.successor.symbol if gone.successor else ""
        yield Because(Obstacle.SUCCEEDED, hat, when=gone.valid_to, others=(heir,))
        return
    mine = [part for part in case.parts if part.agency_id == hat.agency_id]
    current = [part for part in mine if part.ended_at is None]
    if hat.agency_kind == AgencyKind.COMMITTEE and hat.position == Position.MEMBER:
        yield Because(Obstacle.MEMBER_NOT_ASKED, hat)
    elif not mine:
        yield Because(Obstacle.NOT_TAKING_PART, hat)
    elif not current:
        yield _on_ended_part(case, hat, mine[-1])
    else:
        yield _on_part(case, hat, current[0])


def _on_ended_part(case: CaseRows, hat: Hat, part: Participation) -> Because:
    lead = next((each.agency for each in case.current if each.role == Role.LEAD), None)
    if part.role == Role.LEAD and lead is not None:
        return Because(Obstacle.REASSIGNED, hat, part, when=part.ended_at, others=(lead.symbol,))
    return Because(Obstacle.PART_ENDED, hat, part, when=part.ended_at)


def _on_part(case: CaseRows, hat: Hat, part: Participation) -> Because:
    hers = [row for row in case.rows if row.part_id == part.pk and row.group_id == hat.group_id]
    expired = [row.expires_at for row in hers if not row.is_alive(case.read_at)]
    if expired:
        return Because(Obstacle.GRANT_EXPIRED, hat, part, when=expired[0])
    if part.role == Role.COORDINATE and not case.of(part):
        return Because(Obstacle.NOT_ASKED_YET, hat, part)
    return Because(Obstacle.POSITION_WITHOUT_RIGHT, hat, part)


def _of_posts(person: User, has_post: bool) -> Iterator[Because]:  # noqa: FBT001 - asked once, above
    """Yield the posts that ended or have not begun; two statements where there are any."""
    today = timezone.localdate()
    held = Membership.objects.filter(user=person).exclude(pk__in=Membership.objects.valid(on=today))
    rows = list(held.order_by("-valid_from", "-pk")[:SHOWN])
    titles = posts(Membership.objects.filter(pk__in=[row.pk for row in rows]), on=today) if rows else {}
    if not has_post and not rows:
        yield Because(Obstacle.NO_POST)
    for row in rows:
        begun = row.valid_from <= today
        kind = Obstacle.POST_ENDED if begun else Obstacle.POST_NOT_BEGUN
        yield Because(kind, titles[row.pk], when=row.valid_to if begun else row.valid_from)


def _of_loans(person: User, hats: Sequence[Hat]) -> Iterator[Because]:
    """Yield the delegations to the person that do not hold now; two statements."""
    holding_now = [hat.lent.delegation_id for hat in hats if hat.lent is not None]
    loans = Delegation.objects.filter(delegate=person).exclude(pk__in=holding_now).order_by("-pk")
    found = loans.select_related("membership__user", "revoked_by").prefetch_related("fields")[:SHOWN]
    for loan in found:
        obstacle, when = _why_not_lent(loan)
        yield Because(obstacle, delegation=loan, when=when, others=(lent_by(loan).principal,))


def _why_not_lent(loan: Delegation) -> tuple[Obstacle, datetime | None]:
    now = timezone.now()
    if loan.declined_at is not None:
        return Obstacle.LOAN_DECLINED, loan.declined_at
    if loan.revoked_at is not None:
        return Obstacle.LOAN_REVOKED, loan.revoked_at
    if loan.ends_at <= now:
        return Obstacle.LOAN_ENDED, loan.ends_at
    if loan.accepted_at is None:
        return Obstacle.LOAN_WAITS, None
    if loan.starts_at > now:
        return Obstacle.LOAN_NOT_BEGUN, loan.starts_at
    return Obstacle.LOAN_UNFOUNDED, None
