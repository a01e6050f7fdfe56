"""Proving one chain to somebody who has neither the database nor the file of seals."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from notifications.chain import record_of
from notifications.models import ChainHead, Event

from . import book, keys, line
from .line import Head


class UnprovableError(Exception):
    """The file of seals cannot be read now."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A seal that names a chain: its header and signature, the head it names, and the path from there to its root."""

    header: dict[str, Any]
    signature: str
    head: Head
    path: list[list[str]]

    @property
    def line(self) -> bytes:
        """The proof in canonical form, with its line end."""
        said = {"head": self.head, "path": self.path, "seal": self.header, "signature": self.signature}
        return line.canonical(said) + b"\n"


def proofs_of(chain: str) -> tuple[list[Proof], dict[str, str]]:
    """Return the seals that name a chain, oldest first, and the public keys they are of, printed, by id.

    A line that proves nothing is left out; `verify_audit` finds it.

    Raises:
        UnprovableError: the file or a key cannot be read.
    """
    try:
        trusted = keys.trusted_keys()
        with book.reading(Path(settings.AUDIT_SEAL_FILE)) as opened:
            proofs = list(_proofs(opened, trusted, chain)) if opened else []
    except (keys.BadKeyError, book.BusyError, OSError) as error:
        raise UnprovableError(str(error)) from error
    used = sorted({proof.header["key"] for proof in proofs})
    return proofs, {name: keys.printed(trusted[name]) for name in used}


def _proofs(opened: book.Book, trusted: dict[str, Any], chain: str) -> Iterator[Proof]:
    for text in opened.lines():
        try:
            seal = line.read(text, trusted)
        except line.UnreadableError:
            continue
        place = next((at for at, head in enumerate(seal.heads) if head.chain == chain), None)
        if place is not None:
            path = line.path(seal.heads, place)
            yield Proof(dict(seal.header), seal.signature, seal.heads[place], path)


def event_lines(chain: str, *, up_to: int) -> Iterator[bytes]:
    """Yield the events of a chain up to a place, each in canonical form with its hash and a line end."""
    events = Event.objects.filter(chain=chain, seq__lte=up_to).order_by("seq")
    for event in events.iterator(500):
        yield line.canonical(record_of(event) | {"hash": event.hash}) + b"\n"


def held_head(chain: str) -> Head:
    """Return the head of a chain and hold it until the transaction ends, so that no act is half seen."""
    head = ChainHead.objects.select_for_update().get(pk=chain)
    return Head(head.chain, head.seq, head.hash)
