"""What every DOCX of an office is made of: page, type, head, page numbers, tables.

Source: Decree 30/2020/NĐ-CP, appendix I.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Length, Mm, Pt
from docx.styles.style import ParagraphStyle
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from .letterhead import COUNTRY, MOTTO, Letterhead
from .packing import clean
from .wording import Part, dated

FONT = "Times New Roman"
BODY, HEAD, SMALL = 14, 13, 12  # points
IN_TABLE, IN_TABLE_ID = "Trong bảng", "TrongBang"
PAGE_WIDTH = 297 - 30 - 15  # of the text on A4 across, in millimetres
MOTTO_RULE = 66  # as long as the motto in 14 points
PER_LETTER = 2.9  # width of a bold capital in 13 points
PER_SMALL_LETTER = 2.0  # width of a letter in 12 points, with what is lost at the ends of lines
CELL_MARGINS = 4


@dataclass(frozen=True, slots=True)
class Page:
    """A sheet of A4 in millimetres: paper, width of the text, the two parts of the head, size of the State's name."""

    paper: tuple[int, int]
    width: int
    head: tuple[int, int]
    country: int = HEAD


LANDSCAPE = Page((297, 210), PAGE_WIDTH, (115, 137))
PORTRAIT = Page((210, 297), 210 - 30 - 15, (66, 99), SMALL)

P, P_PR, P_STYLE, JC, R, R_PR, SZ, TAB, T, VAL = (
    qn(f"w:{name}") for name in ("p", "pPr", "pStyle", "jc", "r", "rPr", "sz", "tab", "t", "val")
)
SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def set_up(document: Document, *, title: str, author: str, on: date, page: Page = LANDSCAPE) -> None:
    """Lay out A4, across unless told otherwise, with the office's margins and type; write the file's properties."""
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE if page == LANDSCAPE else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(page.paper[0]), Mm(page.paper[1])
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    section.top_margin = section.bottom_margin = Mm(20)
    section.header_distance = section.footer_distance = Mm(10)
    _set_type(document)
    _modernise(document)
    facts = document.core_properties
    facts.title, facts.author, facts.last_modified_by = clean(title)[:255], clean(author)[:255], ""
    facts.comments, facts.language, facts.revision = "", "vi-VN", 1
    facts.created = facts.modified = datetime.combine(on, time(), UTC)


def _set_type(document: Document) -> None:
    """Set the type of all text by styles, so that whoever edits the document changes it in one place."""
    defaults = document.styles.element.find(qn("w:docDefaults"))
    defaults.find(".//" + qn("w:lang")).set(qn("w:val"), "vi-VN")
    normal = document.styles["Normal"]
    cell = document.styles.add_style(IN_TABLE, WD_STYLE_TYPE.PARAGRAPH)
    cell.base_style, cell.element.styleId = normal, IN_TABLE_ID
    for style, size, around in ((normal, BODY, 0), (cell, SMALL, 2)):
        if not isinstance(style, ParagraphStyle):
            raise TypeError(style)
        style.font.name, style.font.size = FONT, Pt(size)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for script in ("ascii", "hAnsi", "cs", "eastAsia"):
            fonts.set(qn(f"w:{script}"), FONT)
        shape = style.paragraph_format
        shape.space_before = shape.space_after = Pt(around)
        shape.line_spacing = 1.0
        shape.widow_control = True


def _modernise(document: Document) -> None:
    """Leave what the library's template carries of its own: a picture of an empty page, the mode of Word 2010."""
    for key, relation in list(document.part.package.rels.items()):
        if relation.reltype.endswith("/thumbnail"):
            del document.part.package.rels[key]
    for setting in document.settings.element.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), "15")


