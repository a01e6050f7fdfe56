"""The table of opinions and what became of them (bảng tổng hợp, tiếp thu, giải trình ý kiến), as data.

Columns and accounting follow domain notes 2.3-2.8: every remark with its answer, every silence counted and listed with
its citation. `building` reads it, `wording` says what is printed of it, `docx` and `xlsx` how.
"""

from dataclasses import dataclass
from datetime import date, datetime

from workflows.models import OpinionState, Stance

from .letterhead import Letterhead


@dataclass(frozen=True, slots=True)
class Asked:
    """One agency in one round. The proof that it was asked is empty for readers who may not know it."""

    name: str
    state: str
    stance: str
    document_number: str = ""
    answered_at: datetime | None = None
    is_late: bool = False
    is_required: bool = True
    due: datetime | None = None
    delivered_at: datetime | None = None
    opened_at: datetime | None = None
    reminded_at: tuple[datetime, ...] = ()
    withdrawn_reason: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """An option of a question and the agencies that chose it."""

    text: str
    agencies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """A question of the request and what was chosen."""

    number: int
    text: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Round:
    """One request for opinions and what came of it; `asked` is in the order offices list agencies."""

    number: int
    draft: int
    request_number: str
    request_on: date
    signed_as: str
    due_at: datetime
    deems: bool
    citation: str
    asked: tuple[Asked, ...]
    questions: tuple[Tally, ...] = ()

    @property
    def answered(self) -> tuple[Asked, ...]:
        """Those whose signed answer is there."""
        return self.in_state(OpinionState.GIVEN)

    @property
    def late(self) -> tuple[Asked, ...]:
        """Those whose answer came after their term."""
        return tuple(each for each in self.answered if each.is_late)

    def of(self, stance: Stance) -> tuple[Asked, ...]:
        """Return those of one stance, or whose silence counts as it."""
        return tuple(each for each in self.asked if each.stance == stance)

    def in_state(self, state: OpinionState) -> tuple[Asked, ...]:
        """Return those whose answer is in a state."""
        return tuple(each for each in self.asked if each.state == state)


@dataclass(frozen=True, slots=True)
class Line:
    """One row: a remark, or the reason an agency gave beside or without remarks, and what became of it.

    `draft` is the number of the revision it judges. `is_known` tells whether the reader may know the answer;
    `treatment` is empty where there is none.
    """

    number: int
    round: int
    draft: int
    agency: str
    place: str
    text: str
    document_number: str = ""
    answered_on: date | None = None
    suggestion: str = ""
    is_remark: bool = True
    is_known: bool = True
    treatment: str = ""
    answer: str = ""
    change: str = ""
    upheld: str = ""
    disagrees: bool = False
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """The whole document; `reader` names the agency for which it holds only a part, empty where it is complete."""

    title: str
    on: date
    head: Letterhead
    rounds: tuple[Round, ...]
    lines: tuple[Line, ...]
    reader: str = ""
    is_part: bool = False

    @property
    def remarks(self) -> tuple[Line, ...]:
        """The rows that need an answer."""
        return tuple(line for line in self.lines if line.is_remark)

    def treated(self, treatment: str) -> int:
        """Return how many remarks got a treatment; with an empty one, how many have no answer yet."""
        return sum(line.treatment == treatment and line.is_known for line in self.remarks)
