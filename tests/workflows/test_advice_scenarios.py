"""What any system that asks agencies for their opinion must hold, one scenario a test, named for what it proves."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.authority import hats
from tests.factories import (
    World,
    act,
    actor,
    advance,
    attempt,
    make_agency,
    make_member,
    open_task,
    start,
)
from tests.workflows.office_calendar import VN
from tests.workflows.round_desk import answer, is_sound, open_nodes, opinion_of, phase_of
from workflows import policies
from workflows.domain import calendars, dispositions, editing, plans
from workflows.domain import rounds as domain
from workflows.domain.answering import RemarkInput
from workflows.domain.errors import DomainError, NotAllowedError
from workflows.domain.opinions import ConsultationClosedError, RequestWithdrawnError
from workflows.flows import rounds, steps, timers
from workflows.models import (
    Anchor,
    Assignment,
    CaseTask,
    Consultation,
    EarlierAnswer,
    Opinion,
    OpinionState,
    Phase,
    Remark,
    Reminder,
    Stance,
    Treatment,
)

pytestmark = [pytest.mark.django_db, pytest.mark.case(agencies=3, at="prepare_opinion")]

REMARK = RemarkInput("Đề nghị bổ sung nguồn vốn.")


def again(world: World, assignment: Assignment, *codes: str) -> Consultation:
    """Ask these agencies again about the revised draft."""
    chosen = [agency for agency in world.others if agency.code in codes]
    plans.choose_coordinators(assignment, chosen, actor=actor(world.who("skhdt.specialist")))
    act(world.who("skhdt.specialist"), assignment, "dispose", "ask_again")
    act(world.who("skhdt.head"), assignment, "sign_again", "send")
    return Consultation.objects.latest("round")


def dispose(world: World, assignment: Assignment) -> None:
    """Answer every remark and hand the plan on."""
    for remark in dispositions.open_remarks(assignment):
        dispositions.dispose_remark(
            remark,
            actor=actor(world.who("skhdt.specialist")),
            treatment=Treatment.EXPLAINED,
            text="Đã rõ",
        )


# --- the term ---------------------------------------------------------------------------------------------------------


def test_term_is_counted_over_working_days_and_skips_tet(world):
    calendars.invalidate()
    with time_machine.travel(datetime(2020, 1, 22, 9, tzinfo=VN), tick=False):
        assignment = start(world)
        advance(world, assignment, "prepare_opinion")
        due = timezone.localtime(Consultation.objects.get().due_at)
    calendars.invalidate()

    assert (due.date() - datetime(2020, 1, 22, tzinfo=VN).date()).days > 7  # Tết Canh Tý: 23 to 29 January
    assert calendars.load_calendar().is_working_day(due.date())


def test_term_is_not_restarted_by_an_answer_a_replacement_or_another_agency(world, assignment, head):
    due = Consultation.objects.get().due_at
    answer(world, assignment, "s01")
    rounds.answer_again(opinion_of("s01").participation, actor=actor(world.who("s01.specialist")))
    act(world.who("s01.head"), assignment, "replace_opinion", "sign", stance=Stance.AGREE)
    new = make_agency("s04")
    make_member(new, "HEAD")
    rounds.add_agencies(assignment, [new], actor=head)

    assert Consultation.objects.get().due_at == due
    dues = CaseTask.objects.open().filter(process__assignment=assignment).values_list("due_at", flat=True)
    assert set(dues.filter(flow_task_type="HUMAN")) == {due}
    assert CaseTask.objects.due_timers(at=due).count() == 1


def test_term_stops_for_the_agency_that_was_withdrawn(assignment, head):
    rounds.withdraw(opinion_of("s01"), reason="Không thuộc phạm vi", actor=head)

    timers.fire_due_timers(at=Consultation.objects.get().due_at)

    assert opinion_of("s01").state == OpinionState.WITHDRAWN
    assert opinion_of("s01").stance == ""


def test_agency_with_more_time_keeps_the_round_open_and_the_others_answer_late(world, assignment, head):
    due = Consultation.objects.get().due_at
    rounds.extend([opinion_of("s01")], until=due + timedelta(days=7), reason="Chờ số liệu", actor=head)

    assert timers.fire_due_timers(at=due) == 0
    with time_machine.travel(due + timedelta(days=1), tick=False):
        answer(world, assignment, "s01")
        answer(world, assignment, "s02")

    assert (opinion_of("s01").is_late, opinion_of("s02").is_late) == (False, True)
    assert timers.fire_due_timers(at=due + timedelta(days=7)) == 1
    assert opinion_of("s03").stance == Stance.DEEMED_AGREED
    assert phase_of(assignment) == Phase.DISPOSING


def test_agency_is_warned_before_its_term_ends_and_not_after_it_answered(world, assignment):
    answer(world, assignment, "s01")

    assert rounds.remind_due(at=Consultation.objects.get().remind_at) == 1

    reminded = Reminder.objects.values_list("opinion__participation__agency__code", flat=True)
    assert sorted(reminded) == ["s02", "s03"]


# --- answering --------------------------------------------------------------------------------------------------------


def test_nobody_answers_for_an_agency_that_was_not_asked(world, assignment):
    outsider = make_member(make_agency("ngoai"), "HEAD")
    task = open_task(assignment, "prepare_opinion", world.others[0])

    with pytest.raises(NotAllowedError):
        steps.perform(task, "sign", attempt(outsider), {"stance": Stance.AGREE})

    assert not policies.visible_assignments(hats(outsider), outsider).exists()
    assert opinion_of("s01").state == OpinionState.ASKED


def test_head_of_one_asked_agency_does_not_answer_for_another(world, assignment):
    task = open_task(assignment, "prepare_opinion", world.others[0])

    with pytest.raises(NotAllowedError):
        steps.perform(task, "sign", attempt(world.who("s02.head")), {"stance": Stance.AGREE})

    assert opinion_of("s01").state == OpinionState.ASKED


def test_specialist_prepares_and_only_the_head_gives(world, assignment):
    task = open_task(assignment, "prepare_opinion", world.others[0])
    with pytest.raises(NotAllowedError):
        steps.perform(task, "sign", attempt(world.who("s01.specialist")), {"stance": Stance.AGREE})

    act(
        world.who("s01.specialist"),
        assignment,
        "prepare_opinion",
        "prepare",
        agency=world.others[0],
        stance=Stance.AGREE,
    )

    assert opinion_of("s01").state == OpinionState.ASKED
    act(
        world.who("s01.head"),
        assignment,
        "sign_opinion",
        "sign",
        agency=world.others[0],
        stance=Stance.AGREE,
    )
    assert opinion_of("s01").prepared_by == world.who("s01.specialist")


def test_no_answer_is_taken_once_the_lead_has_started_on_the_answers(world, assignment):
    answer(world, assignment, "s01", Stance.AGREE_WITH_REMARKS, remarks=[REMARK])
    timers.fire_due_timers(at=Consultation.objects.get().due_at)
    dispose(world, assignment)

    with pytest.raises(ConsultationClosedError):
        rounds.answer_again(opinion_of("s02").participation, actor=actor(world.who("s02.specialist")))

    assert opinion_of("s02").stance == Stance.DEEMED_AGREED


def test_given_answer_does_not_change_after_the_round(world, assignment):
    for code in ("s01", "s02", "s03"):
        answer(world, assignment, code)

    with pytest.raises(ConsultationClosedError):
        rounds.answer_again(opinion_of("s01").participation, actor=actor(world.who("s01.specialist")))

    assert EarlierAnswer.objects.count() == 0


def test_answer_is_given_once_in_each_round(world, assignment):
    answer(world, assignment, "s01")
    given = opinion_of("s01")

    with pytest.raises(IntegrityError), transaction.atomic():
        Opinion.objects.create(consultation=given.consultation, participation=given.participation)


def test_repeated_press_gives_one_answer(world, assignment):
    task, key = open_task(assignment, "prepare_opinion", world.others[0]), uuid4()
    given = {"stance": Stance.AGREE_WITH_REMARKS, "remarks": [REMARK]}

    first = steps.perform(task, "sign", attempt(world.who("s01.head"), key=key), given)
    second = steps.perform(task, "sign", attempt(world.who("s01.head"), key=key), given)

    assert (second.subject_id, second.repeated) == (first.subject_id, True)
    assert Remark.objects.count() == 1


def test_answer_after_withdrawal_is_refused_with_the_reason(world, assignment, head):
    rounds.withdraw(opinion_of("s01"), reason="Không thuộc phạm vi", actor=head)

    with pytest.raises(RequestWithdrawnError, match="Không thuộc phạm vi"):
        rounds.answer_again(opinion_of("s01").participation, actor=actor(world.who("s01.head")))


# --- mandatory and optional -------------------------------------------------------------------------------------------


def test_mandatory_answer_holds_the_round_and_an_optional_one_does_not(world, head):
    assignment = start(world)
    advance(world, assignment, "draft")
    optional = [world.others[2].pk]
    plans.choose_coordinators(assignment, world.others, actor=head, optional=optional)
    plans_text(assignment)
    act(world.who("skhdt.specialist"), assignment, "draft", "finish")
    act(world.who("skhdt.head"), assignment, "sign_request", "send")
    answer(world, assignment, "s01")

    with pytest.raises(DomainError, match="S02"):
        rounds.close_early(assignment, actor=head)
    answer(world, assignment, "s02")
    rounds.close_early(assignment, actor=head)

    assert opinion_of("s03").stance == Stance.NO_REPLY
    assert phase_of(assignment) == Phase.DISPOSING


def plans_text(assignment: Assignment) -> None:
    """Write the draft that is sent."""
    revision = plans.current_revision(assignment)
    editing.insert_paragraph(
        revision, after=None, level="POINT", text="Rà soát từng dự án.", actor=actor_of(assignment)
    )


def actor_of(assignment: Assignment):
    """Return the lead's specialist."""
    return actor(assignment.lead.positions.get(position="SPECIALIST").memberships.get().user)


