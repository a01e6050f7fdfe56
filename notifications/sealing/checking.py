"""Checking the seals: the file against its key and the database, the database against the file."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db.models import Max, Sum

from notifications.chain import Breach, stretches
from notifications.models import ChainHead, Event

from . import book, keys
from .line import Head
from .walking import Recorded, SealBreach, Walk, compared, recorded, walk

AT_ONCE = 200


@dataclass
class Report:
    """What was found of the seals."""

    seals: int = 0
    breaches: list[SealBreach | Breach] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def verify_seals(*, chain: str | None = None) -> Report:
    """Check every seal, and that each sealed head is that of the event which is there today.

    `chain` narrows the second to one chain. It finds cut ends, chains that were made anew or deleted, and a file that
    was cut; what was written since the last seal is protected by its chain alone.
    """
    try:
        walked, records = _read()
    except (keys.BadKeyError, book.BusyError, OSError) as error:
        return Report(breaches=[SealBreach(None, f"they cannot be read: {error}")])
    report = Report(seals=len(walked.seals))
    report.breaches += [*walked.breaches, *compared(walked, records)]
    wanted = [head for name, head in sorted(walked.state.items()) if chain in {None, name}]
    for at in range(0, len(wanted), AT_ONCE):
        report.breaches += _gone(wanted[at : at + AT_ONCE], walked)
    report.notes += _notes(walked)
    return report


def _read() -> tuple[Walk, list[Recorded]]:
    """Read file and record while nobody seals."""
    with book.reading(Path(settings.AUDIT_SEAL_FILE)) as opened:
        lines: Iterable[bytes] = opened.lines() if opened else ()
        return walk(lines, keys.trusted_keys()), recorded()


def _gone(heads: Sequence[Head], walked: Walk) -> Iterator[Breach]:
    """Yield the heads that no event has any more; one statement, and one where there are such."""
    events = stretches([(head.chain, head.seq - 1, head.seq) for head in heads], hashes_alone=True)
    found = {(event.chain, event.seq): event.hash for event in events}
    lost = [head for head in heads if found.get((head.chain, head.seq)) != head.hash]
    if not lost:
        return
    chains = Event.objects.filter(chain__in=[head.chain for head in lost])
    longest = dict(chains.order_by().values_list("chain").annotate(Max("seq")))
    for head in lost:
        number = walked.sealed_by[head.chain]
        if (head.chain, head.seq) in found:
            finding = f"it is not the event that seal {number} names"
        elif head.chain in longest:
            finding = f"seal {number} names it, the last one found is {longest[head.chain]}"
        else:
            finding = f"seal {number} names it, and the whole chain is gone"
        yield Breach(head.chain, head.seq, finding)


def _notes(walked: Walk) -> Iterator[str]:
    if walked.last is None:
        yield "no seal was made yet"
        return
    yield from (f"seal {number} begins a new file: {reason}" for number, reason in walked.begun_again.items())
    if unsealed := walked.last.header["unsealed"]:
        yield f"seal {walked.last.number} leaves out broken chains: {', '.join(unsealed)}"
    now = ChainHead.objects.aggregate(events=Sum("seq"))["events"] or 0
    since = now - sum(head.seq for head in walked.state.values())
    yield f"seal {walked.last.number} of {walked.last.header['sealed_at']}; {since} events since then"
