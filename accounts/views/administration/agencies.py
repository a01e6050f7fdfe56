"""Agencies: the list, one of them with its names, positions and successor, a new one."""

from typing import Any

from django import forms
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from accounts.domain import directory
from accounts.domain.administering import stamp
from accounts.forms.administration import AgencyEndForm, AgencyForm, AgencyNameForm, AgencyNewForm
from accounts.models import Agency, AgencyKind, AgencyName, Membership, Position
from accounts.search import fold

from .base import ActsView, AdministrationView, Context, picked

STATES = {"": gettext_lazy("Existing"), "ended": gettext_lazy("Ended"), "all": gettext_lazy("All")}


class AgencyListView(AdministrationView):
    """Every agency, existing or ended; searched without diacritics."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show one page."""
        text, kind, state = self.given("q"), self.given("kind"), self.given("state")
        kind, state = kind if kind in AgencyKind.values else "", state if state in STATES else ""
        page = self.page_of(_matching(_listed(kind, state), text), q=text, kind=kind, state=state)
        context = {
            "rows": page.rows,
            "next_url": page.next_url,
            "first_url": page.first_url,
            "text": text,
            "kind": kind,
            "state": state,
            "kinds": AgencyKind.choices,
            "states": STATES.items(),
        }
        return render(request, "accounts/administration/agencies.html", context)


class AgencyNewView(ActsView):
    """A new agency."""

    template_name = "accounts/administration/agency_new.html"
    acts = {"new": gettext_lazy("The agency was added.")}

    def form_of(self, act: str, data: Any = None) -> forms.Form | None:
        """Return the form."""
        return AgencyNewForm(data, prefix=act)

    def perform(self, act: str, data: Context) -> None:
        """Add the agency."""
        self.made = directory.found(directory.AgencyInput(**data), actor=self.actor)

    def done_url(self, act: str) -> str:
        """Lead to the page of the new agency."""
        return reverse("administration-agency", args=[self.made.code])

    def context(self) -> Context:
        """Add nothing."""
        return {}


class AgencyView(ActsView):
    """One agency: its facts, its names, who holds its positions now, what takes its place."""

    template_name = "accounts/administration/agency.html"
    acts = {
        "correct": gettext_lazy("The agency was corrected."),
        "rename": gettext_lazy("The new name holds from the day that was given."),
        "end": gettext_lazy("The end of the agency was recorded."),
    }

    @cached_property
    def agency(self) -> Agency:
        """The agency of the URL.

        Raises:
            Http404: there is none.
        """
        return get_object_or_404(Agency.objects.select_related("successor"), code=self.kwargs["code"])

    @cached_property
    def others(self) -> list[Agency]:
        """The agencies that could follow, with the names they have now."""
        found = _named(Agency.objects.filter(valid_to=None).exclude(pk=self.agency.pk))
        return list(found.in_order())

    def form_of(self, act: str, data: Any = None) -> forms.Form | None:
        """Return the form of an act."""
        if act == "correct":
            initial = {"symbol": self.agency.symbol, "order": self.agency.order}
            return AgencyForm(data, prefix=act, initial=initial)
        if act == "rename":
            return AgencyNameForm(data, prefix=act)
        agencies = [(str(each.pk), named(each)) for each in self.others]
        return AgencyEndForm(data, prefix=act, agencies=agencies, initial={"on": self.agency.valid_to})

    def perform(self, act: str, data: Context) -> None:
        """Do one of the acts."""
        if act == "end":
            data = {"on": data["on"], "successor": picked(self.others, data["successor"])}
        do: Any = {"correct": directory.correct, "rename": directory.rename, "end": directory.end}[act]
        do(self.agency, **data, seen=self.seen, actor=self.actor)

    def context(self) -> Context:
        """Return the agency with everything around it, read anew: a refused act may have been overtaken."""
        self.__dict__.pop("agency", None)
        names = list(self.agency.names.order_by("-valid_from", "-pk"))
        today = timezone.localdate()
        return {
            "agency": self.agency,
            "title": next((each.full_name for each in names if each.valid_from <= today), self.agency.symbol),
            "names": names,
            "posts": _posts(self.agency),
            "seen": stamp(directory.facts_of(self.agency)),
            "today": today,
        }


def named(agency: Agency) -> str:
    """Return an agency as a choice names it; it was read with its names."""
    return f"{getattr(agency, 'full', None) or agency.symbol} ({agency.code})"


def named_agencies() -> list[Agency]:
    """Return the agencies that exist today or will, with their names, in order; one statement."""
    today = timezone.localdate()
    return list(_named(Agency.objects.filter(Q(valid_to=None) | Q(valid_to__gt=today))).in_order())


def _listed(kind: str, state: str) -> QuerySet[Agency]:
    today = timezone.localdate()
    found = Agency.objects.all()
    if kind:
        found = found.filter(kind=kind)
    if state == "ended":
        found = found.filter(valid_to__lte=today)
    elif state == "":
        found = found.filter(Q(valid_to=None) | Q(valid_to__gt=today))
    held = Count(
        "positions__memberships",
        filter=Q(positions__memberships__valid_from__lte=today, positions__memberships__user__is_active=True)
        & (Q(positions__memberships__valid_to=None) | Q(positions__memberships__valid_to__gt=today)),
    )
    listed: QuerySet[Agency] = _named(found).annotate(held=held).select_related("successor")
    return listed.order_by("order", "code")


def _matching(found: QuerySet[Agency], text: str) -> QuerySet[Agency]:
    if not text:
        return found
    wanted = fold(text)
    words = AgencyName.objects.values_list(
        "agency", "agency__code", "agency__symbol", "full_name", "short_name"
    )
    keys = {key for key, *said in words if wanted in fold(" ".join(said))}
    return found.filter(pk__in=keys)


def _named(found: QuerySet[Agency]) -> Any:
    """Give each agency the name it has today, else its newest."""
    names = AgencyName.objects.filter(agency=OuterRef("pk"), valid_from__lte=timezone.localdate())
    return found.annotate(full=Subquery(names.order_by("-valid_from").values("full_name")[:1]))


def _posts(agency: Agency) -> list[Context]:
    """Return the positions of an agency in their order, each with who holds it today; two statements."""
    held = Membership.objects.valid(on=timezone.localdate()).filter(agency_position__agency=agency)
    people = list(held.select_related("user").order_by("user__full_name", "pk"))
    order = list(Position.values)
    places = sorted(agency.positions.all(), key=lambda each: order.index(each.position))
    return [
        {
            "name": place.get_position_display(),
            "people": [each for each in people if each.agency_position_id == place.pk],
        }
        for place in places
    ]
