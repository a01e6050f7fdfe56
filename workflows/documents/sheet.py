"""The Office's sheet on a submission (phiếu trình), as data.

Layout after domain notes 3.4: to whom; I. what is submitted, II. how it came about, III. the Office's opinion; the box
of the leader's direction; two places to sign. `sheet_building` reads it, `sheet_wording` says what is printed of it.
"""

from dataclasses import dataclass
from datetime import date

from .letterhead import Letterhead
from .table import Line, Table


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signed, when; without a name the place is still empty. `lines` are those above the name."""

    name: str = ""
    on: date | None = None
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Earlier:
    """A submission that came back: who ended it, when, on which grounds or with which requirements."""

    number: int
    on: date
    ended: str
    ended_on: date
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Direction:
    """What the leader decided, with the words of the decision and the signature under it."""

    verb: str
    reasons: tuple[str, ...]
    signer: Signer


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole document; `table` holds every round, remark and answer as the Office may read them."""

    head: Letterhead
    on: date | None
    number: int
    to: str
    leader: str
    agency: str
    document_number: str
    submitted_on: date
    title: str
    directive: str
    dossier: tuple[str, ...]
    points: tuple[str, ...]
    note: str
    table: Table
    disputes: tuple[Line, ...]
    earlier: tuple[Earlier, ...]
    grounds: tuple[str, ...]
    opinion: str
    specialist: Signer
    signed: Signer
    direction: Direction | None = None
