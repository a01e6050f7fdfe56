"""Open disagreements before those who sign and decide: opinions that disagree, and views that are upheld."""

from copy import deepcopy

import pytest

from tests.factories import act, actor, stamp
from tests.workflows.answer_desk import (
    before_the_committee,
    consulted,
    drafted,
    on,
    put_forward,
    rewritten,
    uphold,
)
from tests.workflows.desk import Desk, errors
from tests.workflows.plan_desk import send_request
from workflows.domain import decisions, dispositions
from workflows.domain.dispositions import AnswerToRemark
from workflows.domain.errors import DomainError
from workflows.models import Decision, Disposition, Treatment

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def kept_remarks(kept_world, kept_case):
    key = drafted(kept_case)
    of_s01 = [on(key, "Giao S01 chủ trì"), on(key, "Ý nhỏ")]
    return consulted(kept_world, kept_case, of_s01, [on(key, "Của s02")])


@pytest.fixture
def remarks(kept_remarks):
    return deepcopy(kept_remarks)


@pytest.fixture(scope="module")
def kept_deciding(kept_world, kept_case, kept_remarks):
    put_forward(kept_world, kept_case)
    before_the_committee(kept_world, kept_case)
    return kept_case


@pytest.fixture
def deciding(kept_deciding):
    return deepcopy(kept_deciding)


def desk(world, assignment, who="ubnd.chair", node="decide"):
    return Desk(world.who(who), assignment, node)


def test_upheld_remark_stands_with_both_texts_before_the_approver(world, deciding, remarks):
    uphold(world, remarks[0], "Thuộc chức năng của S01")

    page = desk(world, deciding).get()

    (dissent,) = page.context["dissents"]
    assert (dissent.agency, dissent.says, dissent.upholds, dissent.answers) == (
        "Cơ quan s01",
        ["Giao S01 chủ trì"],
        ["Thuộc chức năng của S01"],
        ["Explained (not taken): Giữ như dự thảo"],
    )
    assert page.context["tally"].disagreeing == 1
    assert ("1 remark is upheld", False) in [(check.text, check.ok) for check in page.context["checks"]]
    assert "Thuộc chức năng của S01" in page.content.decode()


def test_bare_disagreement_is_said_once_with_its_answer(world, assignment):
    drafted(assignment)
    send_request(world, assignment)
    first, second = world.others
    given = {"stance": "DISAGREE", "reason": "Chưa có nguồn vốn"}
    act(world.who("s01.head"), assignment, "prepare_opinion", "sign", agency=first, **given)
    act(world.who("s02.head"), assignment, "prepare_opinion", "sign", agency=second, stance="AGREE")
    put_forward(world, assignment)
    before_the_committee(world, assignment)

    (dissent,) = desk(world, assignment).get().context["dissents"]

    assert (dissent.says, dissent.answers) == (
        ["Chưa có nguồn vốn"],
        ["Explained (not taken): Giữ như dự thảo"],
    )


@pytest.mark.parametrize(("who", "node"), [("vp.specialist", "review"), ("vp.head", "sign_review")])
def test_office_sees_it_too(world, assignment, remarks, who, node):
    put_forward(world, assignment)
    if node == "sign_review":
        act(world.who("vp.specialist"), assignment, "review", "clear", text="Giữ như dự thảo.")
    uphold(world, remarks[0], "Thuộc chức năng của S01")

    assert "Thuộc chức năng của S01" in desk(world, assignment, who, node).html()


def test_approval_over_an_upheld_view_needs_the_tick_and_names_the_agency(world, deciding, remarks):
    uphold(world, remarks[0])
    at = desk(world, deciding)
    assert "I have seen the disagreement of S01 and approve the plan as submitted" in at.html()

    refused = at.post("approve")

    assert refused.status_code == 422
    assert errors(refused) == {
        "overrides": ["S01: open disagreement. Tick that you have seen it before you approve."]
    }
    assert Decision.objects.count() == 0
    assert at.post("approve", overrides="on").status_code == 302


def test_upholding_that_arrives_while_the_page_is_open_stops_the_approval(world, deciding, remarks):
    at = desk(world, deciding)
    before = stamp(deciding)
    uphold(world, remarks[0])

    refused = at.post("approve", seen=before, text="Đồng ý")

    fresh = refused.context["acts"][0].form
    assert (refused.status_code, Decision.objects.count()) == (409, 0)
    assert (fresh["text"].value(), bool(fresh["overrides"].value())) == ("Đồng ý", False)
    assert (
        fresh.fields["overrides"].label
        == "I have seen the disagreement of S01 and approve the plan as submitted"
    )
    assert at.post("approve", overrides="on").status_code == 302


