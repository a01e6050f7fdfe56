"""What somebody typed that could not be stored: kept for its author alone until she settles it."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from workflows.models import ParagraphDraft, Plan, PlanRevision


@dataclass(frozen=True, slots=True)
class Typed:
    """A paragraph as it came from a page: the text, what it was typed over, and which version that was."""

    key: UUID
    text: str
    base: str
    version: int


def kept_texts(plan: Plan, user: User) -> list[ParagraphDraft]:
    """Return what the person typed into this plan and nobody stored, oldest first; one statement."""
    drafts = ParagraphDraft.objects.filter(author=user, revision__plan=plan).exclude(text="")
    return list(drafts.order_by("saved_at", "id"))


def kept_text(plan: Plan, user: User, key: UUID) -> ParagraphDraft | None:
    """Return the newest text of the person kept for a paragraph."""
    drafts = ParagraphDraft.objects.filter(author=user, revision__plan=plan, key=key)
    return drafts.order_by("-saved_at", "-id").first()


@transaction.atomic
def keep_text(revision: PlanRevision, typed: Typed, *, user: User) -> ParagraphDraft:
    """Keep a text that cannot be stored, because its paragraph or its revision is no longer there to take it."""
    draft, _created = ParagraphDraft.objects.update_or_create(
        author=user,
        revision=revision,
        key=typed.key,
        defaults={
            "base_version": typed.version,
            "base_text": typed.base,
            "text": typed.text,
            "saved_at": timezone.now(),
        },
    )
    return draft


def drop_text(plan: Plan, user: User, key: UUID) -> None:
    """Forget what the person typed for a paragraph: it was stored, or she gave it up."""
    ParagraphDraft.objects.filter(author=user, revision__plan=plan, key=key).delete()
