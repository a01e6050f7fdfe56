import uuid
from datetime import timedelta
from functools import partial

import pytest
from celery import current_app
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from notifications import loops, notices, relay
from notifications.models import Event, Notification, NotificationCursor
from notifications.tasks import relay_sweep

NOW = timezone.now()
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def sweep(hints):
    """Sweep at a moment safely after the acts."""
    return lambda at=LATER, **limits: relay.dispatch_pending(at=at, **limits)


def rows() -> list[tuple[str, int, int]]:
    """Say who was told what: user name, her number, the event's place in its chain."""
    found = Notification.objects.order_by("user__username", "seq")
    return list(found.values_list("user__username", "seq", "event__seq"))


def test_dispatch_gives_each_reader_her_own_gapless_numbers(person, act, told, sweep, hints):
    a, b = person("a"), person("b")
    act(to=[a, b])
    act(to=[b])
    act(to=[b, a])

    assert sweep() == 3

    assert rows() == [("a", 1, 1), ("a", 2, 3), ("b", 1, 1), ("b", 2, 2), ("b", 3, 3)]
    cursors = NotificationCursor.objects.order_by("user__username").values_list("last_seq", "read_seq")
    assert list(cursors) == [(2, 0), (3, 0)]
    assert hints == [{a.pk: 1, b.pk: 1}, {b.pk: 2}, {a.pk: 2, b.pk: 3}]


def test_dispatch_keeps_the_order_of_each_chain(person, act, told, sweep):
    reader, chains = person("a"), [str(uuid.uuid4()) for _ in range(3)]
    for n in range(9):
        act(to=[reader], chain=chains[n % 3])

    sweep()

    told_in_order = Notification.objects.order_by("seq").values_list("event__chain", "event__seq")
    for chain in chains:
        assert [seq for name, seq in told_in_order if name == chain] == [1, 2, 3]


def test_own_act_is_silent(person, act, told, sweep, hints):
    actor, other = person("a"), person("b")
    act(to=[actor, other], by=actor)
    act(to=[actor], by=actor)

    assert sweep() == 2

    assert rows() == [("b", 1, 1)]
    assert hints == [{other.pk: 1}, {}]


def test_reader_named_twice_is_told_once(person, act, told, sweep):
    reader = person("a")
    act(to=[reader, reader])

    sweep()

    assert rows() == [("a", 1, 1)]


def test_cursors_are_locked_in_the_order_of_keys(person, act, told, sweep, hints):
    """Two relays with the same readers must not wait for each other."""
    a, b, c = person("a"), person("b"), person("c")
    type(a).objects.filter(pk=a.pk).update(username="z")  # PostgreSQL writes the row anew, behind the others
    act(to=[c, b, a])

    sweep()

    assert list(hints[0]) == [a.pk, b.pk, c.pk]


def test_key_of_nobody_is_passed_over(person, act, told, sweep):
    reader, stranger = person("a"), get_user_model()(pk=987_654)
    act(to=[stranger, reader])

    sweep()

    assert rows() == [("a", 1, 1)]


def test_kind_without_notice_is_settled_and_tells_nobody(person, act, told, sweep):
    act(to=[person("a")], kind="nobody.asked")

    assert sweep() == 1

    assert rows() == []
    assert not Event.objects.pending().exists()


def test_second_sweep_tells_nobody_twice(person, act, told, sweep):
    act(to=[person("a")])
    sweep()

    assert sweep() == 0

    assert rows() == [("a", 1, 1)]


def test_repeat_of_a_told_event_gives_no_duplicate_and_no_gap(person, act, told, sweep):
    a, b = person("a"), person("b")
    event = act(to=[a])
    sweep()
    event.data["to"] = [a.pk, b.pk]  # b has joined since
    Event.objects.update(dispatched_at=None, claimed_until=LATER)
    event.claimed_until = LATER

    relay.dispatch(event, at=LATER)

    assert rows() == [("a", 1, 1), ("b", 1, 1)]
    assert NotificationCursor.objects.get(user=a).last_seq == 1


