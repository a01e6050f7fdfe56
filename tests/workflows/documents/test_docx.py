"""The DOCX, opened again: the office's page and type, every word in its cell, nothing that XML cannot hold."""

from dataclasses import replace
from io import BytesIO
from zipfile import ZipFile

import pytest
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from tests.workflows.documents.sample import HEAD, HOSTILE, asked, crowd, line, round_of, table
from workflows.documents import wording
from workflows.documents.docx import WIDTHS, render_docx
from workflows.documents.docx_parts import lines_of
from workflows.models import Stance


def opened(data):
    return Document(BytesIO(render_docx(data)))


def rows_of(document):
    return [[cell.text for cell in row.cells] for row in document.tables[1].rows]


def texts(document):
    return [paragraph.text for paragraph in document.paragraphs if paragraph.text]


def is_together(row):
    return row._tr.find(f"{qn('w:trPr')}/{qn('w:cantSplit')}") is not None


def test_page_is_a4_across_with_the_margins_of_the_decree():
    section = opened(table(line())).sections[0]

    assert (round(section.page_width.mm), round(section.page_height.mm)) == (297, 210)
    margins = (section.top_margin, section.right_margin, section.bottom_margin, section.left_margin)
    assert [round(margin.mm) for margin in margins] == [20, 15, 20, 30]


def test_type_is_times_new_roman_by_style():
    document = opened(table(line()))

    for name, size in (("Normal", 14), ("Trong bảng", 12)):
        style = document.styles[name]
        assert (style.font.name, style.font.size) == ("Times New Roman", Pt(size))
        fonts = style.element.rPr.rFonts
        assert {fonts.get(qn(f"w:{script}")) for script in ("ascii", "hAnsi", "cs", "eastAsia")} == {
            "Times New Roman"
        }


def test_pages_are_numbered_in_the_middle_of_the_top_from_the_second_on():
    section = opened(table(line())).sections[0]
    numbered = section.header.paragraphs[0]

    assert section.different_first_page_header_footer
    assert section.first_page_header.paragraphs[0].text == ""
    assert numbered.alignment == ALIGN.CENTER
    assert [each.text for each in numbered._p.iter(qn("w:instrText"))] == ["PAGE"]


def test_head_names_agency_state_place_and_date():
    left, right = opened(table(line())).tables[0].rows[0].cells

    assert left.text.split("\n")[:2] == [HEAD.superior, HEAD.issuer]
    said = [text for text in right.text.split("\n") if text]
    assert said == [
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Đà Nẵng, ngày 05 tháng 7 năm 2020",
    ]


def test_head_without_a_superior_has_no_empty_line_above():
    document = opened(table(line(), head=replace(HEAD, superior="")))

    assert document.tables[0].rows[0].cells[0].text.split("\n")[0] == HEAD.issuer


def test_words_stand_in_the_order_of_the_document():
    data = table(line(), rounds=(crowd(),), is_part=True, reader="Sở Tài chính")
    groups = wording.groups(data)

    assert texts(opened(data)) == [
        wording.TITLE,
        wording.subtitle(data),
        wording.caution(data),
        *wording.summary(data),
        f"1. {groups[0].title}",
        groups[0].sentence,
        f"2. {groups[1].title}",
        groups[1].basis,
        groups[1].sentence,
    ]


def test_cells_hold_what_the_wording_says():
    data = table(line(1), line(2, suggestion="Sửa", upheld="Giữ ý kiến", disagrees=True, is_late=True))

    head, *rows = rows_of(opened(data))

    assert head == list(wording.COLUMNS)
    assert rows == [
        ["\n".join(text for text, _look in cell) for cell in wording.cells(each, rounds=1)]
        for each in data.lines
    ]


def test_columns_have_their_widths_and_the_head_is_repeated():
    grid = opened(table(line())).tables[1]

    assert [round(cell.width.mm) for cell in grid.rows[0].cells] == list(WIDTHS)
    assert grid.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert grid.rows[1]._tr.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is None


