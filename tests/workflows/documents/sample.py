"""Tables as data, without a database: each begins as a plain one and is changed where a test looks."""

from datetime import UTC, date, datetime
from typing import Any

from workflows.documents.letterhead import Letterhead
from workflows.documents.table import Asked, Line, Round, Table
from workflows.models import OpinionState, Stance, Treatment

HEAD = Letterhead("UBND THÀNH PHỐ ĐÀ NẴNG", "SỞ KẾ HOẠCH VÀ ĐẦU TƯ", "Đà Nẵng")
ON = date(2020, 7, 5)
DUE = datetime(2020, 7, 3, 10, tzinfo=UTC)  # 17:00 in the office
ANSWERED = datetime(2020, 7, 1, 2, tzinfo=UTC)
CITATION = "Quy chế làm việc của UBND thành phố"
HOSTILE = (
    *("=1+1", "+84 236", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x","y")', "'=1", "{=1}", "%0A=1"),
    *("＝1+1", "＋1", "－1", "＠SUM(A1)", "\r=1", "\n=1", " =1", "\u200b=1", "=cmd|' /C calc'!A0"),
)


def asked(name: str = "Sở Tài chính", stance: str = Stance.AGREE, **changes: Any) -> Asked:
    """Return an agency: one that answered, or was silent where the stance is the clock's."""
    is_given = stance in {Stance.AGREE, Stance.AGREE_WITH_REMARKS, Stance.DISAGREE}
    facts: dict[str, Any] = {
        "state": OpinionState.GIVEN if is_given else OpinionState.SILENT,
        "answered_at": ANSWERED if is_given else None,
        "due": DUE,
    }
    return Asked(name=name, stance=stance, **facts | changes)


def waiting(name: str, state: str = OpinionState.ASKED, **changes: Any) -> Asked:
    """Return an agency whose answer is not there."""
    return asked(name, "", state=state, answered_at=None, **changes)


def round_of(*agencies: Asked, **changes: Any) -> Round:
    """Return a round."""
    facts: dict[str, Any] = {
        "number": 1,
        "draft": 1,
        "request_number": "1216/SKHĐT-TH",
        "request_on": date(2020, 6, 26),
        "signed_as": "Trần Quốc Bảo, Giám đốc Sở KH&ĐT",
        "due_at": DUE,
        "deems": True,
        "citation": CITATION,
    }
    return Round(asked=agencies, **facts | changes)


def line(number: int = 1, **changes: Any) -> Line:
    """Return a remark that was taken."""
    facts: dict[str, Any] = {
        "round": 1,
        "draft": 1,
        "agency": "Sở Tài chính",
        "place": "Khoản 1 mục II",
        "text": "Bổ sung nguồn kinh phí.",
        "document_number": "1785/STC-QLNS",
        "answered_on": date(2020, 7, 1),
        "treatment": Treatment.ACCEPTED,
        "answer": "Đã bổ sung.",
        "change": "Nơi chỉnh sửa: Khoản 1 mục II.",
    }
    return Line(number=number, **facts | changes)


def table(*lines: Line, **changes: Any) -> Table:
    """Return a document with these rows; with one round of one agency where nothing else is said."""
    facts: dict[str, Any] = {
        "title": "Kế hoạch thực hiện Nghị quyết số 84/NQ-CP",
        "on": ON,
        "head": HEAD,
        "rounds": (round_of(asked(stance=Stance.AGREE_WITH_REMARKS)),),
    }
    return Table(lines=lines, **facts | changes)


def crowd() -> Round:
    """Return the consultation of domain notes 2.3: 133 agencies asked, 30 answered, 21 of them plainly agreed."""
    return round_of(
        *(asked(f"Cơ quan nhất trí {n}") for n in range(21)),
        *(asked(f"Cơ quan góp ý {n}", Stance.AGREE_WITH_REMARKS) for n in range(7)),
        *(asked(f"Cơ quan không nhất trí {n}", Stance.DISAGREE) for n in range(2)),
        *(asked(f"Cơ quan im lặng {n}", Stance.DEEMED_AGREED) for n in range(103)),
    )
