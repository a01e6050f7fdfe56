"""Taking a submission back before the leader opens it, an approval before its number, and what is left behind."""

from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Position, User
from notifications.models import Event
from notifications.notices import get
from tests.factories import act, actor, attempt, make_member, make_world, open_task, stamp
from tests.workflows.cases import answer_all, case_at, grown_case, put_forward
from tests.workflows.desk import Desk, nodes
from workflows import inbox
from workflows.domain import decisions, dispositions, plans, submissions
from workflows.domain.errors import DomainError, NotAllowedError
from workflows.domain.phases import HandedOnError
from workflows.domain.submissions import OpenedError
from workflows.flows import recalls
from workflows.models import (
    CaseTask,
    Decision,
    DecisionEnd,
    InboxEntry,
    IssuedDocument,
    Phase,
    PlanRevision,
    Role,
    Submission,
)

pytestmark = pytest.mark.django_db
WHY = "Cần bổ sung dự án vừa được giao"


@pytest.fixture
def world():
    return make_world(2)


def browser(user):
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    client.force_login(user)
    return client


def post(user, assignment, name="recall", **fields):
    given = {"key": str(uuid4()), "reason": WHY} | fields
    return browser(user).post(reverse(name, args=[assignment.public_id]), given)


def file_of(user, assignment):
    return browser(user).get(reverse("assignment", args=[assignment.public_id]))


def open_it(world, assignment, who="ubnd.chair"):
    return Desk(world.who(who), assignment, "decide").get()


def told(event):
    return {row.username for row in _users(get(event.kind).recipients(event))}


def label(world, username):
    """Return the person with her capacity, as the record keeps them."""
    return actor(world.who(username)).label


def _users(keys):
    return User.objects.filter(pk__in=list(keys))


# --- a submission -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("node", ["review", "sign_review", "decide"])
def test_head_recalls_a_submission_nobody_who_decides_has_opened(world, node):
    assignment = case_at(node, world)

    answer = post(world.who("skhdt.head"), assignment)

    assignment.refresh_from_db()
    submission = assignment.submissions.get()
    assert (answer.status_code, assignment.phase, nodes(assignment)) == (302, Phase.DISPOSING, ["dispose"])
    assert (submission.recalled_by, submission.recall_reason) == (world.who("skhdt.head"), WHY)
    assert submission.recalled_as == label(world, "skhdt.head")
    newest = plans.current_revision(assignment)
    assert (newest.number, newest.is_frozen) == (submission.revision.number + 1, False)
    assert list(inbox.check()) == []
    entries = InboxEntry.objects.open().filter(task__process__assignment=assignment)
    assert {(entry.node, entry.phase) for entry in entries} == {("dispose", Phase.DISPOSING)}


def test_recalled_submission_counts_and_stays_in_the_trail(world):
    assignment = case_at("review", world)
    post(world.who("skhdt.head"), assignment)
    answer_all(world, assignment)
    put_forward(world, assignment)

    page = Desk(world.who("vp.specialist"), assignment, "review").get()

    assert [each.number for each in assignment.submissions.order_by("number")] == [1, 2]
    assert f"Recalled by {label(world, 'skhdt.head')}: {WHY}" in [step.text for step in page.context["trail"]]
    assert "Submission 2" in page.content.decode()


def test_recall_is_on_record_and_told_to_those_who_had_it(world):
    assignment = case_at("decide", world)
    post(world.who("skhdt.head"), assignment)

    event = Event.objects.get(kind="submission.recalled")
    assert (event.data["number"], event.data["reason"], event.data["phase"]) == (1, WHY, Phase.DISPOSING)
    above = {"ubnd.chair", "ubnd.vice_chair", "vp.specialist", "vp.head"}
    assert told(event) == above | {"skhdt.specialist", "skhdt.head"}
    page = file_of(world.who("skhdt.specialist"), assignment).content.decode()
    assert "recalled submission 1" in page
    assert WHY in page
    drafting = browser(world.who("skhdt.specialist")).get(
        reverse("plan-dispositions", args=[assignment.plan.public_id])
    )
    assert WHY in drafting.content.decode()


