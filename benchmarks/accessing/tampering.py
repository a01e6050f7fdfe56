"""Random changes of the audit rows by somebody who may do anything in the database: each must be found.

Columns are changed, events deleted, inserted, swapped, moved, ends cut off, whole chains made anew with right hashes
and right heads. The triggers are out of the way; the key of the seals is not in the database. Each change is made
alone, looked for with the code of `verify_audit`, and rolled back.

What rewrites hashes and heads reaches under the last seal: what was written since is protected by its chain alone, as
docs/audit-chain.md says. The dispatch columns and the row number are no part of the record.
"""

import random
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import groupby
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from accounts.models import User
from notifications import triggers
from notifications.chain import GENESIS, event_hash, verify_all
from notifications.models import ChainHead, Event
from notifications.sealing import acts
from notifications.sealing.checking import verify_seals
from notifications.sealing.walking import CHAIN
from tests.factories import advance, make_world, start

COUNT = 600
SEED = 20200619


@dataclass
class Audit:
    """The rows as they are, and how far each chain was sealed."""

    dice: random.Random
    chains: dict[str, list[Event]]
    sealed: dict[str, int]
    users: list[int]

    @classmethod
    def now(cls, dice: random.Random) -> "Audit":
        """Read everything once."""
        events = Event.objects.order_by("chain", "seq")
        chains = {chain: list(links) for chain, links in groupby(events, key=lambda event: event.chain)}
        sealed = dict(ChainHead.objects.values_list("chain", "seq")) | {CHAIN: len(chains[CHAIN]) - 1}
        return cls(dice, chains, sealed, list(User.objects.order_by("pk").values_list("pk", flat=True)))

    def any_event(self) -> Event:
        """Return an event, sealed or not."""
        return copy(self.dice.choice([event for links in self.chains.values() for event in links]))

    def links(self, least: int = 1) -> tuple[str, list[Event], int]:
        """Return a chain with at least so many sealed events, copies of its events, and how many are sealed."""
        chain = self.dice.choice([name for name in self.chains if self.sealed[name] >= least])
        return chain, [copy(event) for event in self.chains[chain]], self.sealed[chain]


@dataclass
class Measured:
    """What became of the changes, by kind."""

    found: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    whole_afterwards: bool = False
    seconds: float = 0.0


def run(count: int = COUNT) -> None:
    """Print every figure of so many changes."""
    for line in lines(count):
        print(line, flush=True)


def lines(count: int = COUNT) -> Iterator[str]:
    """Yield `name: value` of so many changes, on a few cases made for them."""
    prepare()
    measured = measure(count)
    found, missed = measured.found.total(), measured.missed.total()
    yield f"tamperings: {found + missed}"
    yield f"tamperings_found: {found}"
    yield f"tamperings_missed: {missed}"
    for kind in sorted(measured.missed):
        yield f"tamperings_missed_{kind}: {measured.missed[kind]}"
    yield f"tampering_whole_afterwards: {int(measured.whole_afterwards)}"
    yield f"tampering_seconds: {measured.seconds:.1f}"


def prepare() -> None:
    """Make two cases, seal, go on, seal again: the chain of the seals is then sealed as well."""
    world = make_world(2)
    first, second = start(world), start(world)
    advance(world, first, "decide")
    acts.seal()
    advance(world, second, "dispose")
    acts.seal()


def measure(count: int = COUNT) -> Measured:
    """Make changes, each kind in turn, and count those that are found."""
    measured, started = Measured(), time.monotonic()
    audit = Audit.now(random.Random(SEED))
    with transaction.atomic():
        connection.check_constraints()  # nothing may be pending where triggers are taken away
        with triggers.lifted(connection):
            for number in range(count):
                kind = KINDS[number % len(KINDS)]
                counted = measured.found if _is_found(kind, audit) else measured.missed
                counted[kind.__name__.strip("_")] += 1
    measured.whole_afterwards = not (verify_all() or verify_seals().breaches or triggers.missing(connection))
    measured.seconds = time.monotonic() - started
    return measured


