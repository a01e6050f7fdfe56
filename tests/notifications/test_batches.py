"""Events of one bulk act: one notification a reader, no gap, nothing told before it is released or given up."""

import threading
import uuid
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from notifications import outbox, relay
from notifications.models import Event, Notification, NotificationCursor

BATCH = uuid.UUID("11111111-1111-4111-8111-111111111111")


@pytest.fixture
def several(act, told):
    """Commit events of one bulk act, each on a chain of its own: `several([readers], [readers])`."""

    def commit(*readers, batch=BATCH):
        with outbox.batched(batch):
            return [act(to=to, chain=str(uuid.uuid4())) for to in readers]

    return commit


def rows(user):
    return list(Notification.objects.filter(user=user).order_by("seq").values_list("seq", "batch"))


def tell(at=None):
    while relay.dispatch_pending(at=at):
        pass


def test_reader_of_several_events_is_told_once(person, several, act):
    reader, other = person("a"), person("b")
    act(to=[reader])
    several([reader, other], [reader], [reader])
    outbox.release(BATCH)

    tell()

    assert (rows(reader), rows(other)) == ([(1, None), (2, BATCH)], [(1, BATCH)])
    assert NotificationCursor.objects.get(user=reader).last_seq == 2


def test_events_wait_until_they_are_released(person, several):
    reader = person("a")
    several([reader])

    tell()
    before = rows(reader)
    outbox.release(BATCH)
    tell()

    assert (before, rows(reader)) == ([], [(1, BATCH)])


def test_events_nobody_releases_are_told_after_the_hold(person, several):
    reader = person("a")
    several([reader], [reader])

    tell(at=timezone.now() + outbox.HOLD + timedelta(seconds=1))

    assert rows(reader) == [(1, BATCH)]


def test_release_leaves_a_claimed_event_to_its_relay(person, several):
    several([person("a")])
    late = timezone.now() + outbox.HOLD + timedelta(seconds=1)
    [event] = relay.claim(10, at=late)

    outbox.release(BATCH)

    assert Event.objects.get(pk=event.pk).claimed_until == event.claimed_until


def test_repeated_dispatch_tells_nobody_twice(person, several):
    reader = person("a")
    [event] = several([reader])
    outbox.release(BATCH)
    tell()
    Event.objects.update(dispatched_at=None, claimed_until=event.occurred_at)
    event.claimed_until = event.occurred_at

    relay.dispatch(event, at=timezone.now())

    assert rows(reader) == [(1, BATCH)]
    assert NotificationCursor.objects.get(user=reader).last_seq == 1


def test_two_acts_are_two_notifications(person, several):
    reader, second = person("a"), uuid.uuid4()
    several([reader])
    several([reader], batch=second)
    outbox.release(BATCH)
    outbox.release(second)

    tell()

    assert [batch for _seq, batch in rows(reader)] == [BATCH, second]


def test_event_outside_the_block_is_of_no_act(person, several, act):
    several([person("a")])

    event = act()

    assert (event.batch, "batch" in event.data) == (None, False)


def test_notice_counts_what_may_be_read(person, several, told, client):
    reader = person("a")
    events = several([reader], [reader], [reader])
    outbox.release(BATCH)
    tell()
    client.force_login(reader)
    told.revoked.add(events[0].pk)

    [item] = client.get("/feed").json()["items"]

    assert item["text"] == f"{events[1].actor_label} đã xử lý 2 hồ sơ"
    assert item["url"] == reverse("notifications-batch", args=[BATCH])


def test_page_of_an_act_is_paged_and_leaves_out_what_may_not_be_read(
    person, several, told, client, monkeypatch
):
    monkeypatch.setattr("notifications.feed.PAGE_ITEMS", 1)
    reader = person("a")
    events = several([reader], [reader], [reader])
    outbox.release(BATCH)
    tell()
    client.force_login(reader)
    told.revoked.add(events[0].pk)
    url = reverse("notifications-batch", args=[BATCH])

    first = client.get(url)
    second = client.get(first.context["next_url"])

    places = [[item.place for item in page.context["items"]] for page in (first, second)]
    assert (places, second.context["next_url"]) == ([[events[1].pk], [events[2].pk]], "")


@pytest.mark.parametrize("count", [1, 3])
def test_feed_of_an_act_costs_the_same_for_one_and_three(
    person, several, client, count, django_assert_num_queries
):
    reader = person("a")
    several(*([reader] for _number in range(count)))
    outbox.release(BATCH)
    tell()
    client.force_login(reader)

    with django_assert_num_queries(6):
        client.get("/feed")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_relays_at_once_tell_each_reader_once_without_a_gap(told, several):
    readers = [get_user_model().objects.create(username=name) for name in "abc"]
    for number in range(6):
        several(*([*readers] for _event in range(6)), batch=uuid.UUID(int=number + 1))
        outbox.release(uuid.UUID(int=number + 1))
    start = threading.Barrier(4)

    def sweep() -> None:
        start.wait()
        while Event.objects.pending().exists():
            relay.dispatch_pending(limit=7)
        connection.close()

    threads = [threading.Thread(target=sweep) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    for reader in readers:
        assert [seq for seq, _batch in rows(reader)] == [1, 2, 3, 4, 5, 6]
    assert Event.objects.filter(attempts__gt=1).count() == 0
