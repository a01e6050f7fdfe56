"""What a real consultation costs: 133 agencies asked, 30 answer, 21 of them plainly; and the join under load.

Statements count BEGIN and COMMIT. Needs an empty, migrated PostgreSQL (scripts/run_bench.py gives it).
"""

import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import django

django.setup()

from django.db import connection, connections  # noqa: E402 - Django is set up only now
from django.test.utils import CaptureQueriesContext  # noqa: E402

from accounts.models import Agency  # noqa: E402
from tests import factories  # noqa: E402
from tests.factories import World  # noqa: E402
from workflows import inbox  # noqa: E402
from workflows.domain import dispositions, reminders  # noqa: E402
from workflows.domain.answering import RemarkInput  # noqa: E402
from workflows.domain.dispositions import AnswerToRemark  # noqa: E402
from workflows.flows import rounds, steps, timers  # noqa: E402
from workflows.models import (  # noqa: E402
    Assignment,
    CaseProcess,
    CaseTask,
    Consultation,
    Opinion,
    OpinionState,
    Phase,
    Stance,
    Treatment,
)

ASKED, PLAIN, WITH_REMARKS = 133, 21, 9
SMALL = 13
ROUNDS, AT_ONCE = 500, 5


def main() -> None:
    """Print every figure."""
    real_consultation()
    for agencies in (SMALL, ASKED):
        deeming(agencies)
    joins()


def timed(name: str, act: Callable[[], Any]) -> Any:
    """Print the seconds and the statements of an act, and return what it returned."""
    with CaptureQueriesContext(connection) as captured:
        started = time.monotonic()
        result = act()
        seconds = time.monotonic() - started
    print(f"{name}_seconds: {seconds:.3f}")
    print(f"{name}_statements: {len(captured)}", flush=True)
    return result


def sent(world: World) -> Assignment:
    """Return a case whose request waits for its signature."""
    assignment = factories.start(world)
    factories.advance(world, assignment, "sign_request")
    return assignment


def sign_request(world: World, assignment: Assignment) -> Callable[[], object]:
    """Return the act of signing the request for opinions, on a page drawn now."""
    task = factories.open_task(assignment, "sign_request")
    attempt = factories.attempt(world.who("skhdt.head"), factories.stamp(assignment))
    return lambda: steps.perform(task, "send", attempt, {})


def real_consultation() -> None:
    """Time the acts of one consultation as it really goes."""
    world = factories.make_world(ASKED)
    warm_up(world)
    assignment = sent(world)
    started = time.monotonic()
    timed("open_133", sign_request(world, assignment))
    timed("remind_133", lambda: reminders.remind(assignment, actor=factories.actor(world.who("skhdt.head"))))
    for number, agency in enumerate(world.others[: PLAIN + WITH_REMARKS]):
        answer(world, assignment, agency, plain=number < PLAIN, first=number in {0, PLAIN})
    opinions = Opinion.objects.filter(consultation__assignment=assignment)
    due = Consultation.objects.get(assignment=assignment).due_at
    timed("extend_103", lambda: more_time(world, list(opinions.unanswered()), due + timedelta(days=7)))
    timed("close_and_deem_103", lambda: timers.fire_due_timers(at=due + timedelta(days=7)))
    timed("answer_9_remarks_at_once", lambda: explain(world, assignment))
    print(f"real_consultation_seconds: {time.monotonic() - started:.2f}")
    print(f"answered: {opinions.given().count()}")
    print(f"deemed_agreed: {opinions.filter(stance=Stance.DEEMED_AGREED).count()}", flush=True)


def more_time(world: World, waiting: list[Opinion], until: datetime) -> None:
    """Give agencies more time."""
    lead = factories.actor(world.who("skhdt.head"))
    rounds.extend(waiting, until=until, reason="Chờ số liệu", actor=lead, accepts_short_reserve=True)


def explain(world: World, assignment: Assignment) -> None:
    """Answer every remark with the same words."""
    open_remarks = dispositions.open_remarks(assignment)
    answer = AnswerToRemark(Treatment.EXPLAINED, "Đã nêu tại mục II.")
    specialist = factories.actor(world.who("skhdt.specialist"))
    rounds.dispose_remarks(dict.fromkeys(open_remarks, 0), answer, actor=specialist)


