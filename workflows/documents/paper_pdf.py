"""The paper of an approved plan as a PDF of the form administrative documents have.

Source of sizes, margins and places: Decree 30/2020/NĐ-CP, appendix I; domain notes 6.10 and 6.11.
"""

from collections.abc import Sequence
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import black
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import (
    CondPageBreak,
    HRFlowable,
    KeepTogether,
    LongTable,
    PageBreak,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
    TableStyle,
)

from workflows.models import Level

from .letterhead import COUNTRY, MOTTO
from .packing import clean
from .paper import KIND, Paper, Passage

FONTS = Path(__file__).resolve().parent / "fonts"
PLAIN, BOLD, ITALIC = "HCPaper", "HCPaper-Bold", "HCPaper-Italic"
LEFT, RIGHT, EDGE = 30 * mm, 15 * mm, 20 * mm
WIDTH = A4[0] - LEFT - RIGHT
HEAD_WIDTHS = (WIDTH * 0.42, WIDTH * 0.58)
TASKS = ("TT", "Nhiệm vụ", "Cơ quan chủ trì", "Cơ quan phối hợp", "Thời hạn", "Sản phẩm, chỉ tiêu")
TASK_WIDTHS = tuple(width * mm for width in (10, 48, 31, 31, 21, 24))
ROOM_TO_SIGN = 26 * mm


def _style(size: int = 14, font: str = PLAIN, **shape: Any) -> ParagraphStyle:
    return ParagraphStyle("", fontName=font, fontSize=size, leading=size * 1.25, splitLongWords=1, **shape)


BODY = _style(alignment=TA_JUSTIFY, firstLineIndent=12.7 * mm, spaceBefore=6)
HEADING = _style(font=BOLD, firstLineIndent=12.7 * mm, spaceBefore=8, keepWithNext=1)
CENTRED = _style(13, alignment=TA_CENTER)
STRONG = _style(13, BOLD, alignment=TA_CENTER)
MOTTO_STYLE = _style(14, BOLD, alignment=TA_CENTER)
DATED = _style(13, ITALIC, alignment=TA_CENTER, spaceBefore=6)
TITLE = _style(14, BOLD, alignment=TA_CENTER)
CELL, CELL_HEAD = _style(11), _style(11, BOLD, alignment=TA_CENTER)
RECIPIENTS = _style(11)


def render_pdf(paper: Paper) -> bytes:
    """Return the document; the same paper gives the same bytes."""
    _load_fonts()
    out = BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=LEFT,
        rightMargin=RIGHT,
        topMargin=EDGE,
        bottomMargin=EDGE,
        title=clean(f"{KIND} {paper.subject}"),
        author=clean(paper.head.issuer),
        lang="vi-VN",
        invariant=1,
    )

    def finish(canvas: Any, shown: Any) -> None:
        _frame(canvas, shown.page, paper)

    document.build(
        [*_head(paper), *_signed([*_text(paper), *_annexes(paper)], paper), *_tasks(paper)],
        onFirstPage=finish,
        onLaterPages=finish,
    )
    return out.getvalue()


@cache
def _load_fonts() -> None:
    for name, file in ((PLAIN, "regular"), (BOLD, "bold"), (ITALIC, "italic")):
        pdfmetrics.registerFont(TTFont(name, str(FONTS / f"hc-paper-{file}.ttf")))


def _says(text: str, style: ParagraphStyle) -> Paragraph:
    """Return a paragraph of plain text: nothing in it is markup."""
    return Paragraph(escape(clean(text)).replace("\n", "<br/>"), style)


def _rule(share: float) -> HRFlowable:
    return HRFlowable(width=f"{share:.0%}", thickness=0.7, color=black, spaceBefore=2, spaceAfter=2)


