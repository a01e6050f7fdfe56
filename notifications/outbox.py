"""`emit`: the one writer of events. An event is audit record and outbox row at once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from django.db import connection, models, transaction
from django.utils import timezone

from notifications import relay
from notifications.chain import GENESIS, event_hash, plain
from notifications.models import ChainHead, Event

# How long the relay leaves an event of a bulk act alone that nobody releases: its process died, or its page was left.
HOLD = timedelta(seconds=20)
_batch: ContextVar[UUID | None] = ContextVar("batch", default=None)


class Actor(Protocol):
    """Who acts, as the event remembers it."""

    @property
    def user_id(self) -> int | None:
        """The person's key; None for the clock."""

    @property
    def label(self) -> str:
        """The person with the post held at that moment, for a reader years from now."""

    @property
    def on_behalf_of_id(self) -> int | None:
        """The key of the person who delegated; None for most acts."""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What an act has to say before it has its place in the chain."""

    kind: str
    chain: str
    subject: models.Model
    actor: Actor
    data: Mapping[str, object] = field(default_factory=dict)


def emit(
    kind: str,
    *,
    chain: str,
    subject: models.Model,
    actor: Actor,
    data: Mapping[str, object] | None = None,
    at: datetime | None = None,
) -> Event:
    """Record that an act happened; three statements (four for the first event of a chain).

    Raises:
        RuntimeError: called outside a transaction, where act and event could part.
        TypeError, ValueError: data that would not read back the same (see `chain.plain`).
    """
    draft = Draft(kind=kind, chain=chain, subject=subject, actor=actor, data=data or {})
    return emit_many([draft], at=at)[0]


def emit_many(drafts: Sequence[Draft], *, at: datetime | None = None) -> list[Event]:
    """Record many acts in the order given, in the same three statements whatever their number.

    Raises:
        RuntimeError, TypeError, ValueError: as `emit`.
    """
    if not connection.in_atomic_block:
        msg = "an event is written in the transaction of its act"
        raise RuntimeError(msg)
    if not drafts:
        return []

    heads = _locked_heads({draft.chain for draft in drafts})
    occurred_at = at or timezone.now()
    events = [_appended(heads[draft.chain], draft, occurred_at) for draft in drafts]
    Event.objects.bulk_create(events)
    ChainHead.objects.bulk_update(heads.values(), ["seq", "hash"])

    _wake_relay_on_commit()
    return events


@contextmanager
def batched(batch: UUID) -> Iterator[None]:
    """Write every event of the block as part of one bulk act; its readers are told once, after `release`."""
    before = _batch.set(batch)
    try:
        yield
    finally:
        _batch.reset(before)


def release(batch: UUID) -> None:
    """Let the relay tell of a bulk act, now that it is done or paused; one statement."""
    Event.objects.pending().filter(batch=batch, attempts=0).update(claimed_until=None)
    transaction.on_commit(relay.wake)


def _locked_heads(chains: Iterable[str]) -> dict[str, ChainHead]:
    """Lock the heads in the order of their names, so that two writers of the same chains cannot block each other."""
    names = sorted(chains)
    locked = ChainHead.objects.select_for_update(no_key=True).filter(chain__in=names).order_by("chain")
    heads = {head.chain: head for head in locked}
    unborn = [name for name in names if name not in heads]
    if unborn:
        heads |= _created_heads(unborn)
    return heads


def _created_heads(names: list[str]) -> dict[str, ChainHead]:
    """Create heads and lock them in one statement; one that another writer has just created is locked and read."""
    rows = ", ".join(["(%s, 0, %s)"] * len(names))
    params = [part for name in names for part in (name, GENESIS)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO notifications_chainhead (chain, seq, hash) VALUES {rows} "  # noqa: S608 -- placeholders only
            "ON CONFLICT (chain) DO UPDATE SET seq = notifications_chainhead.seq RETURNING chain, seq, hash",
            params,
        )
        return {name: ChainHead(chain=name, seq=seq, hash=digest) for name, seq, digest in cursor.fetchall()}


def _appended(head: ChainHead, draft: Draft, occurred_at: datetime) -> Event:
    batch = _batch.get()
    event = Event(
        chain=draft.chain,
        seq=head.seq + 1,
        kind=draft.kind,
        actor_id=draft.actor.user_id,
        actor_label=draft.actor.label,
        on_behalf_of_id=draft.actor.on_behalf_of_id,
        subject_type=draft.subject._meta.label_lower,
        subject_id=str(draft.subject.pk),
        data=plain(draft.data if batch is None else {**draft.data, "batch": batch}),
        batch=batch,
        occurred_at=occurred_at,
        prev_hash=head.hash,
        claimed_until=None if batch is None else timezone.now() + HOLD,
    )
    event.hash = event_hash(head.hash, event)
    head.seq, head.hash = event.seq, event.hash
    return event


def _wake_relay_on_commit() -> None:
    """Ask for one nudge a transaction, however many events it holds; a bulk act asks when it is released."""
    if _batch.get() is None and not any(hook[1] is relay.wake for hook in connection.run_on_commit):
        transaction.on_commit(relay.wake)
