"""The page of a coordinating agency: remarks where they belong, text that is never lost, one press to agree."""

import pytest
from django.urls import reverse

from tests.factories import act
from tests.workflows.cases import case_at, draft
from tests.workflows.desk import Desk
from workflows.domain.answering import RemarkInput
from workflows.forms.opinions import anchor_of, anchor_value
from workflows.models import Anchor, FormDraft, Opinion, OpinionState, Stance
from workflows.views.pages.opinions import typed_rows

pytestmark = [pytest.mark.django_db, pytest.mark.case(at="prepare_opinion")]


@pytest.fixture
def specialist(world, assignment):
    return Desk(world.who("s01.specialist"), assignment, "prepare_opinion", world.others[0])


@pytest.fixture
def head(world, assignment):
    return Desk(world.who("s01.head"), assignment, "prepare_opinion", world.others[0])


def rows(*remarks):
    given = {"remarks-TOTAL_FORMS": len(remarks), "remarks-INITIAL_FORMS": 0}
    for number, remark in enumerate(remarks):
        given |= {f"remarks-{number}-{name}": value for name, value in remark.items()}
    return given


def place(desk, label):
    return next(anchor for anchor, words in desk.get().context["reading"].places() if words == label)


def remarks_of(agency):
    found = Opinion.objects.get(participation__agency=agency).remarks.order_by("number")
    return [(each.anchor, each.anchor_label, each.text, each.suggestion) for each in found]


def test_specialist_may_only_submit_to_the_head(specialist):
    content = specialist.html()

    assert 'value="prepare"' in content
    assert 'value="sign"' not in content
    assert 'id="agree"' not in content


def test_head_may_send_at_once_or_agree_with_one_press(head):
    content = head.html()

    assert 'name="verb" value="sign"' in content
    assert 'value="prepare"' not in content
    assert 'id="agree"' in content


def test_one_press_agrees(world, head):
    key = head.get().context["agree_key"]

    response = head.client.post(head.url, {"verb": "sign", "stance": "AGREE", "key": str(key)})

    opinion = Opinion.objects.get(participation__agency=world.others[0])
    assert response.status_code == 302
    assert (opinion.state, opinion.stance, opinion.signed_by) == (
        OpinionState.GIVEN,
        Stance.AGREE,
        world.who("s01.head"),
    )


def test_remarks_are_kept_in_their_order_with_their_places_and_empty_or_deleted_rows_are_none(world, head):
    point = place(head, "Point a clause 1 section III")
    given = rows(
        {"anchor": "", "text": "Nguồn kinh phí", "suggestion": ""},
        {"anchor": point, "text": "", "suggestion": ""},
        {"anchor": point, "text": "Tách theo quý", "suggestion": "đến 30/9/2020 đạt 60%"},
        {"anchor": point, "text": "Bỏ", "suggestion": "", "DELETE": "on"},
    )

    response = head.post("sign", stance="AGREE_WITH_REMARKS", document_number="2291/STC-TCĐT", **given)

    assert response.status_code == 302
    assert remarks_of(world.others[0]) == [
        (Anchor.WHOLE, "The whole draft", "Nguồn kinh phí", ""),
        (Anchor.PARAGRAPH, "Point a clause 1 section III", "Tách theo quý", "đến 30/9/2020 đạt 60%"),
    ]
    assert Opinion.objects.get(participation__agency=world.others[0]).document_number == "2291/STC-TCĐT"


def test_remark_on_a_task_of_the_plan(world):
    case = case_at("draft", world)
    draft(world, case, 1)
    act(world.who("skhdt.head"), case, "sign_request", "send")
    desk = Desk(world.who("s01.head"), case, "prepare_opinion", world.others[0])

    response = desk.post(
        "sign", stance="AGREE_WITH_REMARKS", **rows({"anchor": place(desk, "Task 1"), "text": "Ghi rõ hạn"})
    )

    assert response.status_code == 302
    assert remarks_of(world.others[0]) == [(Anchor.ACTION_ITEM, "Task 1", "Ghi rõ hạn", "")]


def test_head_finds_what_was_prepared_where_it_belongs(world, assignment, specialist):
    point = place(specialist, "Point a clause 1 section III")
    written = rows({"anchor": point, "text": "Tách theo quý"}, {"anchor": "", "text": "Nguồn kinh phí"})
    specialist.post("prepare", stance="DISAGREE", reason="Chưa phù hợp", **written)

    context = Desk(world.who("s01.head"), assignment, "sign_opinion", world.others[0]).get().context

    form = context["form_shown"]
    assert (form["stance"].value(), form["reason"].value()) == (Stance.DISAGREE, "Chưa phù hợp")
    under = {
        block.label: [row["text"].value() for row in block.rows]
        for block in context["reading"].blocks
        if block.rows
    }
    assert under == {"Point a clause 1 section III": ["Tách theo quý"]}
    assert [row["text"].value() for row in context["loose_rows"]] == ["Nguồn kinh phí"]


def test_head_changes_what_was_prepared_and_signs(world, assignment, specialist):
    specialist.post("prepare", stance="AGREE_WITH_REMARKS", **rows({"anchor": "", "text": "cũ"}))
    desk = Desk(world.who("s01.head"), assignment, "sign_opinion", world.others[0])

    desk.post(
        "sign",
        stance="AGREE_WITH_REMARKS",
        **rows({"anchor": "", "text": "mới"}, {"anchor": "", "text": "thêm"}),
    )

    assert [text for _anchor, _label, text, _suggestion in remarks_of(world.others[0])] == ["mới", "thêm"]


