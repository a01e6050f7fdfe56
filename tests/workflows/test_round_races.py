"""What happens to a round when two acts meet: one is first, the other is told, nothing is stuck or done twice."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connections

from tests.factories import (
    actor,
    advance,
    attempt,
    make_agency,
    make_member,
    make_world,
    open_task,
    start,
)
from tests.workflows.round_desk import is_sound
from workflows.domain import dispositions
from workflows.domain.answering import RemarkInput
from workflows.domain.dispositions import AnswerToRemark
from workflows.domain.errors import AlreadyDoneError, DomainError
from workflows.domain.phases import HandedOnError
from workflows.flows import rounds, steps, timers
from workflows.models import (
    CaseTask,
    Closing,
    Consultation,
    Opinion,
    OpinionState,
    Phase,
    Stance,
    Treatment,
)

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

TRIES = 4
AT_ONCE = 5
ROUNDS = 8


@pytest.fixture
def world():
    return make_world(2)


def begun(world):
    assignment = start(world)
    advance(world, assignment, "prepare_opinion")
    return assignment


def race(*acts: Callable[[], object]) -> list[object]:
    """Do the acts at the same instant; return what each returned, or the refusal it met."""
    barrier, outcomes = threading.Barrier(len(acts)), [None] * len(acts)

    def run(number: int, act: Callable[[], object]) -> None:
        barrier.wait()
        try:
            outcomes[number] = act()
        except DomainError as refusal:
            outcomes[number] = refusal
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def signing(world, assignment, code, **given):
    """Return the act of a head who signs an answer on a page drawn now."""
    agency = next(agency for agency in world.others if agency.code == code)
    task = open_task(assignment, "prepare_opinion", agency)
    by = attempt(world.who(f"{code}.head"))
    return lambda: steps.perform(task, "sign", by, {"stance": Stance.AGREE} | given)


def joins(assignment) -> int:
    return CaseTask.objects.filter(process__assignment=assignment, flow_task_type="JOIN").count()


def assert_moved_on_once(assignment):
    """The round is closed once and the lead's next task waits once."""
    assignment.refresh_from_db()
    waiting = CaseTask.objects.open().filter(process__assignment=assignment)
    assert assignment.phase == Phase.DISPOSING
    assert [task.flow_task.name for task in waiting] == ["dispose"]
    assert Consultation.objects.filter(assignment=assignment, closed_at=None).count() == 0
    assert is_sound()


def test_all_agencies_answering_at_once_join_once():
    world = make_world(AT_ONCE)
    for _round in range(ROUNDS):
        assignment = begun(world)

        outcomes = race(*(signing(world, assignment, agency.code) for agency in world.others))

        assert [outcome for outcome in outcomes if isinstance(outcome, Exception)] == []
        assert joins(assignment) == 1
        assert_moved_on_once(assignment)


def test_last_answer_and_the_clock_close_the_round_once(world):
    for _try in range(TRIES):
        assignment = begun(world)
        give(world, assignment, "s01")
        due = Consultation.objects.get(assignment=assignment).due_at

        race(signing(world, assignment, "s02"), lambda due=due: timers.fire_due_timers(at=due))
        timers.fire_due_timers(at=due)

        last = Opinion.objects.get(consultation__assignment=assignment, participation__agency__code="s02")
        closing = Consultation.objects.get(assignment=assignment).closing
        assert (closing, last.state) in {
            (Closing.ALL_ANSWERED, OpinionState.GIVEN),
            (Closing.DUE, OpinionState.SILENT),
        }
        assert_moved_on_once(assignment)


def give(world, assignment, code):
    signing(world, assignment, code)()


def test_last_answer_and_its_withdrawal_leave_one_of_them(world):
    head = actor(world.who("skhdt.head"))
    for _try in range(TRIES):
        assignment = begun(world)
        give(world, assignment, "s01")
        opinion = Opinion.objects.get(consultation__assignment=assignment, participation__agency__code="s02")

        given, withdrawn = race(
            signing(world, assignment, "s02"),
            lambda opinion=opinion: rounds.withdraw(opinion, reason="Không thuộc phạm vi", actor=head),
        )

        assert isinstance(given, Exception) != isinstance(withdrawn, Exception)
        opinion.refresh_from_db()
        assert opinion.state == (
            OpinionState.WITHDRAWN if isinstance(given, Exception) else OpinionState.GIVEN
        )
        assert_moved_on_once(assignment)


def test_agency_added_at_the_last_answer_is_waited_for_or_refused(world):
    head, new = actor(world.who("skhdt.head")), make_agency("s03")
    make_member(new, "HEAD")
    for _try in range(TRIES):
        assignment = begun(world)
        give(world, assignment, "s01")

        _given, added = race(
            signing(world, assignment, "s02"),
            lambda assignment=assignment: rounds.add_agencies(assignment, [new], actor=head),
        )

        assignment.refresh_from_db()
        if isinstance(added, HandedOnError):
            assert_moved_on_once(assignment)
        else:
            assert assignment.phase == Phase.CONSULTING
            assert open_task(assignment, "prepare_opinion").participation.agency == new
            assert is_sound()


def test_two_heads_closing_early_close_once(world):
    head = actor(world.who("skhdt.head"))
    for _try in range(TRIES):
        assignment = begun(world)
        Opinion.objects.filter(consultation__assignment=assignment).update(is_required=False)

        def close(assignment=assignment):
            return rounds.close_early(assignment, actor=head)

        outcomes = race(close, close)

        assert [isinstance(outcome, HandedOnError) for outcome in outcomes].count(True) == 1
        assert_moved_on_once(assignment)


