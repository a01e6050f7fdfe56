"""The answer for one person and one case, and everybody who sees a case."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.authority import hats, hats_of
from accounts.models import Delegation, Membership, Position, User
from workflows.holding import OFFICE_WIDE
from workflows.models import (
    Assignment,
    DirectiveState,
    ParticipationGroupGrant,
    ParticipationUserGrant,
)
from workflows.models.grant import alive, permission_ids

from .grounds import VIEW, Ground, Posts, Rule, Thing, grounds_of
from .obstacles import Because, obstacles_of
from .rows import CaseRows
from .things import things_of


@dataclass(frozen=True, slots=True)
class Explanation:
    """Whether a person sees a case, and why: `grounds` of every right, or what stands in the way."""

    person: User
    case: CaseRows
    posts: Posts
    grounds: tuple[Ground, ...] = ()
    obstacles: tuple[Because, ...] = ()
    things: tuple[tuple[Thing, Rule | None], ...] = ()

    @property
    def sees(self) -> bool:
        """Tell whether she sees the case."""
        return _lets_see(self.grounds)

    def rights_on(self, part_id: int) -> set[str]:
        """Return the rights she holds on a part."""
        parts = [each for each in self.grounds if each.part is not None and each.part.pk == part_id]
        return {right for each in parts for right in each.rights}


def explain(person: User, assignment: Assignment) -> Explanation:
    """Explain whether a person sees a case now, what of it, and what she may do; directive and field loaded.

    Under 25 statements, whatever the case holds. A person who is deactivated sees nothing: she cannot sign in.
    """
    worn = hats(person)
    case = CaseRows.load(assignment)
    grounds = grounds_of(case, worn) if person.is_active else []
    if not _lets_see(grounds):
        obstacles = tuple(obstacles_of(person, case, worn))
        return Explanation(person, case, Posts.behind(worn), obstacles=obstacles)
    things = tuple(things_of(case, worn, grounds).items())
    return Explanation(person, case, Posts.behind(worn), tuple(grounds), things=things)


def explain_all(people: Sequence[User], assignment: Assignment) -> list[Explanation]:
    """Explain why each of these people sees a case; statements do not grow with their number."""
    case = CaseRows.load(assignment)
    worn = hats_of(people)
    behind = Posts.behind([hat for each in worn.values() for hat in each])
    return [
        Explanation(each, case, behind, tuple(grounds_of(case, worn[each.pk]) if each.is_active else ()))
        for each in people
    ]


def readers_of(assignment: Assignment) -> QuerySet[User]:
    """Return everybody who sees a case now, unordered: the other side of `policies.visible_assignments`."""
    if assignment.directive.state != DirectiveState.ISSUED:
        return User.objects.none()
    now = timezone.now()
    granted = Q(alive(), content_object__assignment=assignment, permission=permission_ids()[VIEW])
    let_in = Q(
        agency_position__group__in=ParticipationGroupGrant.objects.filter(granted).values("group")
    ) | Q(pk__in=ParticipationUserGrant.objects.filter(granted).values("membership"))
    wide = Q(agency_position__agency__kind__in=OFFICE_WIDE) & ~Q(agency_position__position=Position.MEMBER)
    own = Membership.objects.valid(on=timezone.localdate(now)).filter(let_in | wide)
    in_scope = Q(fields=None) | Q(fields=assignment.field_id)
    lent = Delegation.objects.active(at=now).filter(
        in_scope, membership__in=Membership.objects.filter(let_in)
    )
    seen = Q(pk__in=own.values("user")) | Q(pk__in=lent.values("delegate"))
    return User.objects.filter(seen, is_active=True)


def _lets_see(grounds: Sequence[Ground]) -> bool:
    return any(each.lets_see for each in grounds)
