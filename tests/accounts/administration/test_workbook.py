"""Reading what was handed in: bounded, blank rows skipped, anything broken refused in words."""

import zipfile
from datetime import date, datetime
from io import BytesIO

import pytest

from accounts.domain import workbook as reading
from accounts.domain.errors import DomainError
from accounts.domain.people_columns import COLUMNS
from tests.workbooks import PEOPLE, workbook

NOON = datetime(2026, 3, 1, 12)  # noqa: DTZ001 - workbooks know no time zones
ROW = ("a", "A", "", "", "", "", "")


def read(content):
    return reading.read_rows(content, COLUMNS)


def refusal(content):
    with pytest.raises(DomainError) as refused:
        read(content)
    return refused.value.message


def archive(**parts):
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in parts.items():
            packed.writestr(name, text)
    return stream.getvalue()


def test_read_blank_rows_are_skipped_and_numbers_are_those_of_the_file():
    found = read(workbook((None,) * 7, PEOPLE, (None,) * 7, ROW, ("", " ", None, "", "", "", ""), ROW))

    assert [row.number for row in found] == [4, 6]


@pytest.mark.parametrize(
    "headings",
    [
        PEOPLE,
        ("USER NAME", "full name", "E-Mail", "agency", "Position", "from", "no longer from"),
        ("ten dang nhap", "HỌ VÀ TÊN", "Email", "Cơ quan", "Chức vụ", "Ngày bắt đầu", "Thôi từ ngày"),
    ],
)
def test_read_headings_are_understood_in_both_languages(headings):
    row = ("a", "A", "a@b.vn", "stc", "HEAD", date(2026, 3, 1), "01/09/2026")

    assert read(workbook(headings, row))[0].values == {
        "username": "a",
        "full_name": "A",
        "email": "a@b.vn",
        "agency": "stc",
        "position": "HEAD",
        "valid_from": date(2026, 3, 1),
        "valid_to": date(2026, 9, 1),
    }


def test_read_columns_may_stand_anywhere_and_others_are_notes():
    found = read(workbook(("Ghi chú", "Họ và tên", "Tên đăng nhập"), ("x", "A", "a")))

    assert found[0].values == {"username": "a", "full_name": "A"}


def test_read_values_are_tidied():
    row = (12.0, "  Nguye\u0302\u0303n \u200b Văn\n A ", "", "", "", NOON, 10326)

    found = read(workbook(PEOPLE, row))[0]

    assert (found.text("username"), found.text("full_name")) == ("12", "Nguyễn Văn A")
    assert found.values["valid_from"] == date(2026, 3, 1)
    assert set(found.faults) == {"valid_to"}


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (("=A1", *ROW[1:]), "username"),
        (("a", "=HYPERLINK(1)", *ROW[2:]), "full_name"),
        (("a", "A", "x" * 501, *ROW[3:]), "email"),
        (("a", "A", "", "", "", "ngày mai", ""), "valid_from"),
    ],
)
def test_read_cell_that_cannot_be_taken_is_a_fault_of_its_column(row, column):
    assert set(read(workbook(PEOPLE, row))[0].faults) == {column}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no archive",
        archive(**{"x.txt": "x"}),
        archive(**{"[Content_Types].xml": "<a/>", "xl/workbook.xml": "<b"}),
        archive(**{"[Content_Types].xml": '<!DOCTYPE x [<!ENTITY e "x">]><x>&e;</x>'}),
        workbook(PEOPLE, ROW)[:-200],
    ],
    ids=["empty", "text", "archive", "broken", "entities", "cut off"],
)
def test_read_what_is_no_workbook_is_refused(content):
    assert refusal(content) == "Không đọc được tệp này như bảng tính (XLSX)." or "XLSX" in refusal(content)


def test_read_missing_and_double_columns_are_named():
    assert "Họ và tên" in refusal(workbook(("Tên đăng nhập", "x"), ("a", "b")))
    assert "Họ và tên" in refusal(workbook(("Tên đăng nhập", "Họ tên", "Full name"), ("a", "b", "c")))
    assert refusal(workbook((None,)))


def test_read_more_rows_than_a_table_has_are_refused(monkeypatch):
    monkeypatch.setattr(reading, "MOST_ROWS", 3)

    assert len(read(workbook(PEOPLE, *[ROW] * 3))) == 3
    assert "3" in refusal(workbook(PEOPLE, *[ROW] * 4))


def test_read_archive_that_unpacks_to_too_much_is_refused():
    bomb = archive(**{"[Content_Types].xml": "0" * (reading.MOST_UNPACKED + 1)})

    assert len(bomb) < reading.MOST_BYTES
    assert "XLSX" not in refusal(bomb)
