"""Fields of responsibility: the list with who is in charge, one of them, a new one."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from accounts.domain import portfolios
from accounts.domain.administering import stamp
from accounts.domain.fields import IN_CHARGE
from accounts.domain.portfolios import Charge
from accounts.forms.administration import ChargeForm, EndForm, FieldForm, FieldNewForm
from accounts.models import Field, Membership, Responsibility

from .base import ActsView, AdministrationView, Context, picked


class FieldListView(AdministrationView):
    """Every field, with who is in charge today."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show one page."""
        page = self.page_of(Field.objects.in_order())
        held = Responsibility.objects.valid(on=timezone.localdate()).filter(
            field__in=[each.pk for each in page.rows]
        )
        people: dict[int, list[Responsibility]] = {}
        for each in held.select_related("membership__user", "membership__agency_position__agency").order_by(
            "pk"
        ):
            people.setdefault(each.field_id, []).append(each)
        context = {
            "rows": [{"field": each, "people": people.get(each.pk, [])} for each in page.rows],
            "next_url": page.next_url,
            "first_url": page.first_url,
        }
        return render(request, "accounts/administration/fields.html", context)


class FieldNewView(ActsView):
    """A new field."""

    template_name = "accounts/administration/field_new.html"
    acts = {"new": gettext_lazy("The field was added.")}

    def form_of(self, act: str, data: Any = None) -> forms.Form | None:
        """Return the form."""
        return FieldNewForm(data, prefix=act)

    def perform(self, act: str, data: Context) -> None:
        """Add the field."""
        self.made = portfolios.add(**data, actor=self.actor)

    def done_url(self, act: str) -> str:
        """Lead to the page of the new field."""
        return reverse("administration-field", args=[self.made.code])

    def context(self) -> Context:
        """Add nothing."""
        return {}


class FieldView(ActsView):
    """One field: its name, who is and was in charge."""

    template_name = "accounts/administration/field.html"
    acts = {
        "correct": gettext_lazy("The field was corrected."),
        "assign": gettext_lazy("The field was assigned."),
        "end": gettext_lazy("The end was recorded."),
    }

    @cached_property
    def field(self) -> Field:
        """The field of the URL.

        Raises:
            Http404: there is none.
        """
        return get_object_or_404(Field, code=self.kwargs["code"])

    @cached_property
    def charges(self) -> list[Responsibility]:
        """Who is, was or will be in charge, the newest first."""
        held = self.field.responsibilities.select_related(
            "field", "membership__user", "membership__agency_position__agency"
        )
        return list(held.order_by("-valid_from", "-pk"))

    @property
    def running(self) -> list[Responsibility]:
        """What has not ended yet."""
        today = timezone.localdate()
        return [each for each in self.charges if each.valid_to is None or each.valid_to > today]

    @cached_property
    def people(self) -> list[Membership]:
        """Who may be put in charge of fields."""
        kinds, positions = zip(*IN_CHARGE, strict=True)
        held = Membership.objects.valid(on=timezone.localdate()).filter(
            agency_position__agency__kind__in=kinds,
            agency_position__position__in=positions,
            user__is_active=True,
        )
        found = held.select_related("user", "agency_position__agency").order_by("user__full_name", "pk")
        return [each for each in found if _place(each) in IN_CHARGE]

    def form_of(self, act: str, data: Any = None) -> forms.Form | None:
        """Return the form of an act."""
        if act == "correct":
            return FieldForm(data, prefix=act, initial={"name": self.field.name, "order": self.field.order})
        if act == "assign":
            people = [(str(each.pk), f"{each.user}, {each.agency_position}") for each in self.people]
            return ChargeForm(data, prefix=act, people=people)
        running = [
            (str(each.pk), f"{each.membership.user} ({portfolios.in_words(each)})") for each in self.running
        ]
        return EndForm(data, prefix=act, running=running)

    def perform(self, act: str, data: Context) -> None:
        """Do one of the acts."""
        how: Context = {"seen": self.seen, "actor": self.actor}
        if act == "correct":
            portfolios.correct(self.field, **data, **how)
        elif act == "assign":
            charge = Charge(**{**data, "membership": picked(self.people, data["membership"])})
            portfolios.assign(self.field, charge, **how)
        else:
            portfolios.end(picked(self.charges, data["which"]), on=data["on"], **how)

    def context(self) -> Context:
        """Return the field, read anew: a refused act may have been overtaken."""
        self.__dict__.pop("field", None)
        self.__dict__.pop("charges", None)
        return {
            "field_shown": self.field,
            "charges": self.charges,
            "running": self.running,
            "seen": stamp(portfolios.facts_of(self.field)),
            "today": timezone.localdate(),
        }


def _place(membership: Membership) -> tuple[str, str]:
    return membership.agency_position.agency.kind, membership.agency_position.position
