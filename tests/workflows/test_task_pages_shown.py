"""Every node's page: who sees it, what others get, and what it costs."""

from copy import deepcopy
from importlib import import_module
from urllib.parse import quote

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import make_agency, make_member, make_world
from tests.workflows.cases import case_at, growing_case, report_case
from tests.workflows.desk import Desk
from workflows.flows.nodes import AgencyTask
from workflows.flows.plan_approval import PlanApprovalFlow
from workflows.flows.report import ReportFlow
from workflows.views.tasks import TaskView

pytestmark = pytest.mark.django_db

# Who sits at each node of the plan flow, and how many statements her page takes, whatever the size of the case.
PLAN_NODES = {
    "receive": ("skhdt.specialist", 9),
    "sign_request": ("skhdt.head", 14),
    "prepare_opinion": ("s01.specialist", 18),
    "sign_submission": ("skhdt.head", 25),
    "review": ("vp.specialist", 36),
    "sign_review": ("vp.head", 34),
    "decide": ("ubnd.vice_chair", 37),
    "issue": ("vp.clerk", 17),
}
REPORT_NODES = {"receive": "skhdt.specialist", "report": "skhdt.specialist", "confirm": "vp.specialist"}


@pytest.fixture(scope="module")
def brought(request, kept):
    """A world and its case at the node, made once for all who look at it there."""
    with transaction.atomic():
        world = make_world(2)
        world.people["stranger"] = make_member(make_agency("syt"), "HEAD")
        yield world, case_at(request.param, world), request.param
        transaction.set_rollback(True)


def desk_in(brought, username):
    world, assignment, node = brought
    agency = world.others[0] if node == "prepare_opinion" else None
    return Desk(world.who(username), deepcopy(assignment), node, agency)


def onlooker(node):
    """Return somebody who reads the case at the node and has nothing to do there."""
    return "vp.clerk" if node != "issue" else "vp.specialist"


def desk_at(node, world, username):
    agency = world.others[0] if node in {"prepare_opinion", "sign_opinion"} else None
    return Desk(world.who(username), case_at(node, world), node, agency)


def test_every_node_for_people_has_a_page_for_each_of_its_verbs():
    import_module("workflows.urls")
    nodes = [node for flow in (PlanApprovalFlow, ReportFlow) for node in flow.instance.nodes()]
    places = {
        (type(node.flow_class.instance).__name__, node.name): {verb.name: verb.chosen for verb in node.verbs}
        for node in nodes
        if isinstance(node, AgencyTask)
    }

    chosen = {
        place: {name for name, is_chosen in verbs.items() if is_chosen} for place, verbs in places.items()
    }
    assert {place: set(page.forms) for place, page in TaskView.pages.items()} == chosen
    assert {place: set(page.done) for place, page in TaskView.pages.items()} == {
        place: set(verbs) for place, verbs in places.items()
    }


@pytest.mark.parametrize("brought", PLAN_NODES, indirect=True)
def test_page_is_shown_to_who_may_act(brought):
    desk = desk_in(brought, PLAN_NODES[brought[2]][0])

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


@pytest.mark.parametrize("brought", PLAN_NODES, indirect=True)
def test_somebody_who_only_reads_the_case_is_led_to_it(brought):
    desk = desk_in(brought, onlooker(brought[2]))

    response = desk.get()

    assert (response.status_code, response["Location"]) == (
        302,
        reverse("assignment", args=[desk.assignment.public_id]),
    )


@pytest.mark.parametrize("brought", [*PLAN_NODES, "draft", "dispose"], indirect=True)
def test_stranger_is_told_that_there_is_no_such_page(brought):
    desk = desk_in(brought, "stranger")
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


@pytest.mark.parametrize("brought", PLAN_NODES, indirect=True)
def test_act_without_the_right_is_refused_with_the_reason_and_changes_nothing(brought):
    desk = desk_in(brought, onlooker(brought[2]))
    verb = [each.name for each in desk.task.flow_task.verbs if each.chosen][-1]
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

    assert list(desk.get().context["forms"]) == ["clear", "refuse", "ask"]


def test_head_of_the_office_signs_at_once():
    desk = desk_at("review", make_world(1), "vp.head")

    assert list(desk.get().context["forms"]) == ["sign", "refuse", "hand_over", "ask", "suspend"]


@pytest.mark.parametrize("size", [1, 3])
def test_page_costs_the_same_whatever_the_size_of_the_case(size):
    world = make_world(size)

    found = {
        node: statements_of(world, assignment, node)
        for node, assignment in growing_case(world, size)
        if node in PLAN_NODES
    }

    assert found == {node: statements for node, (_username, statements) in PLAN_NODES.items()}


def statements_of(world, assignment, node):
    """Count what a first look at the page takes, and undo the look."""
    agency = world.others[0] if node == "prepare_opinion" else None
    with transaction.atomic():
        desk = Desk(world.who(PLAN_NODES[node][0]), assignment, node, agency)
        with CaptureQueriesContext(connection) as asked:
            assert desk.get().status_code == 200, node
        transaction.set_rollback(True)
    return len(asked)
