"""What the table of opinions says, in the words of official documents; shared by page, DOCX and XLSX.

These are texts of Vietnamese administrative documents and not of the interface: they are not translated.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from workflows.models import OpinionState, Stance, Treatment

from .table import Asked, Line, Round, Table

TITLE = "BẢNG TỔNG HỢP, TIẾP THU, GIẢI TRÌNH Ý KIẾN"
COLUMNS = (
    "TT",
    "Nội dung dự thảo",
    "Cơ quan góp ý",
    "Ý kiến góp ý",
    "Tiếp thu / Giải trình",
    "Ghi chú",
)
STANCES = {
    Stance.AGREE: "Nhất trí",
    Stance.AGREE_WITH_REMARKS: "Nhất trí, có góp ý",
    Stance.DISAGREE: "Không nhất trí",
    Stance.DEEMED_AGREED: "Quá hạn không có ý kiến, coi như nhất trí",
    Stance.NO_REPLY: "Không có ý kiến",
}
STATES = {OpinionState.ASKED: "Chưa trả lời", OpinionState.WITHDRAWN: "Đã rút yêu cầu"}
TREATMENTS = {
    Treatment.ACCEPTED: "Tiếp thu",
    Treatment.PARTLY: "Tiếp thu một phần",
    Treatment.EXPLAINED: "Giải trình",
}
BODIES = "cơ quan, đơn vị"
PLAN = "Kế hoạch"
NO_REASON = "Không nhất trí (không nêu lý do)."
NO_ANSWER = "Chưa có nội dung tiếp thu, giải trình."
NOT_SEEN = "Không thuộc phạm vi được xem."
SUGGESTED = "Đề nghị sửa thành:"

Part = tuple[str, str]
"""A paragraph and how it is set: letters of "bic" for bold, italic, centred."""


@dataclass(frozen=True, slots=True)
class Group:
    """A list of agencies that belong together, with its heading and, of silences, the rule they were recorded under."""

    title: str
    entries: tuple[str, ...]
    basis: str = ""

    @property
    def sentence(self) -> str:
        """The numbered names in one sentence; a number never stands at the end of a line without its name."""
        names = (f"({number})\u00a0{name}" for number, name in enumerate(self.entries, start=1))
        return f"{'; '.join(names)}."


def counted(number: int) -> str:
    """Return a count as documents write it: 07, 21, 103."""
    return f"{number:02d}"


def one_line(text: str) -> str:
    """Return a text that stands within a sentence."""
    return " ".join(text.split())


def subject_of(title: str) -> str:
    """Return what a plan is about, without the kind of paper with which its title may begin."""
    said = one_line(title)
    return said[len(PLAN) + 1 :] if said.lower().startswith(f"{PLAN.lower()} ") else said


def sentence(text: str) -> str:
    """Return a text that ends as a sentence does."""
    said = one_line(text)
    return said if said.endswith((".", "?", "!", "…", ":", ";")) else f"{said}."


# --- dates (Decree 30/2020/NĐ-CP, appendix I, part I, II.4.d: a zero before days under 10, months 1, 2) -------------


def in_words(day: date) -> str:
    """Return "ngày 05 tháng 7 năm 2020"."""
    return f"ngày {day.day:02d} tháng {_month(day)} năm {day.year}"


def in_figures(day: date) -> str:
    """Return "05/7/2020"."""
    return f"{day.day:02d}/{_month(day)}/{day.year}"


def dated(place: str, day: date) -> str:
    """Return the line of place and date: "Đà Nẵng, ngày 05 tháng 7 năm 2020"."""
    return f"{place}, {in_words(day)}" if place else in_words(day).capitalize()


def moment(value: datetime) -> str:
    """Return "17 giờ 00 ngày 05/7/2020", in local time."""
    local = timezone.localtime(value)
    return f"{local.hour:02d} giờ {local.minute:02d} ngày {in_figures(local.date())}"


def _month(day: date) -> str:
    return f"{day.month:02d}" if day.month <= 2 else str(day.month)


# --- the cells of a row ----------------------------------------------------------------------------------------------


def cells(line: Line, *, rounds: int) -> tuple[list[Part], ...]:
    """Return what stands in the six cells of a row, in the order of COLUMNS; `rounds` is how many the table has."""
    return (
        [(str(line.number), "c")],
        [(line.place, "")],
        [(line.agency, ""), (source_of(line), "i")],
        _opinion(line),
        _answer(line),
        [(note, "") for note in notes_on(line, rounds=rounds)],
    )


def _opinion(line: Line) -> list[Part]:
    said = [(said_in(line), "")]
    if line.suggestion.strip():
        said += [(SUGGESTED, "i"), (line.suggestion.strip(), "")]
    return said


def _answer(line: Line) -> list[Part]:
    answer = [(text, "") for text in answer_to(line)]
    treatment = treatment_of(line)
    return [(f"{treatment}.", "b"), *answer] if treatment else answer


def round_title(line: Line) -> str:
    """Return the heading over the rows of a round."""
    return f"Lấy ý kiến lần {line.round} (dự thảo lần {line.draft})"


def source_of(line: Line) -> str:
    """Return the number and date of the document an opinion came in, in brackets."""
    number = f"Công văn số {line.document_number}" if line.document_number else "Trả lời"
    return f"({number} ngày {in_figures(line.answered_on)})" if line.answered_on else f"({number})"


def said_in(line: Line) -> str:
    """Return what the agency said."""
    return line.text.strip() or NO_REASON


def treatment_of(line: Line) -> str:
    """Return the treatment of a row in the table's words, empty where there is none."""
    return TREATMENTS[Treatment(line.treatment)] if line.treatment else ""


