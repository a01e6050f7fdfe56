"""A recall that meets the opening of the file, another recall, or the clerk: one is first, the other is told."""

import threading

import pytest
from django.db import OperationalError, connection, connections, transaction

from tests.factories import actor, attempt, make_world, open_task
from tests.workflows.cases import case_at
from tests.workflows.desk import nodes
from tests.workflows.test_round_races import race
from workflows import inbox
from workflows.domain import submissions
from workflows.domain.errors import AlreadyDoneError, DomainError
from workflows.domain.phases import HandedOnError
from workflows.domain.submissions import OpenedError
from workflows.flows import recalls, steps
from workflows.models import CaseTask, Decision, IssuedDocument, Phase, Submission
from workflows.models.grant import permission_ids

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
TRIES = 8
WHY = "Bổ sung"


@pytest.fixture
def world():
    permission_ids()
    return make_world(1)


@pytest.mark.parametrize("turn", range(TRIES))
def test_opening_and_recalling_at_the_same_moment_has_one_winner(world, turn):
    assignment = case_at("decide", world)
    task = open_task(assignment, "decide")
    chair, lead = actor(world.who("ubnd.chair")), attempt(world.who("skhdt.head"))

    opened, recalled = race(
        lambda: submissions.note_opened(task, actor=chair),
        lambda: recalls.recall_submission(assignment, lead, reason=WHY),
    )

    task.refresh_from_db()
    was_recalled = Submission.objects.get().recalled_at is not None
    assert opened is not was_recalled
    assert isinstance(recalled, OpenedError) is opened
    assert (task.first_opened_at is not None) is opened
    assert nodes(assignment) == (["decide"] if opened else ["dispose"])
    assert list(inbox.check()) == []


def test_file_cannot_be_opened_between_the_check_and_the_recall(world):
    """From the moment the recall looks whether the file was opened, its opening waits for the recall."""
    assignment = case_at("decide", world)
    task, outcomes = open_task(assignment, "decide"), []

    def try_to_open():
        try:
            with transaction.atomic():
                CaseTask.objects.select_for_update(nowait=True).get(pk=task.pk)
            outcomes.append("opened")
        except OperationalError:
            outcomes.append("waits")
        finally:
            connections.close_all()

    def meanwhile(execute, sql, params, many, context):
        if sql.startswith('UPDATE "workflows_submission"'):
            other = threading.Thread(target=try_to_open)
            other.start()
            other.join()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(meanwhile):
        recalls.recall_submission(assignment, attempt(world.who("skhdt.head")), reason=WHY)

    assert outcomes == ["waits"]
    assert nodes(assignment) == ["dispose"]


@pytest.mark.parametrize("turn", range(TRIES))
def test_two_recalls_at_the_same_moment_are_one(world, turn):
    assignment = case_at("decide", world)
    tries = [attempt(world.who("skhdt.head")) for _ in range(3)]

    outcomes = race(
        *(lambda each=each: recalls.recall_submission(assignment, each, reason=WHY) for each in tries)
    )

    refused = [outcome for outcome in outcomes if isinstance(outcome, HandedOnError)]
    assert (len(refused), Submission.objects.exclude(recalled_at=None).count()) == (2, 1)
    assert CaseTask.objects.open().human().count() == 1


@pytest.mark.parametrize("turn", range(TRIES))
def test_recall_of_an_approval_that_meets_the_clerk_has_one_winner(world, turn):
    assignment = case_at("issue", world)
    task = open_task(assignment, "issue")
    clerk, chair = attempt(world.who("vp.clerk")), attempt(world.who("ubnd.chair"))

    issued, recalled = race(
        lambda: steps.perform(task, "issue", clerk, {"recipients": ""}),
        lambda: recalls.recall_approval(assignment, chair, reason=WHY),
    )

    assignment.refresh_from_db()
    was_issued = IssuedDocument.objects.count() == 1
    assert was_issued is not isinstance(issued, AlreadyDoneError)
    assert was_issued is isinstance(recalled, HandedOnError)
    assert (Decision.objects.get().ended_at is None) is was_issued
    assert assignment.phase == (Phase.ISSUED if was_issued else Phase.DECIDING)


@pytest.mark.parametrize("turn", range(TRIES))
def test_recall_that_meets_the_decision_has_one_winner(world, turn):
    """The leader decides from a page that somebody else's opening drew: the case's own lock tells who is first."""
    assignment = case_at("decide", world)
    task = open_task(assignment, "decide")
    seen = task.flow_task.stamp(task.process.assignment)
    chair, lead = attempt(world.who("ubnd.chair"), seen), attempt(world.who("skhdt.head"))

    decided, recalled = race(
        lambda: steps.perform(task, "approve", chair, {}),
        lambda: recalls.recall_submission(assignment, lead, reason=WHY),
    )

    was_decided = Decision.objects.count() == 1
    assert was_decided is not isinstance(decided, DomainError)
    assert was_decided is isinstance(recalled, DomainError)
    assert nodes(assignment) == (["issue"] if was_decided else ["dispose"])
