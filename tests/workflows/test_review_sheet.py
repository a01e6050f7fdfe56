"""The Office's sheet through its URLs: drawn from the record, read by Office and Committee alone."""

from io import BytesIO
from urllib.parse import unquote

import pytest
from docx import Document

from accounts.models import Position
from tests.factories import act, advance, make_agency, make_member, make_world, start
from tests.workflows.cases import grown_case
from tests.workflows.plan_desk import signed_in, url
from workflows.domain.calendars import load_calendar
from workflows.models import Submission

pytestmark = pytest.mark.django_db
PAGE, DOCX = "plan-sheet", "plan-sheet-docx"


@pytest.fixture
def world():
    load_calendar()
    return make_world(2)


def blocks(client, assignment):
    return [block.text for block in client.get(url(assignment, PAGE)).context["blocks"]]


def test_sheet_tells_the_case_before_the_committee(world):
    assignment = grown_case("decide", world, 1)
    response = signed_in(world.who("ubnd.chair")).get(url(assignment, PAGE))

    said = [block.text for block in response.context["blocks"]]
    sheet = response.context["sheet"]
    assert (sheet.number, sheet.to, sheet.direction) == (2, "Lãnh đạo Cơ quan ubnd", None)
    assert "- Văn bản giao nhiệm vụ số" in " ".join(said)
    assert "Tổng số 02 góp ý: tiếp thu 02, tiếp thu một phần 00, giải trình 00." in said
    at = said.index("3. Ý kiến còn khác nhau: 04")
    assert said[at + 1] == "- Cơ quan s01 (Toàn bộ dự thảo): Chưa phù hợp"
    before = said.index("4. Các lần trình trước:")
    assert said[before + 1].startswith("- Trình lần 1 ngày ")
    assert "Trả lại để bổ sung, hoàn thiện ngày " in said[before + 1]
    assert said[before + 2] == "Yêu cầu 0"
    assert said[-1] == "Giữ như dự thảo."
    specialist, leader = response.context["places"]
    assert (specialist.lines, specialist.name) == (("CHUYÊN VIÊN THAM MƯU",), "Người vp.specialist")
    assert (leader.lines, leader.name) == (("LÃNH ĐẠO VĂN PHÒNG", "CHÁNH VĂN PHÒNG"), "Người vp.head")


def test_box_is_filled_once_the_leader_has_decided(world):
    assignment = grown_case("decide", world, 1)
    chair = signed_in(world.who("ubnd.chair"))
    empty = chair.get(url(assignment, PAGE)).context["box"]
    act(world.who("ubnd.chair"), assignment, "decide", "approve", overrides=True, text="Triển khai ngay.")

    context = chair.get(url(assignment, PAGE)).context

    assert empty == []
    assert [block.text for block in context["box"]] == ["Đồng ý phê duyệt:", "- Triển khai ngay."]
    assert context["box_title"] == "Ý kiến chỉ đạo của Chủ tịch"
    assert context["to"] == "Đồng chí Người ubnd.chair, Chủ tịch Cơ quan ubnd"
    assert context["directed"].lines == ("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH")


def test_docx_says_what_the_page_says_twice_the_same(world):
    assignment = grown_case("decide", world, 1)
    client = signed_in(world.who("vp.head"))

    first, second = client.get(url(assignment, DOCX)), client.get(url(assignment, DOCX))

    printed = [paragraph.text for paragraph in Document(BytesIO(first.content)).paragraphs]
    said = blocks(client, assignment)
    assert first.content == second.content
    assert [text for text in printed if text in set(said)] == said
    name = unquote(first["Content-Disposition"])
    assert "Phiếu trình lần 2 - thực hiện Nghị quyết" in name
    assert (first["X-Content-Type-Options"], first["Cache-Control"]) == ("nosniff", "private, no-store")


def test_sheet_in_the_making_is_the_offices_own(world):
    assignment = start(world)
    advance(world, assignment, "sign_review")
    outsider = make_member(make_agency("ngoai"), Position.HEAD)
    people = world.people | {"outsider": outsider}

    readers = {
        name for name, user in people.items() if signed_in(user).get(url(assignment, PAGE)).status_code == 200
    }

    assert readers == {"vp.specialist", "vp.head", "vp.clerk"}


def test_signed_sheet_is_read_by_office_and_committee_alone(world):
    assignment = start(world)
    advance(world, assignment, "decide")
    text = Submission.objects.get().review.text
    people = world.people | {"outsider": make_member(make_agency("ngoai"), Position.HEAD)}

    answers = {name: signed_in(user).get(url(assignment, PAGE)) for name, user in people.items()}

    readers = {name for name, answer in answers.items() if answer.status_code == 200}
    assert readers == {"vp.specialist", "vp.head", "vp.clerk", "ubnd.chair", "ubnd.vice_chair"}
    assert {name for name, answer in answers.items() if text in answer.content.decode()} == readers


def test_no_sheet_while_the_lead_works_on_the_next_submission(world):
    assignment = grown_case("decide", world, 1)
    act(world.who("ubnd.chair"), assignment, "decide", "return", requirements="Làm rõ")

    statuses = {
        signed_in(world.who("vp.head")).get(url(assignment, name)).status_code for name in (PAGE, DOCX)
    }

    assert statuses == {404}


def test_sheet_is_linked_from_the_dossier(world):
    from tests.workflows.desk import Desk

    assignment = grown_case("decide", world, 1)

    page = Desk(world.who("ubnd.chair"), assignment, "decide").html()

    assert url(assignment, PAGE) in page
    assert url(assignment, DOCX) in page


@pytest.mark.parametrize("size", [1, 3])
def test_sheet_asks_the_same_statements_whatever_it_holds(size, django_assert_num_queries):
    load_calendar()
    world = make_world(size)
    assignment = grown_case("decide", world, size)
    client = signed_in(world.who("ubnd.chair"))
    client.get(url(assignment, PAGE))

    with django_assert_num_queries(23):
        client.get(url(assignment, PAGE))