def test_claimed_event_is_not_claimed_again_before_the_lease_ends(person, act, told):
    event = act(to=[person("a")])

    assert relay.claim(10, at=LATER) == [event]
    assert relay.claim(10, at=LATER + timedelta(seconds=59)) == []
    assert relay.claim(10, at=LATER + timedelta(seconds=60)) == [event]


def test_crash_between_claim_and_commit_recovers_after_the_lease(person, act, told, sweep):
    act(to=[person("a")])
    relay.claim(10, at=LATER)  # and the process dies here

    assert sweep(LATER + timedelta(seconds=30)) == 0
    assert sweep(LATER + timedelta(seconds=61)) == 1

    assert rows() == [("a", 1, 1)]


def test_relay_that_lost_its_lease_tells_nobody(person, act, told, sweep):
    act(to=[person("a")])
    [stale] = relay.claim(10, at=LATER)
    sweep(LATER + timedelta(minutes=2))

    assert relay.dispatch(stale, at=LATER + timedelta(minutes=3)) == {}

    assert rows() == [("a", 1, 1)]


def test_relay_that_lost_its_lease_does_not_write_its_failure(person, act, told, sweep):
    act(to=[person("a")])
    [stale] = relay.claim(10, at=LATER)
    [current] = relay.claim(10, at=LATER + timedelta(minutes=2))

    relay._record_failure(stale, error="late", at=LATER + timedelta(minutes=2))

    assert Event.objects.values_list("last_error", "claimed_until").get() == ("", current.claimed_until)


def test_crash_in_the_middle_of_dispatch_leaves_nothing(person, act, told, sweep, monkeypatch):
    act(to=[person("a")])
    with monkeypatch.context() as broken:
        broken.setattr(Notification.objects, "bulk_create", lambda _rows: 1 / 0)
        assert sweep() == 0
    assert not NotificationCursor.objects.exists()

    assert sweep(LATER + timedelta(seconds=2)) == 1

    assert rows() == [("a", 1, 1)]


def test_failure_is_written_down_and_waits(person, act, told, sweep):
    act(to=[person("a")])
    told.failing = True

    assert sweep() == 0

    state = Event.objects.values("attempts", "last_error", "claimed_until", "dispatched_at", "dead_at").get()
    assert state == {
        "attempts": 1,
        "last_error": "LookupError: no such committee",
        "claimed_until": LATER + timedelta(seconds=2),
        "dispatched_at": None,
        "dead_at": None,
    }


def test_failing_event_holds_back_its_own_chain_only(person, act, told, sweep):
    reader, other = person("a"), str(uuid.uuid4())
    act(to=[reader])
    act(to=[reader])
    [first] = relay.claim(1, at=LATER)
    relay._record_failure(first, error="x", at=LATER)
    act(to=[reader], chain=other)

    assert sweep() == 1
    assert list(Notification.objects.values_list("event__chain", flat=True)) == [other]

    assert sweep(LATER + timedelta(seconds=2)) == 2
    assert rows() == [("a", 1, 1), ("a", 2, 1), ("a", 3, 2)]


def test_event_is_given_up_after_twelve_attempts_and_its_chain_goes_on(person, act, told, sweep):
    reader = person("a")
    poison = act(to=[reader])
    told.failing = True
    at = LATER
    for attempt in range(1, 13):
        assert sweep(at) == 0
        assert Event.objects.get().attempts == attempt
        assert (Event.objects.get().dead_at is not None) == (attempt == 12)
        at += relay.LONGEST_BACKOFF
    told.failing = False
    act(to=[reader])

    assert sweep(at) == 1

    assert Event.objects.dead().get() == poison
    assert rows() == [("a", 1, 2)]


def test_event_that_kills_its_process_is_given_up_too(person, act, told, sweep):
    act(to=[person("a")])
    for attempt in range(12):
        assert len(relay.claim(1, at=LATER + attempt * relay.LEASE)) == 1

    assert sweep(LATER + 12 * relay.LEASE) == 0

    assert Event.objects.dead().get().last_error == "the process ended during every attempt"
    assert rows() == []


