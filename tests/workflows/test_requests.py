"""Preparing the request for opinions: one version, one choice of agencies, questions that can be answered."""

from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.models import Event
from tests.factories import act, actor, make_agency, start, write_plan
from tests.workflows.plan_desk import give, send_request
from tests.workflows.request_desk import chosen, prepare
from workflows.domain import calendars, requests, returns
from workflows.domain.answering import RemarkInput
from workflows.domain.directives import AssignmentInput
from workflows.domain.errors import DomainError
from workflows.domain.opinions import ConsultationClosedError
from workflows.domain.phases import HandedOnError
from workflows.domain.plans import choose_coordinators
from workflows.domain.requests import QuestionInput, RequestChangedError
from workflows.flows import rounds
from workflows.models import Consultation, Opinion, OpinionState, Product, RequestDraft, SilencePolicy, Stance

pytestmark = pytest.mark.django_db

QUESTION = QuestionInput("Chọn 01 trong 02 phương án", ("Phương án 1", "Phương án 2"))


def working_day(days):
    calendar = calendars.load_calendar()
    return timezone.localdate(calendar.add_working_days(timezone.now(), days))


def term_in(assignment, days):
    assignment.due_at = calendars.load_calendar().end_of(working_day(days))
    assignment.save(update_fields=["due_at"])


def events(kind):
    return list(Event.objects.filter(kind=kind).order_by("seq"))


@pytest.fixture
def disposing(world, assignment):
    """Return the case after a first round in which s01 commented and s02 agreed."""
    write_plan(assignment)
    send_request(world, assignment)
    give(world, assignment, world.others[0], RemarkInput("Cần làm rõ"))
    give(world, assignment, world.others[1])
    assignment.refresh_from_db()
    return assignment


# --- storing ---------------------------------------------------------------------------------------------------------


def test_save_stores_the_request_and_the_choice_of_agencies_together(world, assignment):
    extra = make_agency("stc")

    draft = prepare(
        world,
        assignment,
        agencies=[world.others[0], extra],
        optional=frozenset({extra.pk}),
        due_on=working_day(3),
        silence=SilencePolicy.NO_REPLY,
        note="Kính đề nghị",
        questions=[QUESTION],
    )

    stored = RequestDraft.objects.get()
    assert (stored.version, stored.saved_by, stored.note) == (1, world.who("skhdt.head"), "Kính đề nghị")
    assert (stored.due_on, stored.silence) == (working_day(3), SilencePolicy.NO_REPLY)
    assert stored.questions == [
        {"text": QUESTION.text, "options": ["Phương án 1", "Phương án 2"], "picks": 1}
    ]
    assert chosen(assignment) == {"s01": True, "stc": False}
    [event] = events("request.prepared")
    assert (event.subject_id, event.data["asked"], event.data["questions"]) == (str(draft.pk), 2, 1)


def test_save_of_what_is_stored_already_changes_nothing(world, assignment):
    first = prepare(world, assignment, note="Kính đề nghị", questions=[QUESTION])

    again = prepare(world, assignment, version=1, note="Kính đề nghị", questions=[QUESTION])

    assert (again.pk, again.version) == (first.pk, 1)
    assert len(events("request.prepared")) == 1


def test_save_counts_a_change_of_the_agencies_alone(world, assignment):
    prepare(world, assignment)

    assert prepare(world, assignment, version=1, agencies=world.others[:1]).version == 2


@pytest.mark.parametrize("version", [0, 2])
def test_save_over_a_newer_request_says_who_changed_it_and_changes_nothing(world, assignment, version):
    prepare(world, assignment, note="Của họ")

    with pytest.raises(RequestChangedError, match=r"Người skhdt\.head") as refused:
        prepare(world, assignment, version=version, note="Của tôi", agencies=[])

    assert refused.value.draft.note == "Của họ"
    assert RequestDraft.objects.get().note == "Của họ"
    assert chosen(assignment) == {"s01": True, "s02": True}


def test_save_over_a_request_that_was_sent_is_refused(world, assignment):
    prepare(world, assignment, note="Đã gửi")
    write_plan(assignment)
    send_request(world, assignment)

    with pytest.raises(HandedOnError):
        prepare(world, assignment, version=1)

    for agency in world.others:
        give(world, assignment, agency)
    with pytest.raises(RequestChangedError):
        prepare(world, assignment, version=1)


def test_save_with_the_lead_among_the_agencies_stores_nothing(world, assignment):
    with pytest.raises(DomainError) as refused:
        prepare(world, assignment, agencies=[world.lead], note="Không lưu")

    assert refused.value.field == "agencies"
    assert RequestDraft.objects.count() == 0
    assert chosen(assignment) == {"s01": True, "s02": True}


# --- questions -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "field"),
    [
        (QuestionInput("", ("a", "b")), "text"),
        (QuestionInput("x" * 1001, ("a", "b")), "text"),
        (QuestionInput("x", ()), "option"),
        (QuestionInput("x", ("a",)), "option"),
        (QuestionInput("x", tuple(map(str, range(13)))), "option"),
        (QuestionInput("x", ("Phương án", "phương án")), "option"),
        (QuestionInput("x", ("a", "b" * 501)), "option"),
        (QuestionInput("x", ("a", "b"), 0), "picks"),
        (QuestionInput("x", ("a", "b"), 2), "picks"),
    ],
)
def test_question_nobody_could_answer_is_refused_at_its_place(world, assignment, question, field):
    with pytest.raises(DomainError) as refused:
        prepare(world, assignment, questions=[QUESTION, question])

    assert refused.value.field == field
    assert RequestDraft.objects.count() == 0


