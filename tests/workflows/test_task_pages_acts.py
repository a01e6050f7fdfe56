"""Every verb through its page: what it changes, once, and what the one who comes second is told."""

import re
from uuid import uuid4

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from notifications.models import Event
from tests.factories import act, actor, make_world, stamp
from tests.workflows.cases import case_at, grown_case, report_case
from tests.workflows.desk import Desk, errors
from workflows.domain.editing import save_paragraph
from workflows.domain.plans import current_revision
from workflows.models import (
    CaseTask,
    Consultation,
    Decision,
    DecisionVerb,
    FormDraft,
    IssuedDocument,
    Opinion,
    Phase,
    PlanRevision,
    Report,
    Review,
    Stance,
    Submission,
    Verdict,
)

pytestmark = pytest.mark.django_db
REASON = "Cần làm rõ hơn nữa."


@pytest.fixture
def world():
    return make_world(2)


def went_through(response, desk):
    """Tell that the act was taken: back to the inbox with a sentence, the task done by this person."""
    desk.assignment.refresh_from_db()
    desk.task.refresh_from_db()
    sentences = [str(message) for message in get_messages(response.wsgi_request)]
    return (response.status_code, response.headers.get("Location"), len(sentences), desk.task.is_open) == (
        302, reverse("inbox"), 1, False,
    )  # fmt: skip


def nodes(assignment):
    tasks = CaseTask.objects.open().human().filter(process__assignment=assignment)
    return sorted({task.flow_task.name for task in tasks})


def test_accept_opens_the_draft(world):
    desk = Desk(world.who("skhdt.specialist"), case_at("receive", world), "receive")

    response = desk.post("accept")

    assert went_through(response, desk)
    assert (desk.assignment.phase, nodes(desk.assignment)) == (Phase.DRAFTING, ["draft"])


def test_decline_sends_the_assignment_to_the_office_which_reads_why(world):
    assignment = case_at("receive", world)
    desk = Desk(world.who("skhdt.specialist"), assignment, "receive")

    assert went_through(desk.post("decline", reason="Không thuộc chức năng."), desk)

    office = Desk(world.who("vp.specialist"), assignment, "reassign")
    assert "Không thuộc chức năng." in office.html()


def test_reassign_names_the_new_lead(world):
    assignment = case_at("receive", world)
    act(world.who("skhdt.specialist"), assignment, "receive", "decline", reason="Không thuộc chức năng")
    office = Desk(world.who("vp.specialist"), assignment, "reassign")

    response = office.post("reassign", lead=world.office.pk, reason="Đúng chức năng")

    assert went_through(response, office)
    assert office.assignment.lead == world.office
    receiver = Desk(world.who("vp.specialist"), assignment, "receive")
    assert "Đúng chức năng" in receiver.html()


def test_request_is_sent_with_number_message_and_due_day(world):
    desk = Desk(world.who("skhdt.head"), case_at("sign_request", world), "sign_request")
    form = desk.get().context["forms"]["send"]

    response = desk.post(
        "send", due_on=form["due_on"].value(), request_number="1187/SKHĐT-TH", note="Đề nghị góp ý"
    )

    assert went_through(response, desk)
    consultation = Consultation.objects.get()
    assert (consultation.request_number, consultation.note) == ("1187/SKHĐT-TH", "Đề nghị góp ý")
    assert f"{timezone.localtime(consultation.due_at):%d/%m/%Y %H:%M}" == f"{form['due_on'].value()} 17:00"
    assert "QĐ 53/2006/QĐ-TTg" in form["due_on"].help_text


@pytest.mark.parametrize(
    ("node", "username", "verb", "back"),
    [
        ("sign_request", "skhdt.head", "return", "draft"),
        ("sign_submission", "skhdt.head", "return", "dispose"),
        ("sign_review", "vp.head", "return", "review"),
    ],
)
def test_head_sends_it_back_to_the_specialist(world, node, username, verb, back):
    desk = Desk(world.who(username), case_at(node, world), node)

    assert went_through(desk.post(verb, reason=REASON), desk)
    assert nodes(desk.assignment) == [back]


def test_specialist_of_the_office_reads_why_the_review_came_back(world):
    assignment = case_at("sign_review", world)
    act(world.who("vp.head"), assignment, "sign_review", "return", reason=REASON)

    page = Desk(world.who("vp.specialist"), assignment, "review").get()

    assert REASON in page.content.decode()
    assert page.context["forms"]["clear"]["text"].value() == "Đủ điều kiện trình ký."


def test_plan_is_put_forward_with_its_number(world):
    desk = Desk(world.who("skhdt.head"), case_at("sign_submission", world), "sign_submission")

    response = desk.post("submit", document_number="1216/TTr-SKHĐT", note="Kính trình")

    assert went_through(response, desk)
    submission = Submission.objects.get()
    assert (submission.document_number, submission.note) == ("1216/TTr-SKHĐT", "Kính trình")


