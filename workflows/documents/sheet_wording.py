"""What the Office's sheet says, in the words of official documents; shared by page and DOCX; never translated."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from accounts.models import Position
from workflows.models import DecisionVerb, ReturnGround

from . import wording
from .sheet import Direction, Earlier, Sheet, Signer
from .table import Line
from .wording import BODIES, PLAN, counted, in_figures, in_words, one_line, sentence, subject_of

TITLE = "PHIẾU TRÌNH"
POSTS = {Position.CHAIR: "Chủ tịch", Position.VICE_CHAIR: "Phó Chủ tịch"}
VERBS: dict[str, str] = {
    DecisionVerb.APPROVED: "Đồng ý phê duyệt",
    DecisionVerb.RETURNED: "Trả lại để bổ sung, hoàn thiện",
    DecisionVerb.REJECTED: "Không phê duyệt",
}
RECALLED = "Cơ quan trình rút hồ sơ"
# Why the Office sends a dossier back (domain notes 3.3); the empty key says that it did.
GROUNDS: dict[str, str] = {
    "": "Văn phòng trả lại hồ sơ",
    ReturnGround.MISSING_PARTS: "thiếu thành phần hồ sơ",
    ReturnGround.NOT_COMPETENT: "thuộc thẩm quyền của cơ quan trình",
    ReturnGround.NOT_CONSULTED: "chưa lấy ý kiến cơ quan liên quan",
    ReturnGround.NOT_ANSWERED: "chưa tiếp thu, giải trình đầy đủ ý kiến",
    ReturnGround.WRONG_FORM: "sai thể thức, kỹ thuật trình bày",
    ReturnGround.OUTDATED_BASES: "cần cập nhật căn cứ mới",
}
SPECIALIST, LEADER = "CHUYÊN VIÊN THAM MƯU", "LÃNH ĐẠO VĂN PHÒNG"
NO_OPINION = "(Chưa có ý kiến của Văn phòng.)"
NO_ROUND = "Dự thảo chưa được gửi lấy ý kiến."
NO_DISPUTE = "Không còn ý kiến khác nhau chưa được giải quyết."


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph; `look` is "h" for a heading, "s" for a sub-heading, "p" for text, "i" for an item of a list."""

    look: str
    text: str


@dataclass(frozen=True, slots=True)
class Place:
    """A place to sign: the date line, the lines above the name, the name; what is still open is empty."""

    dated: str
    lines: tuple[str, ...]
    name: str


def post_of(lines: Sequence[str]) -> str:
    """Return the post in the last line of a signature block as it stands within a sentence."""
    last = lines[-1]
    known = {post.upper(): post for post in POSTS.values()} | {
        f"Q. {POSTS[Position.CHAIR].upper()}": "Quyền Chủ tịch"
    }
    return known.get(last, last.capitalize())


def points_of(tasks: int, leads: int, due: Sequence[date]) -> tuple[str, ...]:
    """Return the plan in figures."""
    if not tasks:
        return ("Dự thảo Kế hoạch không kèm bảng phân công nhiệm vụ.",)
    said = [f"Dự thảo Kế hoạch giao {counted(tasks)} nhiệm vụ cho {counted(leads)} {BODIES} chủ trì."]
    if due:
        said.append(f"Thời hạn sớm nhất: {in_figures(due[0])}; muộn nhất: {in_figures(due[-1])}.")
    return tuple(said)


def times(sheet: Sheet) -> str:
    """Return the line that counts the submissions."""
    return f"(Trình lần {sheet.number})"


def blocks(sheet: Sheet) -> list[Block]:
    """Return the text of the sheet between its title and the box, paragraph by paragraph."""
    return [
        Block("h", "I. NỘI DUNG TRÌNH"),
        *_submitted(sheet),
        Block("h", "II. TÓM TẮT QUÁ TRÌNH VÀ Ý KIẾN THAM GIA"),
        *_process(sheet),
        Block("h", "III. Ý KIẾN, ĐỀ XUẤT CỦA VĂN PHÒNG"),
        *(Block("i", f"- Trả lại hồ sơ: {ground}.") for ground in sheet.grounds),
        *(Block("p", line) for line in _lines(sheet.opinion) or [NO_OPINION]),
    ]


def box_title(sheet: Sheet) -> str:
    """Return the heading of the box."""
    return f"Ý kiến chỉ đạo của {sheet.leader}"


