"""Which of a person's hats carries which right on an agency's part in a case.

Rights are rows of `ParticipationGroupGrant` (an agency-position pair) and `ParticipationUserGrant` (one holder). They
are asked through the person's *valid* memberships, so a right ends with the membership that carried it; a hat that
somebody lent her carries what it was lent for. `is_superuser` opens no business act.
"""

from collections.abc import Collection, Iterable, Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet, Value

from accounts.authority import Actor, Hat, own_hats
from accounts.models import AgencyKind, DocumentKind, Position, User

from .models import (
    Assignment,
    CaseTask,
    Participation,
    ParticipationGroupGrant,
    ParticipationUserGrant,
    Role,
)
from .models.grant import alive, permission_ids, unexpired

OFFICE_WIDE = {AgencyKind.OFFICE, AgencyKind.COMMITTEE}

# What a leader may lend, by kind of paper. What is not here is personal: drafting, numbering, taking over, voting.
LENDABLE: dict[str, DocumentKind] = {
    "decide": DocumentKind.PLAN,
    "sign_plan": DocumentKind.SUBMISSION,
    "prepare_opinion": DocumentKind.OPINION,
    "sign_opinion": DocumentKind.OPINION,
    "review_plan": DocumentKind.REVIEW,
    "sign_review": DocumentKind.REVIEW,
    "report_result": DocumentKind.REPORT,
    "confirm_report": DocumentKind.REPORT,
    "receive": DocumentKind.RECEIPT,
    "reassign": DocumentKind.RECEIPT,
}


def kind_of(rights: Iterable[str]) -> str:
    """Return the kind of paper that rights are about; empty where they are not lent."""
    return next((LENDABLE[right].value for right in sorted(rights) if right in LENDABLE), "")


def lends(hat: Hat, right: str) -> bool:
    """Tell whether a hat carries a right to its wearer: her own carries all, a lent one what it was lent for."""
    return hat.lent is None or right == "view_case" or LENDABLE.get(right) in hat.lent.kinds


def in_scope(hats: Iterable[Hat], assignment: Assignment) -> list[Hat]:
    """Return the hats that may be worn in a case: the person's own, and those lent for its field."""
    return [hat for hat in hats if hat.lent is None or hat.lent.covers(assignment.field_id)]


def participations_with(hats: Sequence[Hat], user: User, *rights: str) -> QuerySet[Participation]:
    """Return the current parts on which the person holds one of the rights now, herself or for somebody else."""
    held = _granted(own_hats(hats), [user.pk], rights)
    for hat in hats:
        carried = [right for right in rights if lends(hat, right)]
        if hat.lent is not None and carried:
            scope = Q(assignment__field__in=hat.lent.fields) if hat.lent.fields else Q()
            held |= _granted([hat], [hat.user_id], carried) & scope
    return Participation.objects.filter(held, ended_at=None)


def _granted(hats: Sequence[Hat], users: Sequence[int], rights: Collection[str]) -> Q:
    """Return the condition that a part is granted to one of the hats' positions, or to its holder alone."""
    ids = permission_ids()
    granted = Q(unexpired(), content_object=OuterRef("pk"), permission__in=[ids[right] for right in rights])
    by_group = ParticipationGroupGrant.objects.filter(granted, group__in=[hat.group_id for hat in hats])
    by_person = ParticipationUserGrant.objects.filter(
        granted, user__in=users, membership__in=[hat.membership_id for hat in hats]
    )
    return Q(Exists(by_group) | Exists(by_person))


def may(hats: Sequence[Hat], user: User, right: str, participation: Participation) -> bool:
    """Tell whether the person holds `right` on this part now: one statement."""
    return participations_with(hats, user, right).filter(pk=participation.pk).exists()


def rights_on(hats: Sequence[Hat], participation: Participation) -> set[str]:
    """Return every right the person holds on this part now: one statement."""
    return set(carriers(hats, participation))


def is_hers(hats: Iterable[Hat], task: CaseTask) -> bool:
    """Tell whether a task may be the person's: it waits for nobody in person, or for her own hat."""
    if task.membership_id is None:
        return True
    return task.membership_id in {hat.membership_id for hat in own_hats(hats)}


def hat_for(
    hats: Sequence[Hat], preferred: Hat | None, right: str, participation: Participation
) -> Hat | None:
    """Return the hat under which `right` may be used on this part: the preferred one where it carries it.

    One statement. Her own hats come before those lent to her. None where no hat of the person carries the right.
    """
    return hats_for(hats, preferred, right, [participation]).get(participation.pk)