def test_office_clears_and_its_leader_signs(world):
    assignment = case_at("review", world)
    desk = Desk(world.who("vp.specialist"), assignment, "review")
    assert went_through(desk.post("clear", text="Đủ điều kiện."), desk)

    leader = Desk(world.who("vp.head"), assignment, "sign_review")
    assert leader.get().context["forms"]["sign"]["text"].value() == "Đủ điều kiện."
    assert went_through(leader.post("sign", text="Đủ điều kiện, đề nghị ký."), leader)
    assert Review.objects.get().text == "Đủ điều kiện, đề nghị ký."
    assert nodes(assignment) == ["decide"]


def test_leader_of_the_office_clears_and_signs_at_once(world):
    desk = Desk(world.who("vp.head"), case_at("review", world), "review")

    assert went_through(desk.post("sign", text="Đủ."), desk)
    assert nodes(desk.assignment) == ["decide"]


def test_office_returns_an_incomplete_dossier_with_its_ground(world):
    desk = Desk(world.who("vp.specialist"), case_at("review", world), "review")

    response = desk.post("refuse", ground="MISSING_PARTS", text="Thiếu bảng tổng hợp.")

    assert went_through(response, desk)
    review = Review.objects.get()
    assert (review.verdict, review.ground, review.text) == (
        Verdict.RETURNED,
        "MISSING_PARTS",
        "Thiếu bảng tổng hợp.",
    )
    assert nodes(desk.assignment) == ["dispose"]


def test_approval_goes_to_the_clerk_who_takes_the_next_number(world):
    assignment = case_at("decide", world)
    desk = Desk(world.who("ubnd.vice_chair"), assignment, "decide")
    assert went_through(desk.post("approve", text="Đồng ý"), desk)

    clerk = Desk(world.who("vp.clerk"), assignment, "issue")
    page = clerk.get()
    assert page.context["next_code"] == "01/KH-UBND"
    assert (
        page.context["forms"]["issue"]["recipients"].value()
        == "Cơ quan vp\nCơ quan skhdt\nCơ quan s01\nCơ quan s02"
    )
    assert went_through(clerk.post("issue", recipients="Như trên\nLưu: VT"), clerk)
    document = IssuedDocument.objects.get()
    assert (document.code, document.recipients) == ("01/KH-UBND", "Như trên\nLưu: VT")


def test_return_makes_a_requirement_of_each_line(world):
    desk = Desk(world.who("ubnd.chair"), case_at("decide", world), "decide")

    response = desk.post("return", requirements="Làm rõ nguồn kinh phí\n\n Bổ sung chỉ tiêu \n")

    assert went_through(response, desk)
    decision = Decision.objects.get()
    assert [each.text for each in decision.requirements.order_by("number")] == [
        "Làm rõ nguồn kinh phí",
        "Bổ sung chỉ tiêu",
    ]
    assert (decision.verb, nodes(desk.assignment)) == (DecisionVerb.RETURNED, ["dispose"])


def test_refusal_ends_the_process(world):
    desk = Desk(world.who("ubnd.chair"), case_at("decide", world), "decide")

    assert went_through(desk.post("reject", reason="Trùng với kế hoạch khác"), desk)
    assert (desk.assignment.phase, nodes(desk.assignment)) == (Phase.REJECTED, [])


def test_result_is_reported_returned_with_what_is_missing_and_confirmed(world):
    assignment = report_case("report", world)
    desk = Desk(world.who("skhdt.specialist"), assignment, "report")
    assert went_through(desk.post("report", text="Đã chi 1.250 người", document_number="1250/BC-SKHĐT"), desk)

    office = Desk(world.who("vp.specialist"), assignment, "confirm")
    assert "1250/BC-SKHĐT" in office.html()
    assert went_through(office.post("return", reason="Nêu kinh phí"), office)

    again = Desk(world.who("skhdt.specialist"), assignment, "report")
    assert "Nêu kinh phí" in again.html()
    assert went_through(again.post("report", text="1,9 tỷ đồng", document_number="1260/BC-SKHĐT"), again)

    last = Desk(world.who("vp.specialist"), assignment, "confirm")
    assert went_through(last.post("confirm", answer="Đã xem"), last)
    assert (last.assignment.phase, Report.objects.count()) == (Phase.COMPLETED, 2)


# --- once ------------------------------------------------------------------------------------------------------------


def test_double_submit_gets_the_first_answer_and_changes_nothing_more(world):
    desk = Desk(world.who("ubnd.chair"), case_at("decide", world), "decide")
    sent = {"key": uuid4(), "seen": desk.get().context["forms"]["approve"]["seen"].value(), "text": "Đồng ý"}

    first = desk.post("approve", **sent)
    events = Event.objects.count()
    second = desk.post("approve", **sent)

    assert (
        (first.status_code, first["Location"])
        == (second.status_code, second["Location"])
        == (302, reverse("inbox"))
    )
    assert (Decision.objects.count(), Event.objects.count()) == (1, events)


