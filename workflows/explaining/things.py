"""Why the plan and the opinions of a case are read, or not yet."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.conf import settings

from accounts.authority import Hat, own_hats
from accounts.models import AgencyKind, Position
from workflows import holding
from workflows.models import OpinionState, PlanRevision, Role, Submission

from .grounds import Ground, Rule, Thing, asked_parts, is_lead
from .rows import Asked, CaseRows, asked_in

KNOWN = {OpinionState.GIVEN, OpinionState.SILENT}


def things_of(case: CaseRows, hats: Sequence[Hat], grounds: Sequence[Ground]) -> dict[Thing, Rule | None]:
    """Return by which rule plan and opinions are read by somebody who sees the case; three statements."""
    asked = asked_in(case.assignment)
    revisions = PlanRevision.objects.filter(plan__assignment=case.assignment).exists()
    submitted = Submission.objects.filter(assignment=case.assignment).exists()
    judge = submitted and _judges(case, hats, grounds)
    return {
        Thing.PLAN: _plan(grounds, asked, judges=judge) if revisions else None,
        Thing.OPINIONS: _opinions(grounds, asked, judges=judge),
    }


def _plan(grounds: Iterable[Ground], asked: Iterable[Asked], *, judges: bool) -> Rule | None:
    if is_lead(grounds):
        return Rule.LEAD
    parts = asked_parts(grounds)
    if any(each.part_id in parts and each.is_frozen for each in asked):
        return Rule.ASKED
    return Rule.JUDGES if judges else None


def _opinions(grounds: Iterable[Ground], asked: Sequence[Asked], *, judges: bool) -> Rule | None:
    if judges or is_lead(grounds):
        everything = Rule.LEAD if is_lead(grounds) else Rule.JUDGES
        return everything if asked else None
    parts = asked_parts(grounds)
    if any(each.part_id in parts and each.state in KNOWN for each in asked):
        return Rule.ASKED
    rounds = {
        each.round_id for each in asked if each.part_id in parts and each.state != OpinionState.WITHDRAWN
    }
    others = (each for each in asked if each.round_id in rounds and each.state in KNOWN)
    return Rule.OTHERS if any(_seen_by_others(each) for each in others) else None


def _seen_by_others(opinion: Asked) -> bool:
    seen: dict[str, str] = settings.OPINIONS_SEEN
    return seen["after" if opinion.is_closed else "before"] == "ALL"


def _judges(case: CaseRows, hats: Sequence[Hat], grounds: Iterable[Ground]) -> bool:
    """Tell whether a hat is of the Office or the Committee in this case, or of a member who was asked."""
    # A lent hat judges in its scope like the holder's own.
    worn = [replace(hat, lent=None) for hat in holding.in_scope(hats, case.assignment)]
    asked = (
        each for each in grounds if each.lets_see and each.part is not None and each.part.role == Role.APPROVE
    )
    members = {hat.membership_id for hat in own_hats(hats) if _is_member(hat)}
    return holding.is_office_wide(worn) or any(each.hat.membership_id in members for each in asked)


def _is_member(hat: Hat) -> bool:
    return hat.agency_kind == AgencyKind.COMMITTEE and hat.position == Position.MEMBER
