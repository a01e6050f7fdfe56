"""The table of opinions through its URLs: page, DOCX and XLSX say the same, to each reader what she may read."""

from io import BytesIO
from urllib.parse import unquote

import pytest
from docx import Document
from lxml import html
from openpyxl import load_workbook

from tests.factories import act, advance, start
from tests.workflows.plan_desk import signed_in, url
from tests.workflows.table_case import first_round, say, two_rounds
from workflows.documents import docx, wording, xlsx
from workflows.domain import dispositions
from workflows.models import Disposition, Opinion, Remark, Stance
from workflows.views.opinion_table import file_name

pytestmark = [pytest.mark.django_db, pytest.mark.case(agencies=5)]
PAGE, DOCX, XLSX = "plan-opinions", "plan-opinions-docx", "plan-opinions-xlsx"


def page_rows(client, assignment):
    """Return the paragraphs of each cell of the page's table, as a browser reads them."""
    tree = html.fromstring(client.get(url(assignment, PAGE)).content.decode())
    return [
        [[p.text_content() for p in cell.xpath("p")] for cell in row.xpath("td")]
        for row in tree.xpath("//table[@class='ot-tbl']/tbody/tr[td]")
    ]


def page_texts(client, assignment):
    """Return title, caution, summary and lists of the page in order."""
    tree = html.fromstring(client.get(url(assignment, PAGE)).content.decode())
    found = tree.xpath(
        "//*[@id='ot-title']|//p[@class='ot-sub ot-ruled']|//p[@class='ot-caution']|//p[@class='ot-text']"
        "|//section[@class='ot-group']/*"
    )
    return [each.text_content() for each in found]


def docx_of(client, assignment):
    return Document(BytesIO(client.get(url(assignment, DOCX)).content))


def docx_rows(document):
    rows = [row for row in document.tables[1].rows if row.cells[0].text.isdigit()]
    return [[[p.text for p in cell.paragraphs if p.text] for cell in row.cells] for row in rows]


def xlsx_rows(client, assignment):
    """Return the workbook's rows as the page lays them out."""
    book = load_workbook(BytesIO(client.get(url(assignment, XLSX)).content))
    rows = list(book["Tiếp thu, giải trình"].iter_rows(min_row=2, values_only=True))
    return [_as_page(row) for row in rows]


def _as_page(row):
    number, _round, _draft, place, agency, source, day, said, suggestion, treatment, answer, notes = row
    called = f"Công văn số {source}" if source else "Trả lời"
    return [
        [str(number)],
        [place],
        [agency, f"({called} ngày {wording.in_figures(day.date())})"],
        [said, *(["Đề nghị sửa thành:", suggestion] if suggestion else [])],
        [*([f"{treatment}."] if treatment else []), *(answer.split("\n") if answer else [])],
        notes.split("\n") if notes else [],
    ]


@pytest.mark.parametrize("username", ["skhdt.specialist", "s01.head", "s02.clerk"])
def test_page_and_files_say_the_same_cell_by_cell(world, username):
    assignment = two_rounds(world)
    client = signed_in(world.who(username))

    shown = page_rows(client, assignment)

    assert len(shown) == 5
    assert docx_rows(docx_of(client, assignment)) == shown
    assert xlsx_rows(client, assignment) == shown
    document = docx_of(client, assignment)
    assert [p.text for p in document.paragraphs if p.text] == page_texts(client, assignment)


def test_lead_reads_the_whole_with_those_who_were_withdrawn(world):
    assignment = two_rounds(world)

    said = page_texts(signed_in(world.who("skhdt.specialist")), assignment)

    assert not [text for text in said if "chỉ gồm các ý kiến" in text]
    assert [text for text in said if text.startswith("Đã gửi lấy ý kiến 05 cơ quan, đơn vị")]
    assert "(1)\u00a0Cơ quan s04 (lý do: Không thuộc phạm vi)." in said


def test_agency_reads_its_part_and_is_told_so(world):
    assignment = two_rounds(world)

    said = page_texts(signed_in(world.who("s01.specialist")), assignment)

    assert [text for text in said if "chỉ gồm các ý kiến và nội dung trả lời mà Cơ quan s01 được xem" in text]
    assert not [text for text in said if "Đã gửi lấy ý kiến" in text or "Cơ quan s04" in text]


def test_office_reads_the_whole_once_the_plan_was_put_forward(world):
    assignment = two_rounds(world)
    office = signed_in(world.who("vp.specialist"))
    (left,) = dispositions.open_remarks(assignment)
    from tests.workflows.table_case import answer

    answer(world, left, "ACCEPTED", "Đã sửa")
    act(world.who("skhdt.specialist"), assignment, "dispose", "finish")
    before = [office.get(url(assignment, name)).status_code for name in (PAGE, DOCX, XLSX)]
    act(world.who("skhdt.head"), assignment, "sign_submission", "submit")

    after = [office.get(url(assignment, name)).status_code for name in (PAGE, DOCX, XLSX)]

    assert (before, after) == ([404] * 3, [200] * 3)
    assert "Bảo lưu ý kiến: Vượt thẩm quyền" in page_rows(office, assignment)[1][5]


