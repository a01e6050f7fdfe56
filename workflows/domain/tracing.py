"""Where the draft answers a remark: what changed between the revision an agency judged and the one there is now."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

from django.utils.translation import gettext as _

from workflows.domain import comparing, content
from workflows.domain.comparing import Difference
from workflows.domain.numbering import item_labels, labels
from workflows.models import (
    TAKEN,
    ActionItem,
    Anchor,
    Disposition,
    Paragraph,
    PlanRevision,
    Remark,
)

Place = tuple[Anchor, UUID | None]
Content = tuple[Sequence[Paragraph], Sequence[ActionItem]]


@dataclass
class Tracing:
    """What became of each place up to one revision; a revision is read once, at most three statements."""

    target: PlanRevision
    _contents: dict[int, Content] = field(default_factory=dict)
    _since: dict[int, list[Difference]] = field(default_factory=dict)

    def since(self, judged: PlanRevision) -> list[Difference]:
        """Return everything that changed since a revision."""
        if judged.pk == self.target.pk:
            return []
        if judged.pk not in self._since:
            old, new = self._content(judged), self._content(self.target)
            self._since[judged.pk] = comparing.compare_paragraphs(old[0], new[0]) + comparing.compare_items(
                old[1], new[1]
            )
        return self._since[judged.pk]

    def places(self) -> dict[Place, str]:
        """Return the places of the revision in reading order, each with its words; the whole draft is the last."""
        paragraphs, items = self._content(self.target)
        found: dict[Place, str] = {
            (Anchor.PARAGRAPH, key): words for key, words in labels(paragraphs).items()
        }
        found |= {(Anchor.ACTION_ITEM, key): words for key, words in item_labels(items).items()}
        return found | {(Anchor.WHOLE, None): _("The whole draft")}

    def has(self, anchor: str, key: UUID | None) -> bool:
        """Tell whether a place is in the revision."""
        return (Anchor(anchor), key) in self._keys

    def answering(self, remark: Remark, answer: Disposition) -> list[Difference]:
        """Return what changed at the place an answer names, since the revision that the remark judged."""
        changed = self.since(remark.opinion.consultation.revision)
        if answer.anchor == Anchor.WHOLE:
            return changed
        return [each for each in changed if (each.anchor, each.key) == (answer.anchor, answer.anchor_key)]

    def is_unchanged(self, remark: Remark, answer: Disposition) -> bool:
        """Tell whether a remark was taken and the place named says what it said when the remark was made."""
        is_taken = answer.treatment in TAKEN and not answer.needs_no_change
        return is_taken and not self.answering(remark, answer)

    @cached_property
    def _keys(self) -> set[Place]:
        paragraphs, items = self._content(self.target)
        return {(Anchor.WHOLE, None)} | {
            *((Anchor.PARAGRAPH, row.key) for row in paragraphs),
            *((Anchor.ACTION_ITEM, row.key) for row in items),
        }

    def _content(self, revision: PlanRevision) -> Content:
        if revision.pk not in self._contents:
            self._contents[revision.pk] = content.paragraphs_of(revision), content.items_of(revision)
        return self._contents[revision.pk]
