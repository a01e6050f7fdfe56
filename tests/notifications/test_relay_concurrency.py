import threading
import uuid

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.utils import timezone

from notifications import relay
from notifications.models import Event, Notification


@pytest.mark.django_db(transaction=True)
def test_concurrent_relays_tell_everybody_once_and_in_order(act, told, hints):
    """Four relays on one outbox: no duplicate, no gap, order kept within each chain."""
    readers = [get_user_model().objects.create(username=name) for name in "abc"]
    chains = [str(uuid.uuid4()) for _ in range(4)]
    for n in range(40):
        act(to=readers, chain=chains[n % 4])
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
        mine = Notification.objects.filter(user=reader).order_by("seq")
        assert [row.seq for row in mine] == list(range(1, 41))
        for chain in chains:
            in_chain = mine.filter(event__chain=chain).values_list("event__seq", flat=True)
            assert list(in_chain) == list(range(1, 11))
    assert Event.objects.filter(attempts__gt=1).count() == 0


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_claim_skips_rows_that_another_relay_is_claiming(on_postgresql, act, told):
    first, second = act(chain="x"), act(chain="y")
    other = []

    def claim_meanwhile() -> None:
        other.extend(relay.claim(10, at=timezone.now()))
        connection.close()

    with transaction.atomic():
        list(Event.objects.filter(pk=first.pk).select_for_update())
        thread = threading.Thread(target=claim_meanwhile)
        thread.start()
        thread.join()

    assert other == [second]
