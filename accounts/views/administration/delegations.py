"""Every delegation, to read; and ending one for a reason."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from accounts.domain import delegations
from accounts.forms.administration import DelegationEndForm
from accounts.models import Delegation
from accounts.views.delegations import rows_of

from .base import ActsView, AdministrationView, Context

LISTS = {"": gettext_lazy("Running and waiting"), "past": gettext_lazy("Past")}


class DelegationOverviewView(AdministrationView):
    """What is lent, waits or begins later; and what is over."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show one page of one list."""
        name, now = self.given("list"), timezone.now()
        name = name if name in LISTS else ""
        found = Delegation.objects.finished(at=now) if name else Delegation.objects.unfinished(at=now)
        related = found.select_related("membership__user", "delegate", "proposed_by").prefetch_related(
            "fields"
        )
        page = self.page_of(related.order_by("-pk"), list=name)
        context = {
            "rows": rows_of(page.rows, self.user, now),
            "next_url": page.next_url,
            "first_url": page.first_url,
            "list": name,
            "lists": LISTS.items(),
        }
        return render(request, "accounts/administration/delegations.html", context)


class DelegationEndView(ActsView):
    """Ending one delegation: what it is, and why it ends."""

    template_name = "accounts/administration/delegation_end.html"
    acts = {"end": gettext_lazy("The delegation was ended; both sides are told.")}

    @cached_property
    def delegation(self) -> Delegation:
        """The delegation of the URL, which may be over by now.

        Raises:
            Http404: there is none.
        """
        public_id: UUID = self.kwargs["public_id"]
        found = Delegation.objects.select_related("membership__user", "delegate", "proposed_by")
        return get_object_or_404(found.prefetch_related("fields"), public_id=public_id)

    def form_of(self, act: str, data: Any = None) -> forms.Form | None:
        """Return the form."""
        return DelegationEndForm(data, prefix=act)

    def perform(self, act: str, data: Context) -> None:
        """End it."""
        delegations.end_for_a_reason(self.delegation, **data, actor=self.actor)

    def done_url(self, act: str) -> str:
        """Lead back to the list."""
        return reverse("administration-delegations")

    def context(self) -> Context:
        """Return the delegation as it stands now."""
        self.__dict__.pop("delegation", None)
        now = timezone.now()
        row = rows_of([self.delegation], self.user, now)[0]
        is_running = Delegation.objects.unfinished(at=now).filter(pk=self.delegation.pk).exists()
        return {"row": row, "is_running": is_running}
