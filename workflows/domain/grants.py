"""Rights on a participation: who gets which, and the only place that writes them."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Agency, AgencyPosition, Membership, Position
from workflows.models import (
    CaseProcess,
    GrantSource,
    Participation,
    ParticipationGroupGrant,
    ParticipationUserGrant,
    Role,
)
from workflows.models.grant import alive, permission_ids

_DRAFTERS = ("view_case", "receive", "draft_plan", "report_result")
_REVIEWERS = ("view_case", "reassign", "review_plan", "confirm_report")

RIGHTS: dict[Role, dict[Position, tuple[str, ...]]] = {
    Role.LEAD: {
        Position.HEAD: (*_DRAFTERS, "sign_plan"),
        Position.DEPUTY_HEAD: (*_DRAFTERS, "sign_plan"),
        Position.DIVISION_HEAD: _DRAFTERS,
        Position.SPECIALIST: _DRAFTERS,
        Position.CLERK: ("view_case",),
    },
    Role.COORDINATE: {
        Position.HEAD: ("view_case", "prepare_opinion", "sign_opinion"),
        Position.DEPUTY_HEAD: ("view_case", "prepare_opinion", "sign_opinion"),
        Position.DIVISION_HEAD: ("view_case", "prepare_opinion"),
        Position.SPECIALIST: ("view_case", "prepare_opinion"),
        Position.CLERK: ("view_case",),
    },
    Role.REVIEW: {
        Position.HEAD: (*_REVIEWERS, "sign_review"),
        Position.DEPUTY_HEAD: (*_REVIEWERS, "sign_review"),
        Position.SPECIALIST: _REVIEWERS,
        Position.CLERK: ("view_case", "issue_plan"),
    },
    Role.APPROVE: {
        Position.CHAIR: ("view_case", "decide", "take_over", "call_ballot"),
        Position.VICE_CHAIR: ("view_case", "decide"),
    },
    Role.MONITOR: {
        Position.HEAD: ("view_case",),
        Position.SPECIALIST: ("view_case",),
        Position.CLERK: ("view_case",),
    },
}


def grant(participations: Sequence[Participation]) -> None:
    """Give every position of the agencies its rights on the parts; two statements whatever their number.

    Repeating it changes nothing.
    """
    groups = _groups({part.agency_id for part in participations})
    rows = [
        row
        for part in participations
        for row in _rows(part, part.agency_id, groups, source=GrantSource.ROLE, source_id=part.pk)
    ]
    ParticipationGroupGrant.objects.bulk_create(rows, ignore_conflicts=True)


def succeed(participations: Sequence[Participation], successor: Agency, *, of: Agency) -> None:
    """Give the parts of an abolished agency to the positions of its successor alone; four statements.

    Nobody holds such a part in person any more.
    """
    revoke(participations)
    groups = _groups({successor.pk})
    rows = [
        row
        for part in participations
        for row in _rows(part, successor.pk, groups, source=GrantSource.SUCCESSION, source_id=of.pk)
    ]
    ParticipationGroupGrant.objects.bulk_create(rows, ignore_conflicts=True)


def _rows(
    part: Participation,
    agency_id: int,
    groups: Mapping[tuple[int, str], Sequence[int]],
    *,
    source: GrantSource,
    source_id: int,
) -> Iterator[ParticipationGroupGrant]:
    permissions = permission_ids()
    for position, rights in RIGHTS[Role(part.role)].items():
        for group_id in groups.get((agency_id, position), ()):
            for right in rights:
                yield ParticipationGroupGrant(
                    content_object=part,
                    group_id=group_id,
                    permission_id=permissions[right],
                    source=source,
                    source_id=source_id,
                )


def revoke(participations: Iterable[Participation]) -> None:
    """Take every right on the parts away."""
    parts = list(participations)
    ParticipationGroupGrant.objects.filter(content_object__in=parts).delete()
    ParticipationUserGrant.objects.filter(content_object__in=parts).delete()


def give(
    part: Participation,
    memberships: Iterable[Membership],
    rights: Collection[str],
    *,
    source: GrantSource,
    source_id: int | None = None,
    expires_at: datetime | None = None,
) -> None:
    """Give rights on a part to single holders of positions; one statement. Repeating it changes nothing."""
    permissions = permission_ids()
    ParticipationUserGrant.objects.bulk_create(
        (
            ParticipationUserGrant(
                content_object=part,
                user_id=membership.user_id,
                membership=membership,
                permission_id=permissions[right],
                source=source,
                source_id=source_id,
                expires_at=expires_at,
            )
            for membership in memberships
            for right in rights
        ),
        ignore_conflicts=True,
    )


def take(part: Participation, rights: Collection[str]) -> None:
    """Take rights on a part away from every single holder; those of whole positions stay; one statement."""
    ids = [permission_ids()[right] for right in rights]
    ParticipationUserGrant.objects.filter(content_object=part, permission__in=ids).delete()


def take_back(part: Participation, rights: Collection[str], *, source: GrantSource) -> None:
    """Take from every single holder what was given for one reason; what she holds for another stays; one statement."""
    ids = [permission_ids()[right] for right in rights]
    ParticipationUserGrant.objects.filter(content_object=part, permission__in=ids, source=source).delete()


def entrust(
    part: Participation,
    membership: Membership,
    right: str,
    *,
    instead_of: Collection[Position],
    source: GrantSource,
    source_id: int | None = None,
) -> None:
    """Give a right on a part to one holder alone: the positions named, and whoever had it before, lose it."""
    ParticipationGroupGrant.objects.filter(
        content_object=part,
        permission=permission_ids()[right],
        group__agency_position__position__in=list(instead_of),
    ).delete()
    take(part, [right])
    give(part, [membership], [right], source=source, source_id=source_id)


def of_holder(memberships: Iterable[Membership]) -> QuerySet[ParticipationUserGrant]:
    """Return what is granted to single holders under these memberships in cases that go on.

    Slips of a ballot are never passed on.
    """
    found = ParticipationUserGrant.objects.filter(in_running_cases(), membership__in=list(memberships))
    return found.exclude(source=GrantSource.BALLOT)


def in_running_cases() -> Q:
    """Return the condition that a grant holds and its case goes on."""
    running = CaseProcess.objects.filter(assignment=OuterRef("content_object__assignment"), finished=None)
    return Q(alive(), Exists(running))


def hand_over(granted: QuerySet[ParticipationUserGrant], to: Membership) -> None:
    """Pass grants of single holders on to another; what she holds already is not doubled; three statements."""
    keys = list(granted.values_list("pk", flat=True))
    passed = ParticipationUserGrant.objects.filter(pk__in=keys)
    hers = ParticipationUserGrant.objects.filter(
        user=to.user_id, permission=OuterRef("permission"), content_object=OuterRef("content_object")
    ).exclude(pk__in=keys)
    passed.filter(Exists(hers)).delete()
    passed.update(user=to.user_id, membership=to)


def fits(position: str, role: str, right: str) -> bool:
    """Tell whether the holders of a position may have a right on parts of a role at all."""
    return right in RIGHTS[Role(role)].get(Position(position), ())


def share_all(granted: Iterable[ParticipationUserGrant]) -> list[Participation]:
    """Give back to every position of a part what single holders have; return the parts, each once.

    Four statements a part.
    """
    shared: dict[int, Participation] = {}
    for each in granted:
        part = shared.setdefault(each.content_object_id, each.content_object)
        take(part, [each.permission.codename])
    grant(list(shared.values()))
    return list(shared.values())


def share_again(part: Participation, right: str, *, source: GrantSource) -> None:
    """Give a right back to every position that has it, where single holders have it from this source.

    One statement where none does.
    """
    single = ParticipationUserGrant.objects.filter(
        content_object=part, permission=permission_ids()[right], source=source
    )
    if single.exists():
        take(part, [right])
        grant([part])


def _groups(agency_ids: set[int]) -> dict[tuple[int, str], list[int]]:
    groups: dict[tuple[int, str], list[int]] = {}
    pairs = AgencyPosition.objects.filter(agency_id__in=agency_ids).values_list(
        "agency_id", "position", "group_id"
    )
    for agency_id, position, group_id in pairs:
        groups.setdefault((agency_id, position), []).append(group_id)
    return groups