def _is_found(kind: Callable[[Audit], None], audit: Audit) -> bool:
    with transaction.atomic():
        kind(audit)
        found = bool(verify_all() or verify_seals().breaches)
        transaction.set_rollback(True)
    return found


# --- the changes ------------------------------------------------------------------------------------------------------


def _column(audit: Audit) -> None:
    """One column of one event, the hash among them."""
    event = audit.any_event()
    name, value = _another(audit, event)
    Event.objects.filter(pk=event.pk).update(**{name: value})


def _another(audit: Audit, event: Event) -> tuple[str, Any]:
    values: dict[str, Any] = {
        "public_id": uuid.UUID(int=audit.dice.getrandbits(128)),
        "chain": f"{event.chain}~",
        "seq": event.seq + 1000,
        "kind": f"{event.kind}x",
        "actor_id": audit.dice.choice([key for key in [*audit.users, None] if key != event.actor_id]),
        "actor_label": f"{event.actor_label} ",
        "on_behalf_of_id": audit.dice.choice([key for key in audit.users if key != event.on_behalf_of_id]),
        "subject_type": "workflows.other",
        "subject_id": f"{event.subject_id}1",
        "data": event.data | {"forged": audit.dice.randrange(1000)},
        "occurred_at": event.occurred_at + timedelta(microseconds=audit.dice.choice([-1, 1])),
        "prev_hash": _digit(audit, event.prev_hash),
        "hash": _digit(audit, event.hash),
    }
    name = audit.dice.choice(sorted(values))
    return name, values[name]


def _digit(audit: Audit, digest: str) -> str:
    at = audit.dice.randrange(len(digest))
    other = audit.dice.choice([digit for digit in "0123456789abcdef" if digit != digest[at]])
    return digest[:at] + other + digest[at + 1 :]


def _rehashed_event(audit: Audit) -> None:
    """The content of one event, with a hash that fits it."""
    event = audit.any_event()
    event.data = event.data | {"forged": 1}
    Event.objects.filter(pk=event.pk).update(data=event.data, hash=event_hash(event.prev_hash, event))


def _rehashed_chain(audit: Audit) -> None:
    """The content of one event, with every hash after it and the head."""
    chain, links, sealed = audit.links()
    event = links[audit.dice.randrange(sealed)]
    event.actor_label = f"{event.actor_label} khác"
    _rebuild(chain, links)


def _deleted(audit: Audit) -> None:
    """One event."""
    _remove(Event.objects.filter(pk=audit.any_event().pk))


def _deleted_and_closed(audit: Audit) -> None:
    """One event, the gap closed and everything after it made anew."""
    chain, links, sealed = audit.links()
    del links[audit.dice.randrange(sealed)]
    _rebuild(chain, links)


def _inserted(audit: Audit) -> None:
    """An event at the end, with a hash that fits; the head is left."""
    _chain, links, _sealed = audit.links()
    forged = _forged(audit, links)
    forged.seq, forged.prev_hash = links[-1].seq + 1, links[-1].hash
    forged.hash = event_hash(forged.prev_hash, forged)
    Event.objects.bulk_create([forged])


def _inserted_and_closed(audit: Audit) -> None:
    """An event in between, and everything after it made anew."""
    chain, links, sealed = audit.links()
    links.insert(audit.dice.randrange(sealed), _forged(audit, links))
    _rebuild(chain, links)


def _forged(audit: Audit, links: Sequence[Event]) -> Event:
    forged = copy(audit.dice.choice(links))
    forged.pk, forged.public_id = None, uuid.UUID(int=audit.dice.getrandbits(128))
    return forged


