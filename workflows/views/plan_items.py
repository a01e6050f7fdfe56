"""The plan's table of tasks: who does what, with whom, by when, with which result."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone

from workflows.domain import content, editing
from workflows.domain.errors import DomainError
from workflows.forms.fields import AgencyChoices
from workflows.forms.plans import ItemForm, key_of
from workflows.models import ActionItem, Anchor

from .agencies import Names, names_on
from .plan_page import PlanTab, renewed

NEW = "new"


@dataclass(frozen=True)
class ItemRow:
    """One task of the table; `form` where it is being edited, `remarks` how many were made on it."""

    number: int
    item: ActionItem | None
    lead: str = ""
    coordinating: str = ""
    remarks: int = 0
    form: ItemForm | None = None


class PlanItemsView(PlanTab):
    """GET shows the table, ?edit=<key> with one row as a form, ?edit=new with an empty one; POST saves or removes."""

    tab = "items"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponseBase:
        """Show the tasks of the newest revision the person may read, or of the one asked for."""
        self.open_plan(public_id)
        edited = request.GET.get("edit", "") if self.is_editing else ""
        return self._show(edited, self._fresh_form(edited) if edited else None)

    def post(self, request: HttpRequest, public_id: UUID) -> HttpResponseBase:
        """Save the row that was edited, or remove one."""
        self.open_plan(public_id)
        refusal = self.refusal()
        if refusal is not None:
            return refusal
        name, _colon, key = request.POST.get("op", "save").partition(":")
        if name == "remove":
            return self._remove(key_of(key))
        if name != "save":
            raise BadRequest
        return self._save(ItemForm(request.POST, choices=self._choices()))

    def _save(self, form: ItemForm) -> HttpResponseBase:
        if not form.is_valid():
            return self._refused(form)
        key, version = form.cleaned_data["key"], form.cleaned_data["version"] or 0
        try:
            item = editing.save_item(
                self.revision, form.item(), key=key, version=version, actor=self.asker.actor
            )
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
            return self._refused(form)
        return redirect(f"{self.url('plan-items')}#nv-{item.key}")

    def _remove(self, key: UUID | None) -> HttpResponseBase:
        if key is None:
            raise BadRequest
        try:
            editing.remove_item(self.revision, key, actor=self.asker.actor)
        except DomainError as error:
            messages.error(self.request, error.message)
        return redirect(self.url("plan-items"))

    def _refused(self, form: ItemForm) -> HttpResponse:
        """Show the row again with every word that was typed; over a newer row the next save is made on that one."""
        edited = form.data.get("key") or NEW
        current = self.revision.action_items.filter(key=key_of(edited) or UUID(int=0)).first()
        if current is not None and form.data.get("version") != str(current.version):
            form.data = renewed(self.request.POST, "version", current.version)
            return self._show(edited, form, current=current, status=HTTPStatus.CONFLICT)
        return self._show(edited, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)

    def _fresh_form(self, edited: str) -> ItemForm | None:
        """Return the form of the row asked for; none where it is no longer there."""
        if edited == NEW:
            return ItemForm(choices=self._choices())
        key = key_of(edited)
        item = next((item for item in content.items_of(self.revision) if item.key == key), None)
        return ItemForm(initial=ItemForm.initial_of(item), choices=self._choices()) if item else None

    def _choices(self) -> AgencyChoices:
        return AgencyChoices.load(on=timezone.localdate())

    def _show(
        self,
        edited: str,
        form: ItemForm | None,
        *,
        current: ActionItem | None = None,
        status: HTTPStatus = HTTPStatus.OK,
    ) -> HttpResponse:
        items = content.items_of(self.revision)
        rows = self._rows(items, edited, form)
        context = {
            "rows": rows,
            "form": form,
            "is_new": form is not None and all(row.form is None for row in rows),
            "next_number": len(rows) + 1,
            "lead_count": len({item.lead_id for item in items}),
            "without_target": sum(not item.target for item in items),
            "current": current,
        }
        return render(self.request, "workflows/plan_items.html", self.head() | context, status=status)

    def _rows(self, items: Sequence[ActionItem], edited: str, form: ItemForm | None) -> list[ItemRow]:
        agencies = {item.lead_id for item in items}
        agencies |= {agency.pk for item in items for agency in item.coordinating.all()}
        names = names_on(self.today, ids=agencies)
        return [
            self._row(number, item, names, form if str(item.key) == edited else None)
            for number, item in enumerate(items, start=1)
        ]

    def _row(self, number: int, item: ActionItem, names: Names, form: ItemForm | None) -> ItemRow:
        others = sorted(item.coordinating.all(), key=lambda agency: (agency.order, agency.code))
        remarks = sum(
            remark.anchor == Anchor.ACTION_ITEM and remark.anchor_key == item.key
            for remark in self.remarks.all
        )
        coordinating = ", ".join(names.short(agency) for agency in others)
        return ItemRow(number, item, names.short(item.lead), coordinating, remarks, form)
