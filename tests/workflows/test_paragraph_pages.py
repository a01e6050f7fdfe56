"""One paragraph at a time, the choice between two texts, and the remarks beside them."""

import pytest

from tests.factories import actor, write_plan
from tests.workflows.plan_desk import (
    AUTOSAVE,
    give,
    paragraphs,
    send_request,
    signed_in,
    somebody_else_writes,
    texts,
    url,
)
from workflows.domain import editing, plans
from workflows.domain.answering import RemarkInput
from workflows.models import Anchor, ParagraphDraft

pytestmark = pytest.mark.django_db


# --- one paragraph at a time -----------------------------------------------------------------------------------------


def test_autosave_answers_with_version_time_and_stamp(world, assignment, drafter):
    second, before = paragraphs(assignment)[1], plans.current_revision(assignment).stamp

    answer = drafter.post(
        url(assignment, "paragraph", second.key),
        {f"p-{second.key}": "Mới ", "version": "1", "base": ""},
        **AUTOSAVE,
    ).json()

    assert answer.pop("saved_at")
    assert answer == {"version": 2, "before": before, "seen": plans.current_revision(assignment).stamp}
    assert texts(assignment)[1] == "Mới"


def test_autosave_gives_no_stamp_where_somebody_else_came_between(world, assignment, drafter, monkeypatch):
    second = paragraphs(assignment)[1]
    save = editing.save_paragraph

    def save_after_another(*args, **kwargs):
        monkeypatch.setattr(editing, "save_paragraph", save)
        somebody_else_writes(world, assignment, 3, "Của họ")
        return save(*args, **kwargs)

    monkeypatch.setattr(editing, "save_paragraph", save_after_another)

    answer = drafter.post(
        url(assignment, "paragraph", second.key), {"text": "Mới", "version": "1", "base": ""}, **AUTOSAVE
    ).json()

    assert "seen" not in answer


def test_autosave_twice_is_stored_once(world, assignment, drafter):
    second = paragraphs(assignment)[1]
    sent = {"text": "Mới", "version": "1", "base": ""}

    answers = [
        drafter.post(url(assignment, "paragraph", second.key), sent, **AUTOSAVE).json() for _ in range(2)
    ]

    assert [answer["version"] for answer in answers] == [2, 2]
    assert ParagraphDraft.objects.count() == 0


def test_autosave_over_a_change_answers_with_the_bare_form(world, assignment, drafter):
    second = paragraphs(assignment)[1]
    somebody_else_writes(world, assignment, 1, "Của họ")

    answer = drafter.post(
        url(assignment, "paragraph", second.key), {"text": "Của tôi", "version": "1", "base": ""}, **AUTOSAVE
    )

    html = answer.content.decode()
    assert answer.status_code == 409
    assert html.lstrip().startswith("<form")
    assert answer.context["conflict"]["overlaps"] is True
    assert answer.context["conflict"]["merged_text"] == ""
    assert "Của tôi" in html
    assert "Của họ" in html


@pytest.mark.parametrize("version", ["", "0", "x", "-1", "99", "1" * 30])
def test_autosave_with_a_version_that_is_not_current_is_a_conflict(world, assignment, drafter, version):
    second = paragraphs(assignment)[1]

    answer = drafter.post(
        url(assignment, "paragraph", second.key), {"text": "Mới", "version": version, "base": ""}, **AUTOSAVE
    )

    assert answer.status_code == 409
    assert texts(assignment)[1] == ""
    assert ParagraphDraft.objects.get().text == "Mới"


def test_autosave_of_a_paragraph_that_is_gone_offers_to_add_it_again(world, assignment, drafter):
    second = paragraphs(assignment)[1]
    revision = plans.current_revision(assignment)
    editing.remove_paragraph(revision, second.key, actor=actor(world.who("skhdt.head")))
    address = url(assignment, "paragraph", second.key)

    answer = drafter.post(address, {"text": "Gõ vào", "version": "1", "base": ""}, **AUTOSAVE)

    assert answer.status_code == 409
    assert answer.context["kept"]["may_add"] is True
    assert [draft.text for draft in drafter.get(url(assignment)).context["kept_elsewhere"]] == ["Gõ vào"]
    drafter.post(address, {"choice": "add"})
    assert texts(assignment)[-1] == "Gõ vào"
    assert ParagraphDraft.objects.count() == 0


def test_autosave_too_long_is_refused_without_a_dialog(world, assignment, drafter):
    second = paragraphs(assignment)[1]
    sent = {"text": "a" * (plans.MAX_PARAGRAPH + 1), "version": "1", "base": ""}

    answer = drafter.post(url(assignment, "paragraph", second.key), sent, **AUTOSAVE)

    assert answer.status_code == 422
    assert texts(assignment)[1] == ""


def test_autosave_of_a_frozen_revision_keeps_the_text(world, assignment, drafter):
    write_plan(assignment)
    second = paragraphs(assignment)[1]
    send_request(world, assignment)

    answer = drafter.post(
        url(assignment, "paragraph", second.key), {"text": "Gõ muộn", "version": "1", "base": ""}, **AUTOSAVE
    )

    assert answer.status_code == 409
    assert answer.context["kept"]["may_add"] is False
    assert ParagraphDraft.objects.get().text == "Gõ muộn"


