"""The workbook, opened again: figures as figures, dates as dates, and whatever an agency wrote as text."""

from datetime import UTC, datetime
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from tests.workflows.documents.sample import HOSTILE, asked, crowd, line, round_of, table, waiting
from workflows.documents.packing import clean
from workflows.documents.table import Choice, Tally
from workflows.documents.xlsx import (
    AGENCY_COLUMNS,
    CUT,
    HIGHEST,
    MOST,
    ROW_COLUMNS,
    render_xlsx,
)
from workflows.models import OpinionState, Stance, Treatment

# What spreadsheets take for the beginning of a formula, narrow and wide.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n=", "＝", "＋", "－", "＠", "|", "%")


def opened(data):
    return load_workbook(BytesIO(render_xlsx(data)))


def values(sheet):
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def figures(book):
    """Return the first sheet's rows by their first cell."""
    return {row[0]: tuple(row[1:]) for row in values(book.worksheets[0]) if row[0]}


def test_workbook_has_figures_rows_and_agencies():
    assert opened(table(line())).sheetnames == ["Tổng hợp", "Tiếp thu, giải trình", "Cơ quan"]


def test_figures_of_the_round_of_133_agencies():
    found = figures(opened(table(line(), rounds=(crowd(),))))

    assert found["Số cơ quan, đơn vị được lấy ý kiến"][0] == 133
    assert found["Đã trả lời"][0] == 30
    assert found["Nhất trí"][0] == 21
    assert found["Nhất trí, có góp ý"][0] == 7
    assert found["Không nhất trí"][0] == 2
    assert found["Quá hạn không có ý kiến, coi như nhất trí"][0] == 103
    assert found["Không có ý kiến"][0] == 0
    assert found["Thời hạn trả lời"][0] == datetime(2020, 7, 3, 17)  # noqa: DTZ001 - a sheet has no zones
    assert (found["Tổng số góp ý"][0], found["Tiếp thu"][0]) == (1, 1)


def test_figures_stand_in_a_column_for_each_round():
    rounds = (
        round_of(asked(), waiting("B", OpinionState.WITHDRAWN)),
        round_of(waiting("A"), asked("C", is_late=True), number=2, draft=3),
    )

    found = figures(opened(table(rounds=rounds)))

    assert found["Chỉ tiêu"][:2] == ("Lần 1", "Lần 2")
    assert found["Dự thảo gửi lấy ý kiến"][:2] == ("Lần 1", "Lần 3")
    assert found["Chưa trả lời"][:2] == (0, 1)
    assert found["Đã rút yêu cầu"][:2] == (1, 0)
    assert found["Trả lời sau thời hạn"][:2] == (0, 1)


def test_questions_are_tallied():
    tally = Tally(1, "Phương án nào?", (Choice("Một", ("A", "B")), Choice("Hai", ())))

    sheet = opened(table(line(), rounds=(round_of(asked(), questions=(tally,)),))).worksheets[0]

    assert values(sheet)[-3:] == [
        ["Câu hỏi", "Phương án", "Số cơ quan, đơn vị", "Cơ quan, đơn vị"],
        ["Lần 1, câu hỏi 1. Phương án nào?", "Một", 2, "A; B"],
        ["Lần 1, câu hỏi 1. Phương án nào?", "Hai", 0, None],
    ]


def test_row_holds_the_remark_and_what_became_of_it():
    said = line(suggestion="Sửa", treatment=Treatment.PARTLY, upheld="Giữ", disagrees=True)

    head, row = values(opened(table(said))["Tiếp thu, giải trình"])

    assert head == [name for name, _width in ROW_COLUMNS]
    assert row == [
        1,
        1,
        1,
        "Khoản 1 mục II",
        "Sở Tài chính",
        "1785/STC-QLNS",
        datetime(2020, 7, 1),  # noqa: DTZ001 - a sheet has no zones
        "Bổ sung nguồn kinh phí.",
        "Sửa",
        "Tiếp thu một phần",
        "Đã bổ sung.\nNơi chỉnh sửa: Khoản 1 mục II.",
        "Không nhất trí.\nBảo lưu ý kiến: Giữ",
    ]