def _head(paper: Paper) -> list[Any]:
    left = [
        *([_says(paper.head.superior, CENTRED)] if paper.head.superior else []),
        _says(paper.head.issuer, STRONG),
        _rule(0.4),
        _says(f"Số:           /{paper.symbol}".replace(" ", "\u00a0"), CENTRED),
    ]
    day = f"ngày       tháng       năm {paper.on.year}".replace(" ", "\u00a0")
    place = f"{paper.head.place}, " if paper.head.place else ""
    right = [
        _says(COUNTRY, _style(12, BOLD, alignment=TA_CENTER)),
        _says(MOTTO, MOTTO_STYLE),
        _rule(0.62),
        _says(f"{place}{day}", DATED),
    ]
    grid = Table([[left, right]], colWidths=HEAD_WIDTHS)
    grid.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)]))
    return [grid, Spacer(0, 14), _says(KIND, TITLE), _says(paper.subject, TITLE), _rule(0.3), Spacer(0, 6)]


def _text(paper: Paper) -> list[Any]:
    return [_passage(each) for each in paper.passages if each.text.strip()]


def _passage(passage: Passage) -> Paragraph:
    heads = passage.level == Level.SECTION
    return _says(f"{passage.mark} {passage.text}", HEADING if heads else BODY)


def _annexes(paper: Paper) -> list[Any]:
    names = [*([] if not paper.tasks else ["Bảng phân công nhiệm vụ"]), *paper.annexes]
    if not names:
        return []
    rows = [_says(f"{number}. {name}", BODY) for number, name in enumerate(names, start=1)]
    return [_says("Phụ lục kèm theo:", HEADING), *rows]


def _signed(text: list[Any], paper: Paper) -> list[Any]:
    """Return the text with its signature block, which never stands alone on a page."""
    return [*text[:-1], KeepTogether([*text[-1:], *_signature(paper)])]


def _signature(paper: Paper) -> list[Any]:
    left = [
        _says("Nơi nhận:", _style(12, BOLD)),
        *(_says(line, RECIPIENTS) for line in paper.recipients),
    ]
    right = [
        *(_says(line, _style(14, BOLD, alignment=TA_CENTER)) for line in paper.lines),
        Spacer(0, ROOM_TO_SIGN),
        _says(paper.name, _style(14, BOLD, alignment=TA_CENTER)),
    ]
    grid = Table([[left, right]], colWidths=HEAD_WIDTHS)
    grid.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)]))
    return [Spacer(0, 14), grid]


def _tasks(paper: Paper) -> list[Any]:
    """Return the table of tasks on a page of its own; its head is repeated on every page."""
    if not paper.tasks:
        return []
    rows: list[Sequence[Paragraph]] = [[_says(head, CELL_HEAD) for head in TASKS]]
    rows += [[_says(text, CELL) for text in row] for row in paper.tasks]
    table = LongTable(rows, colWidths=TASK_WIDTHS, repeatRows=1, splitInRow=1)
    table.setStyle(TableStyle([("GRID", (0, 0), (-1, -1), 0.5, black), ("VALIGN", (0, 0), (-1, -1), "TOP")]))
    return [
        PageBreak(),
        _says("PHỤ LỤC", TITLE),
        _says("BẢNG PHÂN CÔNG NHIỆM VỤ", TITLE),
        _rule(0.3),
        Spacer(0, 8),
        CondPageBreak(40 * mm),
        table,
    ]


def _frame(canvas: Any, page: int, paper: Paper) -> None:
    """Number the pages in the middle of the top margin, from the second on; say at the foot what was decided on."""
    canvas.saveState()
    canvas.setFillColor(black)
    if page > 1:
        canvas.setFont(PLAIN, 13)
        canvas.drawCentredString(A4[0] / 2, A4[1] - 14 * mm, str(page))
    canvas.setFont(PLAIN, 8)
    canvas.drawCentredString(A4[0] / 2, 12 * mm, f"SHA-256 của nội dung được phê duyệt: {paper.sha256}")
    canvas.drawCentredString(A4[0] / 2, 8.5 * mm, clean(paper.note))
    canvas.restoreState()
