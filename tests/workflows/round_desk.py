"""A round of consultation as tests look at it: the answer of an agency, giving one, and whether all is sound."""

from typing import Any

from tests.factories import World, act
from workflows import inbox
from workflows.models import Assignment, CaseTask, Opinion, Phase, Stance


def opinion_of(code: str, round_number: int = 1) -> Opinion:
    """Return the opinion of an agency in a round, with its case."""
    related = Opinion.objects.select_related(
        "consultation__assignment__directive", "participation__agency", "participation__assignment__directive"
    )
    return related.get(participation__agency__code=code, consultation__round=round_number)


def answer(
    world: World, assignment: Assignment, code: str, stance: Stance = Stance.AGREE, **given: Any
) -> Any:
    """Sign the answer of an agency as its head."""
    agency = next(agency for agency in world.others if agency.code == code)
    head = world.who(f"{code}.head")
    return act(head, assignment, "prepare_opinion", "sign", agency=agency, stance=stance, **given)


def phase_of(assignment: Assignment) -> Phase:
    """Return the phase as it is on record."""
    assignment.refresh_from_db()
    return Phase(assignment.phase)


def open_nodes(assignment: Assignment) -> list[str]:
    """Return where people have something to do, in the order it came to them."""
    tasks = CaseTask.objects.open().human().filter(process__assignment=assignment).order_by("id")
    return [task.flow_task.name for task in tasks]


def is_sound() -> bool:
    """Every open task is in the inboxes of those who may do it, and nothing else is."""
    return list(inbox.check()) == []
