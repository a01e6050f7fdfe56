"""The Office's sheet: what is printed of it, on the page and in the DOCX the same."""

from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from docx import Document
from docx.shared import Mm

from tests.workflows.documents.sample import HEAD, ON, asked, line, round_of
from workflows.documents import sheet_docx, sheet_wording
from workflows.documents.letterhead import Letterhead
from workflows.documents.sheet import Direction, Earlier, Sheet, Signer
from workflows.documents.sheet_wording import Block, Place
from workflows.documents.table import Table
from workflows.models import Stance, Treatment
from workflows.views.review_sheet import document

UPHELD = line(
    2,
    agency="Sở Xây dựng",
    place="Nhiệm vụ 1",
    text="Bỏ nhiệm vụ này",
    treatment=Treatment.EXPLAINED,
    answer="Nhiệm vụ do Chính phủ giao",
    change="",
    upheld="Vượt thẩm quyền",
)
OPPOSED = line(
    3,
    agency="Sở Tư pháp",
    place="Toàn bộ dự thảo",
    text="Chưa phù hợp",
    disagrees=True,
    is_remark=False,
    treatment="",
)
DECIDED = Direction(
    "Trả lại để bổ sung, hoàn thiện",
    ("Làm rõ nguồn vốn", "Bổ sung tiến độ"),
    Signer("Trần Văn Ba", date(2020, 7, 9), ("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH")),
)


def table(*lines, rounds=None):
    return Table(
        title="thực hiện Nghị quyết 84/NQ-CP",
        on=ON,
        head=HEAD,
        rounds=rounds or (round_of(asked(), asked("Sở Y tế", Stance.DEEMED_AGREED)),),
        lines=lines,
    )


def sheet(**changes):
    """Return the sheet of a first submission that nobody has decided."""
    plain = Sheet(
        head=Letterhead("UBND THÀNH PHỐ ĐÀ NẴNG", "VĂN PHÒNG", "Đà Nẵng"),
        on=date(2020, 7, 8),
        number=1,
        to="Đồng chí Trần Văn Ba, Phó Chủ tịch Ủy ban nhân dân thành phố Đà Nẵng",
        leader="Phó Chủ tịch",
        agency="Sở Kế hoạch và Đầu tư thành phố Đà Nẵng",
        document_number="1216/TTr-SKHĐT",
        submitted_on=date(2020, 7, 6),
        title="thực hiện Nghị quyết 84/NQ-CP",
        directive="3983/UBND-TKTH ngày 19/6/2020",
        dossier=("Phụ lục I: Danh mục dự án",),
        points=sheet_wording.points_of(7, 3, [date(2020, 7, 30), date(2020, 12, 15)]),
        note="Kính đề nghị xem xét.",
        table=table(line(), UPHELD),
        disputes=(),
        earlier=(),
        grounds=(),
        opinion="Hồ sơ đủ điều kiện.\n\nĐề nghị ký ban hành.",
        specialist=Signer("Lê Thị Tư", date(2020, 7, 7)),
        signed=Signer("Phạm Năm", date(2020, 7, 8), ("KT. CHÁNH VĂN PHÒNG", "PHÓ CHÁNH VĂN PHÒNG")),
    )
    return replace(plain, **changes)


def texts(given):
    return [block.text for block in sheet_wording.blocks(given)]


def docx_texts(given):
    """Return every paragraph of the DOCX, those in cells among them, in order."""
    body = Document(BytesIO(sheet_docx.render_docx(given))).element.body
    return [
        "".join(t.text or "" for t in p.iter() if t.tag.endswith("}t"))
        for p in body.iter()
        if p.tag.endswith("}p")
    ]


