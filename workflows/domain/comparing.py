"""What changed between two revisions of a plan: paragraphs and tasks, paired by their stable keys."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from django.utils.translation import gettext as _

from workflows.domain import content
from workflows.domain.numbering import item_labels, labels
from workflows.models import ActionItem, Anchor, Level, Paragraph, PlanRevision


class Kind(StrEnum):
    """What became of a paragraph or a task."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Part:
    """One text that changed; `name` says which one, empty for a paragraph's own text."""

    name: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One paragraph or task that is not as it was.

    `place` and `old_place` name where it stands and stood, empty where it does not exist. A changed one may have been
    moved as well; `parts` holds what to show as a redline, of a moved one its unchanged text.
    """

    kind: Kind
    anchor: Anchor
    key: UUID
    place: str
    old_place: str
    parts: tuple[Part, ...]
    moved: bool = False

    @property
    def where(self) -> str:
        """The place to print: where it stands now, else where it stood."""
        return self.place or self.old_place


Row = TypeVar("Row", Paragraph, ActionItem)
Texts = dict[str, str]


def compare(old_revision: PlanRevision, new_revision: PlanRevision) -> list[Difference]:
    """Return what changed from one revision to another, in the order of the newer one; at most six statements."""
    old_paragraphs, new_paragraphs = content.paragraphs_of(old_revision), content.paragraphs_of(new_revision)
    old_items, new_items = content.items_of(old_revision), content.items_of(new_revision)
    return compare_paragraphs(old_paragraphs, new_paragraphs) + compare_items(old_items, new_items)


def compare_paragraphs(old: Sequence[Paragraph], new: Sequence[Paragraph]) -> list[Difference]:
    """Pair paragraphs by key. Numbers that shift because of others are no change; a level and a text are."""
    places = labels(old), labels(new)
    return list(_differences(Anchor.PARAGRAPH, old, new, places, _texts_of_paragraph))


def compare_items(old: Sequence[ActionItem], new: Sequence[ActionItem]) -> list[Difference]:
    """Pair tasks by key; each of their fields is compared by itself."""
    places = item_labels(old), item_labels(new)
    return list(_differences(Anchor.ACTION_ITEM, old, new, places, _texts_of_item))


def _differences(
    anchor: Anchor,
    old: Sequence[Row],
    new: Sequence[Row],
    places: tuple[dict[UUID, str], dict[UUID, str]],
    texts: Callable[[Row, bool], Texts],
) -> Iterator[Difference]:
    before, after = {row.key: row for row in old}, {row.key: row for row in new}
    moved = moved_keys([row.key for row in old], [row.key for row in new])
    for key in _reading_order(list(before), list(after)):
        was, now = before.get(key), after.get(key)
        paired = was is not None and now is not None
        parts = _parts(
            texts(was, paired) if was else {}, texts(now, paired) if now else {}, moved=key in moved
        )
        if parts:
            kind = _kind(was, now, parts)
            yield Difference(
                kind, anchor, key, places[1].get(key, ""), places[0].get(key, ""), parts, key in moved
            )


def _kind(was: object, now: object, parts: Sequence[Part]) -> Kind:
    if was is None:
        return Kind.ADDED
    if now is None:
        return Kind.REMOVED
    return Kind.CHANGED if any(part.old != part.new for part in parts) else Kind.MOVED


def _parts(was: Texts, now: Texts, *, moved: bool) -> tuple[Part, ...]:
    """Return the texts that changed; of what only moved, its first text."""
    pairs = [Part(name, was.get(name, ""), now.get(name, "")) for name in (now or was)]
    changed = tuple(part for part in pairs if part.old != part.new)
    return changed or tuple(pairs[:1] if moved else ())


def moved_keys(old: Sequence[UUID], new: Sequence[UUID]) -> set[UUID]:
    """Return the fewest keys whose moving explains the new order; keys that came or went move nobody."""
    position = {key: index for index, key in enumerate(old)}
    common = [key for key in new if key in position]
    return set(common) - _longest_in_order(common, position)


def _longest_in_order(keys: Sequence[UUID], position: dict[UUID, int]) -> set[UUID]:
    """Return the longest run of keys, not necessarily adjacent, that kept their order (patience sorting)."""
    tops: list[int] = []
    piles: list[UUID] = []
    before: dict[UUID, UUID | None] = {}
    for key in keys:
        pile = bisect_left(tops, position[key])
        before[key] = piles[pile - 1] if pile else None
        tops[pile : pile + 1], piles[pile : pile + 1] = [position[key]], [key]
    kept: set[UUID] = set()
    last = piles[-1] if piles else None
    while last is not None:
        kept.add(last)
        last = before[last]
    return kept


def _reading_order(old: Sequence[UUID], new: Sequence[UUID]) -> list[UUID]:
    """Return all keys in the new order; a removed one stands after the key it followed."""
    order = list(new)
    known = set(new)
    previous: UUID | None = None
    for key in old:
        if key not in known:
            order.insert(order.index(previous) + 1 if previous else 0, key)
        previous = key
    return order


def _texts_of_paragraph(paragraph: Paragraph, paired: bool) -> Texts:  # noqa: FBT001 - one of two signatures
    own = {"": paragraph.text}
    return own | {_("Level"): str(Level(paragraph.level).label)} if paired else own


def _texts_of_item(item: ActionItem, _paired: bool) -> Texts:  # noqa: FBT001 - as above
    return {
        _("Task of the plan"): item.task,
        _("lead agency"): item.lead.symbol,
        _("coordinating agencies"): ", ".join(sorted(agency.symbol for agency in item.coordinating.all())),
        _("due"): f"{item.due_on:%d/%m/%Y}" if item.due_on else "",
        _("product"): item.product,
        _("target"): item.target,
    }
