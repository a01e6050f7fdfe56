"""The table of opinions as a DOCX of the form administrative documents have.

Source of sizes, margins and places: Decree 30/2020/NĐ-CP, appendix I; domain notes 6.10 and 6.11.
"""

from io import BytesIO

from docx import Document
from docx.document import Document as Docx
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.shared import Mm

from . import wording
from .docx_parts import (
    PAGE_WIDTH,
    add_grid,
    add_letterhead,
    add_paragraph,
    draw_rule,
    lines_of,
    number_pages,
    set_up,
    write_cell,
)
from .packing import repacked
from .table import Table
from .wording import Group

# Widths of the six columns in millimetres; together the width of the text.
WIDTHS = (11, 36, 40, 72, 60, 33)
LINES_TOGETHER = 12  # a row of at most so many lines is not broken: less than half a page
RULE_INDENT = 96  # of the line under the title, from both sides
CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

assert sum(WIDTHS) == PAGE_WIDTH


def render_docx(table: Table) -> bytes:
    """Return the document; the same table gives the same bytes."""
    document = Document()
    set_up(
        document, title=f"{wording.TITLE} {wording.subtitle(table)}", author=table.head.issuer, on=table.on
    )
    number_pages(document)
    add_letterhead(document, table.head, on=table.on)
    _add_title(document, table)
    for text in wording.summary(table):
        add_paragraph(document, text, align=ALIGN.JUSTIFY, first_line=Mm(10), after=6)
    if table.lines:
        _add_rows(document, table)
    for number, group in enumerate(wording.groups(table), start=1):
        _add_group(document, number, group)
    out = BytesIO()
    document.save(out)
    return repacked(out.getvalue(), on=table.on)


def _add_title(document: Docx, table: Table) -> None:
    add_paragraph(document, wording.TITLE, bold=True, align=ALIGN.CENTER, before=12, keep=True)
    add_paragraph(document, wording.subtitle(table), bold=True, align=ALIGN.CENTER, keep=True)
    draw_rule(document.add_paragraph(), RULE_INDENT)
    caution = wording.caution(table)
    if caution:
        add_paragraph(document, caution, italic=True, align=ALIGN.CENTER, before=6)
    add_paragraph(document, "", size=8)


def _add_group(document: Docx, number: int, group: Group) -> None:
    add_paragraph(document, f"{number}. {group.title}", bold=True, before=12, after=4, keep=True)
    if group.basis:
        add_paragraph(document, group.basis, italic=True, align=ALIGN.JUSTIFY, after=4, keep=True)
    add_paragraph(document, group.sentence, align=ALIGN.JUSTIFY)


def _add_rows(document: Docx, table: Table) -> None:
    """Add the table; its head is repeated on every page, and rows that are not long stay on one."""
    add_paragraph(document, "", size=6)
    grid = add_grid(document, WIDTHS, wording.COLUMNS)
    rounds = len(table.rounds)
    before = 0
    for line in table.lines:
        if rounds > 1 and line.round != before:
            write_cell(grid.add_merged(), [(wording.round_title(line), "b")])
        before = line.round
        cells = wording.cells(line, rounds=rounds)
        is_short = all(
            lines_of(parts, width) <= LINES_TOGETHER for parts, width in zip(cells, WIDTHS, strict=True)
        )
        for cell, parts in zip(grid.add_row(together=is_short), cells, strict=True):
            write_cell(cell, parts)
    add_paragraph(document, "", size=6)
