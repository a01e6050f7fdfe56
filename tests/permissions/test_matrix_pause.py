"""Who may stop the clock, start it, hand a file over, take it over, ask and answer: every role, at every such place."""

from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories import act, open_task
from tests.permissions.cases import ROLES, Case
from tests.workflows.pause_desk import colleagues, put_in_charge
from workflows.models import CaseTask

pytestmark = pytest.mark.django_db

READS = {"lead", "asked", "vp", "chair", "vice_chair"}
# At which node, whose page it is, and who may use which verb there. `decide` is the Vice-Chair's alone here.
PLACES = {
    "review": {
        "hand_over": {"vp.specialist", "vp.head"},
        "ask": {"vp.specialist", "vp.head"},
        "suspend": {"vp.head"},
    },
    "sign_review": {"suspend": {"vp.head"}},
    "review_suspended": {"resume": {"vp.head"}},
    "decide": {
        "hand_over": {"vice_chair"},
        "ask": {"vice_chair"},
        "suspend": {"vice_chair"},
        "take_over": {"chair"},
    },
    "suspended": {"resume": {"vice_chair"}, "take_over": {"chair"}},
    "answer_inquiry": {"answer": {"lead.specialist", "lead.head"}},
}
BEFORE = {"review_suspended": "review", "suspended": "decide", "answer_inquiry": "decide"}
PAGES = {  # who sees the page of the task; everybody else who reads the case is led to it
    "review": {"vp.specialist", "vp.head"},
    "sign_review": {"vp.head"},
    "review_suspended": {"vp.head"},
    "decide": {"chair", "vice_chair"},
    "suspended": {"chair", "vice_chair"},
    "answer_inquiry": {"lead.specialist", "lead.head"},
}


def case_at(node):
    """Return a case of a field the Vice-Chair is in charge of, brought to the place."""
    case = Case(BEFORE.get(node, node))
    colleagues(case.world)
    world, assignment = case.world, case.assignment
    if case.phase == "decide":
        put_in_charge(world.who("ubnd.vice_chair"), assignment)
        key = world.who("ubnd.vice_chair").memberships.get().pk
        act(world.who("ubnd.chair"), assignment, "decide", "hand_over", to=key, note="x")
    if node == "answer_inquiry":
        act(world.who("ubnd.vice_chair"), assignment, "decide", "ask", text="?")
    elif node in BEFORE:
        username = "vp.head" if node == "review_suspended" else "ubnd.vice_chair"
        act(world.who(username), assignment, BEFORE[node], "suspend", reason="x", event="y")
    return case, open_task(assignment, node)


def reads(role):
    return role.split(".")[0] in READS


@pytest.mark.parametrize("node", PLACES)
def test_page_of_the_place(node):
    case, task = case_at(node)
    url = reverse("task", args=[task.public_id])
    wrong = []
    for role in ROLES:
        status = case.client(role).get(url).status_code
        wanted = 302 if role == "anonymous" else 200 if role in PAGES[node] else 302 if reads(role) else 404
        if status != wanted:
            wrong.append((role, status, wanted))
    assert wrong == []


@pytest.mark.parametrize("node", PLACES)
def test_act_of_the_place_is_refused_to_everybody_without_the_right(node):
    case, task = case_at(node)
    url = reverse("task", args=[task.public_id])
    to = case.world.who("ubnd.second").memberships.get().pk
    typed = {"note": "x", "text": "x", "reason": "x", "event": "y", "to": to}
    wrong = []
    for verb, doers in PLACES[node].items():
        for role in ROLES:
            if role in doers:
                continue
            status = case.client(role).post(url, {"verb": verb, "key": str(uuid4()), **typed}).status_code
            wanted = {302} if role == "anonymous" else {403} if reads(role) else {404}
            if status not in wanted:
                wrong.append((verb, role, status))
    assert wrong == []
    assert CaseTask.objects.get(pk=task.pk).is_open


@pytest.mark.parametrize(
    ("node", "verb"), [(node, verb) for node, verbs in PLACES.items() for verb in verbs if verb != "resume"]
)
def test_act_without_input_is_refused_to_those_with_the_right(node, verb):
    case, task = case_at(node)
    url = reverse("task", args=[task.public_id])
    for role in sorted(PLACES[node][verb]):
        given = {"verb": verb} if verb in {"take_over", "resume"} else {"verb": verb, "key": str(uuid4())}
        assert case.client(role).post(url, given).status_code == 422, role
    assert CaseTask.objects.get(pk=task.pk).is_open


def test_position_that_ended_today_does_nothing_any_more():
    case, task = case_at("decide")
    case.world.who("ubnd.vice_chair").memberships.update(valid_to=timezone.localdate())
    url = reverse("task", args=[task.public_id])
    given = {"verb": "suspend", "key": str(uuid4()), "reason": "x", "event": "y"}

    assert case.client("vice_chair").post(url, given).status_code == 404
