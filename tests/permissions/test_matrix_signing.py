"""Cells of the matrix for the Office's sheet and the making of papers: every role in every phase."""

from uuid import uuid4

import pytest
from django.urls import reverse

from tests.permissions.test_matrix import COMMITTEE, OFFICE, PHASES, ROLES, Case

pytestmark = pytest.mark.django_db
# The Office reads its sheet from the submission on, the Committee once it is signed, nobody else ever.
SHEET = {
    **dict.fromkeys(OFFICE, frozenset(PHASES[PHASES.index("review") :])),
    **dict.fromkeys(COMMITTEE, frozenset(PHASES[PHASES.index("decide") :])),
}


@pytest.fixture(params=PHASES)
def case(request, db):
    return Case(request.param)


def test_sheet_of_the_office(case):
    if case.phase == "receive":
        return
    wrong = []
    for name in ("plan-sheet", "plan-sheet-docx"):
        for role in ROLES:
            status = case.client(role).get(case.url(name)).status_code
            wanted = 302 if role == "anonymous" else 200 if case.phase in SHEET.get(role, ()) else 404
            if status != wanted:
                wrong.append((name, role, status, wanted))
    assert wrong == []


def test_paper_is_made_again_by_nobody_where_none_was_given_up(case):
    url = reverse("case-paper", args=[case.assignment.public_id])
    wrong = []
    for role in ROLES:
        client = case.client(role)
        status = client.post(url, {"key": str(uuid4())}).status_code
        is_seen = case.reads("case", role)
        wanted = {302} if role == "anonymous" else {302, 403} if is_seen else {404}
        if status not in wanted:
            wrong.append((role, status, wanted))
        if role != "anonymous" and client.get(url).status_code != 405:
            wrong.append((role, "GET"))
    assert wrong == []


def test_other_ids_are_404():
    case = Case("decide")
    for name in ("plan-sheet", "plan-sheet-docx", "case-paper"):
        for role in ("lead.head", "vp.clerk", "chair", "superuser"):
            url = reverse(name, args=[uuid4()])
            assert case.client(role).get(url).status_code in {404, 405}, (name, role)
            assert case.client(role).post(url, {"key": str(uuid4())}).status_code in {404, 405}, (name, role)
