"""An act on a page that has moved on: nothing is done, and the page says what changed and by whom."""

import pytest

from tests.factories import actor, make_world, stamp
from tests.workflows.cases import case_at, grown_case
from tests.workflows.desk import Desk, nodes
from workflows.domain.editing import save_paragraph
from workflows.domain.plans import current_revision
from workflows.models import Consultation, Decision, DecisionVerb, PlanRevision

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return make_world(2)


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


def test_decision_on_a_page_that_has_moved_on_shows_what_changed_and_asks_for_a_new_look(world):
    assignment = grown_case("decide", world, 1)
    desk = Desk(world.who("ubnd.chair"), assignment, "decide")
    seen = desk.get().context["forms"]["approve"]["seen"].value()
    newer = replace_revision(assignment, "Rà soát từng dự án, giải ngân 60%.")

    response = desk.post("approve", seen=seen, text="Đồng ý", overrides="on")

    content = response.content.decode()
    fresh = response.context["acts"][0].form
    assert (response.status_code, Decision.objects.filter(verb=DecisionVerb.APPROVED).count()) == (409, 0)
    assert "The plan has changed since you opened this page" in content
    assert "<ins>" in content
    assert (fresh["seen"].value(), fresh["text"].value(), fresh.is_bound) == (newer.stamp, "Đồng ý", False)
    assert 'class="act" id="act-approve" open' not in content

    again = desk.post("approve", seen=newer.stamp, text="Đồng ý", overrides="on")
    assert again.status_code == 302


def replace_revision(assignment, text):
    """Swap the content under the open decision, as a recall and a new submission would."""
    old = assignment.submissions.order_by("-number").first()
    newer = PlanRevision.objects.create(
        plan=old.revision.plan, number=old.revision.number + 1, created_at=old.submitted_at, edited_at=old.submitted_at,
        frozen_at=old.submitted_at, sha256="f" * 64,
    )  # fmt: skip
    for paragraph in old.revision.paragraphs.all():
        paragraph.pk, paragraph.revision = None, newer
        paragraph.text = text if paragraph.position == 99 else paragraph.text
        paragraph.save()
    old.revision = newer
    old.save(update_fields=["revision"])
    return newer


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