def hats_for(
    hats: Sequence[Hat], preferred: Hat | None, right: str, parts: Sequence[Participation]
) -> dict[int, Hat]:
    """Return `hat_for` of each part, their assignments loaded; one statement whatever their number."""
    on_parts = _carriers_of_all(hats, parts, right)
    found = {part: carried[right] for part, carried in on_parts.items() if right in carried}
    return {part: preferred if preferred in able else able[0] for part, able in found.items()}


def carriers(hats: Sequence[Hat], participation: Participation, *only: str) -> dict[str, list[Hat]]:
    """Return the hats that carry each right on a part, in the order of the hats; one statement."""
    return _carriers_of_all(hats, [participation], *only)[participation.pk]


def _carriers_of_all(
    hats: Sequence[Hat], parts: Sequence[Participation], *only: str
) -> dict[int, dict[str, list[Hat]]]:
    """Return, by part, the hats that carry each right on it, in the order of the hats; one statement."""
    ids = permission_ids()
    granted = Q(alive(), content_object__in=[part.pk for part in parts])
    if only:
        granted &= Q(permission__in=[ids[right] for right in only])
    groups = ParticipationGroupGrant.objects.filter(granted, group__in=[hat.group_id for hat in hats])
    persons = ParticipationUserGrant.objects.filter(
        granted, membership__in=[hat.membership_id for hat in hats]
    )
    rows = groups.values_list("content_object", "permission", "group", Value(0)).union(
        persons.values_list("content_object", "permission", Value(0), "membership")
    )
    held: dict[int, set[tuple[int, int, int]]] = {}
    for part_id, *right in rows:
        held.setdefault(part_id, set()).add(tuple(right))
    return {
        part.pk: _carried(in_scope(hats, part.assignment), held[part.pk]) if part.pk in held else {}
        for part in parts
    }


def _carried(hats: Sequence[Hat], held: set[tuple[int, int, int]]) -> dict[str, list[Hat]]:
    """Return the hats that carry each right; `held` are (right, group or 0, membership or 0)."""
    names = {key: name for name, key in permission_ids().items()}
    found: dict[str, list[Hat]] = {}
    for hat in hats:
        for right in {right for right, *_holder in held}:
            is_held = {(right, hat.group_id, 0), (right, 0, hat.membership_id)} & held
            if is_held and lends(hat, names[right]):
                found.setdefault(names[right], []).append(hat)
    return found


def carrying(hats: Iterable[Hat], right: str, outer: str) -> Q:
    """Return the condition that one of the person's own hats carries `right` on the part that `outer` names."""
    own = own_hats(hats)
    granted = Q(alive(), content_object=OuterRef(outer), permission=permission_ids()[right])
    by_group = ParticipationGroupGrant.objects.filter(granted, group__in=[hat.group_id for hat in own])
    by_person = ParticipationUserGrant.objects.filter(
        granted, membership__in=[hat.membership_id for hat in own]
    )
    return Q(Exists(by_group) | Exists(by_person))


def is_office_wide(hats: Iterable[Hat]) -> bool:
    """Tell whether one of the person's own hats is of the Office or the Committee, which see every issued directive.

    A member of the Committee who is neither Chair nor Vice-Chair sees what she is asked about.
    """
    return any(_is_wide(hat) for hat in own_hats(hats))


def judges(hats: Iterable[Hat], assignment: Assignment) -> bool:
    """Tell whether one of the hats that may be worn in the case is of the Office or the Committee.

    A member who is neither Chair nor Vice-Chair judges what she is asked about by ballot; one statement for her alone.
    """
    return any(_is_wide(hat) for hat in in_scope(hats, assignment)) or _is_asked(hats, assignment)


def _is_asked(hats: Iterable[Hat], assignment: Assignment) -> bool:
    """Tell whether one of the person's own hats is a member's who was let into the case."""
    members = [hat for hat in own_hats(hats) if _is_member(hat)]
    asked = _granted(members, [hat.user_id for hat in members], ["view_case"]) if members else None
    parts = Participation.objects.current().filter(assignment=assignment, role=Role.APPROVE)
    return asked is not None and parts.filter(asked).exists()


def _is_member(hat: Hat) -> bool:
    return hat.agency_kind == AgencyKind.COMMITTEE and hat.position == Position.MEMBER


def _is_wide(hat: Hat) -> bool:
    return hat.agency_kind in OFFICE_WIDE and hat.position != Position.MEMBER


def actor_under(actor: Actor, hats: Sequence[Hat], right: str, participation: Participation) -> Actor | None:
    """Return the actor wearing the hat that carries `right` on the part, or None."""
    if actor.user is None:
        return None
    hat = hat_for(hats, actor.hat, right, participation)
    return Actor(user=actor.user, hat=hat) if hat else None
