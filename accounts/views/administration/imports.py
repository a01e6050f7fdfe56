"""Tables of people and agencies: handing one in, what each row would do, confirming; the templates."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from accounts.domain import imports
from accounts.domain.outcomes import Effect, Examination
from accounts.domain.workbook import MOST_BYTES
from accounts.forms.administration import NothingForm, SheetForm
from accounts.models import ImportSheet, SheetKind
from accounts.views.addresses import key_of, link

from .base import PAGE, ActsView, AdministrationView, Context

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILE_NAMES = {SheetKind.PEOPLE: "mau-nhan-su.xlsx", SheetKind.AGENCIES: "mau-co-quan.xlsx"}
ROWS = PAGE * 3  # shown on one page of a check


class ImportView(ActsView):
    """Handing a table in; nothing is written."""

    template_name = "accounts/administration/import.html"
    acts = {"upload": gettext_lazy("The table was read. Nothing is written until you confirm.")}

    def form_of(self, act: str, data: Any = None) -> forms.Form | None:
        """Return the form."""
        return SheetForm(data, self.request.FILES if data is not None else None, prefix=act)

    def perform(self, act: str, data: Context) -> None:
        """Keep the file.

        Raises:
            DomainError: it is no workbook, too large, or lacks a column.
        """
        upload = data["sheet"]
        content = upload.read(MOST_BYTES + 1)
        name = str(upload.name)
        self.kept = imports.keep(data["kind"], file_name=name, content=content, actor=self.actor)

    def done_url(self, act: str) -> str:
        """Lead to the check."""
        return reverse("administration-import-check", args=[self.kept.public_id])

    def context(self) -> Context:
        """Return the templates and what waits to be confirmed."""
        waiting = ImportSheet.objects.waiting(at=timezone.now()).filter(user=self.user).defer("content")
        return {"kinds": SheetKind.choices, "waiting": waiting.order_by("-pk").first()}


class ImportCheckView(ActsView):
    """What each row of a table would do; then everything, or nothing."""

    template_name = "accounts/administration/import_check.html"
    acts = {"confirm": gettext_lazy("The table was written.")}

    @cached_property
    def sheet(self) -> ImportSheet:
        """The table of the URL, of the administrator herself.

        Raises:
            Http404: it is none of hers, or its time is over.
        """
        mine = ImportSheet.objects.filter(user=self.user, public_id=self.kwargs["public_id"])
        sheet = get_object_or_404(mine)
        if sheet.applied_at is None and sheet.expires_at <= timezone.now():
            raise Http404
        return sheet

    def form_of(self, act: str, data: Any = None) -> forms.Form | None:
        """Return the form, or 404 where the table is none of hers."""
        is_open = self.sheet.applied_at is None
        return NothingForm(data, prefix=act) if is_open or data is not None else None

    def perform(self, act: str, data: Context) -> None:
        """Write the table."""
        imports.confirm(self.sheet, digest=self.request.POST.get("digest", ""), actor=self.actor)

    def done_url(self, act: str) -> str:
        """Lead to the list the table belongs to."""
        is_people = self.sheet.kind == SheetKind.PEOPLE
        return reverse("administration-people" if is_people else "administration-agencies")

    def context(self) -> Context:
        """Return a page of rows, those that are wrong first, then those that change something."""
        if self.sheet.applied_at is not None:
            return {"sheet": self.sheet, "is_done": True}
        found = imports.examine(self.sheet, actor=self.actor)
        rank = {Effect.ERROR: 0, Effect.NEW: 1, Effect.CHANGED: 1, Effect.UNCHANGED: 2}
        rows = sorted(found.outcomes, key=lambda each: (rank[each.effect], each.number))
        page = key_of(self.given("page")) or 1
        shown = rows[(page - 1) * ROWS : page * ROWS]
        has_more = len(rows) > page * ROWS
        here = self.request.path
        return {
            "sheet": self.sheet,
            "rows": shown,
            "found": found,
            "counts": _counts(found),
            "next_url": link(here, page=page + 1) if has_more else "",
            "first_url": here if page > 1 else "",
        }


class TemplateView(AdministrationView):
    """An empty table with its columns explained."""

    def get(self, request: HttpRequest, kind: str) -> HttpResponse:
        """Send the workbook.

        Raises:
            Http404: there is no such kind of table.
        """
        if kind not in SheetKind.values:
            raise Http404
        answer = HttpResponse(imports.template_of(kind), content_type=CONTENT_TYPE)
        answer["Content-Disposition"] = f'attachment; filename="{FILE_NAMES[SheetKind(kind)]}"'
        return answer


def _counts(found: Examination) -> list[tuple[str, str, int]]:
    return [(effect.value, str(effect.label), found.counts[effect.value]) for effect in Effect]
