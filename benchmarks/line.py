"""What the line costs: seconds of play_demo, SQL statements of each act, and what happens when many act at once.

Statements count BEGIN and COMMIT. `act_…` is the act with audit, outbox, inbox and idempotency alone; `http_…` is the
whole request, session, person and hats included. Needs an empty, migrated PostgreSQL (scripts/run_bench.py gives it).
"""

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import django

django.setup()

from django.db import connection, connections  # noqa: E402 - Django is set up only now
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import User  # noqa: E402
from tests import factories  # noqa: E402
from tests.factories import World  # noqa: E402
from workflows.domain.calendars import load_calendar  # noqa: E402
from workflows.domain.entries import entered  # noqa: E402
from workflows.flows import starting, steps  # noqa: E402
from workflows.models import Assignment, CaseProcess, CaseTask, Decision, Phase  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
OPINIONS = 5
APPROVALS = 200
ROUNDS = 100
PAIRS_AT_ONCE = 6
BRANCHES = (1, 5, 20, 100)
TEXT = "Đủ điều kiện trình ký."
# Node, verb, who, what the form asks for; opinions stand for one act of each agency.
ACTS: tuple[tuple[str, str, str, dict[str, str]], ...] = (
    ("receive", "accept", "skhdt.specialist", {}),
    ("draft", "finish", "skhdt.specialist", {}),
    ("sign_request", "send", "skhdt.head", {}),
    ("prepare_opinion", "sign", "", {"stance": "AGREE"}),
    ("dispose", "finish", "skhdt.specialist", {}),
    ("sign_submission", "submit", "skhdt.head", {}),
    ("review", "sign", "vp.head", {"text": TEXT}),
    ("decide", "approve", "ubnd.chair", {}),
    ("issue", "issue", "vp.clerk", {}),
)
# The acts that the published example of the engine has as well.
LIKE_THE_EXAMPLE = {"issue_directive", "sign_request.send", "prepare_opinion.sign", "decide.approve"}


def main() -> None:
    """Print every figure."""
    play()
    world = factories.make_world(OPINIONS)
    warm_up(world)
    for name, lifecycle in (("act", acts_alone), ("http", acts_over_http)):
        show_costs(name, lifecycle(world))
    for agencies in BRANCHES:
        print(f"act_open_consultation_{agencies}_agencies: {opening(agencies)}", flush=True)
    approvals()
    answers(world)


# --- play_demo ------------------------------------------------------------------------------------------------


def play() -> None:
    """Time `manage.py play_demo` from its start to its end, loading included; then once more on loaded data."""
    with tempfile.TemporaryDirectory() as folder:
        sqlite = {"VAR_DIR": folder, "DATABASE_URL": "", "REDIS_URL": ""}
        manage(sqlite, "migrate", "--verbosity", "0")
        for name, changes in (("postgresql", {}), ("sqlite", sqlite)):
            print(f"play_demo_{name}_seconds: {manage(changes, 'play_demo', '--json'):.2f}")
            print(f"play_demo_{name}_again_seconds: {manage(changes, 'play_demo', '--json'):.2f}", flush=True)


def manage(changes: dict[str, str], *arguments: str) -> float:
    """Run a management command and return its seconds."""
    started = time.monotonic()
    command = [sys.executable, "manage.py", *arguments]
    subprocess.run(command, cwd=ROOT, env=os.environ | changes, stdout=subprocess.DEVNULL, check=True)
    return time.monotonic() - started


# --- statements -----------------------------------------------------------------------------------------------


def statements(act: Callable[[], object]) -> int:
    """Count the statements of an act."""
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)


def warm_up(world: World) -> None:
    """Fill what a process keeps in memory: content types, permissions, the calendar, templates."""
    acts_over_http(world)


def acts_alone(world: World) -> Counter[str]:
    """Return the statements of each act of one life, by the door of all acts."""
    return _life(world, steps_cost, issue=issue_alone)


def acts_over_http(world: World) -> Counter[str]:
    """Return the statements of each request of one life."""
    return _life(world, http_cost, issue=issue_over_http)


