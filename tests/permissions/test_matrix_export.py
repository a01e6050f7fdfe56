"""Taking a whole case out: what each role gets, in each phase."""

from uuid import uuid4

import pytest
from django.urls import reverse

from notifications.models import Event
from tests.factories import make_directive
from tests.permissions.cases import ROLES, Case

pytestmark = pytest.mark.django_db

MAY = {"vp.head", "vp.clerk", "chair"}


@pytest.fixture(params=["receive", "prepare_opinion", "decide", "issued"])
def case(request, db, seals):
    return Case(request.param)


def exports(case):
    return Event.objects.filter(chain=case.assignment.directive.chain, kind="case.exported").count()


def test_case_is_taken_out_by_those_who_answer_for_the_record_alone(case):
    address = reverse("case-export", args=[case.assignment.directive.public_id])
    wrong = []
    for role in ROLES:
        wanted = 302 if role == "anonymous" else 200 if role in MAY else 404
        before, client = exports(case), case.client(role)
        page = client.get(address).status_code
        answer = client.post(address, {"key": str(uuid4())})
        b"".join(answer) if answer.status_code == 200 else None
        got = (page, answer.status_code, exports(case) - before)
        if got != (wanted, wanted, int(role in MAY)):
            wrong.append((role, got))
    assert wrong == []


def test_directive_being_entered_and_unknown_ids_have_no_case(db, seals):
    case = Case("receive")
    for public_id in (make_directive(case.world).public_id, uuid4()):
        for role in sorted({*MAY, "superuser", "vp.specialist"}):
            client, address = case.client(role), reverse("case-export", args=[public_id])
            assert (client.get(address).status_code, client.post(address).status_code) == (404, 404), role
