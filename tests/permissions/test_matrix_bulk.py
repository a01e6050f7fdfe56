"""Acting on many tasks at once: what each role gets, in each phase."""

from uuid import uuid4

import pytest
from django.urls import reverse

from tests.permissions.cases import PHASES, ROLES, Case
from workflows.flows import bulk
from workflows.models import BulkAct

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["prepare_opinion", "sign_review", "decide", "issued"])
def case(request, db):
    assert request.param in PHASES
    return Case(request.param)


def a_task(case):
    """Return the open task of the phase, or the last one that was done."""
    if case.task is not None:
        return case.task
    return case.assignment.processes.get().casetask_set.human().order_by("-id")[0]


@pytest.mark.parametrize("verb", sorted(bulk.KINDS))
def test_page_before_the_act_names_the_case_to_its_readers_alone(case, verb):
    wrong = []
    for role in ROLES:
        answer = case.client(role).post(
            reverse("bulk"), {"verb": verb, "viec": [str(a_task(case).public_id)]}
        )
        if role == "anonymous":
            got, wanted = answer.status_code, 302
        else:
            got = (len(answer.context["able"]) + len(answer.context["unable"]), answer.context["missing"])
            wanted = (1, 0) if case.reads("case", role) else (0, 1)
            if wanted == (0, 1):
                assert case.assignment.title not in answer.content.decode(), role
        if got != wanted:
            wrong.append((role, got, wanted))
    assert wrong == []


@pytest.mark.parametrize("verb", sorted(bulk.KINDS))
def test_act_sent_by_hand_does_nothing_without_the_right_or_with_a_failed_check(case, verb):
    task = a_task(case)
    was = (task.status, case.assignment.phase)
    for role in ROLES:
        sent = {"verb": verb, "go": "1", "key": str(uuid4()), "item": [f"{task.public_id}~"]}
        answer = case.client(role).post(reverse("bulk"), sent)
        assert answer.status_code == 302, role
    task.refresh_from_db()
    case.assignment.refresh_from_db()
    assert (task.status, case.assignment.phase) == was
    assert [entry["ok"] for act in BulkAct.objects.all() for entry in act.results if entry["ok"]] == []


def test_results_are_of_the_one_who_acted():
    case = Case("decide")
    chair = case.client("chair")
    answer = chair.post(
        reverse("bulk"),
        {"verb": "approve", "go": "1", "key": str(uuid4()), "item": [f"{case.task.public_id}~"]},
    )
    wrong = []
    for role in ROLES:
        wanted = {"anonymous": 302, "chair": 200}.get(role, 404)
        for method in ("get", "post"):
            status = getattr(case.client(role), method)(answer.url).status_code
            if status != (302 if (role, method) == ("chair", "post") else wanted):
                wrong.append((role, method, status))
    assert wrong == []


def test_ids_of_nothing_are_404():
    case = Case("receive")
    for role in ROLES:
        wanted = 302 if role == "anonymous" else 404
        for name in ("bulk-act", "notifications-batch"):
            assert case.client(role).get(reverse(name, args=[uuid4()])).status_code == wanted, (role, name)
        assert case.client(role).get(reverse("bulk")).status_code == 302, role
