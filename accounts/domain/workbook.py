"""Reading a table that was handed in as XLSX: bounded, without formulas, headings in Vietnamese or English."""

import unicodedata
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from accounts.days import parse_day
from accounts.search import fold

from .errors import DomainError

MOST_BYTES = 5 * 1024 * 1024
MOST_UNPACKED = 60 * 1024 * 1024
MOST_PARTS = 300
MOST_ROWS = 5_000
MOST_COLUMNS = 30
LONGEST_CELL = 500  # characters


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its name, how the template calls it, how else it may be called, and what it says."""

    name: str
    heading: str
    others: tuple[str, ...]
    note: str
    width: int = 20
    is_needed: bool = True
    is_day: bool = False


@dataclass(slots=True)
class SheetRow:
    """One row as it stands in the file: its number there, its values, and what is wrong with it, by column."""

    number: int
    values: dict[str, Any]
    faults: dict[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """Return a value as text; empty where there is none."""
        return str(self.values.get(name) or "")


def read_rows(content: bytes, columns: Sequence[Column]) -> list[SheetRow]:
    """Return the rows of the first sheet that are not blank.

    Raises:
        DomainError: it is no workbook, too large, or lacks a column.
    """
    _check_size(content)
    try:
        book = load_workbook(BytesIO(content), read_only=True, data_only=False, keep_links=False)
        try:
            sheet = book.worksheets[0]
            sheet.reset_dimensions()
            return list(_rows(sheet.iter_rows(max_col=MOST_COLUMNS), columns))
        finally:
            book.close()
    except DomainError:
        raise
    except (InvalidFileException, zipfile.BadZipFile, OSError, *_BROKEN) as error:
        raise DomainError(_("This file cannot be read as a workbook (XLSX)."), field="sheet") from error


# What the reader raises on a damaged file: it trusts the parts of a workbook to fit each other.
_BROKEN = (
    KeyError,
    ValueError,
    IndexError,
    TypeError,
    AttributeError,
    SyntaxError,
    EOFError,
    NotImplementedError,
)


def _check_size(content: bytes) -> None:
    """Refuse what is too large, also once it is unpacked.

    Raises:
        DomainError: it is, or it is no archive at all.
    """
    if len(content) > MOST_BYTES:
        raise DomainError(_("The file is larger than 5 MB."), field="sheet")
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise DomainError(_("This file cannot be read as a workbook (XLSX)."), field="sheet") from error
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise DomainError(_("The workbook is too large once it is unpacked."), field="sheet")


def _rows(cells: Iterator[Any], columns: Sequence[Column]) -> Iterator[SheetRow]:
    places: dict[int, Column] = {}
    count = 0
    for number, row in enumerate(cells, start=1):
        if all(cell.value is None or cell.value == "" for cell in row):
            continue
        if not places:
            places = _places([str(cell.value or "") for cell in row], columns)
            continue
        count += 1
        if count > MOST_ROWS:
            words = _("The table has more than %(most)s rows. Divide it.")
            raise DomainError(words % {"most": f"{MOST_ROWS:,}".replace(",", ".")}, field="sheet")
        found = _row(number, row, places)
        if found.faults or any(found.values.values()):
            yield found
    if not places:
        raise DomainError(_("The first sheet is empty."), field="sheet")


def _places(headings: Sequence[str], columns: Sequence[Column]) -> dict[int, Column]:
    """Return which column stands where.

    Raises:
        DomainError: one that is needed is missing, or one comes twice.
    """
    by_word = {fold(word): each for each in columns for word in (each.heading, each.name, *each.others)}
    places = {at: by_word[fold(word)] for at, word in enumerate(headings) if fold(word) in by_word}
    known = [each.name for each in places.values()]
    missing = [each.heading for each in columns if each.is_needed and each.name not in known]
    if missing:
        words = _("These columns are missing: %(columns)s.")
        raise DomainError(words % {"columns": ", ".join(missing)}, field="sheet")
    if twice := [each.heading for each in columns if known.count(each.name) > 1]:
        words = _("These columns come twice: %(columns)s.")
        raise DomainError(words % {"columns": ", ".join(twice)}, field="sheet")
    return places


def _row(number: int, cells: Sequence[Any], places: Mapping[int, Column]) -> SheetRow:
    found = SheetRow(number, {})
    for at, column in places.items():
        cell = cells[at] if at < len(cells) else None
        value, fault = _value(cell, column)
        found.values[column.name] = value
        if fault:
            found.faults[column.name] = fault
    return found


def _value(cell: Any, column: Column) -> tuple[Any, str]:
    """Return what a cell says, and why it cannot be taken."""
    value = getattr(cell, "value", None)
    if value is None:
        return "", ""
    kind = getattr(cell, "data_type", "")
    if kind == "f" or (isinstance(value, str) and value.startswith("=")):
        return "", _("The cell holds a formula. Paste its value instead.")
    if kind == "e":
        return "", _("The cell holds an error.")
    if isinstance(value, datetime | date):
        day = value.date() if isinstance(value, datetime) else value
        return (day, "") if column.is_day else (f"{day:%d/%m/%Y}", "")
    text = _tidy(str(int(value)) if isinstance(value, float) and value.is_integer() else str(value))
    if len(text) > LONGEST_CELL:
        return "", _("The cell holds more than %(most)s characters.") % {"most": LONGEST_CELL}
    return _day(text) if column.is_day else (text, "")


def _day(text: str) -> tuple[date | str, str]:
    try:
        return (parse_day(text), "") if text else ("", "")
    except ValueError:
        return "", _("Write the date as day/month/year, for example 03/07/2020.")


def _tidy(text: str) -> str:
    """Return text in one Unicode form, without control characters, single spaces."""
    bare = "".join(char if char.isprintable() else " " for char in unicodedata.normalize("NFC", text))
    return " ".join(bare.split())