@pytest.mark.parametrize(
    ("node", "username", "verb", "given"),
    [
        ("receive", "skhdt.specialist", "accept", {}),
        ("sign_request", "skhdt.head", "return", {"reason": REASON}),
        ("sign_submission", "skhdt.head", "submit", {"note": "Kính trình"}),
        ("review", "vp.specialist", "refuse", {"ground": "WRONG_FORM", "text": "Sai thể thức"}),
        ("issue", "vp.clerk", "issue", {"recipients": "Như trên"}),
    ],
)
def test_repeat_with_the_same_key_leads_to_the_same_place(world, node, username, verb, given):
    desk = Desk(world.who(username), case_at(node, world), node)
    seen = desk.get().context["forms"][verb]["seen"].value() or ""
    key = uuid4()

    answers = [desk.post(verb, key=key, seen=seen, **given) for _ in range(2)]

    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(302, reverse("inbox"))] * 2


def test_opinion_of_the_last_agency_repeated_gets_the_first_answer(world):
    assignment = case_at("prepare_opinion", world)
    act(
        world.who("s02.head"),
        assignment,
        "prepare_opinion",
        "sign",
        agency=world.others[1],
        stance=Stance.AGREE,
    )
    desk = Desk(world.who("s01.head"), assignment, "prepare_opinion", world.others[0])
    anchor = desk.get().context["reading"].blocks[-1].anchor
    sent = {"stance": "AGREE_WITH_REMARKS", "remarks-TOTAL_FORMS": 1, "remarks-INITIAL_FORMS": 0}
    row = {"remarks-0-anchor": anchor, "remarks-0-text": "Góp ý", "remarks-0-suggestion": ""}
    key = uuid4()

    answers = [desk.post("sign", key=key, **sent, **row) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Opinion.objects.filter(stance=Stance.AGREE_WITH_REMARKS).count() == 1


def test_loser_of_a_race_is_told_who_was_first_and_where_the_case_is(world):
    assignment = case_at("decide", world)
    loser = Desk(world.who("ubnd.vice_chair"), assignment, "decide")
    act(world.who("ubnd.chair"), assignment, "decide", "approve")

    response = loser.post("return", requirements="Bổ sung")

    content = response.content.decode()
    assert response.status_code == 409
    assert re.search(
        r"Người ubnd\.chair, .+ already did this at \d\d:\d\d \d\d/\d\d/\d{4}: Decide\.", content
    )
    assert reverse("assignment", args=[assignment.public_id]) in content
    assert Decision.objects.get().verb == DecisionVerb.APPROVED


def test_loser_with_a_form_that_lacks_words_is_told_the_same(world):
    assignment = case_at("decide", world)
    loser = Desk(world.who("ubnd.vice_chair"), assignment, "decide")
    act(world.who("ubnd.chair"), assignment, "decide", "approve")

    response = loser.post("return", requirements="")

    assert (response.status_code, "already did this at" in response.content.decode()) == (409, True)


def test_closed_task_leads_to_the_case(world):
    assignment = case_at("decide", world)
    desk = Desk(world.who("ubnd.vice_chair"), assignment, "decide")
    act(world.who("ubnd.chair"), assignment, "decide", "approve")

    response = desk.get()

    assert (response.status_code, response["Location"]) == (
        302,
        reverse("assignment", args=[assignment.public_id]),
    )


def test_key_used_for_other_words_is_refused(world):
    desk = Desk(world.who("ubnd.chair"), case_at("decide", world), "decide")
    key, seen = uuid4(), desk.get().context["forms"]["approve"]["seen"].value()
    desk.post("approve", key=key, seen=seen)

    response = desk.post("approve", key=key, seen=seen, text="khác")

    assert response.status_code == 409
    assert "already sent with other content" in response.content.decode()


def test_refused_hand_over_of_a_draft_says_what_is_missing(world):
    desk = Desk(world.who("skhdt.specialist"), case_at("draft", world), "draft")

    response = desk.post("finish")

    assert (response.status_code, response.templates[0].name) == (422, "workflows/task_finish.html")
    assert errors(response) == {
        "__all__": ["The plan has no text yet. Write at least one paragraph before sending it."]
    }


# --- a page that has moved on ----------------------------------------------------------------------------------------


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


def test_typed_text_is_forgotten_once_the_opinion_went_out(world):
    desk = Desk(world.who("s01.head"), case_at("prepare_opinion", world), "prepare_opinion", world.others[0])
    desk.client.post(reverse("task-draft", args=[desk.task.public_id]), {"reason": "đang viết"})
    assert FormDraft.objects.count() == 1

    desk.post("sign", stance="AGREE")

    assert FormDraft.objects.count() == 0
