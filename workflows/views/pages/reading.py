"""A revision laid out for reading: paragraphs with their marks, tasks with their numbers, and the places of both."""

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from workflows.domain import content
from workflows.domain.numbering import Numbered, item_label, number_paragraphs
from workflows.forms.opinions import anchor_value
from workflows.models import ActionItem, Anchor, Level, PlanRevision
from workflows.views.annexes import AnnexRow, annex_rows

from .names import AgencyNames


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph: `kind` is h2, h3 or p, `anchor` its value in a form.

    `rows` are the remarks that are typed on it, `shown` those that are read.
    """

    id: str
    kind: str
    mark: str
    text: str
    label: str
    anchor: str
    rows: list[Any] = field(default_factory=list)
    shown: list[Any] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One task of the plan's table."""

    id: str
    number: int
    task: str
    lead: str
    coordinating: str
    due_on: date | None
    product: str
    target: str
    label: str
    anchor: str
    rows: list[Any] = field(default_factory=list)
    shown: list[Any] = field(default_factory=list)


@dataclass(frozen=True)
class Reading:
    """A revision as a page shows it."""

    revision: PlanRevision
    blocks: list[Block]
    items: list[ItemRow]
    annexes: list[AnnexRow] = field(default_factory=list)

    def places(self) -> list[tuple[str, str]]:
        """Return (form value, words) of every place a remark can be about, in reading order."""
        return [(place.anchor, place.label) for place in self.places_in_order()]

    def place_at(self, anchor: str) -> "Block | ItemRow | None":
        """Return the place a form value names; None where it names none."""
        return self._by_anchor.get(anchor)

    def places_in_order(self) -> "list[Block | ItemRow]":
        """Return every place a remark can be about, in reading order."""
        return [*self.blocks, *self.items]

    def rows_at(self, anchor: str) -> list[Any] | None:
        """Return the remarks typed on the place a form value names; None where it names none."""
        place = self.place_at(anchor)
        return None if place is None else place.rows

    @cached_property
    def _by_anchor(self) -> dict[str, "Block | ItemRow"]:
        return {place.anchor: place for place in self.places_in_order()}


def read(revision: PlanRevision, names: AgencyNames) -> Reading:
    """Lay a revision out; five statements with the agencies' names."""
    numbered = number_paragraphs(content.paragraphs_of(revision))
    blocks = [_block(entry, after) for entry, after in zip(numbered, [*numbered[1:], None], strict=True)]
    items = [_item(item, number, names) for number, item in enumerate(content.items_of(revision), start=1)]
    return Reading(revision, blocks, items, annex_rows(content.annexes_of(revision)))


def _block(entry: Numbered, after: Numbered | None) -> Block:
    paragraph = entry.paragraph
    anchor = anchor_value(Anchor.PARAGRAPH, paragraph.key)
    return Block(f"m-{paragraph.key}", _kind(entry, after), entry.mark, paragraph.text, entry.label, anchor)


def _kind(entry: Numbered, after: Numbered | None) -> str:
    """Tell a heading from running text: a clause is a heading where points or dashes stand under it."""
    if entry.paragraph.level == Level.SECTION:
        return "h2"
    has_points = after is not None and after.paragraph.level in {Level.POINT, Level.DASH}
    return "h3" if entry.paragraph.level == Level.CLAUSE and has_points else "p"


def _item(item: ActionItem, number: int, names: AgencyNames) -> ItemRow:
    return ItemRow(
        id=f"nv-{item.key}",
        number=number,
        task=item.task,
        lead=names.short(item.lead),
        coordinating=", ".join(names.short(agency) for agency in item.coordinating.all()),
        due_on=item.due_on,
        product=item.product,
        target=item.target,
        label=item_label(number),
        anchor=anchor_value(Anchor.ACTION_ITEM, item.key),
    )
