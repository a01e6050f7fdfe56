"""One paragraph at a time: saved while it is written, and what happens to a text that could not be stored.

Such a text always lies in a draft row of its author first; the answer (409) then shows what the person can do with it.
Scripts get the bare form, which they show as a dialog; everybody else gets it as a page.
"""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from workflows import holding
from workflows.domain import editing, kept_texts, plans
from workflows.domain.content import paragraphs_of
from workflows.domain.editing import ParagraphConflictError
from workflows.domain.errors import DomainError
from workflows.domain.kept_texts import Typed
from workflows.domain.merging import MAX_WORDS, merge
from workflows.domain.numbering import labels
from workflows.forms.plans import clean_text, typed_paragraph
from workflows.models import Level, Paragraph, ParagraphDraft, PlanRevision, Role
from workflows.presenting import WORD, Change, Segment, redline

from .plan_page import PlanTab


@dataclass(frozen=True)
class Unstored:
    """A text that could not be stored, and why; it is kept in the draft row of its author."""

    key: UUID
    reason: str
    is_conflict: bool = False
    status: HTTPStatus = HTTPStatus.CONFLICT


class Keeper(PlanTab):
    """A page that takes typed paragraphs and loses none."""

    def may_draft(self) -> bool:
        """Tell whether the person drafts this plan, be it now or at another stage."""
        parts = holding.participations_with(self.asker.hats, self.asker.user, "draft_plan")
        return parts.filter(assignment=self.plan.assignment, role=Role.LEAD).exists()

    def store(self, typed: Typed) -> Paragraph | Unstored:
        """Store a typed paragraph, or keep it for its author."""
        if len(typed.text) > plans.MAX_PARAGRAPH:
            return self.keep(typed, too_long(), status=HTTPStatus.UNPROCESSABLE_ENTITY)
        try:
            return editing.save_paragraph(
                self.revision,
                typed.key,
                version=typed.version,
                text=typed.text,
                base=typed.base,
                actor=self.asker.actor,
            )
        except ParagraphConflictError as error:
            return Unstored(typed.key, error.message, is_conflict=True)
        except DomainError as error:
            return self.keep(typed, error.message)

    def keep(self, typed: Typed, reason: str, *, status: HTTPStatus = HTTPStatus.CONFLICT) -> Unstored:
        """Keep a typed paragraph for its author."""
        kept_texts.keep_text(self.revision, typed, user=self.asker.user)
        return Unstored(typed.key, reason, status=status)

    def show_unstored(self, unstored: Unstored) -> HttpResponse:
        """Answer with what can be done about a text that was not stored."""
        draft = kept_texts.kept_text(self.plan, self.asker.user, unstored.key)
        paragraph = self._paragraph(unstored.key) if self.is_editing and unstored.is_conflict else None
        if draft is not None and paragraph is not None:
            context: dict[str, Any] = {"conflict": self._conflict(draft, paragraph)}
            return self._answer("c/conflict.html", "409.html", context, unstored.status)
        kept: dict[str, Any] = {
            "message": unstored.reason,
            "text": draft.text if draft else "",
            "url": reverse("paragraph", args=[self.plan.public_id, unstored.key]),
            "may_add": self.is_editing and self._paragraph(unstored.key) is None,
        }
        context = {"kept": kept, "back_url": self.url()}
        return self._answer(
            "workflows/plan_kept.html", "workflows/plan_kept_page.html", context, unstored.status
        )

    def _answer(self, part: str, page: str, context: dict[str, Any], status: HTTPStatus) -> HttpResponse:
        return render(self.request, part if self.is_script else page, context, status=status)

    @property
    def is_script(self) -> bool:
        """Tell whether a script asks, which shows the bare form as a dialog."""
        return "X-Autosave" in self.request.headers

    def _paragraph(self, key: UUID) -> Paragraph | None:
        """Return the paragraph as it is stored now."""
        return Paragraph.objects.select_related("edited_by").filter(revision=self.revision, key=key).first()

    def _conflict(self, draft: ParagraphDraft, paragraph: Paragraph) -> dict[str, Any]:
        """Return what templates/c/conflict.html shows: theirs, mine, and both merged where they do not touch."""
        merged = merge(draft.base_text, paragraph.text, draft.text)
        return {
            "place": labels(paragraphs_of(self.revision))[paragraph.key],
            "who": paragraph.edited_by.full_name if paragraph.edited_by else "",
            "saved_at": f"{timezone.localtime(paragraph.edited_at):%H:%M}" if paragraph.edited_at else "",
            "theirs": changes(draft.base_text, paragraph.text),
            "mine": changes(draft.base_text, draft.text),
            "their_text": paragraph.text,
            "my_text": draft.text,
            "merged_text": merged.text,
            "overlaps": merged.overlaps,
            "version": paragraph.version,
            "url": reverse("paragraph", args=[self.plan.public_id, paragraph.key]),
        }