def test_returned_opinion_keeps_its_text_and_says_why(world, assignment, specialist):
    specialist.post("prepare", stance="AGREE_WITH_REMARKS", **rows({"anchor": "", "text": "Nguồn kinh phí"}))
    desk = Desk(world.who("s01.head"), assignment, "sign_opinion", world.others[0])
    desk.post("return", reason="Ghi rõ nguồn nào")

    response = Desk(world.who("s01.specialist"), assignment, "prepare_opinion", world.others[0]).get()

    content = response.content.decode()
    assert "Ghi rõ nguồn nào" in content
    assert [row["text"].value() for row in response.context["loose_rows"]] == ["Nguồn kinh phí"]


def test_reason_of_one_agencys_return_is_not_shown_to_another(world, assignment, specialist):
    specialist.post("prepare", stance="AGREE")
    Desk(world.who("s01.head"), assignment, "sign_opinion", world.others[0]).post(
        "return", reason="Nội bộ của s01"
    )

    other = Desk(world.who("s02.specialist"), assignment, "prepare_opinion", world.others[1])

    assert "Nội bộ của s01" not in other.html()


def test_what_another_agency_prepares_is_its_own(world, assignment, specialist):
    other = Desk(world.who("s02.specialist"), assignment, "prepare_opinion", world.others[1])
    specialist.post("prepare", stance="DISAGREE", reason="Chỉ s01 được biết")
    prepared = other.get()
    act(
        world.who("s01.head"), assignment, "sign_opinion", "sign", agency=world.others[0], stance=Stance.AGREE
    )
    signed = other.get()

    assert [page.context["others"].rows for page in (prepared, signed)] == [
        [{"agency": "S01", "answered": False}],
        [{"agency": "S01", "answered": True}],
    ]
    assert "Chỉ s01 được biết" not in prepared.content.decode()


def test_typed_text_comes_back_in_another_browser_of_the_same_person(world, assignment, specialist):
    point = place(specialist, "Point a clause 1 section III")
    written = rows(
        {"anchor": point, "text": "đang viết", "suggestion": "đến 30/9"},
        {"anchor": "", "text": "bỏ", "DELETE": "on"},
    )
    url = reverse("task-draft", args=[specialist.task.public_id])
    saved = specialist.client.post(url, {"stance": "DISAGREE", "reason": "chưa xong", **written})

    again = Desk(world.who("s01.specialist"), assignment, "prepare_opinion", world.others[0]).get()
    colleague = Desk(world.who("s01.head"), assignment, "prepare_opinion", world.others[0]).get()

    form = again.context["form_shown"]
    assert saved.status_code == 204
    assert (form["stance"].value(), form["reason"].value()) == ("DISAGREE", "chưa xong")
    shown = [
        (row["text"].value(), row["suggestion"].value())
        for block in again.context["reading"].blocks
        for row in block.rows
    ]
    assert (shown, again.context["loose_rows"]) == ([("đang viết", "đến 30/9")], [])
    assert "chưa xong" not in colleague.content.decode()


def test_draft_of_a_stranger_or_of_too_much_is_not_kept(world, assignment, specialist):
    url = reverse("task-draft", args=[specialist.task.public_id])

    too_much = specialist.client.post(url, {"reason": "x" * 20_001})

    assert (too_much.status_code, FormDraft.objects.count()) == (413, 0)


def test_form_has_spare_rows_and_a_template_for_scripts(specialist):
    response = specialist.get()

    content = response.content.decode()
    assert 'name="remarks-TOTAL_FORMS" value="3"' in content
    assert "<noscript>" in content
    assert "data-row-template" in content
    assert f'data-autosave="{reverse("task-draft", args=[specialist.task.public_id])}"' in content
    assert content.count("data-slot=") == len(response.context["reading"].blocks)


def test_every_written_paragraph_has_a_button_that_names_its_place(specialist):
    content = specialist.html()

    assert 'aria-label="Comment on: Point a clause 1 section III"' in content


def test_places_and_form_values_agree():
    key = "6f9619ff-8b86-4d01-b42d-00c04fc964ff"

    assert anchor_value(Anchor.WHOLE, None) == ""
    assert anchor_of("") == (Anchor.WHOLE, None)
    assert anchor_value(*anchor_of(f"PARAGRAPH:{key}")) == f"PARAGRAPH:{key}"


@pytest.mark.parametrize("total", [[""], ["-3"], ["x"], ["99999999999"], []])
def test_typed_rows_survive_a_nonsense_counter(total):
    typed = {"remarks-TOTAL_FORMS": total or ["0"], "remarks-0-text": ["Góp ý"]}

    assert typed_rows(typed) in ([], [{"anchor": "", "text": "Góp ý", "suggestion": ""}])


def test_remark_input_is_what_the_domain_takes(world, head, monkeypatch):
    response = head.post("sign", stance="AGREE_WITH_REMARKS", **rows({"anchor": "", "text": " Góp ý "}))

    assert response.status_code == 302
    assert RemarkInput(text="Góp ý") == RemarkInput("Góp ý", Anchor.WHOLE, None, "")
    assert [text for _anchor, _label, text, _suggestion in remarks_of(world.others[0])] == ["Góp ý"]
