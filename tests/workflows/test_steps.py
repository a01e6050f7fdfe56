"""The one door: once, by the right person, on what she saw."""

import threading
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission
from django.db import connections

from accounts.models import AgencyKind, Membership
from notifications.models import Event
from tests.factories import (
    LONG_AGO,
    act,
    advance,
    attempt,
    make_agency,
    make_directive,
    make_position,
    make_user,
    make_world,
    open_task,
    stamp,
    start,
)
from workflows.domain.errors import AlreadyDoneError, KeyReusedError, NotAllowedError, StaleError
from workflows.flows import starting, steps
from workflows.models import Decision, IdempotencyKey, InboxEntry, ParticipationUserGrant


@pytest.fixture
def deciding(db):
    world = make_world(1)
    assignment = start(world)
    advance(world, assignment, "decide")
    return world, assignment


def test_repeat_with_the_same_key_gets_the_first_answer(deciding):
    world, assignment = deciding
    task = open_task(assignment, "decide")
    again = attempt(world.who("ubnd.chair"), stamp(assignment))

    first = steps.perform(task, "approve", again, {})
    events = Event.objects.count()
    second = steps.perform(task, "approve", again, {})

    assert (first.subject_id, second.subject_id) == (first.subject_id, first.subject_id)
    assert (first.repeated, second.repeated) == (False, True)
    assert Decision.objects.count() == 1
    assert Event.objects.count() == events


def test_same_key_for_another_act_is_refused(deciding):
    world, assignment = deciding
    task = open_task(assignment, "decide")
    once = attempt(world.who("ubnd.chair"), stamp(assignment))
    steps.perform(task, "approve", once, {})
    with pytest.raises(KeyReusedError):
        steps.perform(task, "approve", once, {"text": "khác"})


def test_loser_of_a_race_is_told_who_won_and_when(deciding):
    world, assignment = deciding
    task = open_task(assignment, "decide")
    seen = stamp(assignment)
    steps.perform(task, "approve", attempt(world.who("ubnd.chair"), seen), {})

    with pytest.raises(AlreadyDoneError) as lost:
        steps.perform(task, "return", attempt(world.who("ubnd.vice_chair"), seen), {"requirements": "x"})

    assert "Người ubnd.chair" in str(lost.value)
    task.refresh_from_db()
    assert lost.value.when == task.finished
    assert Decision.objects.get().verb == "APPROVED"


def test_page_that_is_no_longer_current_changes_nothing(deciding):
    world, assignment = deciding
    task = open_task(assignment, "decide")
    before = (Event.objects.count(), IdempotencyKey.objects.count(), InboxEntry.objects.open().count())
    with pytest.raises(StaleError):
        steps.perform(task, "approve", attempt(world.who("ubnd.chair"), "old"), {})
    assert (
        Event.objects.count(),
        IdempotencyKey.objects.count(),
        InboxEntry.objects.open().count(),
    ) == before


def test_verb_the_task_does_not_have_is_refused(deciding):
    world, assignment = deciding
    with pytest.raises(NotAllowedError):
        steps.perform(open_task(assignment, "decide"), "issue", attempt(world.who("ubnd.chair")), {})


def test_superuser_holds_no_business_right(deciding):
    _world, assignment = deciding

    root = make_user("root", is_superuser=True)
    with pytest.raises(NotAllowedError):
        steps.perform(open_task(assignment, "decide"), "approve", attempt(root, stamp(assignment)), {})


def test_ended_membership_ends_the_right(deciding):
    world, assignment = deciding
    chair = world.who("ubnd.chair")
    held = attempt(chair, stamp(assignment))
    from django.utils import timezone

    chair.memberships.update(valid_to=timezone.localdate())
    fresh = attempt(chair, stamp(assignment))
    with pytest.raises(NotAllowedError):
        steps.perform(open_task(assignment, "decide"), "approve", fresh, {})
    assert held.hats


