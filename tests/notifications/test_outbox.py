import threading
import uuid
from datetime import UTC, date, datetime

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.utils.translation import gettext_lazy

from notifications import relay
from notifications.chain import GENESIS, event_hash, verify_chain
from notifications.models import ChainHead, Event
from notifications.outbox import Draft, emit, emit_many
from tests.notifications.conftest import By

AT = datetime(2020, 6, 19, 8, 30, 0, 123456, tzinfo=UTC)


@pytest.mark.django_db(transaction=True)
def test_emit_outside_transaction_is_refused(chain):
    with pytest.raises(RuntimeError, match="in the transaction of its act"):
        emit("a.done", chain=chain, subject=get_user_model()(pk=1), actor=By(None))

    assert not Event.objects.exists()


def test_emit_writes_every_column(person, chain):
    actor, principal = person("a"), person("b")
    subject = person("c")

    event = emit(
        "plan.approved",
        chain=chain,
        subject=subject,
        actor=By(actor.pk, "A, Phó Chủ tịch", principal.pk),
        data={"number": 12},
        at=AT,
    )

    stored = Event.objects.values(
        "chain", "seq", "kind", "actor", "actor_label", "on_behalf_of", "subject_type", "subject_id", "data"
    ).get()
    assert stored == {
        "chain": chain,
        "seq": 1,
        "kind": "plan.approved",
        "actor": actor.pk,
        "actor_label": "A, Phó Chủ tịch",
        "on_behalf_of": principal.pk,
        "subject_type": get_user_model()._meta.label_lower,
        "subject_id": str(subject.pk),
        "data": {"number": 12},
    }
    assert (event.occurred_at, event.prev_hash) == (AT, GENESIS)


def test_emit_takes_three_statements_and_four_for_the_first(person, chain, django_assert_num_queries):
    subject = person("a")
    with django_assert_num_queries(4):
        emit("a.done", chain=chain, subject=subject, actor=By(subject.pk))
    with django_assert_num_queries(3):
        emit("a.done", chain=chain, subject=subject, actor=By(subject.pk))


def test_emit_many_takes_three_statements_whatever_the_number(person, chain, django_assert_num_queries):
    subject, other = person("a"), str(uuid.uuid4())
    drafts = [
        Draft(kind="a.done", chain=name, subject=subject, actor=By(None), data={"n": n})
        for n, name in enumerate([chain, other] * 20)
    ]
    emit_many(drafts[:2])

    with django_assert_num_queries(3):
        events = emit_many(drafts)

    assert [event.data["n"] for event in events] == list(range(40))
    assert [event.seq for event in events if event.chain == chain] == list(range(2, 22))
    assert verify_chain(chain) == verify_chain(other) == []


def test_emit_many_of_nothing_writes_nothing(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert emit_many([]) == []


def test_data_reads_back_as_it_was_hashed(person, chain):
    number = uuid.UUID(int=7)
    data = {
        "ữ": ["đ", "“ngoặc”", 'a"b\\c', "\u2028\x1f🖋"],
        "huge": 10**30,
        "truth": [True, False, None],
        "on": date(2020, 7, 3),
        "at": AT,
        "id": number,
        "words": gettext_lazy("Yesterday"),
        "z": {"b": 1, "a": {"": []}},
    }

    event = emit("a.done", chain=chain, subject=person("a"), actor=By(None), data=data)

    read = Event.objects.get()
    assert read.data == event.data
    assert read.data["at"] == "2020-06-19T08:30:00.123456+00:00"
    assert read.data["on"] == "2020-07-03"
    assert read.data["id"] == str(number)
    assert event_hash(read.prev_hash, read) == read.hash == event.hash


@pytest.mark.parametrize(
    ("unfit", "error"),
    [
        (1.5, TypeError),
        (b"a", TypeError),
        ({1: "a"}, TypeError),
        ({"a"}, TypeError),
        ("a\x00b", ValueError),
        ("\ud800", ValueError),
        (datetime(2020, 1, 1), ValueError),  # noqa: DTZ001 - without a zone by intent
    ],
)
def test_emit_refuses_data_that_databases_write_differently(person, chain, unfit, error):
    subject = person("a")

    with pytest.raises(error):
        emit("a.done", chain=chain, subject=subject, actor=By(None), data={"x": [unfit]})

    assert not Event.objects.exists()


def test_emit_wakes_the_relay_once_a_transaction(person, chain, django_capture_on_commit_callbacks):
    subject = person("a")

    with django_capture_on_commit_callbacks() as hooks, transaction.atomic():
        for _ in range(3):
            emit("a.done", chain=chain, subject=subject, actor=By(None))

    assert hooks == [relay.wake]


@pytest.mark.django_db(transaction=True)
def test_emit_of_a_rolled_back_act_leaves_nothing(chain):
    subject = get_user_model().objects.create(username="a")

    with transaction.atomic():
        emit("a.done", chain=chain, subject=subject, actor=By(None))
        transaction.set_rollback(True)

    assert (Event.objects.count(), ChainHead.objects.count()) == (0, 0)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_concurrent_emit_on_one_new_chain_stays_gapless(on_postgresql, chain):
    subject = get_user_model().objects.create(username="a")
    start = threading.Barrier(8)

    def write() -> None:
        start.wait()
        for _ in range(5):
            with transaction.atomic():
                emit("a.done", chain=chain, subject=subject, actor=By(subject.pk))
        connection.close()

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert list(Event.objects.order_by("seq").values_list("seq", flat=True)) == list(range(1, 41))
    assert verify_chain(chain) == []
