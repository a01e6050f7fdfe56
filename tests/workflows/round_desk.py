"""A round as tests look at it: its page through the real URL (in English), its answers, and whether all is sound."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories import World, act, actor, attempt, open_task
from workflows import inbox
from workflows.domain import rounds
from workflows.domain.calendars import load_calendar
from workflows.flows import steps, timers
from workflows.models import Assignment, CaseTask, Consultation, Extension, Opinion, Phase, Stance


class RoundDesk:
    """A person's browser, opened on the round of a case; `post` sends what a freshly drawn form would."""

    def __init__(self, user: Any, assignment: Assignment) -> None:
        self.client = Client()
        self.client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
        self.client.force_login(user)
        self.url = reverse("consultation", args=[assignment.public_id])

    def get(self, **query: Any) -> HttpResponse:
        return self.client.get(self.url, query)

    def html(self, **query: Any) -> str:
        return self.get(**query).content.decode()

    def rows(self, **query: Any) -> dict[str, Any]:
        """Return the rows of the list by the symbol of their agency."""
        context = self.get(**query).context
        return {row.agency.removeprefix("Cơ quan "): row for row in context.get("rows", ())}

    def post(self, op: str, *, key: Any = None, query: str = "", **fields: Any) -> HttpResponse:
        return self.client.post(f"{self.url}{query}", {"op": op, "key": str(key or uuid4()), **fields})


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


def working_day(days: int, *, after: date | None = None) -> date:
    """Return the working day so many working days after a day, today by default."""
    day = after or timezone.localdate()
    for _ in range(days):
        day = load_calendar().next_working_day(day)
    return day


def due_day() -> date:
    return timezone.localdate(Consultation.objects.get(closed_at=None).due_at)


def typed(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def wish(world: World, code: str, reason: str = "Đang xin ý kiến Bộ") -> Extension:
    """Ask for more time, two working days after the due day."""
    until = load_calendar().end_of(working_day(2, after=due_day()))
    return rounds.ask_extension(
        opinion_of(code), until=until, reason=reason, actor=actor(world.who(f"{code}.head"))
    )


def run_out() -> None:
    """Let the due moment of the open round pass, and the clock close it."""
    past = timezone.now() - timedelta(minutes=1)
    Consultation.objects.filter(closed_at=None).update(due_at=past)
    CaseTask.objects.open().filter(flow_task_type="TIMER").update(scheduled=past)
    assert timers.fire_due_timers(at=timezone.now()) == 1


def answer_late(world: World, assignment: Assignment, code: str, stance: str = Stance.AGREE) -> None:
    """Sign the answer that replaces what stood there."""
    agency = next(agency for agency in world.others if agency.code == code)
    task = open_task(assignment, "replace_opinion", agency)
    steps.perform(task, "sign", attempt(world.who(f"{code}.head")), {"stance": stance})
