"""Changing an open revision: one paragraph or one task at a time, never over somebody else's words."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.authority import Actor
from accounts.models import Agency, User
from workflows.domain import plans
from workflows.domain.errors import DomainError
from workflows.models import ActionItem, Level, Paragraph, ParagraphDraft, PlanRevision


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two people changed one paragraph: what both started from, what is stored, what was typed."""

    key: UUID
    base_version: int
    base: str
    theirs: str
    theirs_version: int
    theirs_by: str
    mine: str


class ParagraphConflictError(DomainError):
    """The paragraph moved on since it was read; what was typed is kept in a draft row."""

    def __init__(self, conflict: Conflict) -> None:
        super().__init__(_("Somebody else has changed this paragraph. Your text is kept."))
        self.conflict = conflict


def save_paragraph(
    revision: PlanRevision, key: UUID, *, version: int, text: str, base: str = "", actor: Actor
) -> Paragraph:
    """Store a paragraph's text if nobody changed it since `version`.

    The row is changed by one conditional UPDATE; on conflict the typed text goes to the author's draft row, in a
    transaction of its own, so it survives whatever happens next.

    Raises:
        ParagraphConflictError: the paragraph has another version now.
        FrozenError: the revision has left the drafter.
        DomainError: the text is too long or the paragraph is gone.
    """
    if len(text) > plans.MAX_PARAGRAPH:
        raise DomainError(
            _("A paragraph holds at most %(n)s characters.") % {"n": plans.MAX_PARAGRAPH}, field="text"
        )
    user = actor.person

    with transaction.atomic():
        saved = _store(revision, key, version, text=text, user=user)
    if saved is not None:
        return saved
    raise ParagraphConflictError(_keep(revision, key, version, base=base, text=text, user=user))


def _store(revision: PlanRevision, key: UUID, version: int, *, text: str, user: User) -> Paragraph | None:
    paragraph = plans.paragraph_or_error(revision, key)
    if paragraph.text == text:
        return paragraph
    if paragraph.version != version:
        return None
    plans.touch(revision, user)
    paragraph.text = text
    paragraph.version += 1
    paragraph.edited_by, paragraph.edited_at = user, timezone.now()
    paragraph.save(update_fields=["text", "version", "edited_by", "edited_at"])
    ParagraphDraft.objects.filter(author=user, revision=revision, key=key).delete()
    return paragraph


@transaction.atomic
def _keep(revision: PlanRevision, key: UUID, version: int, *, base: str, text: str, user: User) -> Conflict:
    ParagraphDraft.objects.update_or_create(
        author=user,
        revision=revision,
        key=key,
        defaults={"base_version": version, "base_text": base, "text": text, "saved_at": timezone.now()},
    )
    current = Paragraph.objects.select_related("edited_by").get(revision=revision, key=key)
    by = current.edited_by
    return Conflict(
        key=key,
        base_version=version,
        base=base,
        theirs=current.text,
        theirs_version=current.version,
        theirs_by=by.full_name if by else "",
        mine=text,
    )


@transaction.atomic
def insert_paragraph(
    revision: PlanRevision, *, after: UUID | None, level: Level, text: str = "", actor: Actor
) -> Paragraph:
    """Put a new paragraph after another, or at the end.

    Raises:
        DomainError: the plan is full, or the paragraph before it is gone.
    """
    plans.touch(revision, actor.person)
    if revision.paragraphs.count() >= plans.MAX_PARAGRAPHS:
        raise DomainError(_("A plan holds at most %(n)s paragraphs.") % {"n": plans.MAX_PARAGRAPHS})
    if after is None:
        position = plans.next_position(revision, Paragraph)
    else:
        position = plans.paragraph_or_error(revision, after).position + 1
        revision.paragraphs.filter(position__gte=position).update(position=F("position") + 1)
    return Paragraph.objects.create(
        revision=revision,
        position=position,
        level=level,
        text=text,
        edited_by=actor.person,
        edited_at=timezone.now(),
    )


@transaction.atomic
def remove_paragraph(revision: PlanRevision, key: UUID, *, actor: Actor) -> None:
    """Remove a paragraph; remarks that judged it stay with the revision they judged."""
    plans.touch(revision, actor.person)
    plans.paragraph_or_error(revision, key).delete()


@transaction.atomic
def move_paragraph(revision: PlanRevision, key: UUID, *, up: bool, actor: Actor) -> None:
    """Swap a paragraph with its neighbour; at either end nothing changes."""
    plans.touch(revision, actor.person)
    moved = plans.paragraph_or_error(revision, key)
    before = revision.paragraphs.filter(position__lt=moved.position).order_by("-position", "-id")
    after = revision.paragraphs.filter(position__gt=moved.position).order_by("position", "id")
    other = (before if up else after).first()
    if other is None:
        return
    moved.position, other.position = other.position, moved.position
    moved.save(update_fields=["position"])
    other.save(update_fields=["position"])


@transaction.atomic
def set_level(revision: PlanRevision, key: UUID, *, level: Level, actor: Actor) -> Paragraph:
    """Set what a paragraph is: section, clause, point or dash."""
    plans.touch(revision, actor.person)
    paragraph = plans.paragraph_or_error(revision, key)
    paragraph.level = level
    paragraph.save(update_fields=["level"])
    return paragraph


@dataclass(frozen=True, slots=True)
class ItemInput:
    """What a task of the plan says."""

    task: str
    lead: Agency
    coordinating: tuple[Agency, ...] = ()
    due_on: date | None = None
    product: str = ""
    target: str = ""


@transaction.atomic
def save_item(
    revision: PlanRevision, given: ItemInput, *, actor: Actor, key: UUID | None = None, version: int = 0
) -> ActionItem:
    """Add a task to the plan, or change the one with `key` if it still has `version`.

    Raises:
        DomainError: its lead also coordinates, its due date has passed, or somebody changed it meanwhile.
    """
    check_item(given)
    plans.touch(revision, actor.person)

    if key is None:
        item = ActionItem(revision=revision, position=plans.next_position(revision, ActionItem))
    else:
        item = _item_or_error(revision, key, version)
    item.task, item.lead, item.due_on = given.task, given.lead, given.due_on
    item.product, item.target = given.product, given.target
    item.save()
    item.coordinating.set(given.coordinating)
    return item


def check_item(given: ItemInput) -> None:
    """Refuse a task whose lead also coordinates, or which is due in the past."""
    if given.lead in given.coordinating:
        raise DomainError(_("The lead agency cannot also coordinate."), field="coordinating")
    if given.due_on is not None and given.due_on <= timezone.localdate():
        raise DomainError(_("The due date must be after today."), field="due_on")


def _item_or_error(revision: PlanRevision, key: UUID, version: int) -> ActionItem:
    item = ActionItem.objects.select_for_update().filter(revision=revision, key=key).first()
    if item is None:
        raise DomainError(
            _("This task is gone: somebody removed it. Reload the page to see the plan as it is.")
        )
    if item.version != version:
        raise DomainError(
            _("Somebody else has changed this task. Reload the page to see it; your text is still here.")
        )
    item.version += 1
    return item


@transaction.atomic
def remove_item(revision: PlanRevision, key: UUID, *, actor: Actor) -> None:
    """Remove a task from the plan."""
    plans.touch(revision, actor.person)
    ActionItem.objects.filter(revision=revision, key=key).delete()
