"""What is more than a cell of the matrix: forms sent half filled in, two tasks of one case, the report flow."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AgencyKind, Position
from tests.factories import make_agency, make_member, make_world, open_task, start
from tests.permissions.cases import DOERS, PHASES, Case
from workflows.domain.directives import AssignmentInput
from workflows.models import CaseTask, Product

pytestmark = pytest.mark.django_db


@pytest.fixture(params=[phase for phase in PHASES if phase != "issued"])
def case(request, db):
    return Case(request.param)


def test_act_without_input_is_refused_to_those_with_the_right(case):
    if case.task is None:
        return
    verb, doers = DOERS[case.phase]
    url = reverse("task", args=[case.task.public_id])
    for role in sorted(doers):
        assert case.client(role).post(url, {"verb": verb}).status_code == 422, role
        assert case.client(role).post(url, {"verb": "no-such-verb"}).status_code == 404, role
    case.task.refresh_from_db()
    assert case.task.is_open


def test_another_cases_task_is_invisible_to_strangers_of_that_case(db):
    case = Case("prepare_opinion")
    second = open_task(case.assignment, "prepare_opinion", case.world.others[1])
    url = reverse("task", args=[second.public_id])
    client = case.client("asked.head")
    assert client.get(url).status_code == 302
    given = {"verb": "sign", "key": str(uuid4()), "stance": "AGREE"}
    assert client.post(url, given).status_code in {403, 422}
    second.refresh_from_db()
    assert second.is_open


def test_report_tasks_reach_lead_and_office_alone():
    world = make_world(1)
    row = AssignmentInput(title="Báo cáo", text="Báo cáo kết quả", lead=world.lead, product=Product.REPORT)
    assignment = start(world, row)
    task = CaseTask.objects.human().open().get(process__assignment=assignment)
    outsider = make_member(make_agency("ngoai", AgencyKind.DEPARTMENT), Position.HEAD)
    client = Client()
    client.force_login(outsider)
    assert client.get(reverse("task", args=[task.public_id])).status_code == 404
    client.force_login(world.who("s01.head"))
    assert client.get(reverse("task", args=[task.public_id])).status_code == 404
    client.force_login(world.who("skhdt.head"))
    assert client.get(reverse("task", args=[task.public_id])).status_code == 200
