"""What the table says, word for word."""

from datetime import UTC, date, datetime

import pytest

from tests.workflows.documents.sample import CITATION, asked, crowd, line, round_of, table, waiting
from workflows.documents import wording
from workflows.documents.table import Choice, Tally
from workflows.documents.wording import Group
from workflows.models import OpinionState, Stance, Treatment

# --- figures and dates ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("number", "said"), [(0, "00"), (7, "07"), (21, "21"), (103, "103")])
def test_counts_have_two_figures_at_least(number, said):
    assert wording.counted(number) == said


@pytest.mark.parametrize(
    ("day", "words", "figures"),
    [
        (date(2020, 7, 5), "ngày 05 tháng 7 năm 2020", "05/7/2020"),
        (date(2020, 2, 11), "ngày 11 tháng 02 năm 2020", "11/02/2020"),
        (date(2020, 12, 31), "ngày 31 tháng 12 năm 2020", "31/12/2020"),
    ],
)
def test_dates_have_a_zero_before_days_under_ten_and_the_first_two_months(day, words, figures):
    assert (wording.in_words(day), wording.in_figures(day)) == (words, figures)


def test_moment_is_said_in_local_time():
    assert wording.moment(datetime(2020, 7, 3, 17, 30, tzinfo=UTC)) == "00 giờ 30 ngày 04/7/2020"


def test_line_of_place_and_date_begins_with_a_capital_where_there_is_no_place():
    day = date(2020, 7, 5)

    assert wording.dated("Đà Nẵng", day) == "Đà Nẵng, ngày 05 tháng 7 năm 2020"
    assert wording.dated("", day) == "Ngày 05 tháng 7 năm 2020"


@pytest.mark.parametrize(
    ("text", "said"), [("a\n b", "a b."), ("a?", "a?"), ("a.", "a."), ("a;", "a;"), (" a ", "a.")]
)
def test_sentence_ends_as_one(text, said):
    assert wording.sentence(text) == said


# --- the cells of a row -----------------------------------------------------------------------------------------------


def test_cells_of_a_remark_that_was_taken():
    cells = wording.cells(line(suggestion="kinh phí từ ngân sách"), rounds=1)

    assert cells == (
        [("1", "c")],
        [("Khoản 1 mục II", "")],
        [("Sở Tài chính", ""), ("(Công văn số 1785/STC-QLNS ngày 01/7/2020)", "i")],
        [("Bổ sung nguồn kinh phí.", ""), ("Đề nghị sửa thành:", "i"), ("kinh phí từ ngân sách", "")],
        [("Tiếp thu.", "b"), ("Đã bổ sung.", ""), ("Nơi chỉnh sửa: Khoản 1 mục II.", "")],
        [],
    )
    assert len(cells) == len(wording.COLUMNS)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "(Công văn số 1785/STC-QLNS ngày 01/7/2020)"),
        ({"answered_on": None}, "(Công văn số 1785/STC-QLNS)"),
        ({"document_number": ""}, "(Trả lời ngày 01/7/2020)"),
    ],
)
def test_source_names_number_and_date_as_far_as_they_are_there(changes, said):
    assert wording.source_of(line(**changes)) == said


def test_disagreement_without_a_reason_says_that_there_is_none():
    assert wording.said_in(line(text=" ")) == "Không nhất trí (không nêu lý do)."


@pytest.mark.parametrize(
    ("changes", "treatment", "answer"),
    [
        ({"change": ""}, "Tiếp thu", ("Đã bổ sung.",)),
        (
            {"treatment": Treatment.PARTLY, "answer": ""},
            "Tiếp thu một phần",
            ("Nơi chỉnh sửa: Khoản 1 mục II.",),
        ),
        ({"treatment": Treatment.EXPLAINED, "change": ""}, "Giải trình", ("Đã bổ sung.",)),
        ({"treatment": ""}, "", ("Chưa có nội dung tiếp thu, giải trình.",)),
        ({"treatment": "", "is_known": False}, "", ("Không thuộc phạm vi được xem.",)),
        ({"treatment": "", "is_remark": False}, "", ()),
    ],
)
def test_answer_says_what_became_of_a_remark_or_why_nothing_is_said(changes, treatment, answer):
    said = line(**changes)

    assert (wording.treatment_of(said), wording.answer_to(said)) == (treatment, answer)


