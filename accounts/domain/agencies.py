"""Agencies are loaded from a table anybody may correct; each has its positions and their groups."""

import csv
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from django.contrib.auth.models import Group
from django.db import models, transaction

from accounts.authority import SYSTEM, Actor
from accounts.models import Agency, AgencyKind, AgencyName, AgencyPosition, Position
from notifications.outbox import emit

from .chain import CHAIN

DA_NANG_2020 = Path(__file__).resolve().parent.parent / "data" / "agencies_danang_2020.csv"
AGENCY_FIELDS = ("symbol", "symbol_proven", "kind", "order", "valid_from")
NAME_FIELDS = ("full_name", "short_name")

COMMITTEE_POSITIONS = (Position.CHAIR, Position.VICE_CHAIR, Position.MEMBER)
OTHER_POSITIONS = (
    Position.HEAD,
    Position.DEPUTY_HEAD,
    Position.DIVISION_HEAD,
    Position.SPECIALIST,
    Position.CLERK,
)


@transaction.atomic
def load_agencies(path: Path | None = None, *, actor: Actor = SYSTEM) -> int:
    """Bring the agencies in line with a table; return how many rows it has.

    The table is CSV with the columns `code, symbol, symbol_proven (yes or empty), kind, order, full_name,
    short_name, valid_from`, others are notes; Đà Nẵng's of mid-2020 where none is given. Loading again changes only
    what the table changed; agencies it does not name stay. The number of statements does not depend on the rows.

    Raises:
        ValueError: a code that comes twice, an unknown kind, or a date that is none.
    Source: domain notes, section 11a (symbols without proof follow the pattern "S" + initials).
    """
    rows = _read(path or DA_NANG_2020)

    agencies, changed = _save_agencies(rows)
    renamed = _save_names(rows, agencies)
    make_positions(agencies.values())

    if touched := sorted(changed | renamed):
        emit(
            "agencies.loaded", chain=CHAIN, subject=agencies[touched[0]], actor=actor, data={"codes": touched}
        )
    return len(rows)


@transaction.atomic
def ensure_positions(agency: Agency) -> list[AgencyPosition]:
    """Return the positions an agency of this kind has, made with their groups where they are missing."""
    make_positions([agency])
    places = {place.position: place for place in agency.positions.select_related("group")}
    return [places[position] for position in positions_at(agency)]


@transaction.atomic
def ensure_position(agency: Agency, position: str) -> AgencyPosition:
    """Return one position of an agency, made with its group where it is missing."""
    group, _ = Group.objects.get_or_create(name=group_name(agency, position))
    place, _ = AgencyPosition.objects.get_or_create(
        agency=agency, position=position, defaults={"group": group}
    )
    return place


@transaction.atomic
def make_positions(agencies: Iterable[Agency]) -> None:
    """Make the positions that agencies of their kinds have and that are missing; four statements at most."""
    by_id = {agency.pk: agency for agency in agencies}
    present = set(AgencyPosition.objects.filter(agency__in=by_id).values_list("agency", "position"))
    missing = [
        (agency, position)
        for agency in by_id.values()
        for position in positions_at(agency)
        if (agency.pk, position.value) not in present
    ]
    if not missing:
        return
    names = [group_name(agency, position) for agency, position in missing]
    Group.objects.bulk_create([Group(name=name) for name in names], ignore_conflicts=True)
    groups = {group.name: group for group in Group.objects.filter(name__in=names)}
    AgencyPosition.objects.bulk_create(
        AgencyPosition(agency=agency, position=position, group=groups[group_name(agency, position)])
        for agency, position in missing
    )


def positions_at(agency: Agency) -> tuple[Position, ...]:
    """Return the positions an agency of this kind has."""
    return COMMITTEE_POSITIONS if agency.kind == AgencyKind.COMMITTEE else OTHER_POSITIONS


def group_name(agency: Agency, position: str) -> str:
    """Return the name of the auth group of an agency-position pair, e.g. `stc:HEAD`."""
    return f"{agency.code}:{position}"


def _read(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8-sig", newline="") as table:
        rows = [_row(row) for row in csv.DictReader(table)]
    codes = [row["code"] for row in rows]
    if twice := {code for code in codes if codes.count(code) > 1}:
        raise ValueError(f"codes that come twice: {', '.join(sorted(twice))}")
    return rows


def _row(row: dict[str, str]) -> dict[str, Any]:
    return {
        **{name: row[name] for name in ("code", "symbol", *NAME_FIELDS)},
        "symbol_proven": row["symbol_proven"] == "yes",
        "kind": AgencyKind(row["kind"]).value,
        "order": int(row["order"]),
        "valid_from": date.fromisoformat(row["valid_from"]),
    }


def _save_agencies(rows: list[dict[str, Any]]) -> tuple[dict[str, Agency], set[str]]:
    """Create and correct agencies; return them by code, and the codes of those that changed."""
    codes = [row["code"] for row in rows]
    found = {agency.code: agency for agency in Agency.objects.filter(code__in=codes)}
    wanted = {code: found.get(code, Agency(code=code)) for code in codes}
    changed = {row["code"] for row in rows if _assign(wanted[row["code"]], row, AGENCY_FIELDS)}
    Agency.objects.bulk_create(wanted[code] for code in codes if code not in found)
    Agency.objects.bulk_update([found[code] for code in changed if code in found], AGENCY_FIELDS)
    return wanted, changed


def _save_names(rows: list[dict[str, Any]], agencies: dict[str, Agency]) -> set[str]:
    """Create and correct the names agencies have from the row's day on; return the codes of those that changed."""
    known = AgencyName.objects.filter(agency__in=agencies.values())
    found = {(name.agency_id, name.valid_from): name for name in known}
    new: list[AgencyName] = []
    old: list[AgencyName] = []
    changed: set[str] = set()
    for row in rows:
        agency = agencies[row["code"]]
        name = found.get((agency.pk, row["valid_from"]))
        wanted = name or AgencyName(agency=agency, valid_from=row["valid_from"])
        if _assign(wanted, row, NAME_FIELDS):
            changed.add(agency.code)
            (old if name else new).append(wanted)
    AgencyName.objects.bulk_create(new)
    AgencyName.objects.bulk_update(old, NAME_FIELDS)
    return changed


def _assign(target: models.Model, row: dict[str, Any], fields: Sequence[str]) -> bool:
    """Give a row's values to an object; tell whether one of them was another."""
    before = [getattr(target, field) for field in fields]
    for field in fields:
        setattr(target, field, row[field])
    return before != [row[field] for field in fields]