def test_agency_is_listed_with_the_proof_that_it_was_asked():
    moment = datetime(2020, 6, 26, 1, tzinfo=UTC)
    silent = asked(
        "A",
        Stance.DEEMED_AGREED,
        delivered_at=moment,
        opened_at=moment,
        reminded_at=(moment, datetime(2020, 7, 2, 1, tzinfo=UTC)),
        is_required=False,
    )
    head, row = values(opened(table(rounds=(round_of(silent),)))["Cơ quan"])
    said = dict(zip(head, row, strict=True))

    assert head == [name for name, _width in AGENCY_COLUMNS]
    assert said["Bắt buộc trả lời"] == "Không"
    assert said["Đã nhận lúc"] == said["Mở lần đầu lúc"] == datetime(2020, 6, 26, 8)  # noqa: DTZ001
    assert (said["Số lần nhắc"], said["Nhắc lần cuối lúc"]) == (2, datetime(2020, 7, 2, 8))  # noqa: DTZ001
    assert (said["Ý kiến"], said["Trả lời lúc"], said["Trả lời muộn"]) == (
        "Quá hạn không có ý kiến, coi như nhất trí",
        None,
        None,
    )


def test_proof_is_left_out_where_the_reader_may_not_know_it():
    _head, row = values(opened(table(rounds=(round_of(asked("A", due=None)),)))["Cơ quan"])

    assert row[5:10] == [None, None, None, None, None]


@pytest.mark.parametrize("text", HOSTILE)
def test_text_that_looks_like_a_formula_stays_text(text):
    data = table(
        line(
            text=text,
            suggestion=text,
            agency=text,
            place=text,
            answer=text,
            upheld=text,
            document_number=text,
        ),
        title=text,
        rounds=(
            round_of(
                waiting(text, OpinionState.WITHDRAWN, withdrawn_reason=text, document_number=text),
                questions=(Tally(1, text, (Choice(text, (text,)),)),),
                citation=text,
                signed_as=text,
                request_number=text,
            ),
        ),
    )

    cells = [cell for sheet in opened(data).worksheets for row in sheet.iter_rows() for cell in row]

    written = [cell for cell in cells if isinstance(cell.value, str)]
    assert {cell.data_type for cell in written} == {"s"}
    assert all(cell.quotePrefix for cell in written)
    assert text.strip() in {cell.value.strip() for cell in written}


@settings(max_examples=30, deadline=None)
@given(st.builds("{}a{}".format, st.sampled_from(FORMULA), st.text(max_size=60)))
def test_any_text_comes_back_as_the_text_it_was(text):
    cell = opened(table(line(text=text)))["Tiếp thu, giải trình"]["H2"]

    assert (cell.data_type, cell.quotePrefix) == ("s", True)
    assert cell.value == clean(text).strip()


def test_text_longer_than_a_cell_says_where_the_whole_is():
    sheet = opened(table(line(text="ă" * 40_000, answer="b" * MOST, change="")))["Tiếp thu, giải trình"]
    said, answer = sheet["H2"].value, sheet["K2"].value

    assert len(said) == MOST
    assert said.endswith(CUT)
    assert answer == "b" * MOST
    assert sheet.row_dimensions[2].height == HIGHEST


@pytest.mark.parametrize("text", ["a\x00\x0b\ufffeb", "a\ud800b"])
def test_characters_that_xml_cannot_hold_are_dropped(text):
    assert opened(table(line(text=text)))["Tiếp thu, giải trình"]["H2"].value == "ab"


@pytest.mark.parametrize("text", ["😀 עברית \u202e ngược", "dòng một\ndòng hai", "<a>&amp;</a>", "Sở " * 400])
def test_other_text_is_kept_as_it_is(text):
    assert opened(table(line(text=text, agency=text)))["Tiếp thu, giải trình"]["H2"].value == text.strip()


def test_rows_are_as_high_as_their_longest_cell():
    sheet = opened(table(line(1), line(2, text="Góp ý dài. " * 60)))["Tiếp thu, giải trình"]

    assert sheet.row_dimensions[2].height < sheet.row_dimensions[3].height < HIGHEST


def test_lists_are_frozen_filtered_and_printed_across_with_their_head():
    for name in ("Tiếp thu, giải trình", "Cơ quan"):
        sheet = opened(table(line()))[name]
        assert (sheet.freeze_panes, sheet.auto_filter.ref.startswith("A1:")) == ("A2", True)
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert (sheet.print_title_rows, sheet.oddFooter.center.text) == ("$1:$1", "&P/&N")


def test_same_table_gives_the_same_bytes():
    data = table(line(), rounds=(crowd(),))

    assert render_xlsx(data) == render_xlsx(data)
    assert render_xlsx(data) != render_xlsx(table(line(text="Khác"), rounds=(crowd(),)))
