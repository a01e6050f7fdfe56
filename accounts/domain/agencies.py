"""Agencies are loaded from a table anybody may correct; each has its positions and their groups."""

import csv
from datetime import date
from pathlib import Path

from django.contrib.auth.models import Group
from django.db import transaction

from accounts.models import Agency, AgencyKind, AgencyName, AgencyPosition, Position

DA_NANG_2020 = Path(__file__).resolve().parent.parent / "data" / "agencies_danang_2020.csv"

COMMITTEE_POSITIONS = (Position.CHAIR, Position.VICE_CHAIR, Position.MEMBER)
OTHER_POSITIONS = (
    Position.HEAD,
    Position.DEPUTY_HEAD,
    Position.DIVISION_HEAD,
    Position.SPECIALIST,
    Position.CLERK,
)


@transaction.atomic
def load_agencies(path: Path | None = None) -> int:
    """Bring the agencies in line with a table; return how many rows it has.

    The table is CSV with the columns `code, symbol, symbol_proven (yes or empty), kind, order, full_name,
    short_name, valid_from`; Đà Nẵng's of mid-2020 where none is given. Loading again changes only what the table
    changed; agencies it does not name stay.

    Raises:
        ValueError: an unknown kind or a date that is none.
    Source: domain notes, section 11a (symbols without proof follow the pattern "S" + initials).
    """
    with (path or DA_NANG_2020).open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table))
    for row in rows:
        ensure_positions(_agency(row))
    return len(rows)


@transaction.atomic
def ensure_positions(agency: Agency) -> list[AgencyPosition]:
    """Return the positions an agency of this kind has, made with their groups where they are missing."""
    positions = COMMITTEE_POSITIONS if agency.kind == AgencyKind.COMMITTEE else OTHER_POSITIONS
    present = {place.position: place for place in agency.positions.all()}
    return [present.get(position) or ensure_position(agency, position) for position in positions]


@transaction.atomic
def ensure_position(agency: Agency, position: str) -> AgencyPosition:
    """Return one position of an agency, made with its group where it is missing."""
    group, _ = Group.objects.get_or_create(name=f"{agency.code}:{position}")
    place, _ = AgencyPosition.objects.get_or_create(
        agency=agency, position=position, defaults={"group": group}
    )
    return place


def _agency(row: dict[str, str]) -> Agency:
    valid_from = date.fromisoformat(row["valid_from"])
    agency, _ = Agency.objects.update_or_create(
        code=row["code"],
        defaults={
            "symbol": row["symbol"],
            "symbol_proven": row["symbol_proven"] == "yes",
            "kind": AgencyKind(row["kind"]),
            "order": int(row["order"]),
            "valid_from": valid_from,
        },
    )
    AgencyName.objects.update_or_create(
        agency=agency,
        valid_from=valid_from,
        defaults={"full_name": row["full_name"], "short_name": row["short_name"]},
    )
    return agency