def test_recall_needs_a_reason_and_keeps_what_was_typed_nowhere_else(world):
    assignment = case_at("review", world)

    answer = post(world.who("skhdt.head"), assignment, reason="  ")

    assert (answer.status_code, nodes(assignment)) == (422, ["review"])
    assert "Say why the submission is recalled." in answer.content.decode()
    with pytest.raises(DomainError, match="why"):
        recalls.recall_submission(assignment, attempt(world.who("skhdt.head")), reason=" ")


def test_opened_submission_cannot_be_recalled_and_says_who_opened_it_and_when(world):
    assignment = case_at("decide", world)
    open_it(world, assignment, "ubnd.vice_chair")
    task = CaseTask.objects.get(first_opened_by=world.who("ubnd.vice_chair"))
    at = f"{timezone.localtime(task.first_opened_at):%H:%M %d/%m/%Y}"

    answer = post(world.who("skhdt.head"), assignment)

    said = f"Người ubnd.vice_chair opened the file at {at}, so it can no longer be recalled."
    assert answer.status_code == 409
    assert said in answer.content.decode()
    assert WHY in answer.content.decode()
    assert nodes(assignment) == ["decide"]
    assert Submission.objects.filter(recalled_at=None).count() == 1
    assert said in file_of(world.who("skhdt.head"), assignment).content.decode()


def test_first_opening_is_noted_once_with_one_statement(world, django_assert_num_queries):
    assignment = case_at("decide", world)
    task = open_task(assignment, "decide")
    chair, deputy = actor(world.who("ubnd.chair")), actor(world.who("ubnd.vice_chair"))
    with django_assert_num_queries(1):
        assert submissions.note_opened(task, actor=chair)
    first = CaseTask.objects.get(pk=task.pk)
    with django_assert_num_queries(0):
        assert submissions.note_opened(first, actor=deputy)

    open_it(world, assignment, "ubnd.vice_chair")
    task.refresh_from_db()
    assert (task.first_opened_at, task.first_opened_by) == (first.first_opened_at, world.who("ubnd.chair"))


def test_others_who_read_the_case_do_not_open_it(world):
    assignment = case_at("decide", world)
    for who in ("vp.specialist", "vp.head", "vp.clerk", "skhdt.head"):
        Desk(world.who(who), assignment, "decide").get()
        file_of(world.who(who), assignment)

    assert CaseTask.objects.exclude(first_opened_at=None).count() == 0
    assert post(world.who("skhdt.head"), assignment).status_code == 302


def test_page_opened_at_the_moment_of_the_recall_leads_to_the_case(world):
    assignment = case_at("decide", world)
    late = open_task(assignment, "decide")
    post(world.who("skhdt.head"), assignment)

    assert submissions.note_opened(late, actor=actor(world.who("ubnd.chair"))) is False
    assert CaseTask.objects.exclude(first_opened_at=None).count() == 0


def test_approval_that_was_taken_back_does_not_let_the_lead_recall_what_the_leader_knows(world):
    assignment = case_at("issue", world)
    post(world.who("ubnd.vice_chair"), assignment, "recall-approval")
    assert CaseTask.objects.exclude(first_opened_at=None).count() == 0

    assert post(world.who("skhdt.head"), assignment).status_code == 409
    with pytest.raises(OpenedError, match="begun to decide"):
        recalls.recall_submission(assignment, attempt(world.who("skhdt.head")), reason=WHY)


def test_act_on_a_recalled_submission_is_told_that_it_was_recalled(world):
    assignment = case_at("review", world)
    desk, seen = Desk(world.who("vp.specialist"), assignment, "review"), stamp(assignment)
    post(world.who("skhdt.head"), assignment)

    answer = desk.post("clear", seen=seen, text="Đủ điều kiện trình ký.")

    assert answer.status_code == 409
    assert f"{label(world, 'skhdt.head')} recalled the submission: {WHY}" in answer.content.decode()
    assert "Đủ điều kiện trình ký." in answer.content.decode()


@pytest.mark.parametrize("who", ["skhdt.specialist", "skhdt.clerk", "s01.head", "vp.head", "ubnd.chair"])
def test_nobody_but_the_leads_signer_recalls_a_submission(world, who):
    assignment = case_at("review", world)

    assert post(world.who(who), assignment).status_code == 403
    assert post(world.who(who), assignment, reason="").status_code == 403
    assert b"Recall the submission" not in file_of(world.who(who), assignment).content
    with pytest.raises(NotAllowedError):
        recalls.recall_submission(assignment, attempt(world.who(who)), reason=WHY)
    assert nodes(assignment) == ["review"]


