"""The way from a committed event to its readers: claim, tell, nudge.

Each event is claimed under a lease and told in a transaction of its own. A process may die at any instruction: the
lease runs out and another one goes on. Of each chain only the oldest pending event can be claimed, so that readers
hear of a directive in the order in which things happened.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.utils import timezone

from notifications import notices, push, waking
from notifications.models import Event, Notification

logger = logging.getLogger(__name__)

JOB = "relay"
TASK = "notifications.tasks.relay_sweep"
SWEEP_ROUNDS = 50
SWEEP_SECONDS = 5.0
LEASE = timedelta(seconds=60)
BATCH = 20
MAX_ATTEMPTS = 12
LONGEST_BACKOFF = timedelta(minutes=10)
ERROR_LENGTH = 500


def wake() -> None:
    """Ask the relay to look at the outbox now; never raises, for the sweep looks anyway."""
    waking.wake(JOB)


def dispatch_pending(limit: int = 100, *, at: datetime | None = None) -> int:
    """Tell the readers of up to `limit` pending events; return how many events were told.

    `at` stands for now in tests. Failures of single events are recorded with them and do not raise.
    """
    told = tried = 0
    while tried < limit and (events := claim(min(BATCH, limit - tried), at=at or timezone.now())):
        tried += len(events)
        told += sum(_dispatched(event, at=at) for event in events)
    return told


def sweep() -> int:
    """Tell the readers of what is pending until nothing is left, at most SWEEP_ROUNDS rounds; return how many events.

    A backlog drains at once instead of one round at each turn of the clock.
    """
    total = 0
    for _ in range(SWEEP_ROUNDS):
        told = dispatch_pending()
        total += told
        if not told:
            break
    return total


def claim(limit: int, *, at: datetime) -> list[Event]:
    """Take a lease on up to `limit` events, the oldest pending one of each chain; two statements.

    PostgreSQL skips rows that another relay is just claiming; SQLite serialises writers (IMMEDIATE).
    """
    until = at + LEASE
    with transaction.atomic():
        free = Event.objects.due(at=at).first_of_chain().select_for_update(skip_locked=True, of=("self",))
        events = list(free.order_by("id")[:limit])
        if events:
            _take(events, until=until)
    return events


def dispatch(event: Event, *, at: datetime) -> dict[int, int]:
    """Tell the readers of one claimed event, in one transaction; return each one's new sequence number.

    Three statements besides those that find the recipients, however many they are; a repeat tells nobody twice. Of
    the events of one bulk act a reader is told once, of the first that concerns her; one statement more.
    """
    with transaction.atomic():
        if not _settle(event, dispatched_at=at):
            return {}
        seqs = _advance_cursors(event, _recipients(event))
        Notification.objects.bulk_create(
            Notification(user_id=user_id, seq=seq, event=event, batch=event.batch, created_at=at)
            for user_id, seq in seqs.items()
        )
    return seqs


def replay_dead(*, chain: str | None = None) -> int:
    """Put events that were given up back into the outbox with a clean record; return how many."""
    dead = Event.objects.dead()
    if chain is not None:
        dead = dead.filter(chain=chain)
    return dead.update(dead_at=None, claimed_until=None, attempts=0)


def backoff(attempts: int) -> timedelta:
    """Wait 2, 4, 8 … seconds after the first, second, third … failure, and never more than ten minutes."""
    return min(timedelta(seconds=2**attempts), LONGEST_BACKOFF)


def _take(events: Iterable[Event], *, until: datetime) -> None:
    """Write the lease; the attempt counts from now, so that an event that kills its process is given up as well."""
    claimed = {event.pk: event for event in events}
    for event in claimed.values():
        event.claimed_until = until
        event.attempts += 1
    Event.objects.bulk_update(claimed.values(), ["claimed_until", "attempts"])


def _dispatched(event: Event, *, at: datetime | None) -> bool:
    """Dispatch one claimed event and nudge its readers; a failure is written down instead of raised."""
    now = at or timezone.now()
    if event.attempts > MAX_ATTEMPTS:
        _give_up(event, error=event.last_error or "the process ended during every attempt", at=now)
        return False
    try:
        seqs = dispatch(event, at=now)
    except Exception as error:
        logger.exception("event not dispatched", extra={"event_id": event.pk, "kind": event.kind})
        _record_failure(event, error=f"{type(error).__name__}: {error}"[:ERROR_LENGTH], at=now)
        return False
    push.push_hints(seqs)
    return True


def _settle(event: Event, **changes: object) -> bool:
    """Write the outcome, unless the lease ran out and another relay has taken the event over."""
    mine = Event.objects.pending().filter(pk=event.pk, claimed_until=event.claimed_until)
    return mine.update(**changes) == 1


def _record_failure(event: Event, *, error: str, at: datetime) -> None:
    if event.attempts >= MAX_ATTEMPTS:
        _give_up(event, error=error, at=at)
    else:
        _settle(event, last_error=error, claimed_until=at + backoff(event.attempts))


def _give_up(event: Event, *, error: str, at: datetime) -> None:
    if _settle(event, last_error=error, dead_at=at):
        logger.error("event given up", extra={"event_id": event.pk, "kind": event.kind})


def _recipients(event: Event) -> list[int]:
    """Find who is concerned now; one's own acts are silent."""
    notice = notices.get(event.kind)
    if notice is None:
        return []
    return sorted(set(notice.recipients(event)) - {event.actor_id, None})


def _advance_cursors(event: Event, user_ids: list[int]) -> dict[int, int]:
    """Give each reader the next number of her own sequence, in one statement that locks cursors in the order of keys.

    People already told of this event, or of its bulk act, and keys of nobody, are passed over, so no number is left
    unused.
    """
    if not user_ids:
        return {}
    known: tuple[str, Any] = ("event_id", event.pk)
    if event.batch is not None:
        _lock_cursors(user_ids)
        batch = Notification._meta.get_field("batch")
        known = ("batch", batch.get_db_prep_value(event.batch, connection))
    column, value = known
    told = (
        f"SELECT 1 FROM notifications_notification told WHERE told.user_id = reader.id AND told.{column} = %s"  # noqa: S608 -- placeholders
    )
    return _counted(
        f"1, 0 {_readers(user_ids)} AND NOT EXISTS ({told})",
        "notifications_notificationcursor.last_seq + 1",
        [*user_ids, value],
    )


def _lock_cursors(user_ids: list[int]) -> None:
    """Hold the readers' cursors: another relay that tells of the same bulk act is seen by what follows."""
    _counted(f"0, 0 {_readers(user_ids)}", "notifications_notificationcursor.last_seq", user_ids)


def _readers(user_ids: list[int]) -> str:
    users = connection.ops.quote_name(get_user_model()._meta.db_table)
    return f"FROM {users} reader WHERE reader.id IN ({', '.join(['%s'] * len(user_ids))})"


def _counted(readers: str, last_seq: str, values: Sequence[Any]) -> dict[int, int]:
    """Insert or update the cursors of readers in the order of their keys; return where each stands."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO notifications_notificationcursor (user_id, last_seq, read_seq) SELECT reader.id, {readers} "
            f"ORDER BY reader.id ON CONFLICT (user_id) DO UPDATE SET last_seq = {last_seq} "
            f"RETURNING user_id, last_seq",
            values,
        )
        return dict(cursor.fetchall())