# --- what an answer is bound to ---------------------------------------------------------------------------------------


def test_answer_stays_with_the_revision_it_judged_when_the_text_moves_on(world, assignment, head):
    judged = Consultation.objects.get().revision
    key = judged.paragraphs.order_by("-position")[0].key
    remark = RemarkInput("Nêu rõ thời hạn.", anchor=Anchor.PARAGRAPH, anchor_key=key)
    answer(world, assignment, "s01", Stance.AGREE_WITH_REMARKS, remarks=[remark])
    timers.fire_due_timers(at=Consultation.objects.get().due_at)
    label = Remark.objects.get().anchor_label
    current = plans.current_revision(assignment)

    editing.remove_paragraph(current, key, actor=actor(world.who("skhdt.specialist")))

    opinion, kept = opinion_of("s01"), Remark.objects.get()
    judged.refresh_from_db()
    assert opinion.consultation.revision == judged
    assert current.number == judged.number + 1
    assert (kept.anchor_key, kept.anchor_label) == (key, label)
    assert judged.paragraphs.filter(key=key).exists()
    assert not current.paragraphs.filter(key=key).exists()


def test_answer_outlives_the_choice_that_asked_for_it(world, assignment):
    """An agency that is not asked again keeps its answer on record and the right to read it."""
    answer(world, assignment, "s01", Stance.AGREE_WITH_REMARKS, remarks=[REMARK])
    timers.fire_due_timers(at=Consultation.objects.get().due_at)
    dispose(world, assignment)
    again(world, assignment, "s02")

    user = world.who("s01.head")
    seen = policies.visible_opinions(hats(user), user, assignment).filter(answer_known=True)
    assert [opinion.pk for opinion in seen] == [opinion_of("s01").pk]
    assert opinion_of("s01").stance == Stance.AGREE_WITH_REMARKS
    assert Remark.objects.get().disposition.published_at is not None