def _swapped(audit: Audit) -> None:
    """Two events of a chain trade places."""
    _chain, links, _sealed = audit.links(2)
    one, other = audit.dice.sample(links, 2)
    for event, seq in ((one, 1_000_000), (other, one.seq), (one, other.seq)):
        Event.objects.filter(pk=event.pk).update(seq=seq)


def _swapped_and_closed(audit: Audit) -> None:
    """Two events trade places, and everything after the first is made anew."""
    chain, links, sealed = audit.links(2)
    one, other = audit.dice.sample(range(sealed), 2)
    links[one], links[other] = links[other], links[one]
    _rebuild(chain, links)


def _cut(audit: Audit) -> None:
    """The end of a chain; the head is left."""
    chain, links, _sealed = audit.links()
    left = audit.dice.randrange(len(links))
    _remove(Event.objects.filter(chain=chain, seq__gt=left))


def _cut_and_closed(audit: Audit) -> None:
    """The end of a chain, and the head moved back."""
    chain, links, sealed = audit.links()
    _rebuild(chain, links[: audit.dice.randrange(sealed)])


def _lost(audit: Audit) -> None:
    """A whole chain with its head."""
    chain, _links, _sealed = audit.links()
    _remove(Event.objects.filter(chain=chain))
    ChainHead.objects.filter(pk=chain).delete()


def _replaced(audit: Audit) -> None:
    """A whole chain by another of the same length, with right hashes and the right head."""
    chain, links, _sealed = audit.links()
    for event in links:
        event.occurred_at += timedelta(days=1)
    _rebuild(chain, links)


def _moved(audit: Audit) -> None:
    """An event goes to the end of another chain; both are made anew."""
    chain, links, sealed = audit.links()
    other = audit.dice.choice([name for name in audit.chains if name != chain])
    taken = links.pop(audit.dice.randrange(sealed))
    _rebuild(chain, links)
    _remove(Event.objects.filter(pk=taken.pk))
    _rebuild(other, [*(copy(event) for event in audit.chains[other]), taken])


def _head(audit: Audit) -> None:
    """The head alone: its place, its hash, or all of it."""
    chain, links, _sealed = audit.links()
    head = ChainHead.objects.filter(pk=chain)
    how = audit.dice.randrange(3)
    if how == 0:
        head.update(seq=audit.dice.choice([links[-1].seq - 1, links[-1].seq + 1]))
    elif how == 1:
        head.update(hash=_digit(audit, links[-1].hash))
    else:
        head.delete()


def _seal_record(audit: Audit) -> None:
    """What the database remembers of a seal, with right hashes and the right head: the file remembers it too."""
    links = [copy(event) for event in audit.chains[CHAIN]]
    event = audit.dice.choice(links)
    changes = {"number": event.data["number"] + 1, "sha256": _digit(audit, event.data["sha256"])}
    name = audit.dice.choice(sorted(changes))
    event.data = event.data | {name: changes[name]}
    _rebuild(CHAIN, links)


def _rebuild(chain: str, links: list[Event]) -> None:
    """Write a chain anew as whoever may do anything would: numbers, hashes and head all fit."""
    digest = GENESIS
    for seq, event in enumerate(links, start=1):
        event.chain, event.seq, event.prev_hash = chain, seq, digest
        digest = event.hash = event_hash(digest, event)
    _remove(Event.objects.filter(chain=chain))
    Event.objects.bulk_create(links)
    ChainHead.objects.filter(pk=chain).update(seq=len(links), hash=digest)


def _remove(events: QuerySet[Event]) -> None:
    """Delete as SQL does: what points at the rows is not asked for."""
    events._raw_delete(using="default")  # noqa: SLF001 -- Django's own delete would ask


KINDS = (
    _column,
    _rehashed_event,
    _rehashed_chain,
    _deleted,
    _deleted_and_closed,
    _inserted,
    _inserted_and_closed,
    _swapped,
    _swapped_and_closed,
    _cut,
    _cut_and_closed,
    _lost,
    _replaced,
    _moved,
    _head,
    _seal_record,
)