def number_pages(document: Document) -> None:
    """Number the pages in the middle of the top margin, from the second on."""
    section = document.sections[0]
    section.different_first_page_header_footer = True
    paragraph = section.header.paragraphs[0]
    paragraph.alignment = ALIGN.CENTER
    for kind, text in (("begin", ""), ("", "PAGE"), ("separate", ""), ("shown", "2"), ("end", "")):
        run = paragraph.add_run()
        run.font.size = Pt(HEAD)
        if kind == "shown":
            run.text = text
        else:
            run._r.append(_element("w:fldChar", fldCharType=kind) if kind else _instruction(text))  # noqa: SLF001


def _instruction(text: str) -> BaseOxmlElement:
    element = OxmlElement("w:instrText")
    element.text = text
    return element


def _element(tag: str, **attributes: str) -> BaseOxmlElement:
    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), value)
    return element


# --- paragraphs ------------------------------------------------------------------------------------------------------


def add_paragraph(  # noqa: PLR0913 - how a paragraph is set
    document: Document,
    text: str,
    *,
    bold: bool = False,
    italic: bool = False,
    align: ALIGN = ALIGN.LEFT,
    size: int = BODY,
    before: int = 0,
    after: int = 0,
    first_line: Length | None = None,
    keep: bool = False,
) -> Paragraph:
    """Add a paragraph; `size`, `before` and `after` in points, `keep` holds it on the page of the next one."""
    paragraph = document.add_paragraph()
    shape = paragraph.paragraph_format
    shape.alignment, shape.first_line_indent = align, first_line
    shape.space_before, shape.space_after = Pt(before), Pt(after)
    shape.keep_with_next = keep or None
    _add_run(paragraph, text, size=None if size == BODY else size, bold=bold, italic=italic)
    if not text:
        paragraph.paragraph_format.line_spacing = Pt(size)
    return paragraph


def _add_run(paragraph: Paragraph, text: str, *, size: int | None, bold: bool, italic: bool) -> None:
    run = paragraph.add_run(clean(text))
    run.bold, run.italic = bold or None, italic or None
    if size is not None:
        run.font.size = Pt(size)


def write_cell(cell: _Cell, parts: Sequence[Part], *, size: int | None = None, in_table: bool = True) -> None:
    """Write paragraphs into an empty cell; a line break within one starts another.

    A table has thousands of them: they are written as elements, which is five times as fast as through the library.
    """
    lines = [(line, look) for text, look in parts for line in clean(text).split("\n")]
    holder = cell._tc  # noqa: SLF001 - the element
    for number, (line, look) in enumerate(lines):
        element = holder.p_lst[0] if number == 0 else _child(holder, P)
        if in_table or "c" in look:
            shape = _child(element, P_PR)
            if in_table:
                _child(shape, P_STYLE, {VAL: IN_TABLE_ID})
            if "c" in look:
                _child(shape, JC, {VAL: "center"})
        _write_run(_child(element, R), line, look, size)


def _child(parent: BaseOxmlElement, tag: str, attributes: dict[str, str] | None = None) -> BaseOxmlElement:
    element: BaseOxmlElement = parent.makeelement(tag, attributes or {})
    parent.append(element)
    return element


def _write_run(run: BaseOxmlElement, line: str, look: str, size: int | None) -> None:
    """Fill a run: bold, italic and size in the schema's order, then the text; tabs are elements of their own."""
    if size is not None or "b" in look or "i" in look:
        properties = _child(run, R_PR)
        for letter in ("b", "i"):
            if letter in look:
                _child(properties, qn(f"w:{letter}"))
        if size is not None:
            _child(properties, SZ, {VAL: str(2 * size)})
    for number, piece in enumerate(line.split("\t")):
        if number:
            _child(run, TAB)
        _child(run, T, {SPACE: "preserve"}).text = piece


