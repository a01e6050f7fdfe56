"""Rights on a participation: who gets which, and the only place that writes them."""

from collections.abc import Iterable, Sequence

from accounts.models import AgencyPosition, Position
from workflows.models import GrantSource, Participation, ParticipationGroupGrant, Role
from workflows.models.grant import permission_ids

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
        Position.CHAIR: ("view_case", "decide"),
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
    permissions = permission_ids()
    rows = [
        ParticipationGroupGrant(
            content_object=part,
            group_id=group_id,
            permission_id=permissions[right],
            source=GrantSource.ROLE,
            source_id=part.pk,
        )
        for part in participations
        for position, rights in RIGHTS[Role(part.role)].items()
        for group_id in groups.get((part.agency_id, position), ())
        for right in rights
    ]
    ParticipationGroupGrant.objects.bulk_create(rows, ignore_conflicts=True)


def revoke(participations: Iterable[Participation]) -> None:
    """Take every right on the parts away."""
    ParticipationGroupGrant.objects.filter(content_object__in=list(participations)).delete()


def _groups(agency_ids: set[int]) -> dict[tuple[int, str], list[int]]:
    groups: dict[tuple[int, str], list[int]] = {}
    pairs = AgencyPosition.objects.filter(agency_id__in=agency_ids).values_list(
        "agency_id", "position", "group_id"
    )
    for agency_id, position, group_id in pairs:
        groups.setdefault((agency_id, position), []).append(group_id)
    return groups
