"""What the plan pages print, row by row: paragraphs, the remarks beside them, the outline."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.utils.translation import pgettext

from workflows.domain.numbering import Numbered, number_paragraphs
from workflows.models import Anchor, Disposition, Level, Paragraph, ParagraphDraft, Remark, Treatment
from workflows.presenting import Change, Segment, date_and_time

from .agencies import Names

LINE = 84  # letters of a document line, for browsers that cannot size a text area by its content
OUTLINE_LENGTH = 70
TITLE_LENGTH = 150
TAGS = {Treatment.ACCEPTED: "done", Treatment.PARTLY: "here", Treatment.EXPLAINED: ""}


@dataclass(frozen=True)
class RemarkCard:
    """A remark beside its paragraph (templates/c/op.html); `disposition` is empty where the reader may not know it."""

    id: int
    agency: str
    text: str
    who: str
    state: str = ""
    disposition: str = ""
    answer: str = ""
    answered_by: str = ""
    proposed: Sequence[Segment] = ()
    closed: bool = True
    current: bool = False
    place: str = ""


@dataclass(frozen=True)
class ParagraphRow:
    """A paragraph of the page: its number, what it looks like, the remarks on it, what the reader typed and lost."""

    paragraph: Paragraph
    mark: str
    label: str
    look: str
    remarks: Sequence[RemarkCard] = ()
    kept: ParagraphDraft | None = None
    is_first: bool = False
    is_last: bool = False

    @property
    def lines(self) -> int:
        """How many lines the text takes, roughly."""
        return sum(1 + len(line) // LINE for line in (self.paragraph.text or " ").split("\n"))


@dataclass
class OutlineRow:
    """A section or clause of the outline, and how many open remarks stand under it."""

    key: UUID
    level: int
    text: str
    open: int = 0


@dataclass(frozen=True)
class Remarks:
    """The remarks a person may see.

    `open_books` holds the opinions whose remarks' answers, given or not, she may know.
    """

    all: Sequence[Remark]
    names: Names
    open_books: frozenset[int]

    @property
    def known(self) -> list[Remark]:
        """Those whose answer the person may know."""
        return [remark for remark in self.all if remark.opinion_id in self.open_books]

    @property
    def total(self) -> int:
        """How many these are."""
        return len(self.known)

    @property
    def answered(self) -> int:
        """How many of them have an answer."""
        return sum(answer_of(remark) is not None for remark in self.known)

    @property
    def unanswered(self) -> int:
        """How many of them have none."""
        return self.total - self.answered

    def agency(self, remark: Remark) -> str:
        """Return what the agency of a remark is called in lists."""
        return self.names.short(remark.opinion.participation.agency)

    def card(self, remark: Remark) -> RemarkCard:
        """Return the card of a remark."""
        proposed = [Segment(Change.ADDED, remark.suggestion)] if remark.suggestion else []
        card = RemarkCard(
            remark.pk,
            self.agency(remark),
            remark.text,
            who_gave(remark),
            proposed=proposed,
            place=remark.anchor_label,
        )
        return _with_answer(card, answer_of(remark)) if remark.opinion_id in self.open_books else card


def _with_answer(card: RemarkCard, answer: Disposition | None) -> RemarkCard:
    if answer is None:
        return replace(card, state="soon", disposition=pgettext("remark", "Open"), closed=False)
    treatment = Treatment(answer.treatment)
    return replace(
        card,
        state=TAGS[treatment],
        disposition=str(treatment.label),
        answer=answer.text,
        answered_by=answer.disposed_by.full_name,
    )


def answer_of(remark: Remark) -> Disposition | None:
    """Return the answer to a remark, loaded with it."""
    return getattr(remark, "disposition", None)


def who_gave(remark: Remark) -> str:
    """Return who signed the opinion a remark belongs to, and when."""
    opinion = remark.opinion
    name = opinion.signed_by.full_name if opinion.signed_by else ""
    return ", ".join(part for part in (name, date_and_time(opinion.answered_at)) if part)


def paragraph_rows(
    paragraphs: Sequence[Paragraph], remarks: Remarks, kept: Iterable[ParagraphDraft] = ()
) -> list[ParagraphRow]:
    """Return the rows of a revision's text in order."""
    numbered = number_paragraphs(paragraphs)
    cards = _cards(paragraphs, remarks)
    drafts = {draft.key: draft for draft in kept}
    last = len(numbered) - 1
    return [
        ParagraphRow(
            entry.paragraph,
            entry.mark,
            entry.label,
            _look(numbered, index),
            cards.get(entry.paragraph.key, ()),
            drafts.get(entry.paragraph.key),
            index == 0,
            index == last,
        )
        for index, entry in enumerate(numbered)
    ]


def loose_remarks(paragraphs: Sequence[Paragraph], remarks: Remarks) -> list[RemarkCard]:
    """Return the cards of what is about the whole draft, a task, or a paragraph that is no longer there."""
    keys = {paragraph.key for paragraph in paragraphs}
    return [
        remarks.card(remark)
        for remark in remarks.all
        if remark.anchor != Anchor.PARAGRAPH or remark.anchor_key not in keys
    ]


def _cards(paragraphs: Sequence[Paragraph], remarks: Remarks) -> dict[UUID, list[RemarkCard]]:
    keys = {paragraph.key for paragraph in paragraphs}
    cards: dict[UUID, list[RemarkCard]] = {}
    for remark in remarks.all:
        key = remark.anchor_key
        if remark.anchor == Anchor.PARAGRAPH and key is not None and key in keys:
            cards.setdefault(key, []).append(remarks.card(remark))
    return cards


def _look(numbered: Sequence[Numbered], index: int) -> str:
    """Return h2 for a section, h3 for a clause that only heads the points under it, p for text."""
    paragraph = numbered[index].paragraph
    following = numbered[index + 1].paragraph.level if index + 1 < len(numbered) else ""
    if paragraph.level == Level.SECTION:
        return "h2"
    is_title = len(paragraph.text) <= TITLE_LENGTH and not paragraph.text.endswith((".", ";", ":", ","))
    heads = paragraph.level == Level.CLAUSE and following in {Level.POINT, Level.DASH}
    return "h3" if heads and is_title else "p"


def outline_of(rows: Sequence[ParagraphRow]) -> list[OutlineRow]:
    """Return the headings of a text with the open remarks under each."""
    outline: list[OutlineRow] = []
    for row in rows:
        if row.look != "p" and row.paragraph.text:
            text = f"{row.mark} {row.paragraph.text}"
            short = text if len(text) <= OUTLINE_LENGTH else f"{text[:OUTLINE_LENGTH].rsplit(' ', 1)[0]}…"
            outline.append(OutlineRow(row.paragraph.key, 1 if row.look == "h2" else 2, short))
        if outline:
            outline[-1].open += sum(not card.closed for card in row.remarks)
    return outline
