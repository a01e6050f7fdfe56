"""Outline numbers of a plan's paragraphs, after the Vietnamese alphabet (Decree 30/2020/NĐ-CP, appendix I)."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from workflows.models import ActionItem, Level, Paragraph

LETTERS = "abcdđeghiklmnopqrstuvxy"
_ROMAN = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))


@dataclass(frozen=True, slots=True)
class Numbered:
    """A paragraph with the mark printed before it and the words that name its place."""

    paragraph: Paragraph
    mark: str
    label: str


def number_paragraphs(paragraphs: Sequence[Paragraph]) -> list[Numbered]:
    """Number the paragraphs in their order: mục I, khoản 1, điểm a, gạch đầu dòng."""
    counts = dict.fromkeys(Level.values, 0)
    numbered = []
    for paragraph in paragraphs:
        _count(counts, Level(paragraph.level))
        numbered.append(Numbered(paragraph, _mark(counts, paragraph.level), _label(counts, paragraph.level)))
    return numbered


def labels(paragraphs: Sequence[Paragraph]) -> dict[UUID, str]:
    """Return what each paragraph's place is called, by its stable key."""
    return {entry.paragraph.key: entry.label for entry in number_paragraphs(paragraphs)}


def item_labels(items: Sequence[ActionItem]) -> dict[UUID, str]:
    """Return what each task of a plan is called by its place, by its stable key."""
    return {item.key: item_label(number) for number, item in enumerate(items, start=1)}


def item_label(number: int) -> str:
    """Return what the nth task of a plan is called."""
    return _("Task %(n)s") % {"n": number}


def annex_label(number: int, of: int) -> str:
    """Return what the nth of a plan's annexes is called: with a Roman figure where there are two or more.

    Source: Decree 30/2020/NĐ-CP, appendix I.III.1c.
    """
    return _("Annex %(n)s") % {"n": roman(number)} if of > 1 else _("Annex")


def roman(number: int) -> str:
    """Return a number from 1 to 39 in Roman figures."""
    text = ""
    for value, figure in _ROMAN:
        while number >= value:
            text += figure
            number -= value
    return text


def letter(number: int) -> str:
    """Return the nth list letter; after the alphabet it doubles (a, b, … y, aa, bb)."""
    rounds, index = divmod(number - 1, len(LETTERS))
    return LETTERS[index] * (rounds + 1)


def _count(counts: dict[str, int], level: Level) -> None:
    order = list(Level)
    counts[level] += 1
    for lower in order[order.index(level) + 1 :]:
        counts[lower] = 0


def _mark(counts: dict[str, int], level: str) -> str:
    if level == Level.SECTION:
        return f"{roman(counts[level])}."
    if level == Level.CLAUSE:
        return f"{counts[level]}."
    if level == Level.POINT:
        return f"{letter(counts[level])})"
    return "-"


def _label(counts: dict[str, int], level: str) -> str:
    parts = []
    if counts[Level.DASH]:
        parts.append(_("dash %(n)s") % {"n": counts[Level.DASH]})
    if counts[Level.POINT] and level in {Level.POINT, Level.DASH}:
        parts.append(_("point %(n)s") % {"n": letter(counts[Level.POINT])})
    if counts[Level.CLAUSE] and level != Level.SECTION:
        parts.append(_("clause %(n)s") % {"n": counts[Level.CLAUSE]})
    if counts[Level.SECTION]:
        parts.append(_("section %(n)s") % {"n": roman(counts[Level.SECTION])})
    joined = " ".join(parts)
    return joined[:1].upper() + joined[1:]
