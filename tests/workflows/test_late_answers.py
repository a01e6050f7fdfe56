"""Silence and late words: what the clock records, what replaces it, and what stays on record."""

import pytest
from django.utils import timezone

from accounts.models import Membership
from notifications.models import Event
from tests.factories import (
    act,
    actor,
    advance,
    attempt,
    make_member,
    open_task,
    start,
)
from tests.workflows.round_desk import answer, is_sound, open_nodes, opinion_of
from workflows.domain import reminders
from workflows.domain import rounds as domain
from workflows.domain.answering import RemarkInput
from workflows.domain.dispositions import AnswerToRemark
from workflows.domain.errors import AlreadyDoneError
from workflows.domain.opinions import ConsultationClosedError
from workflows.flows import rounds, steps, timers
from workflows.models import (
    Consultation,
    EarlierAnswer,
    Opinion,
    OpinionState,
    Reminder,
    Stance,
    Treatment,
)

pytestmark = [pytest.mark.django_db, pytest.mark.case(agencies=3, at="prepare_opinion")]


# --- silence and its proof --------------------------------------------------------------------------------------------


def test_silence_is_recorded_by_the_clock_with_its_proof(world, assignment, head):
    domain.note_opened(opinion_of("s01"), actor=actor(world.who("s01.specialist")))
    reminders.remind(assignment, actor=head)
    due = Consultation.objects.get().due_at

    assert timers.fire_due_timers(at=due) == 1

    event = Event.objects.filter(kind="opinion.deemed", data__agency="s01").get()
    opinion = opinion_of("s01")
    assert (opinion.stance, opinion.signed_by, event.actor) == (Stance.DEEMED_AGREED, None, None)
    assert event.data["delivered"] == opinion.delivered_at.isoformat()
    assert event.data["opened"] == opinion.first_opened_at.isoformat()
    assert event.data["reminders"] == [Reminder.objects.get(opinion=opinion).sent_at.isoformat()]
    assert event.data["citation"] == opinion.consultation.silence_citation


def test_agency_without_people_is_never_deemed_to_agree(world):
    Membership.objects.filter(agency_position__agency=world.others[0]).update(valid_to=timezone.localdate())
    assignment = start(world)
    advance(world, assignment, "sign_request")
    act(world.who("skhdt.head"), assignment, "sign_request", "send")

    timers.fire_due_timers(at=Consultation.objects.get().due_at)

    stances = Opinion.objects.order_by("participation__agency__code").values_list("stance", flat=True)
    assert list(stances) == [Stance.NO_REPLY, Stance.DEEMED_AGREED, Stance.DEEMED_AGREED]


def test_request_that_notes_silence_deems_nobody_to_agree(world):
    assignment = start(world)
    advance(world, assignment, "sign_request")
    act(world.who("skhdt.head"), assignment, "sign_request", "send", silence="NO_REPLY")

    timers.fire_due_timers(at=Consultation.objects.get().due_at)

    assert set(Opinion.objects.values_list("stance", flat=True)) == {Stance.NO_REPLY}
    assert Event.objects.filter(kind="opinion.deemed").count() == 0


# --- replaced and late answers ----------------------------------------------------------------------------------------


def test_replaced_answer_stays_on_record(world, assignment):
    answer(world, assignment, "s01", Stance.AGREE_WITH_REMARKS, remarks=[RemarkInput("Ý kiến cũ")])
    rounds.answer_again(opinion_of("s01").participation, actor=actor(world.who("s01.head")))

    act(
        world.who("s01.head"),
        assignment,
        "replace_opinion",
        "sign",
        agency=world.others[0],
        stance=Stance.DISAGREE,
        reason="Chưa có nguồn vốn",
    )

    opinion, earlier = opinion_of("s01"), EarlierAnswer.objects.get()
    assert (opinion.stance, opinion.reason, opinion.is_late) == (Stance.DISAGREE, "Chưa có nguồn vốn", False)
    assert [remark.text for remark in opinion.remarks.all()] == ["Chưa có nguồn vốn"]
    assert earlier.stance == Stance.AGREE_WITH_REMARKS
    assert [remark["text"] for remark in earlier.content["remarks"]] == ["Ý kiến cũ"]
    assert is_sound()


