"""An agency upholds its view against the answer of the lead: who may, when, once, and who reads it."""

from copy import deepcopy
from uuid import uuid4

import pytest

from tests.factories import act, actor
from tests.workflows.answer_desk import (
    answered,
    before_the_committee,
    consulted,
    drafted,
    on,
    put_forward,
    rewritten,
    uphold,
    upholding,
)
from tests.workflows.plan_desk import signed_in, url
from workflows.domain import dispositions
from workflows.domain.dispositions import AnswerChangedError, AnswerToRemark
from workflows.models import Disposition, Treatment, Upholding

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def kept_remarks(kept_world, kept_case):
    key = drafted(kept_case)
    return consulted(kept_world, kept_case, [on(key, "Góp ý của s01")], [on(key, "Góp ý của s02")])


@pytest.fixture
def remarks(kept_remarks):
    return deepcopy(kept_remarks)


@pytest.fixture
def page(assignment):
    return url(assignment, "plan-dispositions")


@pytest.fixture
def address(assignment):
    return url(assignment, "plan-uphold")


def head(world, agency="s01"):
    return signed_in(world.who(f"{agency}.head"))


def row_of(client, page, remark, **query):
    (row,) = [row for row in client.get(page, query).context["rows"] if row.remark == remark]
    return row


def test_head_upholds_the_view_and_the_agency_sees_it_marked(world, assignment, remarks, page, address):
    put_forward(world, assignment)
    assert row_of(head(world), page, remarks[0]).uphold is not None

    sent = head(world).post(address, upholding(remarks[0], text="Thuộc chức năng của S01"))

    assert sent.status_code == 302
    assert Upholding.objects.get().signed_by == world.who("s01.head")
    row = row_of(head(world), page, remarks[0])
    assert (row.upheld.text, row.upheld.stands, row.uphold) == ("Thuộc chức năng của S01", True, None)


def test_lead_office_and_committee_read_it_and_no_other_agency(world, assignment, remarks, page):
    put_forward(world, assignment)
    uphold(world, remarks[0], "Lý do riêng của S01")

    readers = ("skhdt.specialist", "vp.specialist", "ubnd.chair", "s01.specialist")
    for name in readers:
        assert "Lý do riêng của S01" in signed_in(world.who(name)).get(page).content.decode(), name
    for query in ({}, {"state": "others"}):
        assert "Lý do riêng của S01" not in head(world, "s02").get(page, query).content.decode()


def test_history_tells_it_to_the_same_people(world, assignment, remarks, settings):
    put_forward(world, assignment)
    uphold(world, remarks[0], "Lý do riêng của S01")
    case = f"/assignments/{assignment.public_id}/"

    def told(name):
        client = signed_in(world.who(name))
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
        return "S01 upholds its view on" in client.get(case).content.decode()

    assert {
        name: told(name) for name in ("skhdt.head", "vp.head", "ubnd.chair", "s01.clerk", "s02.head")
    } == {
        "skhdt.head": True,
        "vp.head": True,
        "ubnd.chair": True,
        "s01.clerk": True,
        "s02.head": False,
    }


def test_nobody_but_the_head_of_that_agency_upholds(world, assignment, remarks, address):
    put_forward(world, assignment)
    names = ("s01.specialist", "s01.clerk", "s02.head", "skhdt.head", "vp.head")

    answers = {
        name: signed_in(world.who(name)).post(address, upholding(remarks[0])).status_code for name in names
    }

    assert answers == {
        "s01.specialist": 403,
        "s01.clerk": 403,
        "s02.head": 404,
        "skhdt.head": 403,
        "vp.head": 403,
    }
    assert Upholding.objects.count() == 0


def test_act_is_offered_to_the_head_alone(world, assignment, remarks, page):
    put_forward(world, assignment)

    assert row_of(signed_in(world.who("s01.specialist")), page, remarks[0]).uphold is None
    assert row_of(signed_in(world.who("vp.head")), page, remarks[0]).uphold is None


def test_without_a_reason_it_is_refused_beside_its_field(world, assignment, remarks, address):
    put_forward(world, assignment)

    sent = head(world).post(address, upholding(remarks[0], text="  "))

    assert sent.status_code == 422
    (row,) = sent.context["rows"]
    assert list(row.uphold.form.errors) == ["text"]
    assert Upholding.objects.count() == 0