@pytest.mark.parametrize(
    "question",
    [
        QuestionInput("x" * 1000, ("a", "b")),
        QuestionInput("x", tuple(map(str, range(12))), 11),
    ],
)
def test_question_at_the_limit_is_taken(world, assignment, question):
    assert len(prepare(world, assignment, questions=[question]).questions) == 1


def test_twenty_questions_are_taken_and_no_more(world, assignment):
    prepare(world, assignment, questions=[QUESTION] * 20)

    with pytest.raises(DomainError):
        prepare(world, assignment, version=1, questions=[QUESTION] * 21)


# --- the due day -----------------------------------------------------------------------------------------------------


def test_due_day_after_the_assignments_own_term_is_refused(world, assignment):
    term_in(assignment, 5)

    with pytest.raises(DomainError) as refused:
        prepare(world, assignment, due_on=working_day(6))

    assert refused.value.field == "due_on"
    assert f"{working_day(5):%d/%m/%Y}" in refused.value.message


def test_due_day_that_leaves_a_short_reserve_is_the_signers_to_confirm(world, assignment):
    term_in(assignment, 5)

    assert prepare(world, assignment, due_on=working_day(4)).due_on == working_day(4)


def test_due_day_that_has_passed_is_refused(world, assignment):
    with pytest.raises(DomainError) as refused:
        prepare(world, assignment, due_on=timezone.localdate() - timedelta(days=9))

    assert refused.value.field == "due_on"


# --- what is sent ----------------------------------------------------------------------------------------------------


def test_signed_request_takes_the_prepared_questions_and_which_answers_are_required(world, assignment):
    prepare(world, assignment, optional=frozenset({world.others[1].pk}), questions=[QUESTION])
    write_plan(assignment)

    send_request(world, assignment)

    consultation = Consultation.objects.get()
    assert [question.text for question in consultation.questions.all()] == [QUESTION.text]
    required = consultation.opinions.order_by("id").values_list("participation__agency__code", "is_required")
    assert dict(required) == {"s01": True, "s02": False}
    assert RequestDraft.objects.count() == 0


# --- whom to choose from ---------------------------------------------------------------------------------------------


def test_agencies_the_directive_names_are_those_of_every_assignment_and_not_those_chosen_later(world):
    other, later = make_agency("stnmt"), make_agency("them")
    rows = [
        AssignmentInput(
            title="Kế hoạch", text="x", lead=world.lead, coordinating=(world.others[0],), product=Product.PLAN
        ),
        AssignmentInput(title="Báo cáo", text="x", lead=other, coordinating=(world.lead,)),
    ]
    assignment = start(world, *rows)
    act(world.who("skhdt.specialist"), assignment, "receive", "accept")
    choose_coordinators(assignment, [later], actor=actor(world.who("skhdt.specialist")))

    assert requests.named_in_directive(assignment) == {world.others[0].pk, other.pk}


def test_last_answers_are_those_of_the_newest_round_without_the_withdrawn(world, disposing):
    assert {key: opinion.stance for key, opinion in requests.last_answers(disposing).items()} == {
        world.others[0].pk: Stance.AGREE_WITH_REMARKS,
        world.others[1].pk: Stance.AGREE,
    }
    assert [requests.has_remarks(opinion) for opinion in requests.last_answers(disposing).values()] == [
        True,
        False,
    ]

    Opinion.objects.filter(participation__agency=world.others[0]).update(
        state=OpinionState.WITHDRAWN,
        stance="",
        signed_by=None,
        withdrawn_reason="x",
        withdrawn_by=world.who("skhdt.head"),
    )

    assert set(requests.last_answers(disposing)) == {world.others[1].pk}


def test_agencies_chosen_for_another_round_are_asked_and_the_others_keep_their_part(world, disposing):
    prepare(world, disposing, agencies=world.others[:1])

    assert chosen(disposing) == {"s01": True}
    assert disposing.participations.coordinating().count() == 2


# --- asking again ----------------------------------------------------------------------------------------------------


def asked_again(world, assignment):
    """Ask s02 again, after nobody commented and s01 stayed silent."""
    write_plan(assignment)
    send_request(world, assignment)
    give(world, assignment, world.others[1])
    opinion = Opinion.objects.get(participation__agency=world.others[0])
    Opinion.objects.filter(pk=opinion.pk).update(is_required=False)
    rounds.close_early(assignment, actor=actor(world.who("skhdt.head")))
    prepare(world, assignment, agencies=world.others[1:])
    act(world.who("skhdt.specialist"), assignment, "dispose", "ask_again")
    return opinion.participation


def test_late_answer_is_not_taken_once_another_round_is_before_the_head(world, assignment):
    silent = asked_again(world, assignment)

    with pytest.raises(ConsultationClosedError):
        rounds.answer_again(silent, actor=actor(world.who("s01.head")))


def test_drafter_reads_why_the_head_returned_the_further_request(world, assignment):
    asked_again(world, assignment)
    assert returns.last_return(assignment) is None

    act(world.who("skhdt.head"), assignment, "sign_again", "return", reason="Bổ sung câu hỏi")

    assert returns.last_return(assignment).reason == "Bổ sung câu hỏi"
    act(world.who("skhdt.specialist"), assignment, "dispose", "ask_again")
    assert returns.last_return(assignment) is None