@pytest.mark.parametrize("next_remark", [1, 2])
def test_tick_for_one_disagreement_does_not_cover_the_next(world, deciding, remarks, next_remark):
    uphold(world, remarks[0])
    before = stamp(deciding)
    uphold(world, remarks[next_remark])

    refused = desk(world, deciding).post("approve", seen=before, overrides="on")

    assert (refused.status_code, Decision.objects.count()) == (409, 0)
    assert not refused.context["acts"][0].form["overrides"].value()


def test_upheld_view_on_an_earlier_answer_is_no_open_disagreement(world, deciding, remarks):
    uphold(world, remarks[0])
    act(world.who("ubnd.chair"), deciding, "decide", "return", requirements="Xem lại")
    dispositions.dispose_remarks(
        {remarks[0]: 1},
        AnswerToRemark(Treatment.ACCEPTED, "Nay tiếp thu"),
        actor=actor(world.who("skhdt.specialist")),
    )

    assert decisions.disagreements(deciding) == []


def test_page_and_database_know_the_same_disagreements(world, deciding, remarks):
    uphold(world, remarks[0])
    uphold(world, remarks[1])
    uphold(world, remarks[2])

    page = desk(world, deciding).get()

    assert page.context["dossier"].disagreements == decisions.disagreements(deciding)
    assert len(page.context["dissents"]) == 2
    assert page.context["dissents"][0].upholds == [
        "1. Thuộc chức năng của cơ quan",
        "2. Thuộc chức năng của cơ quan",
    ]


def test_domain_refuses_without_any_page(world, deciding, remarks):
    uphold(world, remarks[0])

    with pytest.raises(DomainError) as refusal:
        act(world.who("ubnd.chair"), deciding, "decide", "approve")

    assert refusal.value.field == "overrides"


# --- the lead's own signature -----------------------------------------------------------------------------------------


def test_head_sees_taken_remarks_whose_text_has_not_changed(world, assignment, remarks):
    who = actor(world.who("skhdt.specialist"))
    for remark in remarks[:2]:
        dispositions.dispose_remark(remark, actor=who, treatment=Treatment.ACCEPTED, text="Đã sửa")
    rewritten(assignment, remarks[2].anchor_key, "Nội dung khác")
    Disposition.objects.filter(remark=remarks[1]).update(anchor="WHOLE", anchor_key=None)
    rewritten(assignment, remarks[0].anchor_key, "Rà soát từng dự án, cam kết tiến độ giải ngân.")
    put_answers(world, assignment)

    page = desk(world, assignment, "skhdt.head", "sign_submission").get()

    assert [remark.pk for remark in page.context["dossier"].unchanged] == [remarks[0].pk, remarks[1].pk]
    assert f"?at={remarks[0].pk}#y-{remarks[0].pk}" in page.content.decode()


def test_changed_place_is_no_finding(world, assignment, remarks):
    who = actor(world.who("skhdt.specialist"))
    dispositions.dispose_remark(remarks[0], actor=who, treatment=Treatment.ACCEPTED, text="Đã sửa")
    dispositions.dispose_remark(
        remarks[1], actor=who, treatment=Treatment.PARTLY, text="Đã có ở mục khác", needs_no_change=True
    )
    rewritten(assignment, remarks[0].anchor_key, "Rà soát, giải ngân 60%.")
    put_answers(world, assignment)

    page = desk(world, assignment, "skhdt.head", "sign_submission").get()

    assert page.context["dossier"].unchanged == []


def put_answers(world, assignment):
    for remark in dispositions.open_remarks(assignment):
        dispositions.dispose_remark(
            remark,
            actor=actor(world.who("skhdt.specialist")),
            treatment=Treatment.EXPLAINED,
            text="Giữ như dự thảo",
        )
    act(world.who("skhdt.specialist"), assignment, "dispose", "finish")


def test_refused_hand_over_lists_every_open_remark_with_its_row(world, assignment):
    key = drafted(assignment)
    remarks = consulted(world, assignment, [on(key, f"Ý {number}") for number in range(7)])

    refused = Desk(world.who("skhdt.specialist"), assignment, "dispose").post("finish")

    html = refused.content.decode()
    assert refused.status_code == 422
    assert [f"?at={remark.pk}#y-{remark.pk}" in html for remark in remarks] == [True] * 7