def test_rows_stay_together_unless_they_are_long():
    grid = opened(table(line(1), line(2, text="Góp ý dài. " * 80))).tables[1]

    assert [is_together(row) for row in grid.rows] == [True, True, False]


@pytest.mark.parametrize(
    ("parts", "lines"), [([], 0), ([("a", "")], 1), ([("a\nb", ""), ("c", "b")], 3), ([("a" * 100, "")], 4)]
)
def test_lines_are_counted_by_the_width_of_the_cell(parts, lines):
    assert lines_of(parts, 64) == lines


def test_rounds_are_headed_where_there_are_two():
    rounds = (round_of(asked()), round_of(asked(), number=2, draft=2))

    rows = rows_of(
        opened(table(line(1), line(2, round=2, draft=2), line(3, round=2, draft=2), rounds=rounds))
    )

    assert [row[0] for row in rows] == [
        "TT",
        "Lấy ý kiến lần 1 (dự thảo lần 1)",
        "1",
        "Lấy ý kiến lần 2 (dự thảo lần 2)",
        "2",
        "3",
    ]


def test_document_without_rows_has_no_table_of_rows():
    document = opened(table(rounds=(round_of(asked(stance=Stance.AGREE)),)))

    assert len(document.tables) == 1
    assert texts(document)[-2] == "1. Cơ quan, đơn vị nhất trí: 01"


def test_same_table_gives_the_same_bytes():
    data = table(line(1), line(2, text="Khác"), rounds=(crowd(),))

    assert render_docx(data) == render_docx(data)
    assert render_docx(data) != render_docx(table(line(1), rounds=(crowd(),)))


@pytest.mark.parametrize("text", [*HOSTILE, "😀 עברית \u202e ngược", "<w:p>&amp;</w:p>", "a" * 40_000])
def test_text_of_an_agency_is_printed_as_it_is(text):
    document = opened(table(line(text=text, agency=text[:300], suggestion=text, answer=text)))

    _head, row = rows_of(document)
    assert row[3] == f"{text.strip()}\nĐề nghị sửa thành:\n{text.strip()}"
    assert row[4].startswith(f"Tiếp thu.\n{text.strip()}")


def test_line_breaks_are_paragraphs_and_control_characters_are_dropped():
    (_head, row) = rows_of(opened(table(line(text="a\x00\r\nb\x0b\rc\ufffe"))))

    assert row[3] == "a\nb\nc"


def test_file_names_its_title_and_agency_and_no_template():
    document = opened(table(line()))
    facts = document.core_properties

    assert facts.title.startswith("BẢNG TỔNG HỢP, TIẾP THU, GIẢI TRÌNH Ý KIẾN đối với")
    assert (facts.author, facts.last_modified_by, facts.comments, facts.language) == (
        HEAD.issuer,
        "",
        "",
        "vi-VN",
    )
    assert (facts.created.isoformat(), facts.created) == ("2020-07-05T00:00:00+00:00", facts.modified)
    with ZipFile(BytesIO(render_docx(table(line())))) as archive:
        assert not [name for name in archive.namelist() if "thumbnail" in name]


def test_very_long_names_fit_the_properties():
    data = table(line(), title="Kế hoạch " * 60, head=replace(HEAD, issuer="SỞ " * 200))

    facts = opened(data).core_properties

    assert (len(facts.title), len(facts.author)) == (255, 255)


def test_rule_under_the_title_stands_in_the_order_of_the_schema():
    """Word refuses a paragraph whose properties are out of order, where readers in Python do not."""
    order = ["pStyle", "keepNext", "widowControl", "pBdr", "spacing", "ind", "jc", "rPr"]
    document = opened(table(line(), is_part=True))

    for properties in document.element.body.iter(qn("w:pPr")):
        names = [child.tag.rpartition("}")[2] for child in properties]
        assert names == sorted(names, key=order.index)


def test_widths_fill_the_page():
    assert sum(Mm(width) for width in WIDTHS) == Mm(297 - 30 - 15)