def test_autosave_by_those_who_do_not_draft_is_refused(world, assignment):
    second = paragraphs(assignment)[1]
    sent = {"text": "Mới", "version": "1", "base": ""}
    address = url(assignment, "paragraph", second.key)

    assert signed_in(world.who("skhdt.clerk")).post(address, sent, **AUTOSAVE).status_code == 403
    assert signed_in(world.who("s01.head")).post(address, sent, **AUTOSAVE).status_code == 404
    assert texts(assignment)[1] == ""
    assert ParagraphDraft.objects.count() == 0


def test_autosave_normalises_what_was_typed(world, assignment, drafter):
    second = paragraphs(assignment)[1]
    decomposed = "Kế hoạch\x00\r\nmới\u0007 "

    drafter.post(
        url(assignment, "paragraph", second.key), {"text": decomposed, "version": "1", "base": ""}, **AUTOSAVE
    )

    assert texts(assignment)[1] == "Kế hoạch\nmới"


# --- settling a conflict ---------------------------------------------------------------------------------------------


@pytest.fixture
def conflict(world, assignment, drafter):
    second = paragraphs(assignment)[1]
    somebody_else_writes(world, assignment, 1, "Của họ")
    address = url(assignment, "paragraph", second.key)
    drafter.post(address, {"text": "Của tôi", "version": "1", "base": ""}, **AUTOSAVE)
    return address


@pytest.mark.parametrize(
    ("choice", "stored"), [("theirs", "Của họ"), ("mine", "Của tôi"), ("merged", "Của họ và của tôi")]
)
def test_settled_conflict_is_what_was_chosen(assignment, drafter, conflict, choice, stored):
    sent = {
        "version": "2",
        "theirs": "Của họ",
        "mine": "Của tôi",
        "merged": "Của họ và của tôi",
        "choice": choice,
    }

    answer = drafter.post(conflict, sent)

    assert answer.status_code == 302
    assert texts(assignment)[1] == stored
    assert ParagraphDraft.objects.count() == 0


def test_settling_after_a_third_change_asks_again_on_top_of_it(world, assignment, drafter, conflict):
    somebody_else_writes(world, assignment, 1, "Của họ, lần hai")

    answer = drafter.post(conflict, {"version": "2", "theirs": "Của họ", "mine": "Của tôi", "choice": "mine"})

    assert answer.status_code == 409
    assert answer.context["conflict"]["their_text"] == "Của họ, lần hai"
    assert answer.context["conflict"]["my_text"] == "Của tôi"
    assert texts(assignment)[1] == "Của họ, lần hai"


def test_saving_an_empty_merge_asks_again(world, assignment, drafter, conflict):
    sent = {"version": "2", "theirs": "Của họ", "mine": "Của tôi", "merged": " ", "choice": "merged"}

    answer = drafter.post(conflict, sent)

    assert answer.status_code == 422
    assert texts(assignment)[1] == "Của họ"
    assert ParagraphDraft.objects.get().text == "Của tôi"


def test_kept_text_is_its_authors_alone(world, assignment, conflict):
    colleague = signed_in(world.who("skhdt.head"))

    page = colleague.get(conflict)

    assert page.status_code == 302
    assert colleague.get(url(assignment)).context["rows"][1].kept is None
    colleague.post(conflict, {"choice": "drop"})
    assert ParagraphDraft.objects.get().text == "Của tôi"


# --- the remarks beside the text --------------------------------------------------------------------------------------


@pytest.fixture
def consulted(world, assignment):
    """Bring the plan to the round; the first agency has given a remark, the second has not answered."""
    write_plan(assignment)
    key = paragraphs(assignment)[-1].key
    send_request(world, assignment)
    give(
        world,
        assignment,
        world.others[0],
        RemarkInput("Góp ý của s01", Anchor.PARAGRAPH, key, "Lời văn đề nghị"),
    )
    return assignment


def remarks_seen(world, assignment, username):
    context = signed_in(world.who(username)).get(url(assignment)).context
    beside = [card for row in context["rows"] for card in row.remarks]
    return [(card.text, card.disposition != "") for card in [*beside, *context["loose"]]]


def test_remarks_are_seen_by_the_lead_and_by_who_made_them(world, consulted):
    assert remarks_seen(world, consulted, "skhdt.specialist") == [("Góp ý của s01", True)]
    assert remarks_seen(world, consulted, "s01.specialist") == [("Góp ý của s01", True)]
    assert remarks_seen(world, consulted, "s02.specialist") == []


def test_remarks_of_others_are_seen_once_the_round_has_closed_without_their_answers(world, consulted):
    give(world, consulted, world.others[1], RemarkInput("Góp ý của s02"))

    assert remarks_seen(world, consulted, "s02.head") == [("Góp ý của s01", False), ("Góp ý của s02", True)]
    assert remarks_seen(world, consulted, "skhdt.head") == [("Góp ý của s01", True), ("Góp ý của s02", True)]


def test_remark_on_a_removed_paragraph_is_listed_below_the_text(world, consulted):
    give(world, consulted, world.others[1], RemarkInput("Góp ý của s02"))
    revision = plans.current_revision(consulted)
    editing.remove_paragraph(revision, paragraphs(consulted)[-1].key, actor=actor(world.who("skhdt.head")))

    context = signed_in(world.who("skhdt.specialist")).get(url(consulted)).context

    assert [card.text for card in context["loose"]] == ["Góp ý của s01", "Góp ý của s02"]
