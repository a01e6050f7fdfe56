"""The paper of an approved plan as a PDF: its form, its type, and that nothing in it is taken for markup."""

import shutil
import subprocess
from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from workflows.documents.letterhead import Letterhead
from workflows.documents.paper import Paper, Passage
from workflows.documents.paper_pdf import render_pdf

BLOCK = ("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH")
PAPER = Paper(
    head=Letterhead("", "ỦY BAN NHÂN DÂN THÀNH PHỐ ĐÀ NẴNG", "Đà Nẵng"),
    symbol="KH-UBND",
    on=date(2020, 7, 5),
    title="Thực hiện Nghị quyết số 84/NQ-CP",
    passages=(
        Passage("SECTION", "I.", "MỤC ĐÍCH, YÊU CẦU"),
        Passage("CLAUSE", "1.", "Rà soát từng dự án, cam kết tiến độ giải ngân."),
    ),
    tasks=(("1", "Rà soát dự án", "Sở Kế hoạch và Đầu tư", "Sở Tài chính", "30/7/2020", "Báo cáo"),),
    annexes=("Danh mục dự án",),
    recipients=("- Như mục tổ chức thực hiện;", "- Lưu: VT, SKHĐT."),
    lines=BLOCK,
    name="Trần Văn Ba",
    sha256="ab" * 32,
    note="Ghi nhận trong hệ thống, không phải chữ ký số",
)
needs_pdftotext = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed")


def pages(content):
    return int(PdfFileReader(BytesIO(content)).root["/Pages"]["/Count"])


def text_of(content, tmp_path):
    (tmp_path / "a.pdf").write_bytes(content)
    done = subprocess.run(["pdftotext", "-layout", tmp_path / "a.pdf", "-"], capture_output=True, check=True)
    return " ".join(done.stdout.decode().split())


def test_equal_content_gives_equal_bytes():
    assert render_pdf(PAPER) == render_pdf(PAPER)
    assert render_pdf(PAPER) != render_pdf(replace(PAPER, sha256="cd" * 32))


def test_paper_is_a4_with_type_of_its_own():
    reader = PdfFileReader(BytesIO(render_pdf(PAPER)))
    page = reader.root["/Pages"]["/Kids"][0]
    fonts = {
        str(font.get_object()["/BaseFont"]).split("+")[-1] for font in page["/Resources"]["/Font"].values()
    }

    assert [round(float(edge) / 72 * 25.4) for edge in page["/MediaBox"]] == [0, 0, 210, 297]
    assert {font for font in fonts if font.startswith("HCPaper")} >= {"HCPaper-Regular", "HCPaper-Bold"}


@needs_pdftotext
def test_paper_says_everything_that_was_approved(tmp_path):
    said = text_of(render_pdf(PAPER), tmp_path)

    for words in (
        "ỦY BAN NHÂN DÂN",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "/KH-UBND",
        "Đà Nẵng, ngày tháng năm 2020",
        "KẾ HOẠCH Thực hiện Nghị quyết số 84/NQ-CP",
        "I. MỤC ĐÍCH, YÊU CẦU",
        "1. Rà soát từng dự án, cam kết tiến độ giải ngân.",
        "2. Danh mục dự án",
        "Trần Văn Ba",
        "BẢNG PHÂN CÔNG NHIỆM VỤ",
        "30/7/2020",
        f"SHA-256 của nội dung được phê duyệt: {'ab' * 32}",
        "Ghi nhận trong hệ thống, không phải chữ ký số",
        *BLOCK,
    ):
        assert words in said, words


@needs_pdftotext
def test_markup_in_a_plan_stays_text(tmp_path):
    hostile = '<b>x</b> <a href="http://x">y</a> <img src="/etc/passwd"/> &amp; <para>'
    content = render_pdf(
        replace(
            PAPER,
            title=hostile,
            passages=(Passage("POINT", "a)", hostile),),
            tasks=(("1", hostile, hostile, hostile, "", hostile),),
            annexes=(hostile,),
            name=hostile,
            note=hostile,
        )
    )

    said = text_of(content, tmp_path)
    assert f"a) {hostile}" in said
    assert b"/URI" not in content


def test_characters_no_font_has_break_nothing():
    assert render_pdf(replace(PAPER, title="文字 😀 \x00\x0b \u202e")).startswith(b"%PDF-")


def test_row_longer_than_a_page_is_broken():
    row = ("1", "Việc", "Sở A", "; ".join(["Sở Lao động - Thương binh và Xã hội"] * 150), "", "")

    assert pages(render_pdf(replace(PAPER, tasks=(row,)))) > pages(render_pdf(PAPER))


def test_plan_without_tasks_and_annexes_has_no_table():
    assert pages(render_pdf(replace(PAPER, tasks=(), annexes=()))) == 1


def test_file_is_called_after_the_plan_and_holds_no_path():
    assert replace(PAPER, title="../a/b: c").file_name == "Kế hoạch - a b c.pdf"
    assert replace(PAPER, title="Kế hoạch hành động").file_name == "Kế hoạch - hành động.pdf"
    assert PAPER.file_name == "Kế hoạch - Thực hiện Nghị quyết số 84 NQ-CP.pdf"
