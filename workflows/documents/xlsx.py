"""The table of opinions as a workbook: figures, rows, and one row for each agency and round.

Whatever an agency wrote is text and never a formula: each such cell is a string and carries the mark (quotePrefix) by
which spreadsheets keep it one when it is edited.
"""

from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO

from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from workflows.models import OpinionState, Stance

from . import wording
from .packing import clean, repacked
from .table import Asked, Line, Round, Table

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST = 32_767  # characters a cell can hold
CUT = " … (xem đầy đủ tại bản DOCX)"
DAY, MOMENT = "dd/mm/yyyy", "dd/mm/yyyy hh:mm"
LINE_HEIGHT, HIGHEST = 16.0, 409.0  # of a line in 12 points, and of a row, in points
FONT = "Times New Roman"
PLAIN, BOLD = Font(name=FONT, size=12), Font(name=FONT, size=12, bold=True)
TITLE, NOTE = Font(name=FONT, size=14, bold=True), Font(name=FONT, size=12, italic=True)
TOP = Alignment(vertical="top", wrap_text=True)
MIDDLE = Alignment(horizontal="center", vertical="center", wrap_text=True)
HEAD_FILL = PatternFill("solid", fgColor="E7EAE4")
LINE = Side(style="thin", color="7F8881")
BOX = Border(left=LINE, right=LINE, top=LINE, bottom=LINE)
Value = str | int | date | datetime | None
Column = tuple[str, int]

ROW_COLUMNS: tuple[Column, ...] = (
    ("TT", 6),
    ("Lần lấy ý kiến", 8),
    ("Dự thảo lần", 8),
    ("Nội dung dự thảo", 20),
    ("Cơ quan góp ý", 24),
    ("Số văn bản", 16),
    ("Ngày trả lời", 12),
    ("Ý kiến góp ý", 46),
    ("Đề nghị sửa thành", 32),
    ("Tiếp thu / Giải trình", 13),
    ("Nội dung tiếp thu, giải trình", 46),
    ("Ghi chú", 24),
)
AGENCY_COLUMNS: tuple[Column, ...] = (
    ("TT", 6),
    ("Lần lấy ý kiến", 8),
    ("Cơ quan, đơn vị", 36),
    ("Bắt buộc trả lời", 10),
    ("Ngày lấy ý kiến", 12),
    ("Đã nhận lúc", 17),
    ("Mở lần đầu lúc", 17),
    ("Số lần nhắc", 8),
    ("Nhắc lần cuối lúc", 17),
    ("Thời hạn trả lời", 17),
    ("Trả lời lúc", 17),
    ("Ý kiến", 22),
    ("Trả lời muộn", 10),
    ("Số văn bản", 16),
    ("Lý do rút yêu cầu", 24),
)


def render_xlsx(table: Table) -> bytes:
    """Return the workbook; the same table gives the same bytes."""
    book = Workbook()
    first = book.worksheets[0]
    _write_figures(first, table)
    _write_list(book.create_sheet("Tiếp thu, giải trình"), ROW_COLUMNS, _rows(table))
    _write_list(book.create_sheet("Cơ quan"), AGENCY_COLUMNS, _agencies(table))
    book.properties.title = clean(f"{wording.TITLE} {wording.subtitle(table)}")[:255]
    book.properties.creator = clean(table.head.issuer)[:255]
    book.properties.language = "vi-VN"
    out = BytesIO()
    book.save(out)
    return repacked(out.getvalue(), on=table.on)


# --- cells -----------------------------------------------------------------------------------------------------------


def _put(sheet: Worksheet, row: int, column: int, value: Value, *, font: Font = PLAIN) -> Cell:
    """Write one cell: numbers and dates as such, everything else as a string that stays one."""
    cell = sheet.cell(row, column)
    if not isinstance(cell, Cell):  # part of a merged range: there are none
        raise TypeError(cell)
    if isinstance(value, str):
        cell.value = _shortened(value)
        cell.data_type = "s"
        cell.quotePrefix = True
    elif value is not None:
        cell.value = timezone.localtime(value).replace(tzinfo=None) if isinstance(value, datetime) else value
        cell.number_format = (
            MOMENT if isinstance(value, datetime) else DAY if isinstance(value, date) else "0"
        )
    cell.font, cell.alignment = font, TOP
    return cell


