"""The annexes of a plan: to read, and while the plan is drafted to add, name, order and remove."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from workflows.domain import annexes, content
from workflows.domain.errors import DomainError
from workflows.domain.numbering import annex_label
from workflows.forms.annexes import AnnexForm, AnnexOp, typed_titles
from workflows.models import Annex

from .plan_page import PlanTab


@dataclass(frozen=True, slots=True)
class AnnexRow:
    """One annex: what it is called by its place, and the title that stands in its field."""

    label: str
    annex: Annex
    title: str
    is_first: bool
    is_last: bool


def annex_rows(found: Sequence[Annex], typed: Mapping[UUID, str] | None = None) -> list[AnnexRow]:
    """Lay annexes out in their order; `typed` holds titles that were typed and not stored."""
    titles = typed or {}
    return [
        AnnexRow(
            annex_label(number, len(found)),
            annex,
            titles.get(annex.key, annex.title),
            is_first=number == 1,
            is_last=number == len(found),
        )
        for number, annex in enumerate(found, start=1)
    ]


class AnnexesView(PlanTab):
    """GET shows the annexes of a revision; POST stores the titles that were typed, then does what the button says."""

    tab = "annexes"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponseBase:
        """Show the annexes of the newest revision the person may read, or of the one asked for."""
        self.open_plan(public_id)
        return self._show()

    def post(self, request: HttpRequest, public_id: UUID) -> HttpResponseBase:
        """Store, act, and show the page anew; on refusal with every title that was typed."""
        self.open_plan(public_id)
        refusal = self.refusal()
        if refusal is not None:
            return refusal
        op = AnnexOp.parse(request.POST.get("op", "save"))
        if op is None:
            raise BadRequest
        typed = dict(typed_titles(request.POST))
        try:
            for key, title in typed.items():
                annexes.rename(self.revision, key, title=title, actor=self.asker.actor)
            self._press(op)
        except DomainError as error:
            return self._show(typed, refused=error.message)
        return redirect(self.url("plan-annexes"))

    def _press(self, op: AnnexOp) -> None:
        actor = self.asker.actor
        if op.name == "add":
            form = AnnexForm(self.request.POST, self.request.FILES)
            form.is_valid()
            uploads = form.cleaned_data["uploads"]
            annexes.inspect(uploads)  # before anything is locked
            annexes.add(self.revision, uploads, actor=actor)
        elif op.key is None:
            messages.success(self.request, _("The titles were saved."))
        elif op.name == "remove":
            annexes.remove(self.revision, op.key, actor=actor)
        else:
            annexes.move(self.revision, op.key, up=op.name == "up", actor=actor)

    def _show(self, typed: Mapping[UUID, str] | None = None, *, refused: str = "") -> HttpResponse:
        context = {
            "rows": annex_rows(content.annexes_of(self.revision), typed),
            "form": AnnexForm() if self.is_editing else None,
            "refused": refused,
        }
        status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
        return render(self.request, "workflows/plan_annexes.html", self.head() | context, status=status)
