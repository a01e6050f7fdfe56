"""Workbooks that tests hand in."""

from io import BytesIO
from typing import Any

from openpyxl import Workbook

from accounts.domain import agencies_table, people_columns

PEOPLE = tuple(column.heading for column in people_columns.COLUMNS)
AGENCIES = tuple(column.heading for column in agencies_table.COLUMNS)


def workbook(headings: Any, *rows: Any) -> bytes:
    """Return a workbook with a line of headings and rows."""
    book = Workbook()
    for row in (headings, *rows):
        book.worksheets[0].append(list(row))
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()