@pytest.mark.parametrize("node", ["dispose", "sign_submission", "issue", "issued"])
def test_there_is_nothing_to_recall_elsewhere(world, node):
    assignment = case_at(node, world)

    assert b"Recall the submission" not in file_of(world.who("skhdt.head"), assignment).content
    assert post(world.who("skhdt.head"), assignment).status_code == 409
    with pytest.raises(HandedOnError):
        recalls.recall_submission(assignment, attempt(world.who("skhdt.head")), reason=WHY)


def test_recall_sent_twice_is_one_recall(world):
    assignment, key = case_at("review", world), str(uuid4())

    first, second = (post(world.who("skhdt.head"), assignment, key=key) for _ in range(2))

    assert (first.status_code, second.status_code) == (302, 302)
    assert Event.objects.filter(kind="submission.recalled").count() == 1
    assert PlanRevision.objects.filter(frozen_at=None).count() == 1


def test_another_recalled_submission_can_be_recalled_again(world):
    assignment = case_at("review", world)
    for number in (1, 2):
        post(world.who("skhdt.head"), assignment)
        answer_all(world, assignment)
        put_forward(world, assignment)
        assert assignment.submissions.exclude(recalled_at=None).count() == number

    assert assignment.submissions.get(recalled_at=None).number == 3


def test_requirements_of_the_last_return_outlive_a_recall(world):
    assignment = grown_case("review", world, 2)
    post(world.who("skhdt.head"), assignment)
    asked = list(dispositions.requirements(assignment))
    asked[0].answer = ""
    asked[0].save(update_fields=["answer"])

    assert [row.text for row in asked] == ["Yêu cầu 0", "Yêu cầu 1"]
    assert list(dispositions.open_requirements(assignment)) == [asked[0]]
    with pytest.raises(DomainError, match="1 requirements"):
        act(world.who("skhdt.specialist"), assignment, "dispose", "finish")
    page = browser(world.who("skhdt.specialist")).get(
        reverse("plan-dispositions", args=[assignment.plan.public_id])
    )
    assert [row.requirement.text for row in page.context["requirement_rows"]] == ["Yêu cầu 0", "Yêu cầu 1"]


def test_leader_compares_with_what_was_put_before_the_committee_not_with_what_was_recalled(world):
    assignment = grown_case("review", world, 1)
    post(world.who("skhdt.head"), assignment)
    answer_all(world, assignment)
    put_forward(world, assignment)

    page = Desk(world.who("vp.specialist"), assignment, "review").get()

    assert page.context["dossier"].earlier.number == 1
    assert page.context["changes"].since == "Changes since submission 1"
    assert ("Requirements of the return met: 1/1", True) in [(c.text, c.ok) for c in page.context["checks"]]


# --- an approval ------------------------------------------------------------------------------------------------------


def test_approver_recalls_an_approval_that_has_no_number(world):
    assignment = case_at("issue", world)

    answer = post(world.who("ubnd.vice_chair"), assignment, "recall-approval")

    assignment.refresh_from_db()
    decision = Decision.objects.get()
    assert (answer.status_code, assignment.phase, nodes(assignment)) == (302, Phase.DECIDING, ["decide"])
    assert (decision.ended_how, decision.end_reason, decision.ended_by) == (
        DecisionEnd.RECALLED,
        WHY,
        world.who("ubnd.vice_chair"),
    )
    assert assignment.submissions.get().decision is None
    entries = InboxEntry.objects.open().filter(task__process__assignment=assignment)
    assert {(entry.node, entry.phase) for entry in entries} == {("decide", Phase.DECIDING)}
    assert list(inbox.check()) == []


def test_page_of_deciding_says_why_it_is_back_and_the_plan_can_be_approved_again(world):
    assignment = case_at("issue", world)
    post(world.who("ubnd.vice_chair"), assignment, "recall-approval")
    desk = Desk(world.who("ubnd.vice_chair"), assignment, "decide")

    page = desk.get()

    assert page.context["reason"].who == label(world, "ubnd.vice_chair")
    assert page.context["reason"].text.endswith(f"was recalled: {WHY}")
    assert WHY in page.content.decode()
    assert desk.post("approve").status_code == 302
    act(world.who("vp.clerk"), assignment, "issue", "issue")
    assert IssuedDocument.objects.get().decision == assignment.submissions.get().decision
    assert Decision.objects.count() == 2


