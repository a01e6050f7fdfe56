"""Tables of people and agencies: kept when they are handed in, examined, and written whole or not at all."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from accounts.authority import Actor
from accounts.models import ImportSheet, SheetKind, User
from notifications.outbox import emit

from . import agencies_table, people_columns, people_table
from .administering import ChangedMeanwhileError, check_administrator
from .chain import CHAIN
from .errors import DomainError
from .outcomes import Examination, Outcome
from .workbook import Column, SheetRow, read_rows

KEPT = timedelta(hours=1)  # between handing in and confirming
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Table:
    """One kind of table: its columns, what its rows would do, and doing it."""

    columns: tuple[Column, ...]
    examine: Callable[..., tuple[list[Outcome], Any]]
    apply: Callable[..., None]


TABLES = {
    SheetKind.PEOPLE: Table(people_columns.COLUMNS, people_table.examine, people_table.apply),
    SheetKind.AGENCIES: Table(agencies_table.COLUMNS, agencies_table.examine, agencies_table.apply),
}


@transaction.atomic
def keep(kind: str, *, file_name: str, content: bytes, actor: Actor) -> ImportSheet:
    """Keep a file that was handed in for an hour; what the person kept before and what is over goes.

    Raises:
        NotAllowedError: the actor is no administrator.
        DomainError: it is no workbook, too large, or lacks a column.
    """
    check_administrator(actor)
    rows(kind, content)
    now = timezone.now()
    unconfirmed = ImportSheet.objects.filter(applied_at=None)
    unconfirmed.filter(expires_at__lte=now).delete()
    unconfirmed.filter(user=actor.person).delete()
    return ImportSheet.objects.create(
        user=actor.person,
        kind=kind,
        file_name=file_name[-LONGEST_NAME:],
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        uploaded_at=now,
        expires_at=now + KEPT,
    )


def rows(kind: str, content: bytes) -> list[SheetRow]:
    """Return the rows of a file.

    Raises:
        DomainError: it is no workbook, too large, or lacks a column.
    """
    return read_rows(content, TABLES[SheetKind(kind)].columns)


def examine(sheet: ImportSheet, *, actor: Actor) -> Examination:
    """Return what every row would do now; a fixed number of statements."""
    table = TABLES[SheetKind(sheet.kind)]
    outcomes, _plan = table.examine(rows(sheet.kind, bytes(sheet.content)), actor)
    return Examination(outcomes)


@transaction.atomic
def confirm(sheet: ImportSheet, *, digest: str, actor: Actor) -> Examination:
    """Write a whole table, or nothing; repeating it changes nothing.

    `digest` is that of the examination that was on the screen.

    Raises:
        NotAllowedError: the actor is no administrator.
        ChangedMeanwhileError: examined again, the rows would do something else, or its time is over.
        DomainError: a row is wrong.
    """
    check_administrator(actor)
    User.objects.select_for_update().get(pk=actor.person.pk)
    locked = ImportSheet.objects.select_for_update().filter(pk=sheet.pk).first()
    if locked is None or (locked.applied_at is None and locked.expires_at <= timezone.now()):
        raise ChangedMeanwhileError(_("The file was kept for an hour, which is over. Hand it in again."))
    if locked.applied_at is not None:
        return Examination(())

    table = TABLES[SheetKind(locked.kind)]
    outcomes, plan = table.examine(rows(locked.kind, bytes(locked.content)), actor, lock=True)
    found = Examination(outcomes)
    if found.digest != digest:
        raise ChangedMeanwhileError(
            _("Something changed since the check. This is what the rows would do now.")
        )
    if not found.is_clean:
        raise DomainError(_("Nothing is written while a row is wrong."))
    _write(table, plan, actor)

    locked.applied_at, locked.content = timezone.now(), b""
    locked.save(update_fields=["applied_at", "content"])
    data = {"kind": locked.kind, "file": locked.file_name, "sha256": locked.sha256, "rows": found.counts}
    emit("import.confirmed", chain=CHAIN, subject=locked, actor=actor, data=data)
    return found


def _write(table: Table, plan: Any, actor: Actor) -> None:
    try:
        with transaction.atomic():
            table.apply(plan, actor=actor)
    except IntegrityError as error:  # somebody wrote the same between the look and the write
        words = _("Something changed since the check. This is what the rows would do now.")
        raise ChangedMeanwhileError(words) from error


def template_of(kind: str) -> bytes:
    """Return an empty workbook with the columns of a kind of table, and a second sheet that explains them."""
    columns = TABLES[SheetKind(kind)].columns
    book = Workbook()
    _empty_table(book.worksheets[0], columns)
    _explained(book.create_sheet("Hướng dẫn"), columns)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _empty_table(sheet: Worksheet, columns: Sequence[Column]) -> None:
    sheet.title = "Dữ liệu"
    sheet.append([each.heading for each in columns])
    sheet.freeze_panes = "A2"
    for at, column in enumerate(columns, start=1):
        head = sheet.cell(row=1, column=at)
        head.font, head.fill = Font(bold=True), PatternFill("solid", fgColor="E7EAE4")
        sheet.column_dimensions[get_column_letter(at)].width = column.width


def _explained(sheet: Worksheet, columns: Sequence[Column]) -> None:
    sheet.append(["Cột", "Cách ghi"])
    for column in columns:
        sheet.append([column.heading, column.note])
    sheet.append(
        ["Chung", "Chỉ đọc trang đầu; tối đa 5.000 dòng, 5 MB; không dùng công thức; dòng trống được bỏ qua."]
    )
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 20, 100
    for row in sheet.iter_rows():
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for cell in sheet[1]:
        cell.font = Font(bold=True)