def test_sheet_says_who_submits_what_with_which_papers():
    assert texts(sheet())[:14] == [
        "I. NỘI DUNG TRÌNH",
        "1. Cơ quan trình: Sở Kế hoạch và Đầu tư thành phố Đà Nẵng (Tờ trình số 1216/TTr-SKHĐT ngày 06/7/2020).",
        "2. Vấn đề trình: Phê duyệt Kế hoạch thực hiện Nghị quyết 84/NQ-CP.",
        "3. Hồ sơ, văn bản liên quan:",
        "- Tờ trình số 1216/TTr-SKHĐT ngày 06/7/2020;",
        "- Dự thảo Kế hoạch thực hiện Nghị quyết 84/NQ-CP;",
        "- Văn bản giao nhiệm vụ số 3983/UBND-TKTH ngày 19/6/2020;",
        "- Bảng tổng hợp, tiếp thu, giải trình ý kiến và 01 văn bản tham gia ý kiến;",
        "- Phụ lục I: Danh mục dự án;",
        "4. Nội dung trình:",
        "- Dự thảo Kế hoạch giao 07 nhiệm vụ cho 03 cơ quan, đơn vị chủ trì.",
        "- Thời hạn sớm nhất: 30/7/2020; muộn nhất: 15/12/2020.",
        "- Kính đề nghị xem xét.",
        "II. TÓM TẮT QUÁ TRÌNH VÀ Ý KIẾN THAM GIA",
    ]


def test_title_that_names_its_kind_is_not_said_twice():
    given = sheet(title="Kế hoạch thực hiện Nghị quyết 84/NQ-CP")

    assert texts(given) == texts(sheet())


def test_process_is_counted_from_facts():
    said = texts(sheet())

    assert said[14:20] == [
        "1. Lấy ý kiến:",
        (
            "Dự thảo lần 1 được gửi lấy ý kiến theo Công văn số 1216/SKHĐT-TH ngày 26/6/2020 (người ký: Trần Quốc Bảo, "
            "Giám đốc Sở KH&ĐT); thời hạn trả lời: 17 giờ 00 ngày 03/7/2020."
        ),
        (
            "Đã gửi lấy ý kiến 02 cơ quan, đơn vị; nhận được 01 văn bản trả lời, trong đó 01 nhất trí; 01 cơ quan, "
            "đơn vị quá hạn không có ý kiến, coi như nhất trí theo Quy chế làm việc của UBND thành phố."
        ),
        "2. Tiếp thu, giải trình:",
        "Tổng số 02 góp ý: tiếp thu 01, tiếp thu một phần 00, giải trình 01.",
        "3. Ý kiến còn khác nhau:",
    ]
    assert said[20:23] == [sheet_wording.NO_DISPUTE, "4. Các lần trình trước:", "Không có."]


def test_open_disagreements_bring_both_sides_words():
    said = texts(sheet(disputes=(UPHELD, OPPOSED)))

    at = said.index("3. Ý kiến còn khác nhau: 02")
    assert said[at + 1 : at + 6] == [
        "- Sở Xây dựng (Nhiệm vụ 1): Bỏ nhiệm vụ này",
        "Cơ quan trình: Giải trình. Nhiệm vụ do Chính phủ giao",
        "Bảo lưu ý kiến: Vượt thẩm quyền",
        "- Sở Tư pháp (Toàn bộ dự thảo): Chưa phù hợp",
        "4. Các lần trình trước:",
    ]


def test_earlier_submissions_say_how_they_ended():
    earlier = (
        Earlier(
            1,
            date(2020, 6, 1),
            "Văn phòng trả lại hồ sơ",
            date(2020, 6, 3),
            ("thiếu thành phần hồ sơ", "Thiếu TTr"),
        ),
        Earlier(2, date(2020, 6, 8), "Cơ quan trình rút hồ sơ", date(2020, 6, 9)),
    )

    said = texts(sheet(number=3, earlier=earlier))

    at = said.index("4. Các lần trình trước:")
    assert said[at + 1 : at + 5] == [
        "- Trình lần 1 ngày 01/6/2020. Văn phòng trả lại hồ sơ ngày 03/6/2020:",
        "thiếu thành phần hồ sơ",
        "Thiếu TTr",
        "- Trình lần 2 ngày 08/6/2020. Cơ quan trình rút hồ sơ ngày 09/6/2020.",
    ]


def test_offices_opinion_is_last_and_never_missing():
    assert texts(sheet())[-3:] == [
        "III. Ý KIẾN, ĐỀ XUẤT CỦA VĂN PHÒNG", "Hồ sơ đủ điều kiện.", "Đề nghị ký ban hành.",
    ]  # fmt: skip
    assert texts(sheet(opinion=""))[-1] == sheet_wording.NO_OPINION
    assert texts(sheet(grounds=("sai thể thức, kỹ thuật trình bày",)))[-3] == (
        "- Trả lại hồ sơ: sai thể thức, kỹ thuật trình bày."
    )