def too_long() -> str:
    """Return why a long text is refused."""
    return _("A paragraph holds at most %(n)s characters.") % {"n": plans.MAX_PARAGRAPH}


def changes(old: str, new: str) -> list[Segment]:
    """Return a redline, or the new text alone where there is too much to compare."""
    if any(len(WORD.findall(text)) > MAX_WORDS for text in (old, new)):
        return [Segment(Change.SAME, new)]
    return redline(old, new)


class ParagraphView(Keeper):
    """POST saves a paragraph, or settles one that was not stored; GET shows what the person typed and lost."""

    tab = "draft"

    def get(self, request: HttpRequest, public_id: UUID, key: UUID) -> HttpResponseBase:
        """Show the kept text with what can be done about it; back to the plan where there is none."""
        self.open_plan(public_id)
        if kept_texts.kept_text(self.plan, self.asker.user, key) is None:
            return self._back(key)
        reason = _("This text of yours was not stored in the plan.")
        return self.show_unstored(Unstored(key, reason, is_conflict=True, status=HTTPStatus.OK))

    def post(self, request: HttpRequest, public_id: UUID, key: UUID) -> HttpResponseBase:
        """Save what was typed, or do what was chosen about a kept text."""
        self.open_plan(public_id)
        choice = request.POST.get("choice", "")
        if choice in {"theirs", "drop"}:
            return self._drop(key)
        if choice == "add":
            return self.refusal() or self._add_again(key)
        if choice == "merged" and not request.POST.get("merged", "").strip():
            reason = _("Write the version to keep.")
            return self.show_unstored(Unstored(key, reason, True, HTTPStatus.UNPROCESSABLE_ENTITY))
        typed = typed_paragraph(key, **(self._chosen(choice) if choice else self._posted(key)))
        return self._save(typed, is_choice=bool(choice))

    def _posted(self, key: UUID) -> dict[str, str]:
        """Return the fields of a save: the text is called `text`, or p-<key> as on the page it comes from."""
        posted = self.request.POST
        text = posted.get("text", posted.get(f"p-{key}", ""))
        return {"text": text, "base": posted.get("base", ""), "version": posted.get("version", "")}

    def _chosen(self, choice: str) -> dict[str, str]:
        """Return the fields of a settled conflict: over theirs, with the text that was chosen."""
        posted = self.request.POST
        return {
            "text": posted.get("merged" if choice == "merged" else "mine", ""),
            "base": posted.get("theirs", ""),
            "version": posted.get("version", ""),
        }

    def _save(self, typed: Typed, *, is_choice: bool) -> HttpResponseBase:
        if not self.is_editing:
            return self._refuse(typed)
        before = self.revision
        stored = self.store(typed)
        if isinstance(stored, Unstored):
            return self.show_unstored(stored)
        kept_texts.drop_text(self.plan, self.asker.user, typed.key)
        if self.is_script and not is_choice:
            return JsonResponse(self._acknowledgement(before, typed, stored))
        return self._back(typed.key)

    def _refuse(self, typed: Typed) -> HttpResponseBase:
        """Keep the text of somebody who drafts the plan at another stage; nobody else's."""
        if not self.may_draft():
            refusal = self.refusal()
            assert refusal is not None
            return refusal
        return self.show_unstored(self.keep(typed, plans.FrozenError().message))

    def _acknowledgement(self, before: PlanRevision, typed: Typed, stored: Paragraph) -> dict[str, Any]:
        """Return what the script needs; `seen` replaces `before` as the page's stamp where nobody else came between."""
        now = PlanRevision.objects.get(pk=before.pk)
        answer = {"version": stored.version, "saved_at": f"{timezone.localtime():%H:%M}"}
        own = int(stored.version == typed.version + 1)
        if now.version == before.version + own and not now.is_frozen:
            answer |= {"before": before.stamp, "seen": now.stamp}
        return answer

    def _drop(self, key: UUID) -> HttpResponseBase:
        kept_texts.drop_text(self.plan, self.asker.user, key)
        return self._back(key)

    def _add_again(self, key: UUID) -> HttpResponseBase:
        """Put a kept text at the end of the plan: its paragraph was removed by somebody else."""
        draft = kept_texts.kept_text(self.plan, self.asker.user, key)
        if draft is None:
            return self._back(key)
        try:
            text = clean_text(draft.text)
            added = editing.insert_paragraph(
                self.revision, after=None, level=Level.POINT, text=text, actor=self.asker.actor
            )
        except DomainError as error:
            return self.show_unstored(Unstored(key, error.message))
        kept_texts.drop_text(self.plan, self.asker.user, key)
        return self._back(added.key)

    def _back(self, key: UUID) -> HttpResponseBase:
        return redirect(f"{self.url()}#m-{key}")
