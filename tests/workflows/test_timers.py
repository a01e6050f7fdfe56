"""The loop that fires due timers: a busy case is no failure, a broken one is given up visibly."""

import pytest
from django.db import IntegrityError, OperationalError
from viewflow.workflow.exceptions import FlowLockFailed

from tests.factories import advance, make_world, start
from workflows.domain import consultations
from workflows.flows import timers
from workflows.models import CaseTask, Consultation, Opinion, OpinionState

pytestmark = pytest.mark.django_db


@pytest.fixture
def due():
    world = make_world(1)
    advance(world, start(world), "prepare_opinion")
    return Consultation.objects.get().due_at


def failing_with(error, monkeypatch):
    def fail(*_args, **_options):
        raise error

    monkeypatch.setattr(consultations, "close_due", fail)


@pytest.mark.parametrize(
    "error", [FlowLockFailed("busy"), OperationalError("canceling statement due to lock timeout")]
)
def test_busy_case_is_tried_again_without_being_counted(due, monkeypatch, error):
    failing_with(error, monkeypatch)
    for _ in range(timers.MAX_ATTEMPTS + 1):
        assert timers.fire_due_timers(at=due) == 0
    monkeypatch.undo()

    assert timers.fire_due_timers(at=due) == 1
    assert Opinion.objects.get().state == OpinionState.SILENT


@pytest.mark.parametrize("error", [ZeroDivisionError(), IntegrityError("broken")])
def test_broken_timer_changes_nothing_and_is_given_up_after_twelve_tries(due, monkeypatch, error):
    failing_with(error, monkeypatch)
    for _ in range(timers.MAX_ATTEMPTS):
        assert timers.fire_due_timers(at=due) == 0

    timer = CaseTask.objects.get(flow_task_type="TIMER")
    assert (timer.attempts, timer.status) == (timers.MAX_ATTEMPTS, "SCHEDULED")
    assert timer.gave_up_at is not None
    monkeypatch.undo()
    assert timers.fire_due_timers(at=due) == 0
    assert Opinion.objects.get().state == OpinionState.ASKED
    assert CaseTask.objects.open().human().count() == 1