def test_notes_tell_round_disagreement_lateness_and_upheld_view():
    noted = line(round=2, draft=3, disagrees=True, is_late=True, upheld=" Vượt thẩm quyền. ")

    assert wording.notes_on(noted, rounds=2) == (
        "Lần 2, góp ý đối với dự thảo lần 3.",
        "Không nhất trí.",
        "Trả lời muộn.",
        "Bảo lưu ý kiến: Vượt thẩm quyền.",
    )
    assert wording.notes_on(line(), rounds=1) == ()


def test_heading_of_a_round_names_its_draft():
    assert wording.round_title(line(round=2, draft=3)) == "Lấy ý kiến lần 2 (dự thảo lần 3)"


@pytest.mark.parametrize(
    ("agency", "said"),
    [
        (asked(), "Nhất trí"),
        (asked(stance=Stance.DEEMED_AGREED), "Quá hạn không có ý kiến, coi như nhất trí"),
        (asked(stance=Stance.NO_REPLY), "Không có ý kiến"),
        (waiting("A"), "Chưa trả lời"),
        (waiting("A", OpinionState.WITHDRAWN), "Đã rút yêu cầu"),
    ],
)
def test_answer_or_silence_has_a_name(agency, said):
    assert wording.said_by(agency) == said


# --- the paragraphs above the table -----------------------------------------------------------------------------------


def test_subtitle_names_the_draft():
    assert wording.subtitle(table()) == "đối với dự thảo Kế hoạch thực hiện Nghị quyết số 84/NQ-CP"


def test_part_of_a_table_says_whose_it_is_and_that_it_is_a_part():
    caution = wording.caution(table(is_part=True, reader="Sở Tài chính"))

    assert "Sở Tài chính được xem" in caution
    assert "không phải là bảng tổng hợp đầy đủ" in caution
    assert "cơ quan tra cứu được xem" in wording.caution(table(is_part=True))
    assert wording.caution(table()) == ""


def test_summary_of_the_round_of_133_agencies_names_every_figure():
    request, account, treated = wording.summary(table(line(), rounds=(crowd(),)))

    assert request == (
        "Dự thảo lần 1 được gửi lấy ý kiến theo Công văn số 1216/SKHĐT-TH ngày 26/6/2020 (người ký: Trần Quốc Bảo, "
        "Giám đốc Sở KH&ĐT); thời hạn trả lời: 17 giờ 00 ngày 03/7/2020."
    )
    assert account == (
        "Đã gửi lấy ý kiến 133 cơ quan, đơn vị; nhận được 30 văn bản trả lời, trong đó 21 nhất trí, 07 nhất trí và có "
        "góp ý, 02 không nhất trí; 103 cơ quan, đơn vị quá hạn không có ý kiến, coi như nhất trí theo "
        f"{CITATION}."
    )
    assert treated == "Tổng số 01 góp ý: tiếp thu 01, tiếp thu một phần 00, giải trình 00."


def test_account_of_a_part_does_not_tell_how_many_were_asked():
    said = wording.account(crowd(), whole=False)

    assert said.startswith("Trong phạm vi được xem có 30 văn bản trả lời")
    assert "133" not in said


def test_account_counts_late_waiting_and_withdrawn_agencies():
    each = round_of(
        asked("A", is_late=True), waiting("B"), waiting("C"), waiting("D", OpinionState.WITHDRAWN)
    )

    assert wording.account(each, whole=True) == (
        "Đã gửi lấy ý kiến 04 cơ quan, đơn vị; nhận được 01 văn bản trả lời, trong đó 01 nhất trí; 02 cơ quan, đơn vị "
        "chưa trả lời; 01 cơ quan, đơn vị được rút yêu cầu lấy ý kiến; 01 văn bản trả lời sau thời hạn."
    )


def test_account_before_any_answer_has_no_stances():
    assert wording.account(round_of(waiting("A")), whole=True) == (
        "Đã gửi lấy ý kiến 01 cơ quan, đơn vị; nhận được 00 văn bản trả lời; 01 cơ quan, đơn vị chưa trả lời."
    )


