"""What the file of seals says, and what the database remembers of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from notifications.models import Event

from .line import NOTHING, Head, Seal, UnreadableError, read, state_hash

CHAIN = "audit"
KIND = "audit.sealed"


@dataclass(frozen=True)
class SealBreach:
    """A place where the file of seals is not what was written: `number` is None where the file as a whole is meant."""

    number: int | None
    finding: str

    def __str__(self) -> str:
        return f"{'seals' if self.number is None else f'seal {self.number}'}: {self.finding}"


@dataclass
class Walk:
    """The seals of a file in order: the last sealed head of each chain, and by which seal."""

    state: dict[str, Head] = field(default_factory=dict)
    sealed_by: dict[str, int] = field(default_factory=dict)
    seals: dict[int, str] = field(default_factory=dict)
    last: Seal | None = None
    breaches: list[SealBreach] = field(default_factory=list)
    begun_again: dict[int, str] = field(default_factory=dict)

    @property
    def next_number(self) -> int:
        """The number of the seal that comes next."""
        return self.last.number + 1 if self.last else 1

    @property
    def last_sha256(self) -> str:
        """The hash of the last seal, which the next one names."""
        return self.last.sha256 if self.last else NOTHING

    def add(self, seal: Seal) -> None:
        """Go on by one seal."""
        reason = str(seal.header["begins_again"])
        if reason and self.last is None:
            self.begun_again[seal.number] = reason
        elif (seal.number, seal.header["prev"]) != (self.next_number, self.last_sha256):
            self.breaches.append(SealBreach(seal.number, f"it does not follow seal {self.next_number - 1}"))
        self.state.update({head.chain: head for head in seal.heads})
        self.sealed_by.update(dict.fromkeys((head.chain for head in seal.heads), seal.number))
        self.seals[seal.number] = seal.sha256
        self.last = seal


@dataclass(frozen=True, slots=True)
class Recorded:
    """What an event says of a seal."""

    number: int
    sha256: str
    sealed_at: datetime


def walk(lines: Iterable[bytes], keys: Mapping[str, Ed25519PublicKey]) -> Walk:
    """Read the lines of a file of seals in order, and prove each."""
    walked = Walk()
    for place, line in enumerate(lines, start=1):
        try:
            walked.add(read(line, keys))
        except UnreadableError as error:
            walked.breaches.append(SealBreach(None, f"line {place}: {error}"))
    if (
        walked.last
        and not walked.breaches
        and state_hash(walked.state.values()) != walked.last.header["state"]
    ):
        walked.breaches.append(
            SealBreach(walked.last.number, "it is not over the heads of the seals before it")
        )
    return walked


def recorded() -> list[Recorded]:
    """Return what the chain of events says of the seals, oldest first; one statement."""
    events = Event.objects.filter(chain=CHAIN, kind=KIND).order_by("seq")
    return [
        Recorded(data["number"], data["sha256"], datetime.fromisoformat(data["sealed_at"]))
        for data in events.values_list("data", flat=True)
    ]


def compared(walked: Walk, records: list[Recorded]) -> list[SealBreach]:
    """Compare the file with what the database remembers: a seal that only one of them knows was cut from the other."""
    first = min(walked.seals, default=1)
    known = {each.number: each.sha256 for each in records}
    begun_again = bool(walked.begun_again)
    return [
        *(
            SealBreach(number, _difference(number, walked, known))
            for number in sorted({*walked.seals, *known})
            if walked.seals.get(number) != known.get(number) and not (begun_again and number < first)
        ),
        *_numbering(records),
    ]


def _difference(number: int, walked: Walk, known: dict[int, str]) -> str:
    if number not in walked.seals:
        return "it is recorded in the database and missing in the file"
    if number not in known:
        return "it is in the file and not recorded in the database"
    return "the file holds another than the database has recorded"


def _numbering(records: list[Recorded]) -> list[SealBreach]:
    numbers = [each.number for each in records]
    wanted = list(range(1, len(numbers) + 1))
    return [] if numbers == wanted else [SealBreach(None, "the database has not recorded them one by one")]
