"""The SHA-256 chain over the events of one directive: its canonical form. See docs/audit-chain.md."""

import hashlib
import json
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any

from django.db import transaction
from django.utils.functional import Promise

from notifications.models import ChainHead, Event

GENESIS = "0" * 64
READ_AT_ONCE = 2000
UNFIT = "an event may hold text, whole numbers, truth values, dates, UUIDs, lists and mappings, not {}"


@dataclass(frozen=True)
class Breach:
    """A place where a chain is not what was written: `seq` is None where the chain's head is meant."""

    chain: str
    seq: int | None
    finding: str

    def __str__(self) -> str:
        place = "head" if self.seq is None else f"event {self.seq}"
        return f"chain {self.chain}, {place}: {self.finding}"


def plain(value: object) -> Any:
    """Turn a value into the JSON that reads back the same from PostgreSQL and from SQLite.

    Raises:
        TypeError: a float, Decimal or other type that databases write in their own way.
        ValueError: a NUL character or half a surrogate pair, which PostgreSQL refuses.
    """
    if isinstance(value, Mapping):
        return {_plain_key(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return _plain_scalar(value)


def moment(at: datetime) -> str:
    """Write an aware moment in UTC with microseconds: `2020-06-19T08:00:00.000000+00:00`.

    Raises:
        ValueError: a moment without a time zone, which could mean any.
    """
    if at.tzinfo is None:
        msg = "a moment needs its time zone"
        raise ValueError(msg)
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def record_of(event: Event) -> dict[str, Any]:
    """Return every immutable column but the row number and the hash itself."""
    return {
        "public_id": str(event.public_id),
        "chain": event.chain,
        "seq": event.seq,
        "kind": event.kind,
        "actor": event.actor_id,
        "actor_label": event.actor_label,
        "on_behalf_of": event.on_behalf_of_id,
        "subject_type": event.subject_type,
        "subject_id": event.subject_id,
        "data": event.data,
        "occurred_at": moment(event.occurred_at),
        "prev_hash": event.prev_hash,
    }


def canonical(event: Event) -> str:
    """Write the record of an event as JSON with sorted keys."""
    return json.dumps(record_of(event), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def event_hash(prev_hash: str, event: Event) -> str:
    """Hash an event onto the one before it; 64 lower-case hexadecimal digits."""
    return hashlib.sha256((prev_hash + canonical(event)).encode()).hexdigest()


def verify_chain(chain: str) -> list[Breach]:
    """Walk one chain and its head, holding the head so that nobody adds to it meanwhile."""
    with transaction.atomic():
        head = ChainHead.objects.select_for_update().filter(pk=chain).first()
        events = Event.objects.filter(chain=chain).order_by("seq")
        return list(_breaches(chain, events.iterator(READ_AT_ONCE), head))


def verify_all() -> list[Breach]:
    """Walk every chain, those without a head or without events too.

    The first walk holds nothing, so an event written meanwhile may look like a breach: what it finds is looked at
    again under the chain's lock, and only that counts.
    """
    return [breach for chain in _suspects() for breach in verify_chain(chain)]


def _suspects() -> list[str]:
    heads = {head.chain: head for head in ChainHead.objects.all()}
    events = Event.objects.order_by("chain", "seq").iterator(READ_AT_ONCE)
    suspects = []
    for chain, links in groupby(events, key=lambda event: event.chain):
        if any(_breaches(chain, links, heads.pop(chain, None))):
            suspects.append(chain)
    return suspects + [chain for chain, head in heads.items() if any(_breaches(chain, [], head))]


def stretches(wanted: Sequence[tuple[str, int, int]], *, hashes_alone: bool = False) -> Iterable[Event]:
    """Return the events of each stretch, chain by chain in order: those after one place up to another; one statement.

    A join, so that each stretch is found through the index whatever the database thinks of the table. Of events of
    which nothing but place and hash is needed the rest is not read.
    """
    if not wanted:
        return []
    rows = ", ".join(["(%s, %s, %s)"] * len(wanted))
    columns = "event.id, event.chain, event.seq, event.hash" if hashes_alone else "event.*"
    return Event.objects.raw(
        f"WITH wanted (chain, low, high) AS (VALUES {rows}) "  # noqa: S608 -- placeholders only
        f"SELECT {columns} FROM wanted JOIN notifications_event event ON event.chain = wanted.chain "
        "AND event.seq > wanted.low AND event.seq <= wanted.high ORDER BY event.chain, event.seq",
        [part for stretch in wanted for part in stretch],
    )


def breaches_after(
    last: tuple[int, str], events: Iterable[Event], head: ChainHead | None
) -> Iterator[Breach]:
    """Compare each event with the one before it and with its own hash, and the last one with the head.

    `last` is place and hash of the event before the first one; all are of one chain, that of the head.
    """
    return _breaches("" if head is None else head.chain, events, head, last=last)


def _breaches(
    chain: str, events: Iterable[Event], head: ChainHead | None, *, last: tuple[int, str] = (0, GENESIS)
) -> Iterator[Breach]:
    """Compare each event with the one before it and with its own hash, and the last one with the head."""
    seq, digest = last
    for event in events:
        if event.seq != seq + 1:
            yield Breach(chain, event.seq, f"event {seq + 1} is missing before it")
        if event.prev_hash != digest:
            yield Breach(chain, event.seq, "does not follow the event before it")
        if event_hash(event.prev_hash, event) != event.hash:
            yield Breach(chain, event.seq, "its content is not what was hashed")
        seq, digest = event.seq, event.hash
    if head is None:
        yield Breach(chain, None, "there is none")
    elif (head.seq, head.hash) != (seq, digest):
        yield Breach(chain, None, f"it names event {head.seq}, the last one found is {seq}")


def _plain_scalar(value: object) -> str | int | None:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str | Promise | uuid.UUID):
        return _plain_text(str(value))
    raise TypeError(UNFIT.format(type(value).__name__))


def _plain_key(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError(UNFIT.format(f"a key of {type(key).__name__}"))
    return _plain_text(str(key))


def _plain_text(text: str) -> str:
    if "\x00" in text:
        msg = "text with a NUL character cannot be stored"
        raise ValueError(msg)
    text.encode()
    return text