def test_every_act_of_the_line_is_one_event_or_more_and_the_chain_holds(db):
    from notifications.chain import verify_all

    world = make_world(2)
    assignment = start(world)
    advance(world, assignment, "issued")
    kinds = list(
        Event.objects.filter(chain=assignment.directive.chain).order_by("seq").values_list("kind", flat=True)
    )
    assert kinds == [
        "directive.registered",
        "directive.issued",
        "assignment.accepted",
        "draft.finished",
        "consultation.requested",
        "opinion.given",
        "opinion.given",
        "consultation.closed",
        "dispositions.finished",
        "plan.submitted",
        "review.prepared",
        "review.signed",
        "plan.approved",
        "plan.issued",
    ]
    assert list(verify_all()) == []


def _race(jobs):
    """Run callables at the same moment in threads of their own; return what each returned or raised."""
    barrier = threading.Barrier(len(jobs))
    results = [None] * len(jobs)

    def run(index, job):
        barrier.wait()
        try:
            results[index] = job()
        except Exception as error:  # noqa: BLE001
            results[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(i, job)) for i, job in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_simultaneous_approvals_yield_one_decision():
    world = make_world(1)
    for _ in range(5):
        assignment = start(world)
        advance(world, assignment, "decide")
        task, seen = open_task(assignment, "decide"), stamp(assignment)
        people = [world.who("ubnd.chair"), world.who("ubnd.vice_chair")] * 4
        attempts = [attempt(person, seen) for person in people]
        results = _race([lambda a=a, task=task: steps.perform(task, "approve", a, {}) for a in attempts])

        won = [r for r in results if isinstance(r, steps.Answer)]
        assert len(won) == 1, results
        assert all(isinstance(r, AlreadyDoneError) for r in results if r not in won), results
        assert Decision.objects.filter(submission__assignment=assignment).count() == 1
        act(world.who("vp.clerk"), assignment, "issue", "issue")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_all_agencies_answering_at_once_never_stick():
    world = make_world(5)
    for _ in range(5):
        assignment = start(world)
        advance(world, assignment, "prepare_opinion")
        jobs = []
        for agency in world.others:
            task = open_task(assignment, "prepare_opinion", agency)
            once = attempt(world.who(f"{agency.code}.head"), key=uuid4())
            jobs.append(lambda t=task, a=once: steps.perform(t, "sign", a, {"stance": "AGREE"}))
        results = _race(jobs)
        assert all(isinstance(r, steps.Answer) for r in results), results
        open_task(assignment, "dispose")


def test_right_of_the_person_alone_opens_the_door(deciding):
    _world, assignment = deciding
    guest = make_user("guest")
    task = open_task(assignment, "decide")
    seen = stamp(assignment)
    with pytest.raises(NotAllowedError):
        steps.perform(task, "approve", attempt(guest, seen), {})

    permission = Permission.objects.get(codename="decide", content_type__app_label="workflows")
    elsewhere = make_position(make_agency("ubnd2", AgencyKind.COMMITTEE), "VICE_CHAIR")
    membership = Membership.objects.create(user=guest, agency_position=elsewhere, valid_from=LONG_AGO)
    ParticipationUserGrant.objects.create(
        user=guest, membership=membership, permission=permission, content_object=task.participation
    )
    steps.perform(task, "approve", attempt(guest, seen), {})

    assert Decision.objects.get().decided_by == guest


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_issuing_sent_twice_at_once_gets_the_first_answer_twice():
    world = make_world(1)
    clerk = world.who("vp.clerk")
    for _ in range(5):
        directive = make_directive(world)
        once = attempt(clerk)

        def issue(directive=directive, once=once):
            return steps.once(
                once, "directive.issue", {}, lambda: starting.issue_directive(directive, actor=once.actor)
            )

        results = _race([issue, issue])

        assert all(isinstance(r, steps.Answer) for r in results), results
        assert {r.subject_id for r in results} == {str(directive.pk)}
        assert sorted(r.repeated for r in results) == [False, True]
