"""Sealing: the heads of all chains are read at one moment, proved as far as they are new, signed and written.

No act waits for it: heads are read without a lock, and events never change once they are there.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from notifications.chain import GENESIS, breaches_after, moment, stretches
from notifications.models import ChainHead
from notifications.outbox import emit

from . import book, keys, line
from .line import Head, Seal
from .walking import CHAIN, KIND, Recorded, Walk, compared, recorded, walk

logger = logging.getLogger(__name__)

JOB, SWEEP_SECONDS = "seal", 900.0
AT_ONCE = 200  # chains asked for in one statement


class SealError(Exception):
    """Nothing was sealed, and why."""


@dataclass(frozen=True, slots=True)
class _Clock:
    """Who seals."""

    user_id: None = None
    label: str = ""
    on_behalf_of_id: None = None


def sweep(*, at: datetime | None = None) -> int:
    """Seal where the day has no seal yet; returns how many were made. What hinders it is logged as an error."""
    try:
        return int(seal_daily(at=at) is not None)
    except SealError as error:
        logger.error("nothing was sealed", extra={"reason": str(error)})  # noqa: TRY400 -- no trace is needed
        return 0


def seal_daily(*, at: datetime | None = None) -> Seal | None:
    """Seal where the day has no seal yet; None where it has one, whoever made it.

    A day on which nothing ran is not made up for by a false date: the next seal covers what it would have covered.

    Raises:
        SealError: as `seal`.
    """
    now = at or timezone.now()
    if _is_sealed(recorded()[-1:], now):
        return None
    return _seal(now, is_daily=True)


def seal(*, at: datetime | None = None, begins_again: str = "") -> Seal:
    """Seal the heads of all chains as they are now, and record it.

    A chain that is broken keeps the head it was last sealed with, is named in the seal and logged. `begins_again` is
    why a file that was lost goes on in a new one, from the number that the database remembers.

    Raises:
        SealError: there is no key, or the file is not the one the database remembers.
    """
    made = _seal(at or timezone.now(), begins_again=begins_again)
    assert made is not None  # only a daily one may be there already
    return made


def _seal(now: datetime, *, is_daily: bool = False, begins_again: str = "") -> Seal | None:
    try:
        key, trusted = keys.signing_key(), keys.trusted_keys()
        with book.opened(Path(settings.AUDIT_SEAL_FILE)) as opened:
            opened.drop_torn_end()
            walked, records = walk(opened.lines(), trusted), recorded()
            if begins_again:
                _require_lost(walked, records)
            else:
                _require_whole(walked, records)
            if is_daily and _is_sealed(records, now):
                return None
            header, changed = _drawn(walked, records, now, begins_again)
            header["key"] = keys.id_of(key.public_key())
            made = line.signed(header, changed, key)
            opened.append(made.line)
            _record(made)
    except (keys.BadKeyError, book.BusyError, OSError) as error:
        raise SealError(str(error)) from error
    return made


def _is_sealed(records: Sequence[Recorded], now: datetime) -> bool:
    return bool(records) and timezone.localdate(records[-1].sealed_at) >= timezone.localdate(now)


def _require_whole(walked: Walk, records: list[Recorded]) -> None:
    """Refuse to go on with a file that is not the one the database remembers.

    A seal that was written by a process which ended before it was recorded is recorded now.
    """
    late = walked.last
    if late and late.number == len(records) + 1 and not walked.breaches:
        remembered = Recorded(late.number, late.sha256, datetime.fromisoformat(late.header["sealed_at"]))
        if not compared(walked, [*records, remembered]):
            _record(late)
            records.append(remembered)
    breaches = walked.breaches or compared(walked, records)
    if breaches:
        raise SealError(f"{breaches[0]} (docs/audit-chain.md says what to do)")


def _require_lost(walked: Walk, records: list[Recorded]) -> None:
    if walked.last or walked.breaches or not records:
        raise SealError("a new file begins only where seals are recorded and the file is gone or empty")


def _drawn(
    walked: Walk, records: list[Recorded], now: datetime, begins_again: str
) -> tuple[dict[str, Any], list[Head]]:
    """Return the header of the next seal, but for its key, and the changed heads."""
    changed, unsealed = _changed(walked.state)
    for chain in unsealed:
        logger.error("a broken chain is not sealed", extra={"chain": chain})
    state = walked.state | {head.chain: head for head in changed}
    number, prev = walked.next_number, walked.last_sha256
    if begins_again:
        number, prev = records[-1].number + 1, records[-1].sha256
    header = {
        "begins_again": begins_again,
        "chains": len(state),
        "events": sum(head.seq for head in state.values()),
        "form": line.FORM,
        "number": number,
        "prev": prev,
        "root": line.root(sorted(changed)),
        "sealed_at": moment(now),
        "state": line.state_hash(state.values()),
        "unsealed": unsealed,
    }
    return header, changed


def _changed(state: dict[str, Head]) -> tuple[list[Head], list[str]]:
    """Return the heads that moved since they were sealed and rest on whole events, and the chains that do not."""
    heads = {row[0]: Head(*row) for row in ChainHead.objects.values_list("chain", "seq", "hash")}
    moved = [head for head in heads.values() if state.get(head.chain) != head]
    lost = [chain for chain in state if chain not in heads]
    sound = {head.chain for part in _parts(moved) for head in _sound(part, state)}
    changed = sorted(head for head in moved if head.chain in sound)
    return changed, sorted([*lost, *(head.chain for head in moved if head.chain not in sound)])


def _parts(heads: Sequence[Head]) -> Iterator[Sequence[Head]]:
    return (heads[at : at + AT_ONCE] for at in range(0, len(heads), AT_ONCE))


def _sound(heads: Sequence[Head], state: dict[str, Head]) -> Iterable[Head]:
    """Yield the heads whose events, from the sealed one on, follow each other up to them; one statement for all."""
    before = {head.chain: state.get(head.chain, Head(head.chain, 0, GENESIS)) for head in heads}
    events = stretches([(head.chain, before[head.chain].seq, head.seq) for head in heads])
    by_chain = {chain: list(links) for chain, links in groupby(events, key=lambda event: event.chain)}
    for head in heads:
        sealed = before[head.chain]
        links = by_chain.get(head.chain, [])
        if links and not any(
            breaches_after(
                (sealed.seq, sealed.hash), links, ChainHead(chain=head.chain, seq=head.seq, hash=head.hash)
            )
        ):
            yield head


@transaction.atomic
def _record(made: Seal) -> None:
    """Remember a seal in the chain of the seals, so that cutting the file is found too.

    Raises:
        SealError: somebody else has recorded a seal of this number meanwhile.
    """
    list(ChainHead.objects.select_for_update().filter(pk=CHAIN))
    known = recorded()
    if known and known[-1].number >= made.number:
        raise SealError(f"seal {made.number} was made elsewhere meanwhile")
    said = ("number", "sealed_at", "key", "chains", "events", "unsealed", "begins_again")
    emit(
        KIND,
        chain=CHAIN,
        subject=ChainHead(pk=CHAIN),
        actor=_Clock(),
        data={name: made.header[name] for name in said} | {"sha256": made.sha256},
    )