def test_replaced_bare_disagreement_keeps_its_reason_once(world, assignment):
    answer(world, assignment, "s01", Stance.DISAGREE, reason="Chưa có nguồn vốn")
    rounds.answer_again(opinion_of("s01").participation, actor=actor(world.who("s01.head")))

    act(
        world.who("s01.head"),
        assignment,
        "replace_opinion",
        "sign",
        agency=world.others[0],
        stance=Stance.AGREE,
    )

    content = EarlierAnswer.objects.get().content
    assert (content["reason"], content["remarks"]) == ("Chưa có nguồn vốn", [])


def test_answer_stands_while_another_is_prepared(world, assignment):
    answer(world, assignment, "s01")
    rounds.answer_again(opinion_of("s01").participation, actor=actor(world.who("s01.head")))

    act(
        world.who("s01.specialist"),
        assignment,
        "replace_opinion",
        "prepare",
        agency=world.others[0],
        stance=Stance.DISAGREE,
        reason="Bí mật nội bộ",
    )

    assert (opinion_of("s01").stance, opinion_of("s01").reason) == (Stance.AGREE, "")
    assert open_nodes(assignment) == ["prepare_opinion", "prepare_opinion", "sign_replacement"]


def test_round_closes_over_an_answer_in_replacement_and_the_earlier_one_stands(world, assignment):
    answer(world, assignment, "s01")
    rounds.answer_again(opinion_of("s01").participation, actor=actor(world.who("s01.head")))
    answer(world, assignment, "s02")
    answer(world, assignment, "s03")

    assert open_nodes(assignment) == ["dispose"]
    assert opinion_of("s01").stance == Stance.AGREE
    with pytest.raises(ConsultationClosedError):
        rounds.answer_again(opinion_of("s01").participation, actor=actor(world.who("s01.head")))


def test_late_answer_replaces_deemed_agreement_until_disposition_starts(world, assignment):
    timers.fire_due_timers(at=Consultation.objects.get().due_at)
    rounds.answer_again(opinion_of("s01").participation, actor=actor(world.who("s01.head")))

    act(
        world.who("s01.head"),
        assignment,
        "replace_opinion",
        "sign",
        agency=world.others[0],
        stance=Stance.AGREE_WITH_REMARKS,
        remarks=[RemarkInput("Góp ý muộn")],
    )

    opinion = opinion_of("s01")
    assert (opinion.state, opinion.is_late) == (OpinionState.GIVEN, True)
    assert EarlierAnswer.objects.get().stance == Stance.DEEMED_AGREED
    assert open_nodes(assignment) == ["dispose"]


def test_late_answers_end_when_the_lead_starts_on_the_answers(world, assignment):
    answer(world, assignment, "s01", Stance.AGREE_WITH_REMARKS, remarks=[RemarkInput("Góp ý")])
    timers.fire_due_timers(at=Consultation.objects.get().due_at)
    rounds.answer_again(opinion_of("s02").participation, actor=actor(world.who("s02.head")))
    remark = opinion_of("s01").remarks.get()
    remark.opinion = opinion_of("s01")
    rounds.dispose_remarks(
        {remark: 0},
        AnswerToRemark(Treatment.EXPLAINED, "Đã có trong mục II"),
        actor=actor(world.who("skhdt.specialist")),
    )

    assert open_nodes(assignment) == ["dispose"]
    assert is_sound()
    with pytest.raises(ConsultationClosedError):
        rounds.answer_again(opinion_of("s02").participation, actor=actor(world.who("s02.head")))


def test_two_people_of_one_agency_answer_and_the_second_is_told(world, assignment):
    task = open_task(assignment, "prepare_opinion", world.others[0])
    answer(world, assignment, "s01")
    with pytest.raises(AlreadyDoneError, match="s01"):
        steps.perform(
            task, "sign", attempt(make_member(world.others[0], "DEPUTY_HEAD")), {"stance": "DISAGREE"}
        )

    assert opinion_of("s01").stance == Stance.AGREE
