"""Several lines pasted into one paragraph become paragraphs of their own, at the level their marks say."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.authority import Actor
from accounts.models import User
from workflows.domain import plans
from workflows.domain.errors import DomainError
from workflows.models import Level, Paragraph, PlanRevision

# What offices type before a line (Decree 30/2020/NĐ-CP, appendix I), in the order they are tried.
MARKS: tuple[tuple[re.Pattern[str], Level], ...] = (
    (re.compile(r"[IVX]{1,6}[.)]\s+"), Level.SECTION),
    (re.compile(r"\d{1,2}(?:\.\d{1,2})+[.)]?\s+"), Level.POINT),
    (re.compile(r"\d{1,2}[.)]\s+"), Level.CLAUSE),
    (re.compile(r"[a-zđ]{1,2}[.)]\s+"), Level.POINT),
    (re.compile(r"[-–—+•*·]\s+"), Level.DASH),
)


@dataclass(frozen=True, slots=True)
class Piece:
    """One line: its level and its text without the mark."""

    level: Level
    text: str


def pieces_of(text: str, level: Level) -> list[Piece]:
    """Return the lines of a text that say something; a line without a mark keeps `level`."""
    return [_piece(line.strip(), level) for line in text.splitlines() if line.strip()]


def _piece(line: str, level: Level) -> Piece:
    for mark, marked in MARKS:
        found = mark.match(line)
        if found and found.end() < len(line):
            return Piece(marked, line[found.end() :])
    return Piece(level, line)


@transaction.atomic
def split_paragraph(revision: PlanRevision, key: UUID, *, actor: Actor) -> list[Paragraph]:
    """Make a paragraph for each of its lines; the first line stays in the paragraph. Statements do not grow with them.

    Raises:
        FrozenError: the revision has left the drafter.
        DomainError: the paragraph is gone, or the plan cannot hold so many.
    """
    paragraph = plans.paragraph_or_error(revision, key)
    pieces = pieces_of(paragraph.text, Level(paragraph.level))
    if len(pieces) <= 1:
        return [paragraph]
    plans.touch(revision, actor.person)
    if revision.paragraphs.count() + len(pieces) - 1 > plans.MAX_PARAGRAPHS:
        raise DomainError(_("A plan holds at most %(n)s paragraphs.") % {"n": plans.MAX_PARAGRAPHS})

    return _store(paragraph, pieces, actor.person)


def _store(paragraph: Paragraph, pieces: Sequence[Piece], editor: User) -> list[Paragraph]:
    now = timezone.now()
    first, *others = pieces
    after = Paragraph.objects.filter(revision_id=paragraph.revision_id, position__gt=paragraph.position)
    after.update(position=F("position") + len(others))
    paragraph.level, paragraph.text, paragraph.version = first.level, first.text, paragraph.version + 1
    paragraph.edited_by, paragraph.edited_at = editor, now
    paragraph.save(update_fields=["level", "text", "version", "edited_by", "edited_at"])
    added = Paragraph.objects.bulk_create(
        Paragraph(
            revision_id=paragraph.revision_id,
            position=paragraph.position + index,
            level=piece.level,
            text=piece.text,
            edited_by=editor,
            edited_at=now,
        )
        for index, piece in enumerate(others, start=1)
    )
    return [paragraph, *added]