def test_places_to_sign_are_named_and_dated_or_open():
    assert sheet_wording.places(sheet()) == (
        Place("Ngày 07 tháng 7 năm 2020", ("CHUYÊN VIÊN THAM MƯU",), "Lê Thị Tư"),
        Place(
            "Ngày 08 tháng 7 năm 2020",
            ("LÃNH ĐẠO VĂN PHÒNG", "KT. CHÁNH VĂN PHÒNG", "PHÓ CHÁNH VĂN PHÒNG"),
            "Phạm Năm",
        ),
    )
    assert sheet_wording.places(sheet(signed=Signer()))[1] == Place(
        "Ngày      tháng      năm", ("LÃNH ĐẠO VĂN PHÒNG",), ""
    )


def test_box_is_empty_until_the_leader_has_decided():
    assert sheet_wording.box_title(sheet()) == "Ý kiến chỉ đạo của Phó Chủ tịch"
    assert sheet_wording.box(None) == []
    assert sheet_wording.box(DECIDED) == [
        Block("p", "Trả lại để bổ sung, hoàn thiện:"),
        Block("i", "- Làm rõ nguồn vốn"),
        Block("i", "- Bổ sung tiến độ"),
    ]
    assert sheet_wording.box(replace(DECIDED, reasons=()))[0].text == "Trả lại để bổ sung, hoàn thiện."


@pytest.mark.parametrize(
    ("lines", "post"),
    [
        (["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"], "Phó Chủ tịch"),
        (["TM. ỦY BAN NHÂN DÂN", "Q. CHỦ TỊCH"], "Quyền Chủ tịch"),
        (["TUQ. CHỦ TỊCH", "CHÁNH VĂN PHÒNG"], "Chánh văn phòng"),
    ],
)
def test_post_within_a_sentence(lines, post):
    assert sheet_wording.post_of(lines) == post


def test_page_and_docx_say_the_same():
    given = sheet(direction=DECIDED, disputes=(UPHELD, OPPOSED), number=2)
    page = document(given)
    printed = docx_texts(given)

    said = [
        page["title"],
        page["times"],
        f"Kính gửi: {page['to']}",
        *(block.text for block in page["blocks"]),
        page["box_title"],
        *(block.text for block in page["box"]),
        *page["directed"].lines,
        page["directed"].name,
        *(text for place in page["places"] for text in (place.dated, *place.lines, place.name)),
    ]
    assert page["times"] == "(Trình lần 2)"
    assert [text for text in printed if text in set(said)] == said


def test_equal_content_gives_equal_bytes():
    assert sheet_docx.render_docx(sheet(direction=DECIDED)) == sheet_docx.render_docx(
        sheet(direction=DECIDED)
    )
    assert sheet_docx.render_docx(sheet()) != sheet_docx.render_docx(sheet(number=2))


def test_paper_is_upright_a4_with_the_offices_margins():
    section = Document(BytesIO(sheet_docx.render_docx(sheet()))).sections[0]

    assert [round(length / Mm(1)) for length in (section.page_width, section.page_height)] == [210, 297]
    assert [round(length / Mm(1)) for length in (section.left_margin, section.right_margin)] == [30, 15]


def test_hostile_text_stays_text():
    hostile = "</w:t><b>x</b> {{ 7*7 }}\x00\x0b ]]>"
    given = sheet(
        title=hostile,
        note=hostile,
        opinion=hostile,
        agency=hostile,
        disputes=(replace(UPHELD, text=hostile, answer=hostile, upheld=hostile, place=hostile),),
        direction=replace(DECIDED, reasons=(hostile,)),
    )

    printed = docx_texts(given)

    kept = "</w:t><b>x</b> {{ 7*7 }} ]]>"
    assert f"Bảo lưu ý kiến: {kept}" in printed
    assert f"- {kept}" in printed
    assert all("\x00" not in block.text for block in document(given)["blocks"])
