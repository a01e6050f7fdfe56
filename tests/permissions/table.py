"""The readable table of who gets what where, `matrix.csv`, taken apart into cells.

A row says: at this URL, by this method, these roles get this answer in these phases. What no row says is refused: 404
for whoever is signed in, the sign-in page (302) for visitors. `ids` names what stands in the address.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TABLE = Path(__file__).with_name("matrix.csv")
PHASES = (
    "receive",
    "draft",
    "sign_request",
    "prepare_opinion",
    "dispose",
    "sign_submission",
    "review",
    "sign_review",
    "decide",
    "vote",
    "suspended",
    "issue",
    "issued",
)
ONCE = "decide"  # where what does not depend on the case's phase is asked
APART = "apart"  # asked outside of the matrix: health, which closes the connection it is asked on
GROUPS: dict[str, tuple[str, ...]] = {
    "LEAD": ("lead.specialist", "lead.head", "lead.clerk", "substitute"),
    "ASKED": ("asked.specialist", "asked.head", "asked.clerk"),
    "OFFICE": ("vp.specialist", "vp.head", "vp.clerk"),
    "COMMITTEE": ("chair", "vice_chair", "chair.delegate"),
    "STRANGERS": (
        "late.head",
        "former.head",
        "outsider.specialist",
        "outsider.head",
        "left.head",
        "nobody",
        "superuser",
        "administrator",
    ),
    "MEMBERS": ("member",),
    "VISITORS": ("anonymous", "inactive"),
}
ROLES = tuple(role for roles in GROUPS.values() for role in roles)
VISITORS = GROUPS["VISITORS"]
GROUPS["ANYBODY"] = tuple(role for role in ROLES if role not in VISITORS)
GROUPS["JUDGES"] = (*GROUPS["OFFICE"], *GROUPS["COMMITTEE"])
GROUPS["NOBODY"] = ()
GROUPS["ADMINISTRATORS"] = (
    "administrator",
    "superuser",
)  # both are marked as administrators; the role is no more
# Who reads the other case too: the Office and the Committee, which read every one.
WIDE = GROUPS["JUDGES"]
# Kinds of ids that come with the case; a cell is asked from the phase on in which the case has one of each.
FROM = {"plan": "draft", "key": "draft", "file": "draft"}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    url: str
    method: str
    ids: tuple[str, ...]
    roles: tuple[str, ...]
    phases: tuple[str, ...]
    answer: int
    where: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One question and its answer."""

    url: str
    method: str
    ids: tuple[str, ...]
    role: str
    phase: str
    answer: int


def rows() -> list[Row]:
    """Read the table."""
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return [_row(line) for line in csv.DictReader(lines)]


def _row(line: dict[str, str]) -> Row:
    roles = [role for word in line["who"].split() for role in GROUPS.get(word, (word,))]
    unknown = set(roles) - set(ROLES)
    assert not unknown, f"no such role: {unknown}"
    return Row(
        url=line["url"],
        method=line["method"],
        ids=tuple(line["ids"].split()),
        roles=tuple(dict.fromkeys(roles)),
        phases=tuple(phase for word in line["phases"].split() for phase in _phases(word)),
        answer=int(line["answer"]),
        where=line["phases"],
    )


def _phases(word: str) -> tuple[str, ...]:
    """Return the phases a word names: one, from..to, from.., always, once; none for what is asked apart."""
    if word == APART:
        return ()
    if word == "once":
        return (ONCE,)
    if word == "always":
        return PHASES
    first, dots, last = word.partition("..")
    start = PHASES.index(first)
    end = PHASES.index(last) if last else len(PHASES) - 1 if dots else start
    return PHASES[start : end + 1]


def cells(table: list[Row] | None = None) -> Iterator[Cell]:
    """Yield every cell: each URL and method of the table, for every role, in every phase in which it can be asked."""
    table = rows() if table is None else table
    for url, method in dict.fromkeys((row.url, row.method) for row in table):
        mine = [row for row in table if (row.url, row.method) == (url, method)]
        for phase in _asked_in(mine):
            said = {role: row.answer for row in mine if phase in row.phases for role in row.roles}
            for role in ROLES:
                refusal = 302 if role in VISITORS else 404
                yield Cell(url, method, mine[0].ids, role, phase, said.get(role, refusal))


def _asked_in(mine: list[Row]) -> tuple[str, ...]:
    where = {row.where for row in mine}
    if where == {APART}:
        return ()
    if where == {"once"}:
        return (ONCE,)
    start = max((PHASES.index(FROM.get(kind, PHASES[0])) for kind in mine[0].ids), default=0)
    last = len(PHASES) - ("task" in mine[0].ids)  # nothing waits in a case that is issued
    return PHASES[start:last]


def contradictions(table: list[Row]) -> list[tuple[str, str, str, str]]:
    """Return the cells for which two rows say different things."""
    said: dict[tuple[str, str, str, str], int] = {}
    wrong = []
    for row in table:
        for role in row.roles:
            for phase in row.phases:
                cell = (row.url, row.method, role, phase)
                if said.setdefault(cell, row.answer) != row.answer:
                    wrong.append(cell)
    return wrong
