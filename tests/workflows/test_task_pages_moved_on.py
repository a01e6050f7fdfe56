"""An act on a page that has moved on: nothing is done, and the page says what changed and by whom."""

import pytest
from django.utils import timezone

from tests.factories import actor, stamp
from tests.workflows.answer_desk import uphold
from tests.workflows.cases import case_at, grown_case
from tests.workflows.desk import Desk, nodes
from workflows.domain import dispositions
from workflows.domain.editing import save_paragraph
from workflows.domain.plans import current_revision
from workflows.models import ActionItem, Consultation, Decision, DecisionVerb, PlanRevision, Submission

pytestmark = pytest.mark.django_db


def test_hand_over_from_a_page_that_has_moved_on_says_who_changed_the_plan(world):
    assignment = case_at("draft", world)
    seen = stamp(assignment)
    revision = current_revision(assignment)
    paragraph = revision.paragraphs.order_by("position")[1]
    save_paragraph(revision, paragraph.key, version=1, text="Sửa", actor=actor(world.who("skhdt.head")))
    desk = Desk(world.who("skhdt.specialist"), assignment, "draft")

    response = desk.post("finish", seen=seen)

    assert response.status_code == 409
    assert "Người skhdt.head" in response.content.decode()
    assert desk.task.finished is None


def drawn_form(desk, verb):
    """Return the hidden fields of a form as the page drew them."""
    form = desk.get().context["forms"][verb]
    return {name: form[name].value() for name in ("seen", "drawn")}


def test_decision_on_a_page_that_has_moved_on_shows_what_changed_and_asks_for_a_new_look(world):
    assignment = grown_case("decide", world, 1)
    desk = Desk(world.who("ubnd.chair"), assignment, "decide")
    before = drawn_form(desk, "approve")
    replace_revision(assignment, "Rà soát từng dự án, giải ngân 60%.")

    response = desk.post("approve", **before, text="Đồng ý", overrides="on")

    content = response.content.decode()
    fresh = response.context["acts"][0].form
    assert (response.status_code, Decision.objects.filter(verb=DecisionVerb.APPROVED).count()) == (409, 0)
    assert "The plan has changed since you opened this page" in content
    assert "Changed: the text of the plan" in content
    assert "<ins>" in content
    assert (fresh["seen"].value(), fresh["text"].value(), fresh.is_bound) == (
        stamp(assignment),
        "Đồng ý",
        False,
    )
    assert fresh["seen"].value() != before["seen"]
    assert 'class="act" id="act-approve" open' not in content

    again = desk.post("approve", text="Đồng ý", overrides="on")
    assert again.status_code == 302


def replace_revision(assignment, text):
    """Put another revision under the open decision, as a recall and a new submission would."""
    old = assignment.submissions.order_by("-number").first()
    newer = PlanRevision.objects.create(
        plan=old.revision.plan, number=old.revision.number + 1, created_at=old.submitted_at, edited_at=old.submitted_at,
        frozen_at=old.submitted_at, sha256="f" * 64,
    )  # fmt: skip
    for paragraph in old.revision.paragraphs.all():
        paragraph.pk, paragraph.revision = None, newer
        paragraph.text = text if paragraph.position == 99 else paragraph.text
        paragraph.save()
    Submission.objects.filter(pk=old.pk).update(recalled_at=old.submitted_at)
    Submission.objects.create(
        assignment=assignment, number=old.number + 1, revision=newer, signed_by=old.signed_by,
        signed_as=old.signed_as, submitted_at=old.submitted_at,
    )  # fmt: skip
    return newer


@pytest.mark.parametrize("verb", ["approve", "return", "reject"])
def test_view_upheld_while_the_page_is_open_stops_every_decision_and_says_who_and_when(world, verb):
    assignment = grown_case("decide", world, 1)
    desk = Desk(world.who("ubnd.chair"), assignment, "decide")
    before = drawn_form(desk, verb)
    remark = dispositions.remarks_of(assignment)[0]
    uphold(world, remark, "Thuộc chức năng của S01")
    given = {"text": "Đồng ý", "overrides": "on", "requirements": "Sửa", "reason": "Không"}

    response = desk.post(verb, **before, **given)

    moved, content = response.context["moved_on"], response.content.decode()
    (line,) = moved.lines
    at = f"{timezone.localtime():%d/%m/%Y}"
    assert (response.status_code, Decision.objects.filter(ended_at=None).count()) == (409, 1)
    assert (moved.rows, moved.parts) == ([], "the opinions and what became of them")
    assert line.text == f"S01 upholds its view on {remark.anchor_label}"
    assert line.when.startswith(at)
    assert line.detail == "Thuộc chức năng của S01"
    assert "The dossier has changed since you opened this page" in content
    assert line.text in content
    assert drawn_form(desk, verb) != before


