"""Every verb through its page: what it changes."""

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from tests.factories import act
from tests.workflows.cases import case_at, report_case
from tests.workflows.desk import Desk, nodes
from workflows.models import (
    Consultation,
    Decision,
    DecisionVerb,
    FormDraft,
    IssuedDocument,
    Phase,
    Report,
    Review,
    Submission,
    Verdict,
)

pytestmark = pytest.mark.django_db
REASON = "Cần làm rõ hơn nữa."


def went_through(response, desk):
    """Tell that the act was taken: back to the inbox with a sentence, the task done by this person."""
    desk.assignment.refresh_from_db()
    desk.task.refresh_from_db()
    sentences = [str(message) for message in get_messages(response.wsgi_request)]
    return (response.status_code, response.headers.get("Location"), len(sentences), desk.task.is_open) == (
        302, reverse("inbox"), 1, False,
    )  # fmt: skip


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

    response = desk.post("refuse", grounds="MISSING_PARTS", text="Thiếu bảng tổng hợp.")

    assert went_through(response, desk)
    review = Review.objects.get()
    assert (review.verdict, review.grounds, review.text) == (
        Verdict.RETURNED,
        ["MISSING_PARTS"],
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


def test_typed_text_is_forgotten_once_the_opinion_went_out(world):
    desk = Desk(world.who("s01.head"), case_at("prepare_opinion", world), "prepare_opinion", world.others[0])
    desk.client.post(reverse("task-draft", args=[desk.task.public_id]), {"reason": "đang viết"})
    assert FormDraft.objects.count() == 1

    desk.post("sign", stance="AGREE")

    assert FormDraft.objects.count() == 0