def test_answer_nobody_has_signed_is_neither_read_nor_upheld_against(
    world, assignment, remarks, page, address
):
    answered(world, assignment)

    sent = head(world).post(address, upholding(remarks[0], text="Đã viết dài"))

    assert row_of(head(world), page, remarks[0]).answer is None
    assert sent.status_code == 409
    assert "Đã viết dài" in sent.content.decode()
    assert Upholding.objects.count() == 0


def test_answer_changed_meanwhile_is_read_again_first(world, assignment, remarks, address):
    put_forward(world, assignment)
    Disposition.objects.filter(remark=remarks[0]).update(version=2, text="Trả lời mới")

    sent = head(world).post(address, upholding(remarks[0], text="Đã viết"))

    assert sent.status_code == 409
    assert "Trả lời mới" in sent.content.decode()
    (row,) = sent.context["rows"]
    assert (row.uphold.form["text"].value(), row.uphold.form["version"].value()) == ("Đã viết", "2")
    assert Upholding.objects.count() == 0


def test_answer_the_lead_has_not_signed_cannot_be_upheld_against(world, assignment, remarks):
    put_forward(world, assignment)
    Disposition.objects.filter(remark=remarks[0]).update(published_at=None)

    with pytest.raises(AnswerChangedError):
        uphold(world, remarks[0])

    assert Upholding.objects.count() == 0


def test_sent_twice_is_recorded_once(world, assignment, remarks, address):
    put_forward(world, assignment)
    given = upholding(remarks[0], key=str(uuid4()))

    answers = [head(world).post(address, given).status_code for _time in range(2)]

    assert answers == [302, 302]
    assert assignment.directive.chain is not None
    assert Upholding.objects.count() == 1


def test_decided_case_takes_no_view_any_more(world, assignment, remarks, page, address):
    put_forward(world, assignment)
    before_the_committee(world, assignment)
    act(world.who("ubnd.chair"), assignment, "decide", "approve")

    sent = head(world).post(address, upholding(remarks[0], text="Muộn"))

    assert sent.status_code == 409
    assert "Muộn" in sent.content.decode()
    assert row_of(head(world), page, remarks[0]).uphold is None
    assert Upholding.objects.count() == 0


def test_answer_changed_by_the_lead_voids_the_upholding(world, assignment, remarks, page):
    put_forward(world, assignment)
    uphold(world, remarks[0], "Lý do cũ")
    before_the_committee(world, assignment)
    act(world.who("ubnd.chair"), assignment, "decide", "return", requirements="Xem lại")
    dispositions.dispose_remarks(
        {remarks[0]: 1},
        AnswerToRemark(Treatment.ACCEPTED, "Nay tiếp thu"),
        actor=actor(world.who("skhdt.specialist")),
    )

    row = row_of(signed_in(world.who("skhdt.specialist")), page, remarks[0])

    assert (row.upheld.text, row.upheld.stands) == ("Lý do cũ", False)


@pytest.mark.parametrize("wrong", ["0", "x", ""])
def test_remark_of_nobody_is_absent(world, assignment, remarks, address, wrong):
    put_forward(world, assignment)

    assert head(world).post(address, upholding(remarks[0]) | {"remark": wrong}).status_code == 404


def test_agency_reads_the_change_at_the_place_of_its_own_remark_alone(world, assignment, page):
    key = drafted(assignment)
    (remark,) = consulted(world, assignment, [on(key, "Góp ý")])
    rewritten(assignment, key, "Rà soát từng dự án, giải ngân 60%.")
    dispositions.dispose_remark(
        remark, actor=actor(world.who("skhdt.specialist")), treatment=Treatment.ACCEPTED, text="Đã sửa"
    )
    assert "giải ngân 60%" not in head(world).get(page).content.decode()
    put_forward(world, assignment)

    passage = row_of(head(world), page, remark).passage

    assert [segment.text for segment in passage.rows[0].texts[0].segments if segment.change == "added"] == [
        "ngân 60%"
    ]


def test_other_agencies_remarks_are_shown_without_their_answers(world, assignment, remarks, page, settings):
    put_forward(world, assignment)

    html = head(world).get(page, {"state": "others"}).content.decode()

    assert "Góp ý của s02" in html
    assert "Giữ như dự thảo" not in html
    settings.OPINIONS_SEEN = {"before": "OWN", "after": "OWN"}
    assert "Góp ý của s02" not in head(world).get(page, {"state": "others"}).content.decode()
