"""Two leaders at one file: approve against hand over, suspend or ask. Exactly one act wins, nothing is stuck."""

import threading
from collections.abc import Callable

import pytest
from django.db import connections

from tests.factories import attempt, make_world, open_task, stamp
from tests.workflows.cases import case_at
from tests.workflows.desk import nodes
from tests.workflows.pause_desk import colleagues
from workflows import inbox
from workflows.domain.errors import AlreadyDoneError, DomainError
from workflows.flows import steps
from workflows.flows.steps import Answer
from workflows.models import Decision, Handover, Inquiry, Suspension

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
TRIES = 3


@pytest.fixture
def world():
    world = make_world(1)
    colleagues(world)
    return world


def race(*acts: Callable[[], object]) -> list[object]:
    """Do the acts at the same instant; return what each returned, or the refusal it met."""
    barrier, outcomes = threading.Barrier(len(acts)), [None] * len(acts)

    def run(number: int, act: Callable[[], object]) -> None:
        barrier.wait()
        try:
            outcomes[number] = act()
        except DomainError as refusal:
            outcomes[number] = refusal
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def doing(world, assignment, username, verb, **given):
    """Return an act of a leader on a page drawn now."""
    task = open_task(assignment, "decide")
    seen = stamp(assignment) if task.flow_task.verb(verb).binds else ""
    once = attempt(world.who(username), seen)
    return lambda: steps.perform(task, verb, once, given)


@pytest.mark.parametrize("verb", ["hand_over", "suspend"])
def test_approval_and_another_act_have_one_winner(world, verb):
    to = world.who("ubnd.second").memberships.get().pk
    given = {"hand_over": {"to": to, "note": "x"}, "suspend": {"reason": "x", "event": "y"}}[verb]
    for _ in range(TRIES):
        assignment = case_at("decide", world)
        before = Decision.objects.count()

        outcomes = race(
            doing(world, assignment, "ubnd.chair", "approve"),
            doing(world, assignment, "ubnd.vice_chair", verb, **given),
        )

        assert {type(each) for each in outcomes} == {Answer, AlreadyDoneError}
        approved = isinstance(outcomes[0], Answer)
        assert Decision.objects.count() - before == approved
        assert nodes(assignment) == [
            "issue" if approved else {"hand_over": "decide", "suspend": "suspended"}[verb]
        ]
    assert list(inbox.check()) == []
    assert Handover.objects.count() + Suspension.objects.count() <= TRIES


def test_question_that_meets_an_approval_is_not_left_behind(world):
    for _ in range(TRIES):
        assignment = case_at("decide", world)

        asked, approved = race(
            doing(world, assignment, "ubnd.vice_chair", "ask", text="Nguồn kinh phí?"),
            doing(world, assignment, "ubnd.chair", "approve"),
        )

        assert isinstance(approved, Answer)
        assert isinstance(asked, Answer | AlreadyDoneError)
        assert nodes(assignment) == ["issue"]
    assert list(inbox.check()) == []


def test_one_press_sent_five_times_at_once_is_one_question(world):
    assignment = case_at("decide", world)
    ask = doing(world, assignment, "ubnd.vice_chair", "ask", text="Nguồn kinh phí?")

    outcomes = race(*[ask] * 5)

    assert {type(each) for each in outcomes} == {Answer}
    assert (Inquiry.objects.count(), nodes(assignment)) == (1, ["answer_inquiry", "decide"])