def box(direction: Direction | None) -> list[Block]:
    """Return what stands in the box; nothing before the leader has decided."""
    if direction is None:
        return []
    end = ":" if direction.reasons else "."
    return [Block("p", direction.verb + end), *(Block("i", f"- {reason}") for reason in direction.reasons)]


def directed(direction: Direction | None) -> Place:
    """Return the signature under the direction."""
    return _place(direction.signer if direction else Signer(), ())


def places(sheet: Sheet) -> tuple[Place, Place]:
    """Return the two places to sign: the specialist's and the Office leader's."""
    return _place(sheet.specialist, (SPECIALIST,)), _place(sheet.signed, (LEADER,))


def _place(signer: Signer, heads: tuple[str, ...]) -> Place:
    dated = in_words(signer.on).capitalize() if signer.on else "Ngày      tháng      năm"
    return Place(dated, (*heads, *signer.lines), signer.name)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


# --- I. --------------------------------------------------------------------------------------------------------------


def _submitted(sheet: Sheet) -> Iterator[Block]:
    number = f"Tờ trình số {sheet.document_number}" if sheet.document_number else "Tờ trình"
    letter = f"{number} ngày {in_figures(sheet.submitted_on)}"
    yield Block("s", f"1. Cơ quan trình: {sheet.agency} ({letter}).")
    yield Block("s", f"2. Vấn đề trình: {sentence(f'Phê duyệt {PLAN} {subject_of(sheet.title)}')}")
    yield Block("s", "3. Hồ sơ, văn bản liên quan:")
    replies = sum(len(each.answered) for each in sheet.table.rounds)
    yield from (
        Block("i", f"- {text};")
        for text in (
            letter,
            f"Dự thảo {PLAN} {subject_of(sheet.title)}",
            f"Văn bản giao nhiệm vụ số {sheet.directive}",
            f"Bảng tổng hợp, tiếp thu, giải trình ý kiến và {counted(replies)} văn bản tham gia ý kiến",
            *map(one_line, sheet.dossier),
        )
    )
    yield Block("s", "4. Nội dung trình:")
    yield from (Block("i", f"- {text}") for text in (*sheet.points, *_lines(sheet.note)))


# --- II. -------------------------------------------------------------------------------------------------------------


def _process(sheet: Sheet) -> Iterator[Block]:
    yield Block("s", "1. Lấy ý kiến:")
    several = len(sheet.table.rounds) > 1
    for each in sheet.table.rounds:
        yield Block("p", wording.request(each, several=several))
        yield Block("p", wording.account(each, whole=True))
        yield from (Block("p", text) for text in wording.questions(each))
    if not sheet.table.rounds:
        yield Block("p", NO_ROUND)
    yield Block("s", "2. Tiếp thu, giải trình:")
    treated = wording.treated(sheet.table)
    yield from (Block("p", text) for text in treated or ["Không có góp ý phải tiếp thu, giải trình."])
    yield Block(
        "s", f"3. Ý kiến còn khác nhau: {counted(len(sheet.disputes)) if sheet.disputes else ''}".rstrip()
    )
    yield from (block for line in sheet.disputes for block in _dispute(line))
    if not sheet.disputes:
        yield Block("p", NO_DISPUTE)
    yield Block("s", "4. Các lần trình trước:")
    yield from (block for each in sheet.earlier for block in _before(each))
    if not sheet.earlier:
        yield Block("p", "Không có." if sheet.number == 1 else "Không có lần nào bị trả lại.")


def _dispute(line: Line) -> Iterator[Block]:
    """Return both sides' words."""
    said = one_line(wording.said_in(line))
    yield Block("i", f"- {line.agency} ({one_line(line.place)}): {said}")
    answer = one_line(" ".join((f"{wording.treatment_of(line)}.", *wording.answer_to(line)))).lstrip(". ")
    if line.is_remark:
        yield Block("p", f"Cơ quan trình: {answer}")
    if line.upheld:
        yield Block("p", f"Bảo lưu ý kiến: {one_line(line.upheld)}")


def _before(each: Earlier) -> Iterator[Block]:
    end = ":" if each.reasons else "."
    yield Block(
        "i",
        f"- Trình lần {each.number} ngày {in_figures(each.on)}. {each.ended} ngày {in_figures(each.ended_on)}{end}",
    )
    yield from (Block("p", one_line(reason)) for reason in each.reasons if reason.strip())