def warm_up(world: World) -> None:
    """Fill what a process keeps in memory: content types, permissions, the calendar."""
    sign_request(world, sent(world))()
    CaseTask.objects.filter(flow_task_type="TIMER").update(scheduled=None)


def answer(world: World, assignment: Assignment, agency: Agency, *, plain: bool, first: bool) -> None:
    """Give one agency's answer; print what the first of its kind costs."""
    given: dict[str, Any] = {"stance": Stance.AGREE}
    if not plain:
        given = {"stance": Stance.AGREE_WITH_REMARKS, "remarks": [RemarkInput("Đề nghị bổ sung nguồn vốn.")]}
    task = factories.open_task(assignment, "prepare_opinion", agency)
    attempt = factories.attempt(world.who(f"{agency.code}.head"))

    def act() -> None:
        steps.perform(task, "sign", attempt, given)

    if first:
        timed("answer_plain" if plain else "answer_with_a_remark", act)
    else:
        act()


def deeming(agencies: int) -> None:
    """Print the statements of closing a round in which nobody answers: they must not grow with the agencies."""
    world = factories.make_world(agencies)
    assignment = sent(world)
    sign_request(world, assignment)()
    consultation = Consultation.objects.get(assignment=assignment)
    CaseTask.objects.due_timers(at=consultation.due_at).exclude(process__assignment=assignment).update(
        scheduled=None
    )
    timed(f"close_and_deem_all_{agencies}", lambda: timers.fire_due_timers(at=consultation.due_at))
    assert Opinion.objects.filter(consultation=consultation, state=OpinionState.SILENT).count() == agencies


def joins() -> None:
    """Let every agency of a round answer at the same instant, while some rounds change; count the stuck ones."""
    world = factories.make_world(AT_ONCE)
    lead = factories.actor(world.who("skhdt.head"))
    accepted, started = 0, time.monotonic()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        cases = []
        for number in range(ROUNDS):
            assignment = sent(world)
            sign_request(world, assignment)()
            if number % 5 == 0:
                withdrawn = Opinion.objects.filter(consultation__assignment=assignment).latest("pk")
                withdrawn.consultation.assignment = assignment
                rounds.withdraw(withdrawn, reason="Không thuộc phạm vi", actor=lead)
            accepted += at_once(pool, world, assignment)
            cases.append(assignment.pk)
    stuck = Assignment.objects.filter(pk__in=cases).exclude(phase=Phase.DISPOSING).count()
    joined = CaseTask.objects.filter(process__assignment__in=cases, flow_task_type="JOIN").count()
    open_rounds = Consultation.objects.filter(assignment__in=cases, closed_at=None).count()
    print(f"rounds_all_at_once: {ROUNDS}")
    print(f"rounds_answers_accepted: {accepted}")
    print(f"rounds_stuck: {stuck + open_rounds}")
    print(f"rounds_joined_twice: {joined - ROUNDS}")
    print(f"rounds_inbox_mismatches: {sum(1 for _ in inbox.check())}")
    print(
        f"rounds_running_processes: {CaseProcess.objects.filter(assignment__in=cases, finished=None).count()}"
    )
    print(f"rounds_seconds: {time.monotonic() - started:.1f}", flush=True)


def at_once(pool: ThreadPoolExecutor, world: World, assignment: Assignment) -> int:
    """Answer for every agency that still waits at the same instant; returns how many answers were taken."""
    waiting = CaseTask.objects.open().human().with_case().filter(process__assignment=assignment)
    tasks = [task for task in waiting if task.flow_task.name == "prepare_opinion"]
    random.shuffle(tasks)
    barrier = threading.Barrier(len(tasks))

    def give(task: CaseTask) -> bool:
        user = world.who(f"{task.participation.agency.code}.head")
        attempt = factories.attempt(user)
        barrier.wait()
        try:
            steps.perform(task, "sign", attempt, {"stance": Stance.AGREE})
        finally:
            connections.close_all()
        return True

    return sum(pool.map(give, tasks))


if __name__ == "__main__":
    main()
