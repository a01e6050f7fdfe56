"""One seal as one line: what is hashed, what is signed, and how a single chain is proved by it.

Nothing here reads settings, files or the database. The form is described in docs/audit-chain.md.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

FORM = "dieu-hanh/seal/1"
NOTHING = "0" * 64
PARTS = {"heads", "seal", "signature"}
FIELDS = {
    "begins_again",
    "chains",
    "events",
    "form",
    "key",
    "number",
    "prev",
    "root",
    "sealed_at",
    "state",
    "unsealed",
}


class UnreadableError(ValueError):
    """A line that is no seal, or whose signature or heads are not those that were sealed."""


class Head(NamedTuple):
    """How far a chain went, and the hash of its last event."""

    chain: str
    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Seal:
    """A signed header over the heads that changed since the seal before it."""

    header: Mapping[str, Any]
    heads: tuple[Head, ...]
    signature: str

    @property
    def number(self) -> int:
        """Its place among the seals, from 1."""
        return int(self.header["number"])

    @property
    def sha256(self) -> str:
        """The hash of the header, which the next seal names; hexadecimal."""
        return hashlib.sha256(canonical(self.header)).hexdigest()

    @property
    def line(self) -> bytes:
        """The seal as it stands in the file, with its line end."""
        return canonical({"heads": self.heads, "seal": self.header, "signature": self.signature}) + b"\n"


def canonical(value: Any) -> bytes:
    """Return JSON with sorted keys, no spaces, UTF-8."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode()


def signed(header: Mapping[str, Any], heads: Iterable[Head], key: Ed25519PrivateKey) -> Seal:
    """Return the seal of a header that names its heads by their root."""
    return Seal(header, tuple(sorted(heads)), key.sign(canonical(header)).hex())


def read(line: bytes, keys: Mapping[str, Ed25519PublicKey]) -> Seal:
    """Read a line and prove its signature and its heads.

    Raises:
        UnreadableError: it is no seal in canonical form, of no key that is trusted, or not what was signed.
    """
    seal = _parsed(line)
    key = keys.get(str(seal.header["key"]))
    if key is None:
        raise UnreadableError(f"its key {seal.header['key']} is not trusted")
    try:
        key.verify(bytes.fromhex(seal.signature), canonical(seal.header))
    except (InvalidSignature, ValueError):
        raise UnreadableError("its signature is wrong") from None
    if root(seal.heads) != seal.header["root"]:
        raise UnreadableError("its heads are not those that were signed")
    return seal


def _parsed(line: bytes) -> Seal:
    try:
        found = json.loads(line)
        heads = tuple(Head(str(chain), int(seq), str(digest)) for chain, seq, digest in found["heads"])
        seal = Seal(found["seal"], heads, str(found["signature"]))
        is_one = set(found) == PARTS and set(seal.header) == FIELDS and seal.header["form"] == FORM
        # Two spellings of one seal would be two files with the same proof.
        is_one = is_one and seal.line == line and list(heads) == sorted(heads)
    except (ValueError, TypeError, KeyError, RecursionError):
        is_one = False
    if not is_one:
        raise UnreadableError("it cannot be read")
    return seal


def state_hash(heads: Iterable[Head]) -> str:
    """Hash the list of all heads, sorted; hexadecimal."""
    return hashlib.sha256(canonical(sorted(heads))).hexdigest()


# --- a tree of hashes over the heads (RFC 6962, section 2.1): one chain is proved without the others --------------


def root(heads: Sequence[Head]) -> str:
    """Return the root of the tree over sorted heads, hexadecimal."""
    level = [_leaf(head) for head in heads]
    while len(level) > 1:
        level = _above(level)
    return (level[0] if level else hashlib.sha256(b"").digest()).hex()


def path(heads: Sequence[Head], place: int) -> list[list[str]]:
    """Return what leads from one of the sorted heads to the root: side (`L`, `R`) and hash of each neighbour."""
    level, steps = [_leaf(head) for head in heads], []
    while len(level) > 1:
        beside = place ^ 1
        if beside < len(level):
            steps.append(["L" if beside < place else "R", level[beside].hex()])
        level, place = _above(level), place // 2
    return steps


def _leaf(head: Head) -> bytes:
    return hashlib.sha256(b"\x00" + canonical(head)).digest()


def _above(level: Sequence[bytes]) -> list[bytes]:
    """Return the next level; one without a neighbour goes up as it is."""
    pairs = [level[at : at + 2] for at in range(0, len(level), 2)]
    return [hashlib.sha256(b"\x01" + b"".join(pair)).digest() if len(pair) > 1 else pair[0] for pair in pairs]
