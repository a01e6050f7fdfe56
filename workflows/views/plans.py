"""The plan's text as a page: the reader and the editor."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from workflows.domain import content, editing, kept_texts, plans, splitting
from workflows.domain.errors import DomainError
from workflows.domain.kept_texts import Typed
from workflows.forms.plans import Op, typed_paragraphs
from workflows.models import Level

from .annexes import annex_rows
from .base import Context
from .paragraphs import Keeper, Unstored
from .plan_rows import loose_remarks, outline_of, paragraph_rows


class PlanView(Keeper):
    """GET shows a revision, as text or as the editor; POST stores the whole page and presses one of its buttons."""

    tab = "draft"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponseBase:
        """Show the newest revision the person may read, or the one asked for."""
        self.open_plan(public_id)
        return self._show()

    def post(self, request: HttpRequest, public_id: UUID) -> HttpResponseBase:
        """Store every paragraph that was changed on the page, then do what the button says."""
        self.open_plan(public_id)
        op = Op.parse(request.POST.get("op", ""))
        if op is None:
            raise BadRequest
        typed = list(typed_paragraphs(request.POST))
        if not self.is_editing:
            return self._refuse(typed)
        unstored = [result for result in map(self.store, typed) if isinstance(result, Unstored)]
        if unstored:
            return self._show_first(unstored)
        return self._press(op)

    def _refuse(self, typed: list[Typed]) -> HttpResponseBase:
        """Keep the texts of somebody who drafts the plan at another stage; nobody else's."""
        if typed and self.may_draft():
            return self._show_first([self.keep(each, plans.FrozenError().message) for each in typed])
        refusal = self.refusal()
        assert refusal is not None
        return refusal

    def _show_first(self, unstored: list[Unstored]) -> HttpResponseBase:
        """Show one text that was not stored; the plan's page lists those that are left."""
        if self.is_htmx:
            return self.lead_to(reverse("paragraph", args=[self.plan.public_id, unstored[0].key]))
        return self.show_unstored(unstored[0])

    def _press(self, op: Op) -> HttpResponseBase:
        refused = ""
        key = op.key
        try:
            key = Buttons(self).press(op)
        except DomainError as error:
            refused = error.message
        if self.is_htmx:
            self.forget()
            return self._show(refused=refused, focus=key)
        if refused:
            messages.error(self.request, refused)
        elif op.name == "save":
            messages.success(self.request, _("Saved at %(time)s") % {"time": f"{timezone.localtime():%H:%M}"})
        return redirect(f"{self.url()}#m-{key}" if key else self.url())

    def _show(self, *, refused: str = "", focus: UUID | None = None) -> HttpResponse:
        template = "workflows/plan_main.html" if self.is_htmx else "workflows/plan.html"
        context = self.head() | self._text() | {"refused": refused, "focus": focus}
        return render(self.request, template, context)

    def _text(self) -> Context:
        paragraphs = content.paragraphs_of(self.revision)
        kept = kept_texts.kept_texts(self.plan, self.asker.user)
        rows = paragraph_rows(paragraphs, self.remarks, kept)
        keys = {paragraph.key for paragraph in paragraphs}
        return {
            "rows": rows,
            "annexes": annex_rows(content.annexes_of(self.revision)),
            "outline": outline_of(rows),
            "loose": loose_remarks(paragraphs, self.remarks),
            "kept_elsewhere": [draft for draft in kept if draft.key not in keys],
            "levels": Level.choices,
            "previous": self.revisions[1] if len(self.revisions) > 1 and self.is_editing else None,
        }


class Buttons:
    """What the editor's buttons do; each returns the paragraph to look at next."""

    def __init__(self, view: Keeper) -> None:
        self.revision = view.revision
        self.actor = view.asker.actor

    def press(self, op: Op) -> UUID | None:
        """Do what a button says.

        Raises:
            DomainError: the paragraph is gone, the plan is full or frozen.
        """
        acts: dict[str, Callable[[Op], UUID | None]] = {
            "save": lambda _op: None,
            "add": self._add,
            "remove": self._remove,
            "up": self._move,
            "down": self._move,
            "level": self._level,
            "split": self._split,
        }
        return acts[op.name](op)

    def _add(self, op: Op) -> UUID | None:
        """Add an empty paragraph of the same level; after a heading one level down."""
        after = self.revision.paragraphs.filter(key=op.key).first() if op.key else None
        level = Level(after.level) if after else Level.CLAUSE
        below = {Level.SECTION: Level.CLAUSE}.get(level, level)
        return editing.insert_paragraph(self.revision, after=op.key, level=below, actor=self.actor).key

    def _remove(self, op: Op) -> UUID | None:
        keys = [paragraph.key for paragraph in content.paragraphs_of(self.revision)]
        editing.remove_paragraph(self.revision, _key(op), actor=self.actor)
        before = keys[: keys.index(_key(op))]
        return before[-1] if before else None

    def _move(self, op: Op) -> UUID | None:
        editing.move_paragraph(self.revision, _key(op), up=op.name == "up", actor=self.actor)
        return op.key

    def _level(self, op: Op) -> UUID | None:
        assert op.level is not None  # Op.parse lets no other through
        editing.set_level(self.revision, _key(op), level=op.level, actor=self.actor)
        return op.key

    def _split(self, op: Op) -> UUID | None:
        return splitting.split_paragraph(self.revision, _key(op), actor=self.actor)[-1].key


def _key(op: Op) -> UUID:
    assert op.key is not None  # Op.parse lets no other through
    return op.key