def answer_to(line: Line) -> tuple[str, ...]:
    """Return the paragraphs of the answer below its treatment, or the sentence that says why there is none."""
    if not line.is_remark:
        return ()
    if not line.is_known:
        return (NOT_SEEN,)
    if not line.treatment:
        return (NO_ANSWER,)
    return tuple(part for part in (line.answer.strip(), line.change) if part)


def notes_on(line: Line, *, rounds: int) -> tuple[str, ...]:
    """Return the remarks of the last column; round and draft only where there was more than one round."""
    notes = (
        f"Lần {line.round}, góp ý đối với dự thảo lần {line.draft}." if rounds > 1 else "",
        "Không nhất trí." if line.disagrees else "",
        "Trả lời muộn." if line.is_late else "",
        f"Bảo lưu ý kiến: {line.upheld.strip()}" if line.upheld else "",
    )
    return tuple(note for note in notes if note)


def said_by(asked: Asked) -> str:
    """Return what an agency's answer or silence is called."""
    if asked.stance:
        return STANCES[Stance(asked.stance)]
    return STATES[OpinionState(asked.state)]


# --- the paragraphs above the table ----------------------------------------------------------------------------------


def subtitle(table: Table) -> str:
    """Return what the table is about."""
    return f"đối với dự thảo {table.title}"


def caution(table: Table) -> str:
    """Return the sentence on a document that holds only what one agency may read, empty on the whole one."""
    if not table.is_part:
        return ""
    return (
        f"Bảng này chỉ gồm các ý kiến và nội dung trả lời mà {table.reader or 'cơ quan tra cứu'} được xem tại thời "
        "điểm lập bảng; không phải là bảng tổng hợp đầy đủ."
    )


def summary(table: Table) -> tuple[str, ...]:
    """Return the paragraphs that account for every round, and for the remarks."""
    several = len(table.rounds) > 1
    paragraphs: list[str] = []
    for each in table.rounds:
        paragraphs += [request(each, several=several), account(each, whole=not table.is_part)]
        paragraphs += questions(each)
    return (*paragraphs, *treated(table))


def request(each: Round, *, several: bool) -> str:
    """Return the sentence that says which draft was sent out, by which document, until when."""
    start = f"Lấy ý kiến lần {each.number}: d" if several else "D"
    number = f"Công văn số {each.request_number}" if each.request_number else "yêu cầu lấy ý kiến"
    return (
        f"{start}ự thảo lần {each.draft} được gửi lấy ý kiến theo {number} ngày {in_figures(each.request_on)} "
        f"(người ký: {each.signed_as}); thời hạn trả lời: {moment(each.due_at)}."
    )


def account(each: Round, *, whole: bool) -> str:
    """Return the sentence that counts the answers and silences of a round."""
    answered = counted(len(each.answered))
    if whole:
        start = f"Đã gửi lấy ý kiến {counted(len(each.asked))} {BODIES}; nhận được {answered} văn bản trả lời"
    else:
        start = f"Trong phạm vi được xem có {answered} văn bản trả lời"
    return "; ".join([f"{start}{_stances(each)}", *_silences(each), *_rest(each)]) + "."