def test_open_round_lists_those_who_have_not_answered(world):
    assignment = start(world)
    advance(world, assignment, "prepare_opinion")
    say(world, assignment, "s01", stance=Stance.AGREE)

    lead = page_texts(signed_in(world.who("skhdt.head")), assignment)

    assert "2. Cơ quan, đơn vị chưa trả lời: 04" in lead
    silent = signed_in(world.who("s02.head"))
    assert "table" not in silent.get(url(assignment, PAGE)).context
    assert silent.get(url(assignment, DOCX)).status_code == 404


def test_before_any_request_the_page_says_so_and_there_is_no_file(world):
    assignment = start(world)
    advance(world, assignment, "draft")
    client = signed_in(world.who("skhdt.specialist"))

    page = client.get(url(assignment, PAGE))

    assert page.status_code == 200
    assert 'class="empty"' in page.content.decode()
    assert url(assignment, DOCX) not in page.content.decode()
    assert [client.get(url(assignment, name)).status_code for name in (DOCX, XLSX)] == [404, 404]


@pytest.mark.parametrize(("name", "kind", "extension"), [(DOCX, docx, "docx"), (XLSX, xlsx, "xlsx")])
def test_file_is_an_attachment_no_cache_keeps(world, name, kind, extension):
    assignment = first_round(world)

    sent = signed_in(world.who("skhdt.clerk")).get(url(assignment, name))

    head, _star, encoded = sent["Content-Disposition"].partition("filename*=utf-8''")
    assert head == "attachment; "
    assert unquote(encoded) == (
        f"Bảng tổng hợp ý kiến - Kế hoạch thực hiện Nghị quyết số 84 NQ-CP.{extension}"
    )
    assert sent["Content-Type"] == kind.CONTENT_TYPE
    assert (sent["Cache-Control"], sent["X-Content-Type-Options"]) == ("private, no-store", "nosniff")
    assert sent["Content-Security-Policy"] == "sandbox; default-src 'none'"


@pytest.mark.parametrize("name", [PAGE, DOCX, XLSX])
def test_table_is_only_read(world, name):
    assignment = first_round(world)

    assert signed_in(world.who("skhdt.head")).post(url(assignment, name)).status_code == 405


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("Kế hoạch A", "Kế hoạch A"),
        ('a/b\\c:d*e?f"g<h>i|j\r\nk\x00', "a b c d e f g h i j k"),
        ("../../etc", "etc"),
        ("exe\u202excod", "exe xcod"),
        (
            "Kế hoạch thực hiện Nghị quyết số 84 của Chính phủ về các nhiệm vụ",
            "Kế hoạch thực hiện Nghị quyết số 84 của Chính phủ về các…",
        ),
    ],
)
def test_file_name_is_one_that_every_system_takes(title, said):
    name = file_name(title, "docx")

    assert name == f"Bảng tổng hợp ý kiến - {said}.docx"
    assert len(name.encode()) <= 255


def test_texts_are_escaped_and_without_control_characters(world):
    assignment = first_round(world)
    Remark.objects.filter(number=1).update(text="<script>alert(1)</script>\x0b'\"&")

    page = signed_in(world.who("skhdt.head")).get(url(assignment, PAGE)).content.decode()

    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&#x27;&quot;&amp;" in page


def test_document_is_vietnamese_whoever_reads(world, settings):
    assignment = first_round(world)
    client = signed_in(world.who("skhdt.head"))
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"

    tree = html.fromstring(client.get(url(assignment, PAGE)).content.decode())

    assert tree.xpath("//html/@lang") == ["en"]
    (document,) = tree.xpath("//article[@class='ot']")
    assert document.get("lang") == "vi"
    assert [head.text for head in document.xpath(".//thead//th")] == list(wording.COLUMNS)


def test_round_is_headed_by_its_number_and_draft(world):
    assignment = two_rounds(world)

    page = signed_in(world.who("skhdt.head")).get(url(assignment, PAGE))

    assert [row.title for row in page.context["rows"]] == [
        "Lấy ý kiến lần 1 (dự thảo lần 1)",
        "",
        "",
        "",
        "Lấy ý kiến lần 2 (dự thảo lần 2)",
    ]


def multiply(assignment, times):
    """Give every remark of a case `times` copies with their answers."""
    for remark in list(dispositions.remarks_of(assignment)):
        for n in range(times):
            copy = Remark.objects.create(
                opinion_id=remark.opinion_id, number=1000 * remark.number + n, text=f"{remark.text} {n}"
            )
            Disposition.objects.create(
                remark=copy,
                treatment="ACCEPTED",
                text="Đã sửa",
                disposed_by=assignment.directive.registered_by,
                disposed_at=Opinion.objects.first().consultation.opened_at,
            )


STATEMENTS = [
    ("skhdt.specialist", PAGE, 21),
    ("skhdt.specialist", DOCX, 14),
    ("s01.head", PAGE, 21),
    ("s01.head", XLSX, 15),
]


@pytest.mark.parametrize("times", [0, 10])
def test_table_costs_the_same_however_many_remarks(world, django_assert_num_queries, times):
    assignment = first_round(world)
    multiply(assignment, times)
    for username, name, statements in STATEMENTS:
        client = signed_in(world.who(username))
        client.get(url(assignment, name))

        with django_assert_num_queries(statements, info=(username, name)):
            client.get(url(assignment, name))