def test_replay_dead_gives_an_event_another_chance(person, act, told, sweep, capsys):
    act(to=[person("a")], chain="x")
    Event.objects.update(dead_at=NOW, attempts=12)
    assert sweep() == 0

    call_command("replay_dead", chain="other")
    assert sweep() == 0
    call_command("replay_dead")
    assert sweep() == 1

    assert capsys.readouterr().out == "events replayed: 0\nevents replayed: 1\n"
    assert rows() == [("a", 1, 1)]


@pytest.mark.parametrize(("attempts", "seconds"), [(1, 2), (2, 4), (9, 512), (10, 600), (12, 600)])
def test_backoff_doubles_up_to_ten_minutes(attempts, seconds):
    assert relay.backoff(attempts) == timedelta(seconds=seconds)


def test_limit_bounds_a_sweep(person, act, told, sweep):
    reader = person("a")
    for _ in range(5):
        act(to=[reader])

    assert sweep(limit=3) == 3
    assert sweep(limit=3) == 2


@pytest.mark.parametrize("readers", [1, 3, 40])
def test_statements_of_a_dispatch_do_not_depend_on_the_readers(
    person, act, told, readers, django_assert_num_queries
):
    act(to=[person(f"p{n}") for n in range(readers)])
    [event] = relay.claim(1, at=LATER)

    # savepoint, mark, cursors, notifications, release
    with django_assert_num_queries(5):
        relay.dispatch(event, at=LATER)

    assert Notification.objects.count() == readers


@pytest.mark.parametrize("chains", [1, 3])
def test_statements_of_a_claim_do_not_depend_on_the_events(person, act, chains, django_assert_num_queries):
    for _ in range(chains):
        act(to=[], chain=str(uuid.uuid4()))

    # savepoint, select, update, release
    with django_assert_num_queries(4):
        assert len(relay.claim(10, at=LATER)) == chains


def test_idle_sweep_is_one_select(db, sweep, django_assert_num_queries):
    # savepoint, select, release
    with django_assert_num_queries(3):
        sweep()


def test_numbers_and_events_are_unique_per_reader(person, act, told, sweep):
    reader = person("a")
    event = act(to=[reader])
    sweep()

    for repeat in ({"seq": 1, "event": act()}, {"seq": 2, "event": event}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Notification.objects.create(user=reader, created_at=NOW, **repeat)


def test_wake_without_loop_and_broker_does_nothing(settings):
    settings.CELERY_BROKER_URL = None

    assert relay.wake() is None


def test_wake_survives_a_broker_that_is_down(settings, monkeypatch):
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1"
    asked = []

    def refuse(task, **options) -> None:
        asked.append((task, options))
        raise ConnectionRefusedError

    monkeypatch.setattr(current_app, "send_task", refuse)

    relay.wake()

    assert asked == [(relay_sweep.name, {"retry": False, "expires": 10.0})]


def test_every_job_that_is_woken_names_a_task_that_exists():
    current_app.loader.import_default_modules()
    woken = [job for job in loops.registered() if job.task]

    assert {job.name for job in woken} == {"relay", "papers", "scans", "handing back"}
    assert {job.task for job in woken} <= set(current_app.tasks)


def test_task_sweeps(person, act, told, hints):
    act(to=[person("a")])

    assert relay_sweep() == 1
    assert rows() == [("a", 1, 1)]


def test_relay_command_empties_the_outbox(person, act, told, hints, capsys):
    reader = person("a")
    for _ in range(3):
        act(to=[reader])

    call_command("relay")

    assert capsys.readouterr().out == "events told: 3\n"
    assert len(hints) == 3


def test_second_notice_of_a_kind_is_refused(told):
    notice = notices.get("test.told")
    assert notices.register(notice) is notice
    other = notices.Notice(
        kind="test.told", recipients=list, text=str, url=str, visible=lambda _user, _events: set()
    )

    with pytest.raises(ValueError, match="two notices"):
        notices.register(other)


def test_sweep_drains_a_backlog_of_several_rounds(person, act, told, hints, monkeypatch):
    reader = person("a")
    for _ in range(3):
        act(to=[reader])
    monkeypatch.setattr(relay, "dispatch_pending", partial(relay.dispatch_pending, 1))

    assert relay.sweep() == 3
    assert relay.sweep() == 0
