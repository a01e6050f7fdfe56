import asyncio
import threading

import pytest
from channels.layers import get_channel_layer
from django.db import connections

from notifications import loops, push, relay
from notifications.loops import EmbeddedLoop, Periodic
from notifications.models import Event

ALWAYS = 3600.0  # no second call within a test unless asked for


async def called(event: threading.Event) -> None:
    async with asyncio.timeout(3):
        while not event.is_set():  # noqa: ASYNC110 - the other side is a thread
            await asyncio.sleep(0.005)


def started(*jobs: Periodic) -> EmbeddedLoop:
    loop = EmbeddedLoop(jobs)
    loop.start(asyncio.get_running_loop())
    return loop


async def test_job_is_called_at_the_start_and_again_after_its_seconds():
    calls, thrice = [], threading.Event()

    def job() -> None:
        calls.append(threading.current_thread())
        if len(calls) == 3:
            thrice.set()

    loop = started(Periodic("job", 0.01, job))
    await called(thrice)
    await loop.stop()

    assert threading.main_thread() not in calls


async def test_nudged_job_is_called_at_once():
    calls, twice = [], threading.Event()

    def job() -> None:
        calls.append(1)
        if len(calls) == 2:
            twice.set()

    loop = started(Periodic("job", ALWAYS, job))
    await asyncio.to_thread(lambda: loops.nudge("job"))
    await called(twice)
    await loop.stop()

    assert loops.nudge("job") is False


async def test_nudge_during_a_call_is_not_lost():
    calls, twice, inside, go_on = [], threading.Event(), threading.Event(), threading.Event()

    def job() -> None:
        calls.append(1)
        inside.set()
        go_on.wait(3)
        if len(calls) == 2:
            twice.set()

    loop = started(Periodic("job", ALWAYS, job))
    await called(inside)
    loop.nudge("job")
    go_on.set()
    await called(twice)
    await loop.stop()

    assert len(calls) == 2


async def test_nudge_of_an_unknown_job_says_no():
    loop = started()

    assert loops.nudge("nothing") is False

    await loop.stop()


async def test_failing_job_is_logged_and_called_again(caplog):
    calls, twice = [], threading.Event()

    def job() -> None:
        calls.append(1)
        if len(calls) == 2:
            twice.set()
        raise ZeroDivisionError

    loop = started(Periodic("job", 0.01, job))
    await called(twice)
    await loop.stop()

    assert "periodic job failed" in [record.message for record in caplog.records]


async def test_slow_job_does_not_hold_up_another():
    held, ran = threading.Event(), threading.Event()

    loop = started(Periodic("slow", ALWAYS, lambda: held.wait(3)), Periodic("quick", ALWAYS, ran.set))
    await called(ran)

    assert not held.is_set()
    held.set()
    await loop.stop()


async def test_stop_waits_for_the_call_under_way():
    inside, done = threading.Event(), []

    def job() -> None:
        inside.set()
        threading.Event().wait(0.2)
        done.append(1)

    loop = started(Periodic("job", ALWAYS, job))
    await called(inside)
    await loop.stop()

    assert done == [1]


@pytest.mark.django_db(transaction=True)
async def test_job_hands_its_connections_back():
    used, ran = [], threading.Event()

    def job() -> None:
        used.append(Event.objects.exists())
        used.append(connections["default"])
        ran.set()

    loop = started(Periodic("job", ALWAYS, job))
    await called(ran)
    await loop.stop()

    assert used[1].connection is None


async def test_hint_from_a_job_wakes_a_reader_of_the_in_memory_layer_at_once(settings):
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    layer = get_channel_layer()
    channel = await layer.new_channel()
    await layer.group_add("user.5", channel)

    loop = started(Periodic("job", ALWAYS, lambda: push.push_hint(5, 1)))
    async with asyncio.timeout(1):
        assert await layer.receive(channel) == {"type": "hint", "seq": 1}
    await loop.stop()


@pytest.mark.django_db(transaction=True)
async def test_commit_reaches_the_reader_through_the_embedded_relay(settings, told, act, person):
    """The whole way: commit, nudge, sweep in the loop's thread, hint in the loop."""
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    layer = get_channel_layer()
    loop = started(Periodic(relay.JOB, ALWAYS, relay.dispatch_pending))
    await asyncio.sleep(0.1)  # the sweep at the start finds nothing
    reader = await asyncio.to_thread(_in_thread, person, "a")
    channel = await layer.new_channel()
    await layer.group_add(push.group_of(reader.pk), channel)

    await asyncio.to_thread(_in_thread, act, to=[reader])

    async with asyncio.timeout(2):
        assert await layer.receive(channel) == {"type": "hint", "seq": 1}
    await loop.stop()


def _in_thread(func, *args, **kwargs):
    """Use the database as a request's thread does."""
    try:
        return func(*args, **kwargs)
    finally:
        connections.close_all()


def test_relay_is_registered_and_a_name_has_one_job():
    assert {job.name for job in loops.registered()} >= {"relay"}
    before = loops.registered()

    loops.register_periodic("relay", relay.SWEEP_SECONDS, relay.sweep, task=relay.TASK)

    assert loops.registered() == before