def test_answer_and_early_closing_never_lose_the_answer(world):
    head = actor(world.who("skhdt.head"))
    for _try in range(TRIES):
        assignment = begun(world)
        Opinion.objects.filter(consultation__assignment=assignment).update(is_required=False)

        given, _closed = race(
            signing(world, assignment, "s01"),
            lambda assignment=assignment: rounds.close_early(assignment, actor=head),
        )

        opinion = Opinion.objects.get(consultation__assignment=assignment, participation__agency__code="s01")
        assert opinion.state == (OpinionState.SILENT if isinstance(given, Exception) else OpinionState.GIVEN)
        assert_moved_on_once(assignment)


def test_more_time_and_the_clock_never_both_win(world):
    head = actor(world.who("skhdt.head"))
    for _try in range(TRIES):
        assignment = begun(world)
        give(world, assignment, "s01")
        opinion = Opinion.objects.select_related("consultation__assignment__directive").get(
            consultation__assignment=assignment, participation__agency__code="s02"
        )
        due = opinion.consultation.due_at
        later = due + timedelta(days=7)

        extended, fired = race(
            lambda opinion=opinion, later=later: rounds.extend(
                [opinion], until=later, reason="Chờ số liệu", actor=head
            ),
            lambda due=due: timers.fire_due_timers(at=due),
        )

        assert isinstance(extended, HandedOnError) == bool(fired)
        assignment.refresh_from_db()
        assert assignment.phase == (Phase.DISPOSING if fired else Phase.CONSULTING)
        assert timers.fire_due_timers(at=later) == (0 if fired else 1)
        assert_moved_on_once(assignment)


def test_late_answer_and_the_first_disposition_are_in_order(world):
    specialist = actor(world.who("skhdt.specialist"))
    for _try in range(TRIES):
        assignment = begun(world)
        signing(
            world,
            assignment,
            "s01",
            stance=Stance.AGREE_WITH_REMARKS,
            remarks=[RemarkInput("Đề nghị bổ sung.")],
        )()
        timers.fire_due_timers(at=Consultation.objects.get(assignment=assignment).due_at)
        silent = Opinion.objects.select_related("participation__assignment__directive").get(
            consultation__assignment=assignment, participation__agency__code="s02"
        )
        task = rounds.answer_again(silent.participation, actor=actor(world.who("s02.head")))
        late_task = CaseTask.objects.with_case().get(pk=task.pk)
        (remark,) = dispositions.open_remarks(assignment)
        by = attempt(world.who("s02.head"))

        given, disposed = race(
            lambda task=late_task, by=by: steps.perform(task, "sign", by, {"stance": Stance.AGREE}),
            lambda remark=remark: rounds.dispose_remarks(
                {remark: 0}, AnswerToRemark(Treatment.EXPLAINED, "Đã rõ"), actor=specialist
            ),
        )

        silent.refresh_from_db()
        assert not isinstance(disposed, Exception)
        assert silent.state == (OpinionState.SILENT if isinstance(given, Exception) else OpinionState.GIVEN)
        started = Consultation.objects.get(assignment=assignment).disposition_started_at
        assert isinstance(given, Exception) or silent.answered_at <= started
        assert_moved_on_once(assignment)


def disagreeing(task, user, reason):
    """Return the act of a person who disagrees on a page drawn now."""
    by = attempt(user)
    return lambda: steps.perform(task, "sign", by, {"stance": Stance.DISAGREE, "reason": reason})


def test_two_people_of_one_agency_in_the_same_second_give_one_answer(world):
    second = make_member(world.others[0], "DEPUTY_HEAD")
    for _try in range(TRIES):
        assignment = begun(world)
        task = open_task(assignment, "prepare_opinion", world.others[0])
        words = ("Ý kiến của Giám đốc", "Ý kiến của Phó Giám đốc")
        people = (world.who("s01.head"), second)

        outcomes = race(*(disagreeing(task, *pair) for pair in zip(people, words, strict=True)))

        refused = [outcome for outcome in outcomes if isinstance(outcome, AlreadyDoneError)]
        winner = words[0 if outcomes[1] is refused[0] else 1]
        opinion = Opinion.objects.get(consultation__assignment=assignment, participation__agency__code="s01")
        assert (len(refused), opinion.reason) == (1, winner)
        assert str(opinion.signed_by.full_name) in str(refused[0])


def test_replacement_and_the_last_answer_keep_what_was_signed(world):
    for _try in range(TRIES):
        assignment = begun(world)
        give(world, assignment, "s01")
        part = (
            Opinion.objects.select_related("participation__assignment__directive")
            .get(consultation__assignment=assignment, participation__agency__code="s01")
            .participation
        )
        task = rounds.answer_again(part, actor=actor(world.who("s01.head")))
        replacing = CaseTask.objects.with_case().get(pk=task.pk)
        by = attempt(world.who("s01.head"))

        replaced, _last = race(
            lambda task=replacing, by=by: steps.perform(
                task, "sign", by, {"stance": Stance.DISAGREE, "reason": "Đổi ý"}
            ),
            signing(world, assignment, "s02"),
        )

        opinion = Opinion.objects.get(consultation__assignment=assignment, participation__agency__code="s01")
        kept = Stance.AGREE if isinstance(replaced, Exception) else Stance.DISAGREE
        assert (opinion.stance, opinion.earlier.count()) == (kept, int(kept == Stance.DISAGREE))
        assert joins(assignment) == 1
        assert_moved_on_once(assignment)