def _shortened(text: str) -> str:
    said = clean(text)
    return said if len(said) <= MOST else said[: MOST - len(CUT)] + CUT


def _put_head(sheet: Worksheet, row: int, names: Sequence[str]) -> None:
    for column, name in enumerate(names, start=1):
        cell = _put(sheet, row, column, name, font=BOLD)
        cell.alignment, cell.border, cell.fill = MIDDLE, BOX, HEAD_FILL


def _set_print(sheet: Worksheet, head: int) -> None:
    """Print on A4 across, as wide as the page, the head on every page, pages numbered."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    margins = sheet.page_margins
    margins.left, margins.right, margins.top, margins.bottom = 0.8, 0.5, 0.8, 0.8
    sheet.oddFooter = HeaderFooterItem(center=_HeaderFooterPart(text="&P/&N"))
    if head:
        sheet.print_title_rows = f"{head}:{head}"


def _set_sizes(sheet: Worksheet, widths: Sequence[int], *, top: int = 1) -> None:
    """Set the widths of the columns and, from row `top` on, heights that show the whole text.

    Spreadsheets differ in whether they fit the height of a wrapped row by themselves.
    """
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    for row in sheet.iter_rows(min_row=top):
        lines = [_lines(cell.value, width) for cell, width in zip(row, widths, strict=False)]
        sheet.row_dimensions[row[0].row or top].height = min(max(lines) * LINE_HEIGHT + 3, HIGHEST)


def _lines(value: object, width: int) -> int:
    """Return how many lines a value takes in a column, roughly: a column holds a few more letters than its width."""
    if not isinstance(value, str):
        return 1
    return sum(1 + int(len(line) / (width * 1.05)) for line in value.split("\n"))


# --- lists -----------------------------------------------------------------------------------------------------------


def _write_list(sheet: Worksheet, columns: Sequence[Column], rows: Sequence[Sequence[Value]]) -> None:
    """Write a list with a frozen head and a filter."""
    _put_head(sheet, 1, [name for name, _width in columns])
    for number, row in enumerate(rows, start=2):
        for column, value in enumerate(row, start=1):
            _put(sheet, number, column, value).border = BOX
    _set_sizes(sheet, [width for _name, width in columns])
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{len(rows) + 1}"
    _set_print(sheet, 1)


def _rows(table: Table) -> list[list[Value]]:
    return [_row(line, len(table.rounds)) for line in table.lines]


def _row(line: Line, rounds: int) -> list[Value]:
    return [
        line.number,
        line.round,
        line.draft,
        line.place,
        line.agency,
        line.document_number,
        line.answered_on,
        wording.said_in(line),
        line.suggestion,
        wording.treatment_of(line),
        "\n".join(wording.answer_to(line)),
        "\n".join(wording.notes_on(line, rounds=rounds)),
    ]


def _agencies(table: Table) -> list[list[Value]]:
    return [
        [number, each.number, *_agency(asked, each)]
        for each in table.rounds
        for number, asked in enumerate(each.asked, start=1)
    ]


def _agency(asked: Asked, each: Round) -> list[Value]:
    is_given = asked.state == OpinionState.GIVEN
    return [
        asked.name,
        "Có" if asked.is_required else "Không",
        each.request_on,
        asked.delivered_at,
        asked.opened_at,
        len(asked.reminded_at) if asked.due else None,
        asked.reminded_at[-1] if asked.reminded_at else None,
        asked.due,
        asked.answered_at,
        wording.said_by(asked),
        "" if not is_given else "Có" if asked.is_late else "Không",
        asked.document_number,
        asked.withdrawn_reason,
    ]


# --- figures ---------------------------------------------------------------------------------------------------------


def _write_figures(sheet: Worksheet, table: Table) -> None:
    """Write a column of figures for each round, what became of the remarks, and the answers to questions."""
    sheet.title = "Tổng hợp"
    heads = (
        (wording.TITLE, TITLE),
        (wording.subtitle(table), BOLD),
        (f"{table.head.issuer}, {wording.in_words(table.on)}", NOTE),
        (wording.caution(table), NOTE),
    )
    texts = [(text, font) for text, font in heads if text]
    for row, (text, font) in enumerate(texts, start=1):
        _put(sheet, row, 1, text, font=font).alignment = Alignment(vertical="top")
    top = len(texts) + 2
    _put_head(sheet, top, ["Chỉ tiêu", *(f"Lần {each.number}" for each in table.rounds)])
    below = _put_block(sheet, top + 1, _figures(table.rounds))
    below = _put_block(sheet, below + 1, _treated(table))
    _put_questions(sheet, below + 1, table)
    _set_sizes(sheet, [48, *([44] * max(len(table.rounds), 3))], top=top)
    sheet.freeze_panes = f"B{top + 1}"
    _set_print(sheet, 0)


def _put_block(sheet: Worksheet, row: int, block: Sequence[Sequence[Value]]) -> int:
    """Write rows of a name and values from a row on; return the row after them."""
    for number, values in enumerate(block, start=row):
        for column, value in enumerate(values, start=1):
            cell = _put(sheet, number, column, value, font=BOLD if column == 1 else PLAIN)
            cell.border, cell.alignment = BOX, Alignment(horizontal="left", vertical="top", wrap_text=True)
    return row + len(block)


def _figures(rounds: Sequence[Round]) -> list[list[Value]]:
    stances: list[list[Value]] = [
        [name, *(len(each.of(Stance(stance))) for each in rounds)] for stance, name in wording.STANCES.items()
    ]
    return [
        ["Dự thảo gửi lấy ý kiến", *(f"Lần {each.draft}" for each in rounds)],
        ["Văn bản lấy ý kiến", *(each.request_number for each in rounds)],
        ["Ngày văn bản", *(each.request_on for each in rounds)],
        ["Người ký", *(each.signed_as for each in rounds)],
        ["Thời hạn trả lời", *(each.due_at for each in rounds)],
        ["Số cơ quan, đơn vị được lấy ý kiến", *(len(each.asked) for each in rounds)],
        ["Đã trả lời", *(len(each.answered) for each in rounds)],
        *stances,
        ["Chưa trả lời", *(len(each.in_state(OpinionState.ASKED)) for each in rounds)],
        ["Đã rút yêu cầu", *(len(each.in_state(OpinionState.WITHDRAWN)) for each in rounds)],
        ["Trả lời sau thời hạn", *(len(each.late) for each in rounds)],
        ["Căn cứ xử lý khi không trả lời", *(each.citation for each in rounds)],
    ]


def _treated(table: Table) -> list[list[Value]]:
    total = sum(line.is_known for line in table.remarks)
    treated: list[list[Value]] = [[name, table.treated(value)] for value, name in wording.TREATMENTS.items()]
    return [["Tổng số góp ý", total], *treated, ["Chưa tiếp thu, giải trình", table.treated("")]]


def _put_questions(sheet: Worksheet, row: int, table: Table) -> None:
    answers: list[list[Value]] = [
        [f"Lần {each.number}, câu hỏi {tally.number}. {tally.text}", choice.text, len(choice.agencies), names]
        for each in table.rounds
        for tally in each.questions
        for choice in tally.choices
        for names in ["; ".join(choice.agencies)]
    ]
    if answers:
        _put_head(sheet, row, ["Câu hỏi", "Phương án", "Số cơ quan, đơn vị", "Cơ quan, đơn vị"])
        _put_block(sheet, row + 1, answers)