@pytest.mark.parametrize(("deems", "cited"), [(True, False), (False, True)])
def test_silence_that_is_only_noted_cites_the_rule_that_says_so(deems, cited):
    said = wording.account(round_of(asked("A", Stance.NO_REPLY), deems=deems), whole=True)

    assert "01 cơ quan, đơn vị không trả lời, được ghi nhận là không có ý kiến" in said
    assert (CITATION in said) is cited
    assert "coi như nhất trí" not in said


def test_request_without_a_number_is_named_by_what_it_is():
    assert "theo yêu cầu lấy ý kiến ngày 26/6/2020" in wording.request(
        round_of(request_number=""), several=False
    )


def test_two_rounds_are_told_one_after_the_other():
    first, _account, second, _other = wording.summary(
        table(rounds=(round_of(asked()), round_of(asked(), number=2, draft=2)))
    )

    assert first.startswith("Lấy ý kiến lần 1: dự thảo lần 1 được gửi")
    assert second.startswith("Lấy ý kiến lần 2: dự thảo lần 2 được gửi")


def test_question_is_told_with_options_figures_and_agencies():
    tally = Tally(
        1, "Chọn 01\ntrong 02 phương án", (Choice("Ngân sách.", ("A", "B")), Choice("Xã hội hóa", ()))
    )

    assert wording.questions(round_of(questions=(tally,))) == [
        (
            "Câu hỏi 1. Chọn 01 trong 02 phương án. Kết quả: Ngân sách: 02 cơ quan, đơn vị (A, B); "
            "Xã hội hóa: 00 cơ quan, đơn vị."
        )
    ]


def test_remarks_without_an_answer_are_counted_apart():
    assert wording.treated(table(line(1), line(2, treatment=""))) == [
        (
            "Tổng số 02 góp ý: tiếp thu 01, tiếp thu một phần 00, giải trình 00; 01 góp ý chưa có nội dung tiếp thu, "
            "giải trình."
        )
    ]


@pytest.mark.parametrize("lines", [(), (line(is_known=False),), (line(is_remark=False),)])
def test_without_known_remarks_nothing_is_counted(lines):
    assert wording.treated(table(*lines)) == []


# --- the lists below the table ----------------------------------------------------------------------------------------


def test_lists_name_every_agency_without_a_row_and_the_rule_of_silence():
    silent, agreeing = [wording.groups(table(rounds=(crowd(),)))[index] for index in (1, 0)]

    assert silent.title == "Cơ quan, đơn vị quá hạn không có ý kiến, coi như nhất trí: 103"
    assert silent.basis == f"Căn cứ: {CITATION}."
    assert len(silent.entries) == 103
    assert (agreeing.title, agreeing.basis) == ("Cơ quan, đơn vị nhất trí: 21", "")
    assert agreeing.entries[0] == "Cơ quan nhất trí 0 (ngày 01/7/2020)"


def test_lists_tell_late_waiting_withdrawn_and_noted_agencies_by_round():
    each = round_of(
        asked("A", Stance.DISAGREE, is_late=True, document_number="1/A"),
        waiting("B"),
        waiting("C", OpinionState.WITHDRAWN, withdrawn_reason="Không thuộc\nphạm vi"),
        asked("D", Stance.NO_REPLY),
        deems=False,
    )

    groups = wording.groups(table(rounds=(each, round_of(asked("E"), number=2))))

    assert [(group.title, group.entries) for group in groups] == [
        ("Cơ quan, đơn vị không trả lời, được ghi nhận là không có ý kiến (lấy ý kiến lần 1): 01", ("D",)),
        ("Cơ quan, đơn vị trả lời sau thời hạn (lấy ý kiến lần 1): 01", ("A (số 1/A, ngày 01/7/2020)",)),
        ("Cơ quan, đơn vị chưa trả lời (lấy ý kiến lần 1): 01", ("B",)),
        ("Cơ quan, đơn vị được rút yêu cầu (lấy ý kiến lần 1): 01", ("C (lý do: Không thuộc phạm vi)",)),
        ("Cơ quan, đơn vị nhất trí (lấy ý kiến lần 2): 01", ("E (ngày 01/7/2020)",)),
    ]
    assert groups[0].basis == f"Căn cứ: {CITATION}."


def test_list_is_one_sentence_whose_numbers_stay_with_their_names():
    assert Group("", ("A", "B")).sentence == "(1)\u00a0A; (2)\u00a0B."
