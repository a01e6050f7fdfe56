"""Every node's page: who sees it, what others get, and what it costs."""

from importlib import import_module
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import make_agency, make_member, make_world
from tests.workflows.cases import case_at, grown_case, report_case
from tests.workflows.desk import Desk
from workflows.flows.nodes import AgencyTask
from workflows.flows.plan_approval import PlanApprovalFlow
from workflows.flows.report import ReportFlow
from workflows.views.tasks import TaskView

pytestmark = pytest.mark.django_db

# Who sits at each node of the plan flow, and how many statements her page takes, whatever the size of the case.
PLAN_NODES = {
    "receive": ("skhdt.specialist", 9),
    "sign_request": ("skhdt.head", 13),
    "prepare_opinion": ("s01.specialist", 17),
    "sign_submission": ("skhdt.head", 24),
    "review": ("vp.specialist", 25),
    "sign_review": ("vp.head", 24),
    "decide": ("ubnd.vice_chair", 25),
    "issue": ("vp.clerk", 12),
}
REPORT_NODES = {"receive": "skhdt.specialist", "report": "skhdt.specialist", "confirm": "vp.specialist"}


def desk_at(node, world, username):
    agency = world.others[0] if node in {"prepare_opinion", "sign_opinion"} else None
    return Desk(world.who(username), case_at(node, world), node, agency)


def test_every_node_for_people_has_a_page_for_each_of_its_verbs():
    import_module("workflows.urls")
    nodes = [node for flow in (PlanApprovalFlow, ReportFlow) for node in flow.instance.nodes()]
    places = {
        (type(node.flow_class.instance).__name__, node.name): {verb.name for verb in node.verbs}
        for node in nodes
        if isinstance(node, AgencyTask)
    }

    assert {place: set(page.forms) for place, page in TaskView.pages.items()} == places
    assert {place: set(page.done) for place, page in TaskView.pages.items()} == places


@pytest.mark.parametrize("node", PLAN_NODES)
def test_page_is_shown_to_who_may_act(node):
    desk = desk_at(node, make_world(2), PLAN_NODES[node][0])

    response = desk.get()

    assert response.status_code == 200
    assert desk.assignment.title in response.content.decode()
    assert {"verb", "key", "seen"} <= fields_of(response)


def fields_of(response):
    content = response.content.decode()
    return {name for name in ("verb", "key", "seen") if f'name="{name}"' in content}


@pytest.mark.parametrize("node", REPORT_NODES)
def test_page_of_the_report_flow_is_shown_to_who_may_act(node):
    world = make_world(1)
    assignment = report_case(node, world)

    response = Desk(world.who(REPORT_NODES[node]), assignment, node).get()

    assert response.status_code == 200


@pytest.mark.parametrize("node", ["draft", "dispose"])
def test_drafting_node_leads_to_the_plan(node):
    desk = desk_at(node, make_world(1), "skhdt.specialist")

    response = desk.get()

    tab = "plan" if node == "draft" else "plan-dispositions"
    assert (response.status_code, response["Location"]) == (
        302,
        reverse(tab, args=[desk.assignment.plan.public_id]),
    )


@pytest.mark.parametrize("node", PLAN_NODES)
def test_somebody_who_only_reads_the_case_is_led_to_it(node):
    desk = desk_at(node, make_world(2), "vp.clerk" if node != "issue" else "vp.specialist")

    response = desk.get()

    assert (response.status_code, response["Location"]) == (
        302,
        reverse("assignment", args=[desk.assignment.public_id]),
    )


@pytest.mark.parametrize("node", [*PLAN_NODES, "draft", "dispose"])
def test_stranger_is_told_that_there_is_no_such_page(node):
    world = make_world(2)
    stranger = make_member(make_agency("syt"), "HEAD")
    assignment = case_at(node, world)
    agency = world.others[0] if node == "prepare_opinion" else None
    desk = Desk(stranger, assignment, node, agency)
    verb = desk.task.flow_task.verbs[0].name

    assert desk.get().status_code == 404
    assert desk.post(verb).status_code == 404


def test_anonymous_is_sent_to_sign_in():
    desk = desk_at("decide", make_world(1), "ubnd.chair")

    response = Client().get(desk.url)

    assert (response.status_code, response["Location"]) == (
        302,
        f"{reverse('sign-in')}?next={quote(desk.url, safe='')}",
    )


def test_unknown_task_and_unknown_verb_are_not_found():
    desk = desk_at("decide", make_world(1), "ubnd.chair")

    assert desk.client.get("/tasks/00000000-0000-4000-8000-000000000000/").status_code == 404
    assert desk.client.post(desk.url, {"verb": "sign"}).status_code == 404


@pytest.mark.parametrize("node", PLAN_NODES)
def test_act_without_the_right_is_refused_with_the_reason_and_changes_nothing(node):
    desk = desk_at(node, make_world(2), "vp.clerk" if node != "issue" else "vp.specialist")
    verb = desk.task.flow_task.verbs[-1].name
    desk.assignment.refresh_from_db()
    phase = desk.assignment.phase

    response = desk.post(verb, reason="Đủ mười ký tự rồi", text="x", stance="AGREE", requirements="x")

    desk.assignment.refresh_from_db()
    desk.task.refresh_from_db()
    assert response.status_code == 403
    assert "Your position does not allow this act." in response.content.decode()
    assert (desk.task.is_open, desk.assignment.phase) == (True, phase)


def test_another_agency_may_not_give_the_opinion():
    world = make_world(2)
    assignment = case_at("prepare_opinion", world)
    desk = Desk(world.who("s02.head"), assignment, "prepare_opinion", world.others[0])

    assert desk.get().status_code == 302
    assert desk.post("sign", stance="AGREE").status_code == 403


def test_clerk_sees_no_button_she_may_not_press():
    desk = desk_at("review", make_world(1), "vp.specialist")

    assert list(desk.get().context["forms"]) == ["clear", "refuse"]


def test_head_of_the_office_signs_at_once():
    desk = desk_at("review", make_world(1), "vp.head")

    assert list(desk.get().context["forms"]) == ["sign", "refuse"]


@pytest.mark.parametrize("size", [1, 3])
@pytest.mark.parametrize("node", PLAN_NODES)
def test_page_costs_the_same_whatever_the_size_of_the_case(node, size):
    world = make_world(size)
    assignment = grown_case(node, world, size)
    username, statements = PLAN_NODES[node]
    desk = Desk(world.who(username), assignment, node, world.others[0] if node == "prepare_opinion" else None)

    with CaptureQueriesContext(connection) as asked:
        response = desk.get()

    assert response.status_code == 200
    assert len(asked) == statements