def _life(world: World, cost: Callable[..., int], *, issue: Callable[..., int]) -> Counter[str]:
    directive = factories.make_directive(world)
    costs = Counter({"issue_directive": issue(world, directive)})
    assignment = directive.assignments.select_related("directive", "lead").get()
    for node, verb, username, given in ACTS:
        if node == "draft":
            factories.write_plan(assignment)
        for who, agency in _actors(world, username):
            task = factories.open_task(assignment, node, agency)
            spent = cost(assignment, task, verb, world.who(who), given)
            name = f"{node}.{verb}"
            last = node == "prepare_opinion" and agency == world.others[-1]
            costs[f"{name}.last" if last else name] += spent
    return costs


def _actors(world: World, username: str) -> list[tuple[str, Any]]:
    return [(username, None)] if username else [(f"{agency.code}.head", agency) for agency in world.others]


def steps_cost(assignment: Assignment, task: CaseTask, verb: str, user: User, given: dict[str, str]) -> int:
    """Count the statements of an act alone."""
    attempt = factories.attempt(user, seen_on(assignment, task, verb))
    return statements(lambda: steps.perform(task, verb, attempt, given))


def http_cost(assignment: Assignment, task: CaseTask, verb: str, user: User, given: dict[str, str]) -> int:
    """Count the statements of the request that does an act."""
    client, form = signed_in(user), form_of(assignment, task, verb, given)
    with CaptureQueriesContext(connection) as captured:
        answer = client.post(f"/tasks/{task.public_id}/", form)
    assert answer.status_code == 302, answer.content.decode()
    return len(captured)


def issue_alone(world: World, directive: Any) -> int:
    """Count the statements of issuing a directive alone."""
    clerk = factories.actor(world.who("vp.clerk"))
    return statements(lambda: starting.issue_directive(directive, actor=clerk))


def issue_over_http(world: World, directive: Any) -> int:
    """Count the statements of the request that issues a directive."""
    client, form = signed_in(world.who("vp.clerk")), {"key": uuid4(), "seen": entered(directive).stamp}
    with CaptureQueriesContext(connection) as captured:
        answer = client.post(f"/directives/{directive.public_id}/issue/", form)
    assert answer.status_code == 302, answer.content.decode()
    return len(captured)


def seen_on(assignment: Assignment, task: CaseTask, verb: str) -> str:
    """Return the stamp that a page drawn now would carry."""
    return factories.stamp(assignment) if task.flow_task.verb(verb).binds else ""


def form_of(assignment: Assignment, task: CaseTask, verb: str, given: dict[str, str]) -> dict[str, Any]:
    """Return what a page drawn now would send."""
    form = {"verb": verb, "key": uuid4(), "seen": seen_on(assignment, task, verb), **given}
    if verb == "send":
        calendar = load_calendar()
        form["due_on"] = (
            f"{calendar.next_working_day(calendar.next_working_day(timezone.localdate())):%d/%m/%Y}"
        )
    return form


def signed_in(user: User) -> Client:
    """Return a client with a session of the person."""
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user)
    return client


def show_costs(name: str, costs: Counter[str]) -> None:
    """Print each act's statements, their sum, and the sum of those that the engine's example has as well."""
    each = Counter(costs)
    each["prepare_opinion.sign"] //= OPINIONS - 1
    for act, count in each.items():
        print(f"{name}_{act.replace('.', '_')}: {count}")
    print(f"{name}_lifecycle_{OPINIONS}_agencies: {costs.total()}")
    alike = sum(count for act, count in costs.items() if act.removesuffix(".last") in LIKE_THE_EXAMPLE)
    print(f"{name}_lifecycle_{OPINIONS}_agencies_acts_of_the_example: {alike}", flush=True)


def opening(agencies: int) -> int:
    """Count the statements of signing a request to so many agencies."""
    world = factories.make_world(agencies)
    assignment = factories.start(world)
    factories.advance(world, assignment, "sign_request")
    task = factories.open_task(assignment, "sign_request")
    return steps_cost(assignment, task, "send", world.who("skhdt.head"), {})


# --- at once --------------------------------------------------------------------------------------------------


def together(requests: list[tuple[Client, str, dict[str, Any]]]) -> list[tuple[int, str]]:
    """Send requests in the same instant, each from a thread of its own; return status and text of the answers."""
    start = threading.Barrier(len(requests))

    def send(request: tuple[Client, str, dict[str, Any]]) -> tuple[int, str]:
        client, path, form = request
        start.wait()
        try:
            answer = client.post(path, form)
            return answer.status_code, answer.content.decode()
        except Exception as error:  # noqa: BLE001 - counted as an error
            return 500, repr(error)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(requests)) as pool:
        return list(pool.map(send, requests))