def test_asked_again_is_another_answer_on_another_revision(world, assignment):
    for code in ("s01", "s02", "s03"):
        answer(world, assignment, code)
    second = again(world, assignment, "s01", "s02")
    answer(world, assignment, "s01", Stance.DISAGREE, reason="Chưa phù hợp")

    first = Consultation.objects.get(round=1)
    assert opinion_of("s01", 1).stance == Stance.AGREE
    assert opinion_of("s01", 2).stance == Stance.DISAGREE
    assert second.revision.number == first.revision.number + 1
    assert not Opinion.objects.filter(consultation=second, participation__agency__code="s03").exists()
    assert open_nodes(assignment) == ["prepare_opinion"]
    assert is_sound()


def test_silence_in_the_first_round_does_not_answer_the_second(world, assignment):
    timers.fire_due_timers(at=Consultation.objects.get().due_at)
    again(world, assignment, "s01")

    assert (opinion_of("s01", 1).state, opinion_of("s01", 2).state) == (
        OpinionState.SILENT,
        OpinionState.ASKED,
    )


def test_round_ends_once_though_the_last_answer_and_the_clock_meet(world, assignment):
    due = Consultation.objects.get().due_at
    for code in ("s01", "s02", "s03"):
        answer(world, assignment, code)

    assert timers.fire_due_timers(at=due) == 0
    assert CaseTask.objects.filter(process__assignment=assignment, flow_task_type="JOIN").count() == 1
    assert open_nodes(assignment) == ["dispose"]


