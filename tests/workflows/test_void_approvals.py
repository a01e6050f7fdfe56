"""An approved dossier that is changed afterwards: the clerk is warned, nothing is numbered, the approval is void."""

import pytest
from django.urls import reverse

from accounts.models import User
from notifications.models import Event
from notifications.notices import get
from tests.factories import act, actor, make_world
from tests.workflows.decided import decided_case
from tests.workflows.desk import Desk, nodes
from workflows import inbox
from workflows.domain import content, verifying
from workflows.models import (
    ActionItem,
    Annex,
    CaseTask,
    Decision,
    DecisionEnd,
    InboxEntry,
    IssuedDocument,
    Paragraph,
    Phase,
    Plan,
    Register,
    Remark,
    Upholding,
)

pytestmark = pytest.mark.django_db
# How each part is changed behind the program's back, and what the approver is told.
PARTS = {
    "revision": (lambda: Paragraph.objects.filter(position=99).update(text="Khác"), "the text of the plan"),
    "action_items": (lambda: ActionItem.objects.update(product="Khác"), "the tasks of the plan"),
    "annexes": (lambda: Annex.objects.update(title="Khác"), "the annexes"),
    "dispositions": (lambda: Upholding.objects.update(text="Khác"), "the opinions and what became of them"),
}


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def world():
    return make_world(4)


@pytest.fixture
def assignment(world):
    return decided_case(world)


def clerk(world, assignment):
    return Desk(world.who("vp.clerk"), assignment, "issue")


def told(event):
    return set(
        User.objects.filter(pk__in=list(get(event.kind).recipients(event))).values_list("username", flat=True)
    )


@pytest.mark.parametrize("part", PARTS)
def test_change_of_any_part_voids_the_approval_at_the_clerks_act(world, assignment, part):
    change, words = PARTS[part]
    desk = clerk(world, assignment)
    change()

    answer = desk.post("issue", recipients="Sở Công Thương")

    assignment.refresh_from_db()
    decision = Decision.objects.get()
    assert (answer.status_code, IssuedDocument.objects.count(), Register.objects.count()) == (302, 0, 0)
    assert (decision.ended_how, decision.end_reason) == (DecisionEnd.VOID, part)
    assert (assignment.phase, nodes(assignment)) == (Phase.DECIDING, ["decide"])
    entries = InboxEntry.objects.open().filter(task__process__assignment=assignment)
    assert {(entry.node, entry.phase) for entry in entries} == {("decide", Phase.DECIDING)}
    assert list(inbox.check()) == []
    page = Desk(world.who("ubnd.chair"), assignment, "decide").get()
    assert page.context["reason"].who == actor(world.who("vp.clerk")).label
    assert f"is void: {words} changed after it." in page.context["reason"].text
    assert page.context["reason"].text in page.content.decode()


def test_people_concerned_are_told_and_the_history_says_it(world, assignment):
    Annex.objects.update(title="Khác")
    desk = clerk(world, assignment)
    answer = desk.post("issue", recipients="")

    event = Event.objects.get(kind="decision.void")
    assert (event.data["changed"], event.data["phase"]) == (["annexes"], Phase.DECIDING)
    assert {"ubnd.chair", "ubnd.vice_chair", "vp.clerk", "vp.specialist", "skhdt.head", "s01.head"} <= told(
        event
    )
    said = desk.client.get(answer.url).content.decode()
    assert "Nothing was issued: the approved dossier has been changed since." in said
    history = desk.client.get(reverse("assignment", args=[assignment.public_id])).content.decode()
    assert "found the approval void: the annexes changed after it" in history
    assert CaseTask.objects.get(verb="void").owner == world.who("vp.clerk")


def test_clerks_page_warns_before_anything_is_pressed(world, assignment):
    desk = clerk(world, assignment)
    assert desk.get().context["changed"] == ""
    Remark.objects.filter(number=1).update(text="Khác")
    Plan.objects.update(title="Khác")

    page = desk.get()

    assert page.context["changed"] == "the text of the plan, the opinions and what became of them"
    assert "What was approved has been changed" in page.content.decode()
    assert Decision.objects.get().ended_at is None


def test_untouched_dossier_is_numbered(world, assignment):
    assert clerk(world, assignment).post("issue", recipients="").status_code == 302
    assert IssuedDocument.objects.get().decision == Decision.objects.get()


def test_changed_dossier_can_be_approved_as_it_is_now_and_issued(world, assignment):
    ActionItem.objects.update(product="Khác")
    clerk(world, assignment).post("issue", recipients="")

    act(world.who("ubnd.chair"), assignment, "decide", "approve", overrides=True)
    act(world.who("vp.clerk"), assignment, "issue", "issue")

    first, second = Decision.objects.order_by("pk")
    assert (first.ended_how, second.ended_how) == (DecisionEnd.VOID, "")
    assert IssuedDocument.objects.get().decision == second
    found = [verifying.verify(decision) for decision in verifying.loaded()]
    assert [(each.is_whole, each.moved_on) for each in found] == [(True, ["action_items"]), (True, [])]


def test_decision_of_the_first_form_is_issued_while_its_text_is_the_same(world, assignment):
    revision = assignment.submissions.get().revision
    Decision.objects.update(form="", parts={}, content_sha256=content.sha256_of(revision))
    Upholding.objects.update(text="Khác")

    assert clerk(world, assignment).post("issue", recipients="").status_code == 302
    assert IssuedDocument.objects.count() == 1


def test_decision_of_an_unknown_form_is_not_issued(world, assignment):
    Decision.objects.update(form="dieu-hanh/decision/99")
    desk = clerk(world, assignment)

    assert desk.get().status_code == 200
    assert desk.post("issue", recipients="").status_code == 422
    assert (IssuedDocument.objects.count(), Decision.objects.get().ended_at) == (0, None)


def test_nobody_chooses_to_void(world, assignment):
    assert clerk(world, assignment).post("void").status_code == 404
    with pytest.raises(Exception, match="cannot be done at this stage"):
        act(world.who("vp.clerk"), assignment, "issue", "void")