def same(client: Client) -> Client:
    """Return another client with the same session: one client serves one thread."""
    other = Client(SERVER_NAME="127.0.0.1")
    other.cookies = client.cookies
    return other


def approvals() -> None:
    """Have two approvers approve the same plan at once, many times over, several plans at a time."""
    world = factories.make_world(1)
    cases = [factories.start(world) for _number in range(APPROVALS)]
    for assignment in cases:
        factories.advance(world, assignment, "decide")
    clients = [signed_in(world.who(name)) for name in ("ubnd.chair", "ubnd.vice_chair")]
    names = [world.who(name).full_name for name in ("ubnd.chair", "ubnd.vice_chair")]
    seen: Counter[str] = Counter()
    started = time.monotonic()
    for first in range(0, APPROVALS, PAIRS_AT_ONCE):
        some = cases[first : first + PAIRS_AT_ONCE]
        answers = together([request for assignment in some for request in _approvals_of(assignment, clients)])
        for pair in zip(answers[::2], answers[1::2], strict=True):
            seen.update(_outcome(pair, names))
    seconds = time.monotonic() - started
    waiting = (
        CaseTask.objects.open().filter(process__assignment__in=cases, flow_task__endswith=".issue").count()
    )
    decisions = Decision.objects.filter(submission__assignment__in=cases).count()
    print(f"double_approvals: {APPROVALS}")
    print(f"double_approvals_decisions: {decisions}")
    print(f"double_approvals_losers_told_who_won: {seen['told']}")
    print(f"double_approvals_errors: {seen['error']}")
    print(f"double_approvals_stuck: {APPROVALS - waiting}")
    print(f"double_approvals_seconds: {seconds:.1f}", flush=True)


def _approvals_of(assignment: Assignment, clients: list[Client]) -> list[tuple[Client, str, dict[str, Any]]]:
    task = factories.open_task(assignment, "decide")
    path = f"/tasks/{task.public_id}/"
    return [(same(client), path, form_of(assignment, task, "approve", {})) for client in clients]


def _outcome(pair: tuple[tuple[int, str], tuple[int, str]], names: list[str]) -> list[str]:
    """Say what came of two approvals: exactly one goes through, the other is told by whom."""
    statuses = [status for status, _text in pair]
    if sorted(statuses) != [302, 409]:
        return ["error"]
    winner, loser = statuses.index(302), statuses.index(409)
    return ["told"] if names[winner] in pair[loser][1] else ["untold"]


def answers(world: World) -> None:
    """Have all asked agencies answer in the same instant, round after round."""
    clients = {agency.code: signed_in(world.who(f"{agency.code}.head")) for agency in world.others}
    seen: Counter[str] = Counter()
    for _round in range(ROUNDS):
        assignment = factories.start(world)
        factories.advance(world, assignment, "prepare_opinion")
        seen.update(_answer_at_once(world, assignment, clients))
    stuck = CaseProcess.objects.filter(finished=None).exclude(
        pk__in=CaseTask.objects.open().values("process")
    )
    print(f"answers_at_once_rounds: {ROUNDS}")
    print(f"answers_at_once_accepted: {seen['accepted']}")
    print(f"answers_at_once_errors: {seen['error']}")
    print(f"answers_at_once_stuck: {seen['stuck'] + stuck.count()}", flush=True)


def _answer_at_once(world: World, assignment: Assignment, clients: dict[str, Client]) -> list[str]:
    requests = []
    for agency in world.others:
        task = factories.open_task(assignment, "prepare_opinion", agency)
        form = form_of(assignment, task, "sign", {"stance": "AGREE"})
        requests.append((same(clients[agency.code]), f"/tasks/{task.public_id}/", form))
    outcomes = ["accepted" if status == 302 else "error" for status, _text in together(requests)]
    assignment.refresh_from_db()
    nodes = [task.flow_task.name for task in CaseTask.objects.open().filter(process__assignment=assignment)]
    is_through = assignment.phase == Phase.DISPOSING and nodes == ["dispose"]
    return outcomes if is_through else [*outcomes, "stuck"]


if __name__ == "__main__":
    main()