def lines_of(parts: Sequence[Part], width: float) -> int:
    """Return how many lines the parts take in a cell of a width in millimetres, roughly."""
    letters = max(int((width - CELL_MARGINS) / PER_SMALL_LETTER), 1)
    return sum(1 + len(line) // letters for text, _look in parts for line in text.split("\n"))


# --- the head --------------------------------------------------------------------------------------------------------


def add_letterhead(document: Document, head: Letterhead, *, on: date, page: Page = LANDSCAPE) -> None:
    """Add superior body and issuing agency on the left, the State's name and motto with place and date on the right."""
    left, right = add_row(document, page.head, ruled=False)
    names = [(name, look) for name, look in ((head.superior, "c"), (head.issuer, "bc")) if name]
    write_cell(left, names, size=HEAD, in_table=False)
    _add_rule(left, page.head[0], min(len(head.issuer) * PER_LETTER, page.head[0]) * 0.4)
    write_cell(right, [(COUNTRY, "bc")], size=page.country, in_table=False)
    motto = right.add_paragraph()
    motto.alignment = ALIGN.CENTER
    _add_run(motto, MOTTO, size=None, bold=True, italic=False)
    _add_rule(right, page.head[1], MOTTO_RULE)
    place = right.add_paragraph()
    place.alignment, place.paragraph_format.space_before = ALIGN.CENTER, Pt(6)
    _add_run(place, dated(head.place, on), size=None, bold=False, italic=True)


def add_row(document: Document, widths: Sequence[int], *, ruled: bool) -> tuple[_Cell, ...]:
    """Add a table of one row and return its empty cells; widths in millimetres."""
    table = document.add_table(rows=1, cols=len(widths), style="Table Grid" if ruled else None)
    _set_widths(table, widths)
    return tuple(table.rows[0].cells)


def _add_rule(cell: _Cell, width: float, length: float) -> None:
    """Draw a line of a length under what stands in the cell, in the middle; millimetres."""
    draw_rule(cell.add_paragraph(), (width - 4 - length) / 2)


def draw_rule(paragraph: Paragraph, indent: float) -> None:
    """Make an empty paragraph a line, `indent` millimetres from both sides."""
    shape = paragraph.paragraph_format
    shape.left_indent = shape.right_indent = Mm(indent)
    shape.space_before, shape.line_spacing = Pt(3), Pt(3)
    border = _element("w:top", val="single", sz="6", space="1", color="000000")
    borders = OxmlElement("w:pBdr")
    borders.append(border)
    paragraph._p.get_or_add_pPr().insert_element_before(borders, *AFTER_BORDERS)  # noqa: SLF001


# What may follow the borders among a paragraph's properties, in the schema's order.
AFTER_BORDERS = ("w:shd", "w:tabs", "w:spacing", "w:ind", "w:contextualSpacing", "w:jc", "w:rPr")


# --- tables ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Grid:
    """A ruled table whose head is repeated on every page."""

    table: Table

    def add_row(self, *, together: bool) -> tuple[_Cell, ...]:
        """Add a row and return its empty cells; `together` keeps it on one page."""
        row = self.table.add_row()  # type: ignore[no-untyped-call]
        if together:
            row._tr.get_or_add_trPr().append(_element("w:cantSplit"))  # noqa: SLF001
        return tuple(row.cells)

    def add_merged(self) -> _Cell:
        """Add a row that is one cell."""
        cells = self.add_row(together=True)
        return cells[0].merge(cells[-1])  # type: ignore[no-any-return]


def add_grid(document: Document, widths: Sequence[int], heads: Sequence[str]) -> Grid:
    """Add a table with columns of these widths in millimetres and a repeated head."""
    table = document.add_table(rows=1, cols=len(widths), style="Table Grid")
    _set_widths(table, widths)
    head = table.rows[0]
    for cell, text in zip(head.cells, heads, strict=True):
        write_cell(cell, [(text, "bc")])
        cell.paragraphs[0].paragraph_format.keep_with_next = True
    properties = head._tr.get_or_add_trPr()  # noqa: SLF001
    properties.append(_element("w:cantSplit"))
    properties.append(_element("w:tblHeader"))
    return Grid(table)


def _set_widths(table: Table, widths: Sequence[int]) -> None:
    table.autofit = False
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    for cell, width in zip(table.rows[0].cells, widths, strict=True):
        cell.width = Mm(width)
