"""The Office's sheet as a DOCX of the form administrative documents have.

Source of sizes, margins and places: Decree 30/2020/NĐ-CP, appendix I; layout of domain notes 3.4.
"""

from io import BytesIO
from typing import Any

from docx import Document
from docx.document import Document as Docx
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.shared import Mm

from . import sheet_wording as says
from .docx_parts import PORTRAIT, add_letterhead, add_paragraph, add_row, number_pages, set_up, write_cell
from .packing import repacked
from .sheet import Sheet
from .sheet_wording import Block, Place
from .wording import Part

WIDTHS = (PORTRAIT.width // 2, PORTRAIT.width - PORTRAIT.width // 2)
LOOKS = {"h": "b", "s": "b", "p": "", "i": ""}
ROOM_TO_SIGN = ("", "", "")  # lines for a signature by hand


def render_docx(sheet: Sheet) -> bytes:
    """Return the document; the same sheet gives the same bytes."""
    on = sheet.on or sheet.submitted_on
    document = Document()
    set_up(document, title=f"{says.TITLE} {sheet.title}", author=sheet.head.issuer, on=on, page=PORTRAIT)
    number_pages(document)
    add_letterhead(document, sheet.head, on=on, page=PORTRAIT)
    add_paragraph(document, says.TITLE, bold=True, align=ALIGN.CENTER, before=14, keep=True)
    add_paragraph(document, says.times(sheet), italic=True, align=ALIGN.CENTER, after=8)
    add_paragraph(document, f"Kính gửi: {sheet.to}", align=ALIGN.CENTER, after=8)
    for block in says.blocks(sheet):
        _add_block(document, block)
    _add_box(document, sheet)
    _add_places(document, sheet)
    out = BytesIO()
    document.save(out)
    return repacked(out.getvalue(), on=on)


def _add_block(document: Docx, block: Block) -> None:
    is_head = block.look in {"h", "s"}
    add_paragraph(
        document,
        block.text,
        bold=is_head,
        align=ALIGN.LEFT if is_head else ALIGN.JUSTIFY,
        before=8 if block.look == "h" else 4,
        first_line=None if block.look == "h" else Mm(10),
        keep=is_head,
    )


def _add_box(document: Docx, sheet: Sheet) -> None:
    add_paragraph(document, "", size=8)
    (cell,) = add_row(document, (PORTRAIT.width,), ruled=True)
    place = says.directed(sheet.direction)
    said: list[Part] = [(block.text, LOOKS[block.look]) for block in says.box(sheet.direction)]
    signed = _signed(place) if sheet.direction else [("", ""), ("", ""), ("", "")]
    write_cell(cell, [(says.box_title(sheet), "bc"), *said, *signed], in_table=False)


def _add_places(document: Docx, sheet: Sheet) -> None:
    add_paragraph(document, "", size=8)
    cells: tuple[Any, ...] = add_row(document, WIDTHS, ruled=False)
    for cell, place in zip(cells, says.places(sheet), strict=True):
        write_cell(cell, _signed(place), in_table=False)


def _signed(place: Place) -> list[Part]:
    return [
        (place.dated, "ic"),
        *((line, "bc") for line in place.lines),
        *((line, "c") for line in ROOM_TO_SIGN),
        (place.name, "bc"),
    ]