def test_agency_that_upholds_again_with_the_same_words_makes_the_page_stale(world):
    assignment = grown_case("decide", world, 1)
    desk = Desk(world.who("ubnd.chair"), assignment, "decide")
    remark = dispositions.remarks_of(assignment)[0]
    uphold(world, remark, "Vẫn giữ")
    before = drawn_form(desk, "approve")
    uphold(world, remark, "Vẫn giữ")

    assert desk.post("approve", **before, overrides="on").status_code == 409


def test_what_happened_before_the_page_was_drawn_is_not_told_again(world):
    assignment = grown_case("decide", world, 1)
    desk = Desk(world.who("ubnd.chair"), assignment, "decide")
    first, second = dispositions.remarks_of(assignment)
    uphold(world, first)
    before = drawn_form(desk, "approve")
    uphold(world, second)

    lines = desk.post("approve", **before, overrides="on").context["moved_on"].lines

    assert [line.text for line in lines] == [f"S02 upholds its view on {second.anchor_label}"]


def test_change_nobody_recorded_is_named_by_its_part(world):
    assignment = grown_case("decide", world, 1)
    desk = Desk(world.who("ubnd.chair"), assignment, "decide")
    before = drawn_form(desk, "approve")
    ActionItem.objects.update(product="Sửa trộm")

    moved = desk.post("approve", **before, overrides="on").context["moved_on"]

    assert (moved.parts, moved.lines, moved.rows) == ("the tasks of the plan", [], [])


@pytest.mark.parametrize("drawn", ["", "x", "1.2", "1.2.a.b.c.d.e", "a.b.c.d.e.f", "9999999.77.a.b.c.d"])
def test_form_that_says_nothing_of_what_was_drawn_is_refused_all_the_same(world, drawn):
    assignment = grown_case("decide", world, 1)
    desk = Desk(world.who("ubnd.chair"), assignment, "decide")

    response = desk.post("approve", seen="0" * 64, drawn=drawn, overrides="on")

    assert (response.status_code, response.context["moved_on"].rows) == (409, [])


def test_redline_compares_with_no_revision_the_reader_may_not_read(world):
    """The frozen revision the agencies were asked about is not the Committee's to read; a form may name it."""
    assignment = case_at("decide", world)
    desk = Desk(world.who("ubnd.chair"), assignment, "decide")
    seq, _revision, *parts = drawn_form(desk, "approve")["drawn"].split(".")
    asked = Consultation.objects.get().revision
    submitted = assignment.submissions.get().revision
    assert asked.number != submitted.number

    response = desk.post("approve", seen="0" * 64, drawn=".".join([seq, str(asked.number), *parts]))

    assert (response.status_code, response.context["moved_on"].rows) == (409, [])


def test_request_signed_on_a_draft_that_was_edited_meanwhile_is_refused_and_says_by_whom(world):
    desk = Desk(world.who("skhdt.head"), case_at("sign_request", world), "sign_request")
    page = desk.get()
    revision = PlanRevision.objects.get()
    PlanRevision.objects.update(version=revision.version + 1, edited_by=world.who("skhdt.specialist"))

    due_on = page.context["forms"]["send"]["due_on"].value()
    response = desk.post(
        "send", seen=page.context["forms"]["send"]["seen"].value(), due_on=due_on, note="Đề nghị"
    )

    content = response.content.decode()
    assert (response.status_code, Consultation.objects.count()) == (409, 0)
    assert "Last changed by Người skhdt.specialist" in content
    assert response.context["acts"][0].form["note"].value() == "Đề nghị"


def test_review_of_a_page_that_has_moved_on_is_refused(world):
    assignment = grown_case("review", world, 1)
    desk = Desk(world.who("vp.specialist"), assignment, "review")

    response = desk.post("clear", seen="0" * 64, text="Đủ")

    assert (response.status_code, response.context["moved_on"].rows) == (409, [])
    assert nodes(assignment) == ["review"]