def _stances(each: Round) -> str:
    names = (
        (Stance.AGREE, "nhất trí"),
        (Stance.AGREE_WITH_REMARKS, "nhất trí và có góp ý"),
        (Stance.DISAGREE, "không nhất trí"),
    )
    parts = [f"{counted(len(each.of(stance)))} {words}" for stance, words in names if each.of(stance)]
    return f", trong đó {', '.join(parts)}" if parts else ""


def _silences(each: Round) -> list[str]:
    deemed, noted = len(each.of(Stance.DEEMED_AGREED)), len(each.of(Stance.NO_REPLY))
    said = []
    if deemed:
        said.append(
            f"{counted(deemed)} {BODIES} quá hạn không có ý kiến, coi như nhất trí theo {each.citation}"
        )
    if noted:
        rule = "" if each.deems else f" theo {each.citation}"
        said.append(f"{counted(noted)} {BODIES} không trả lời, được ghi nhận là không có ý kiến{rule}")
    return said


def _rest(each: Round) -> list[str]:
    parts = (
        (each.in_state(OpinionState.ASKED), f"{BODIES} chưa trả lời"),
        (each.in_state(OpinionState.WITHDRAWN), f"{BODIES} được rút yêu cầu lấy ý kiến"),
        (each.late, "văn bản trả lời sau thời hạn"),
    )
    return [f"{counted(len(agencies))} {words}" for agencies, words in parts if agencies]


def questions(each: Round) -> list[str]:
    """Return a paragraph for each question of a round: its options, how many chose each, and who."""
    return [
        f"Câu hỏi {tally.number}. {sentence(tally.text)} Kết quả: "
        + "; ".join(
            f"{one_line(choice.text).rstrip('.')}: {counted(len(choice.agencies))} {BODIES}"
            + (f" ({', '.join(choice.agencies)})" if choice.agencies else "")
            for choice in tally.choices
        )
        + "."
        for tally in each.questions
    ]


def treated(table: Table) -> list[str]:
    """Return the sentence that counts what became of the remarks; none where there are no remarks."""
    total = sum(line.is_known for line in table.remarks)
    if not total:
        return []
    parts = [f"{name.lower()} {counted(table.treated(value))}" for value, name in TREATMENTS.items()]
    missing = table.treated("")
    rest = f"; {counted(missing)} góp ý chưa có nội dung tiếp thu, giải trình" if missing else ""
    return [f"Tổng số {counted(total)} góp ý: {', '.join(parts)}{rest}."]


# --- the lists below the table ---------------------------------------------------------------------------------------


def groups(table: Table) -> list[Group]:
    """Return the lists of agencies that have no row of their own, round by round."""
    several = len(table.rounds) > 1
    found: list[Group] = []
    for each in table.rounds:
        where = f" (lấy ý kiến lần {each.number})" if several else ""
        found += [
            Group(f"{title}{where}: {counted(len(agencies))}", tuple(_entry(one) for one in agencies), basis)
            for title, agencies, basis in _groups(each)
            if agencies
        ]
    return found


def _groups(each: Round) -> list[tuple[str, Sequence[Asked], str]]:
    rule = f"Căn cứ: {each.citation}."
    return [
        ("Cơ quan, đơn vị nhất trí", each.of(Stance.AGREE), ""),
        (
            "Cơ quan, đơn vị quá hạn không có ý kiến, coi như nhất trí",
            each.of(Stance.DEEMED_AGREED),
            rule,
        ),
        (
            "Cơ quan, đơn vị không trả lời, được ghi nhận là không có ý kiến",
            each.of(Stance.NO_REPLY),
            "" if each.deems else rule,
        ),
        ("Cơ quan, đơn vị trả lời sau thời hạn", each.late, ""),
        ("Cơ quan, đơn vị chưa trả lời", each.in_state(OpinionState.ASKED), ""),
        ("Cơ quan, đơn vị được rút yêu cầu", each.in_state(OpinionState.WITHDRAWN), ""),
    ]


def _entry(asked: Asked) -> str:
    """Return an agency with what tells its answer from others: number and date, or why it was withdrawn."""
    facts = [f"số {asked.document_number}"] if asked.document_number else []
    if asked.answered_at:
        facts.append(f"ngày {in_figures(timezone.localdate(asked.answered_at))}")
    if asked.withdrawn_reason:
        facts.append(f"lý do: {one_line(asked.withdrawn_reason)}")
    return f"{asked.name} ({', '.join(facts)})" if facts else asked.name