# --- confidentiality --------------------------------------------------------------------------------------------------


def prepared(world: World, assignment: Assignment) -> None:
    act(
        world.who("s01.specialist"),
        assignment,
        "prepare_opinion",
        "prepare",
        agency=world.others[0],
        stance=Stance.DISAGREE,
        reason="Lời chưa ký",
    )


def test_answer_is_hidden_from_everybody_outside_while_it_is_drafted(world, assignment):
    prepared(world, assignment)

    for name in ("skhdt.head", "s02.head", "vp.specialist", "ubnd.chair"):
        user = world.who(name)
        assert not policies.visible_opinions(hats(user), user, assignment).exists(), name
    assert Opinion.objects.exclude(stance="").count() == 0


@pytest.mark.parametrize(
    ("seen", "counts"),
    [
        ({"before": "OWN", "after": "ALL"}, (0, 1)),
        ({"before": "OWN", "after": "OWN"}, (0, 0)),
        ({"before": "ALL", "after": "ALL"}, (1, 1)),
        ({"before": "ALL", "after": "OWN"}, (1, 0)),
    ],
)
def test_others_answers_are_read_as_the_setting_says(world, assignment, settings, seen, counts):
    settings.OPINIONS_SEEN = seen
    answer(world, assignment, "s01", Stance.DISAGREE, reason="Chưa phù hợp")
    user = world.who("s02.head")
    s01 = policies.visible_opinions(hats(user), user, assignment).filter(
        participation__agency__code="s01", answer_known=False
    )

    while_open = s01.count()
    timers.fire_due_timers(at=Consultation.objects.get().due_at)

    assert (while_open, s01.count()) == counts


def test_agency_that_was_withdrawn_reads_nobodys_answer(world, assignment, head):
    answer(world, assignment, "s01", Stance.DISAGREE, reason="Chưa phù hợp")
    user = world.who("s02.head")
    seen = policies.visible_opinions(hats(user), user, assignment)
    rounds.withdraw(opinion_of("s02"), reason="Không thuộc phạm vi", actor=head)
    timers.fire_due_timers(at=Consultation.objects.get().due_at)

    assert seen.count() == 0
    beside = world.who("s03.head")
    assert policies.visible_opinions(hats(beside), beside, assignment).count() == 2


def test_wish_for_more_time_ends_with_the_request_that_caused_it(world, assignment, head):
    opinion = opinion_of("s01")
    domain.ask_extension(
        opinion,
        until=Consultation.objects.get().due_at + timedelta(days=3),
        reason="Chờ số liệu",
        actor=actor(world.who("s01.specialist")),
    )
    rounds.withdraw(opinion, reason="Không thuộc phạm vi", actor=head)

    assert opinion.extensions.get().state == "REFUSED"
    assert opinion.extensions.get().answer == "Không thuộc phạm vi"
