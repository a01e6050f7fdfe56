"""SQL statements of each act, with audit, outbox, inbox and idempotency in it: literal, on PostgreSQL.

A number that grows is a decision to take, not a number to adjust.
"""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.factories import advance, attempt, make_world, open_task, stamp, start, write_plan
from workflows.domain import calendars
from workflows.domain.answering import RemarkInput
from workflows.flows import starting, steps
from workflows.models.grant import permission_ids

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _calendar_is_in_memory():
    calendars.load_calendar()
    permission_ids()


def cost(user, assignment, node, verb, *, agency=None, **given):
    """Do an act and count its statements, BEGIN and COMMIT included."""
    task = open_task(assignment, node, agency)
    seen = stamp(assignment) if task.flow_task.verb(verb).binds else ""
    once = attempt(user, seen)
    with CaptureQueriesContext(connection) as statements:
        steps.perform(task, verb, once, given)
    return len(statements)


def test_every_act_of_the_line():
    world = make_world(5)
    assignment = start(world)
    specialist, head = world.who("skhdt.specialist"), world.who("skhdt.head")
    costs = {"receive.accept": cost(specialist, assignment, "receive", "accept")}
    write_plan(assignment)
    costs["draft.finish"] = cost(specialist, assignment, "draft", "finish")
    costs["sign_request.send"] = cost(head, assignment, "sign_request", "send")
    opinions = [
        cost(
            world.who(f"{agency.code}.head"),
            assignment,
            "prepare_opinion",
            "sign",
            agency=agency,
            stance="AGREE",
        )
        for agency in world.others
    ]
    costs["opinion.sign"], costs["opinion.sign, last"] = opinions[0], opinions[-1]
    assert set(opinions[:-1]) == {opinions[0]}
    costs["dispose.finish"] = cost(specialist, assignment, "dispose", "finish")
    costs["sign_submission.submit"] = cost(head, assignment, "sign_submission", "submit")
    costs["review.sign"] = cost(world.who("vp.head"), assignment, "review", "sign", text="Đủ điều kiện")
    costs["decide.approve"] = cost(world.who("ubnd.chair"), assignment, "decide", "approve")
    costs["issue.issue"] = cost(world.who("vp.clerk"), assignment, "issue", "issue")

    assert costs == {
        "receive.accept": 21,
        "draft.finish": 17,
        "sign_request.send": 29,
        "opinion.sign": 13,
        "opinion.sign, last": 41,
        "dispose.finish": 20,
        "sign_submission.submit": 25,
        "review.sign": 23,
        "decide.approve": 25,
        "issue.issue": 28,
    }


@pytest.mark.parametrize("agencies", [1, 20])
def test_opening_a_consultation_costs_the_same_whatever_the_number_of_agencies(agencies):
    world = make_world(agencies)
    assignment = start(world)
    advance(world, assignment, "sign_request")
    assert cost(world.who("skhdt.head"), assignment, "sign_request", "send") == 29


def test_opinion_with_remarks():
    world = make_world(2)
    assignment = start(world)
    advance(world, assignment, "prepare_opinion")
    agency = world.others[0]
    remarks = [RemarkInput(text="Nêu rõ kinh phí")]
    head = world.who(f"{agency.code}.head")
    given = {"stance": "AGREE_WITH_REMARKS", "remarks": remarks}
    assert cost(head, assignment, "prepare_opinion", "sign", agency=agency, **given) == 14


@pytest.mark.parametrize("silent", [1, 20])
def test_recording_silence_costs_the_same_whatever_the_number_of_agencies(silent):
    from workflows.flows.timers import fire_due_timers
    from workflows.models import Consultation

    world = make_world(silent)
    assignment = start(world)
    advance(world, assignment, "prepare_opinion")
    due_at = Consultation.objects.get().due_at
    with CaptureQueriesContext(connection) as statements:
        assert fire_due_timers(at=due_at) == 1
    assert len(statements) == 39


def test_approval_over_http():
    """The whole request: session, user, hats, the task through the policy, then the act."""
    world = make_world(2)
    assignment = start(world)
    advance(world, assignment, "decide")
    client = Client()
    client.force_login(world.who("ubnd.chair"))
    task, seen = open_task(assignment, "decide"), stamp(assignment)
    key = attempt(world.who("ubnd.chair")).key
    with CaptureQueriesContext(connection) as statements:
        answer = client.post(f"/tasks/{task.public_id}/", {"verb": "approve", "key": str(key), "seen": seen})
    assert answer.status_code == 302
    assert len(statements) == 32


def test_opinion_over_http():
    world = make_world(2)
    assignment = start(world)
    advance(world, assignment, "prepare_opinion")
    head = world.who("s01.head")
    client = Client()
    client.force_login(head)
    task = open_task(assignment, "prepare_opinion", world.others[0])
    given = {"verb": "sign", "key": str(attempt(head).key), "stance": "AGREE"}
    with CaptureQueriesContext(connection) as statements:
        answer = client.post(f"/tasks/{task.public_id}/", given)
    assert answer.status_code == 302
    assert len(statements) == 22


def test_issuing_a_directive_counts_by_assignment():
    from tests.factories import actor, make_directive

    world = make_world(1)
    directive = make_directive(world)
    clerk = actor(world.who("vp.clerk"))
    with CaptureQueriesContext(connection) as statements:
        starting.issue_directive(directive, actor=clerk)
    assert len(statements) == 24
