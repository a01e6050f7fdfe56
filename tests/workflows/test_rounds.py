"""A round while it runs: added and withdrawn agencies, reminders, more time, closing early; the join fires once."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from notifications.models import Event
from tests.factories import (
    act,
    actor,
    make_agency,
    make_member,
    open_task,
    start,
)
from tests.workflows.round_desk import answer, is_sound, open_nodes, opinion_of, phase_of
from workflows.domain import consultations, reminders
from workflows.domain import rounds as domain
from workflows.domain.errors import DomainError
from workflows.domain.opinions import RequestWithdrawnError
from workflows.domain.phases import HandedOnError
from workflows.flows import rounds, timers
from workflows.models import (
    CaseTask,
    Closing,
    Consultation,
    Extension,
    ExtensionState,
    Opinion,
    OpinionState,
    Phase,
    Reminder,
    ReminderKind,
    Stance,
)

pytestmark = [pytest.mark.django_db, pytest.mark.case(agencies=3, at="prepare_opinion")]


# --- agencies added while the round is open ---------------------------------------------------------------------------


def test_added_agency_is_waited_for_and_the_join_fires_once(world, assignment, head):
    new = make_agency("s04")
    world.others.append(new)
    world.people["s04.head"] = make_member(new, "HEAD")
    rounds.add_agencies(assignment, [new], actor=head)
    for code in ("s01", "s02", "s03"):
        answer(world, assignment, code)

    assert phase_of(assignment) == Phase.CONSULTING
    answer(world, assignment, "s04")

    assert phase_of(assignment) == Phase.DISPOSING
    assert Consultation.objects.get().closing == Closing.ALL_ANSWERED
    assert CaseTask.objects.filter(process__assignment=assignment, flow_task_type="JOIN").count() == 1
    assert open_nodes(assignment) == ["dispose"]
    assert is_sound()


@pytest.mark.parametrize("size", [1, 3])
def test_adding_agencies_costs_the_same_however_many(assignment, head, size, django_assert_num_queries):
    new = [make_agency(f"x{n}") for n in range(size)]
    for agency in new:
        make_member(agency, "HEAD")

    with django_assert_num_queries(27):
        rounds.add_agencies(assignment, new, actor=head)

    assert Opinion.objects.filter(participation__agency__in=new).count() == size


def test_adding_an_agency_that_was_asked_names_it(world, assignment, head):
    with pytest.raises(DomainError, match="S02"):
        rounds.add_agencies(assignment, [make_agency("s09"), world.others[1]], actor=head)

    assert Opinion.objects.count() == 3


def test_withdrawn_agency_may_be_asked_anew(world, assignment, head):
    reminders.remind(assignment, actor=head)
    rounds.withdraw(opinion_of("s01"), reason="Nhầm cơ quan", actor=head)

    rounds.add_agencies(assignment, [world.others[0]], actor=head, is_required=False)

    opinion = opinion_of("s01")
    assert (opinion.state, opinion.withdrawn_reason, opinion.is_required) == (OpinionState.ASKED, "", False)
    assert Event.objects.get(kind="opinion.withdrawn").data["reason"] == "Nhầm cơ quan"
    answer(world, assignment, "s01")
    assert opinion_of("s01").state == OpinionState.GIVEN
    assert phase_of(assignment) == Phase.CONSULTING
    assert is_sound()


def test_adding_the_lead_is_refused(world, assignment, head):
    with pytest.raises(DomainError):
        rounds.add_agencies(assignment, [world.lead], actor=head)


def test_adding_after_the_round_is_refused(world, assignment, head):
    for code in ("s01", "s02", "s03"):
        answer(world, assignment, code)

    with pytest.raises(HandedOnError):
        rounds.add_agencies(assignment, [make_agency("s09")], actor=head)


# --- withdrawing ------------------------------------------------------------------------------------------------------


def test_withdrawn_agency_is_no_longer_waited_for(world, assignment, head):
    answer(world, assignment, "s01")
    answer(world, assignment, "s02")

    rounds.withdraw(opinion_of("s03"), reason="Không thuộc phạm vi", actor=head)

    assert phase_of(assignment) == Phase.DISPOSING
    assert CaseTask.objects.filter(process__assignment=assignment, flow_task_type="JOIN").count() == 1
    assert open_nodes(assignment) == ["dispose"]
    assert is_sound()


def test_withdrawing_one_of_several_leaves_the_others_waiting(world, assignment, head):
    rounds.withdraw(opinion_of("s03"), reason="Không thuộc phạm vi", actor=head)

    assert phase_of(assignment) == Phase.CONSULTING
    assert open_nodes(assignment) == ["prepare_opinion", "prepare_opinion"]
    assert is_sound()


def test_answer_after_withdrawal_is_refused_and_says_why(world, assignment, head):
    rounds.withdraw(opinion_of("s03"), reason="Không thuộc phạm vi", actor=head)

    with pytest.raises(RequestWithdrawnError, match="Không thuộc phạm vi"):
        rounds.answer_again(opinion_of("s03").participation, actor=actor(world.who("s03.head")))
    assert opinion_of("s03").state == OpinionState.WITHDRAWN


def test_page_sent_after_withdrawal_says_why_and_returns_every_word(world, assignment, head, client):
    task = open_task(assignment, "prepare_opinion", world.others[2])
    rounds.withdraw(opinion_of("s03"), reason="Không thuộc phạm vi", actor=head)
    client.force_login(world.who("s03.head"))
    typed = {"verb": "sign", "key": str(uuid4()), "stance": "DISAGREE", "reason": "Ba trang lập luận của Sở"}

    response = client.post(reverse("task", args=[task.public_id]), typed)

    html = response.content.decode()
    assert response.status_code == 409
    assert "Không thuộc phạm vi" in html
    assert "Ba trang lập luận của Sở" in html
    assert opinion_of("s03").state == OpinionState.WITHDRAWN


def test_agency_that_answered_cannot_be_withdrawn(world, assignment, head):
    answer(world, assignment, "s01")

    with pytest.raises(DomainError):
        rounds.withdraw(opinion_of("s01"), reason="Nhầm", actor=head)

    assert opinion_of("s01").state == OpinionState.GIVEN


def test_last_agency_cannot_be_withdrawn(world, assignment, head):
    rounds.withdraw(opinion_of("s01"), reason="Nhầm", actor=head)
    rounds.withdraw(opinion_of("s02"), reason="Nhầm", actor=head)

    with pytest.raises(DomainError):
        rounds.withdraw(opinion_of("s03"), reason="Nhầm", actor=head)


# --- reminders --------------------------------------------------------------------------------------------------------


def test_reminder_goes_to_the_silent_ones_alone(world, assignment, head):
    answer(world, assignment, "s01")

    reminders.remind(assignment, actor=head)

    reminded = Reminder.objects.order_by("opinion_id").values_list(
        "opinion__participation__agency__code", "kind"
    )
    assert list(reminded) == [("s02", ReminderKind.LEAD), ("s03", ReminderKind.LEAD)]
    assert Event.objects.get(kind="consultation.reminded").data["agencies"] == ["s02", "s03"]


def test_second_reminder_within_hours_is_refused_and_says_when_the_last_went(assignment, head):
    reminders.remind(assignment, actor=head)

    with pytest.raises(DomainError, match=f"{timezone.localtime():%d/%m/%Y}"):
        reminders.remind(assignment, actor=head)

    assert Reminder.objects.count() == 3


def test_clock_reminds_before_the_due_moment_once_for_each_setting(assignment):
    consultation = Consultation.objects.get()
    first = consultation.remind_at

    assert rounds.remind_due(at=first - timedelta(seconds=1)) == 0
    assert rounds.remind_due(at=first) == 1
    assert rounds.remind_due(at=first) == 0
    second = Consultation.objects.get().remind_at
    assert rounds.remind_due(at=second) == 1

    assert first < second < consultation.due_at
    assert Consultation.objects.get().remind_at is None
    assert Reminder.objects.filter(kind=ReminderKind.CLOCK).count() == 6


def test_agency_with_more_time_is_reminded_of_its_own_term(world, assignment, head):
    consultation = Consultation.objects.get()
    first = consultation.remind_at
    later = consultation.due_at + timedelta(days=21)
    rounds.extend([opinion_of("s01")], until=later, reason="Chờ số liệu", actor=head)

    rounds.remind_due(at=first)
    reminded = set(Reminder.objects.values_list("opinion__participation__agency__code", flat=True))
    answer(world, assignment, "s02")
    answer(world, assignment, "s03")
    rounds.remind_due(at=consultation.due_at)
    consultation.refresh_from_db()
    rounds.remind_due(at=consultation.remind_at)

    assert reminded == {"s02", "s03"}
    assert consultation.due_at < consultation.remind_at < later
    assert Reminder.objects.filter(opinion=opinion_of("s01")).count() == 1


def test_clock_reminds_nobody_after_the_round(world, assignment):
    first = Consultation.objects.get().remind_at
    for code in ("s01", "s02", "s03"):
        answer(world, assignment, code)

    assert rounds.remind_due(at=first) == 0


# --- more time --------------------------------------------------------------------------------------------------------


def test_extension_asked_and_given_moves_task_timer_and_inbox(world, assignment, head):
    due = Consultation.objects.get().due_at
    until = due + timedelta(days=3)
    domain.ask_extension(
        opinion_of("s01"), until=until, reason="Đang xin ý kiến Bộ", actor=actor(world.who("s01.head"))
    )

    rounds.extend([opinion_of("s01")], until=until, reason="Đồng ý", actor=head)

    extension = Extension.objects.get()
    assert (extension.state, extension.earlier_due, extension.granted_until) == (
        ExtensionState.GRANTED,
        due,
        until,
    )
    assert open_task(assignment, "prepare_opinion", world.others[0]).due_at == until
    assert timers.fire_due_timers(at=due) == 0
    assert timers.fire_due_timers(at=until) == 1
    assert phase_of(assignment) == Phase.DISPOSING


def test_extension_needs_a_reason_and_a_later_day(world, assignment):
    due, who = Consultation.objects.get().due_at, actor(world.who("s01.head"))

    with pytest.raises(DomainError):
        domain.ask_extension(opinion_of("s01"), until=due + timedelta(days=1), reason=" ", actor=who)
    with pytest.raises(DomainError):
        domain.ask_extension(opinion_of("s01"), until=due, reason="Bận", actor=who)

    assert Extension.objects.count() == 0


def test_refused_extension_keeps_the_first_term(world, assignment, head):
    due = Consultation.objects.get().due_at
    extension = domain.ask_extension(
        opinion_of("s01"), until=due + timedelta(days=1), reason="Bận", actor=actor(world.who("s01.head"))
    )

    domain.refuse_extension(extension, answer="Thời hạn gấp", actor=head)

    assert Extension.objects.get().state == ExtensionState.REFUSED
    assert opinion_of("s01").due == due


# --- closing early, further rounds ------------------------------------------------------------------------------------


def test_early_closing_waits_for_required_answers(assignment, head):
    with pytest.raises(DomainError, match="S01, S02, S03"):
        rounds.close_early(assignment, actor=head)

    assert phase_of(assignment) == Phase.CONSULTING


def test_early_closing_notes_the_optional_ones_as_no_reply(world, assignment, head):
    Opinion.objects.filter(participation__agency__code="s03").update(is_required=False)
    answer(world, assignment, "s01")
    answer(world, assignment, "s02")

    rounds.close_early(assignment, actor=head)

    consultation = Consultation.objects.get()
    assert (consultation.closing, consultation.closed_by) == (Closing.EARLY, head.user)
    assert opinion_of("s03").stance == Stance.NO_REPLY
    assert open_nodes(assignment) == ["dispose"]
    assert CaseTask.objects.due_timers(at=consultation.due_at + timedelta(days=9)).count() == 0
    assert is_sound()


def test_round_asked_again_keeps_the_first_with_its_revision(world, assignment, head):
    for code in ("s01", "s02", "s03"):
        answer(world, assignment, code)
    opinion_of("s02").participation.__class__.objects.filter(agency__code="s02").update(to_be_asked=True)
    act(world.who("skhdt.specialist"), assignment, "dispose", "ask_again")
    act(world.who("skhdt.head"), assignment, "sign_again", "send")

    first, second = Consultation.objects.order_by("round")
    assert (first.revision.number, second.revision.number, second.round) == (1, 2, 2)
    assert list(second.opinions.values_list("participation__agency__code", flat=True)) == ["s02"]
    assert opinion_of("s02", 1).stance == Stance.AGREE
    act(
        world.who("s02.head"),
        assignment,
        "prepare_opinion",
        "sign",
        agency=world.others[1],
        stance=Stance.AGREE,
    )
    assert phase_of(assignment) == Phase.DISPOSING
    assert is_sound()


def test_due_moment_must_leave_time_before_the_assignment_is_due(world, head):
    assignment = start(world)
    now = timezone.now()
    assignment.due_at = now + timedelta(days=10)

    with pytest.raises(DomainError):
        consultations.check_due(assignment, now + timedelta(days=11), now=now)
    with pytest.raises(consultations.ShortReserveError):
        consultations.check_due(assignment, now + timedelta(days=9, hours=23), now=now)
    consultations.check_due(
        assignment, now + timedelta(days=9, hours=23), now=now, accepts_short_reserve=True
    )
    consultations.check_due(assignment, now + timedelta(days=2), now=now)