def test_recall_of_an_approval_is_told_to_clerk_lead_and_office(world):
    assignment = case_at("issue", world)
    post(world.who("ubnd.vice_chair"), assignment, "recall-approval")

    event = Event.objects.get(kind="decision.recalled")
    assert {"vp.clerk", "skhdt.head", "skhdt.specialist", "s01.head", "vp.specialist", "ubnd.chair"} <= told(
        event
    )
    assert WHY not in get(event.kind).detail(event)
    assert "recalled the approval" in file_of(world.who("s01.head"), assignment).content.decode()
    assert WHY not in file_of(world.who("s01.head"), assignment).content.decode()
    assert WHY in file_of(world.who("skhdt.head"), assignment).content.decode()


def test_clerk_who_was_about_to_issue_is_told_and_nothing_is_numbered(world):
    assignment = case_at("issue", world)
    desk = Desk(world.who("vp.clerk"), assignment, "issue")
    post(world.who("ubnd.vice_chair"), assignment, "recall-approval")

    answer = desk.post("issue", recipients="")

    assert (answer.status_code, IssuedDocument.objects.count()) == (409, 0)
    assert f"{label(world, 'ubnd.vice_chair')} recalled the approval." in answer.content.decode()


def test_issued_plan_is_not_taken_back(world):
    assignment = case_at("issued", world)

    assert post(world.who("ubnd.vice_chair"), assignment, "recall-approval").status_code == 409
    assert Decision.objects.get().ended_at is None
    assert b"Recall the approval" not in file_of(world.who("ubnd.vice_chair"), assignment).content


def test_chair_takes_back_anybodys_approval_and_another_deputy_does_not(world):
    other = make_member(world.committee, Position.VICE_CHAIR, "ubnd.other")
    assignment = case_at("issue", world)

    assert post(other, assignment, "recall-approval").status_code == 403
    assert b"Recall the approval" not in file_of(other, assignment).content
    assert b"Recall the approval" in file_of(world.who("ubnd.chair"), assignment).content
    assert post(world.who("ubnd.chair"), assignment, "recall-approval").status_code == 302


@pytest.mark.parametrize("who", ["skhdt.head", "vp.head", "vp.clerk", "s01.head"])
def test_nobody_else_takes_an_approval_back(world, who):
    assignment = case_at("issue", world)

    assert post(world.who(who), assignment, "recall-approval").status_code == 403
    assert b"Recall the approval" not in file_of(world.who(who), assignment).content
    assert Decision.objects.get().ended_at is None


def test_strangers_find_no_such_case(world):
    assignment = case_at("issue", world)
    stranger = make_member(world.others[0], Position.HEAD, "s09.head")
    stranger.memberships.update(valid_to=timezone.localdate())

    for name in ("recall", "recall-approval"):
        assert post(stranger, assignment, name).status_code == 404
        assert browser(stranger).get(reverse(name, args=[assignment.public_id])).status_code == 404
        led = browser(world.who("vp.head")).get(reverse(name, args=[assignment.public_id]))
        assert (led.status_code, led.url) == (302, reverse("assignment", args=[assignment.public_id]))


def test_domain_refuses_where_no_approval_stands(world):
    assignment = case_at("decide", world)
    part = recalls.part_of(assignment, Role.APPROVE)

    with pytest.raises(DomainError, match="no approval"):
        decisions.recall(part, actor=actor(world.who("ubnd.chair")), reason=WHY, takes_over=True)


@pytest.mark.parametrize("size", [1, 3])
@pytest.mark.parametrize(
    ("place", "statements"), [(("review", "skhdt.head"), 18), (("issue", "ubnd.chair"), 20)]
)
def test_file_with_a_recall_costs_the_same_whatever_the_size(
    world, django_assert_num_queries, place, statements, size
):
    node, who = place
    assignment = grown_case("decide", world, size)
    if node == "issue":
        act(world.who("ubnd.chair"), assignment, "decide", "approve", overrides=True)
    client = browser(world.who(who))
    client.get(reverse("assignment", args=[assignment.public_id]))
    with django_assert_num_queries(statements):
        assert client.get(reverse("assignment", args=[assignment.public_id])).status_code == 200
