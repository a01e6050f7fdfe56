"""People: the list, one of them with her positions, closing an account, a new one."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from accounts.domain import personnel
from accounts.domain.administering import stamp
from accounts.domain.personnel import Appointment
from accounts.forms.administration import (
    AppointForm,
    EndForm,
    NothingForm,
    PersonForm,
    PersonNewForm,
)
from accounts.models import Agency, Membership, User
from accounts.search import fold

from .agencies import named, named_agencies
from .base import ActsView, AdministrationView, Context, picked

STATES = {"": gettext_lazy("Open accounts"), "closed": gettext_lazy("Closed"), "all": gettext_lazy("All")}


class PeopleView(AdministrationView):
    """Everybody with an account; searched by name or user name without diacritics."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show one page."""
        text, agency, state = self.given("q"), self.given("agency"), self.given("state")
        state = state if state in STATES else ""
        page = self.page_of(_matching(_listed(agency, state), text), q=text, agency=agency, state=state)
        context = {
            "rows": _rows(page.rows),
            "next_url": page.next_url,
            "first_url": page.first_url,
            "text": text,
            "agency": agency,
            "agencies": [(each.code, named(each)) for each in named_agencies()],
            "state": state,
            "states": STATES.items(),
        }
        return render(request, "accounts/administration/people.html", context)


class PersonNewView(ActsView):
    """A new person."""

    template_name = "accounts/administration/person_new.html"
    acts = {"new": gettext_lazy("The account was added. It has no password yet.")}

    def form_of(self, act: str, data: Any = None) -> forms.Form | None:
        """Return the form."""
        return PersonNewForm(data, prefix=act)

    def perform(self, act: str, data: Context) -> None:
        """Add the person."""
        self.made = personnel.add(**data, actor=self.actor)

    def done_url(self, act: str) -> str:
        """Lead to the page of the new person."""
        return reverse("administration-person", args=[self.made.pk])

    def context(self) -> Context:
        """Add nothing."""
        return {}


class PersonActsView(ActsView):
    """A page about one person."""

    @cached_property
    def person(self) -> User:
        """The person of the URL.

        Raises:
            Http404: there is none.
        """
        return get_object_or_404(User, pk=self.kwargs["pk"])

    @cached_property
    def memberships(self) -> list[Membership]:
        """Every position she holds, held or will hold, the newest first."""
        held = self.person.memberships.select_related("agency_position__agency")
        return list(held.order_by("-valid_from", "-pk"))

    @property
    def running(self) -> list[Membership]:
        """The positions that have not ended yet."""
        today = timezone.localdate()
        return [each for each in self.memberships if each.valid_to is None or each.valid_to > today]

    def context(self) -> Context:
        """Return the person, read anew: a refused act may have been overtaken."""
        self.__dict__.pop("person", None)
        self.__dict__.pop("memberships", None)
        return {
            "person": self.person,
            "memberships": self.memberships,
            "running": self.running,
            "seen": stamp(personnel.facts_of(self.person)),
            "today": timezone.localdate(),
            "is_me": self.person == self.user,
            "is_above": self.person.is_superuser and not self.user.is_superuser,
            "has_password": self.person.has_usable_password(),
        }


class PersonView(PersonActsView):
    """One person: her name, her positions with their days, her account."""

    template_name = "accounts/administration/person.html"
    acts = {
        "correct": gettext_lazy("The account was corrected."),
        "appoint": gettext_lazy("The position was given."),
        "end": gettext_lazy("The end of the position was recorded."),
        "invite": gettext_lazy("The link was made. It is shown once: hand it over now."),
        "reactivate": gettext_lazy("The account is open again. It has no password yet."),
    }

    @cached_property
    def agencies(self) -> list[Agency]:
        """The agencies at which somebody can be appointed."""
        return named_agencies()

    def form_of(self, act: str, data: Any = None) -> forms.Form | None:
        """Return the form of an act."""
        if act == "correct":
            initial = {"full_name": self.person.full_name, "email": self.person.email}
            return PersonForm(data, prefix=act, initial=initial)
        if act == "appoint":
            agencies = [(str(each.pk), named(each)) for each in self.agencies]
            return AppointForm(data, prefix=act, agencies=agencies)
        if act == "end":
            running = [(str(each.pk), _said(each)) for each in self.running]
            return EndForm(data, prefix=act, running=running)
        return NothingForm(data, prefix=act)

    def perform(self, act: str, data: Context) -> None:
        """Do one of the acts."""
        getattr(self, f"_{act}")(data)

    def _correct(self, data: Context) -> None:
        personnel.correct(self.person, **data, seen=self.seen, actor=self.actor)

    def _appoint(self, data: Context) -> None:
        given = Appointment(**{**data, "agency": picked(self.agencies, data["agency"])})
        personnel.appoint(self.person, given, seen=self.seen, actor=self.actor)

    def _end(self, data: Context) -> None:
        membership = picked(self.memberships, data["which"])
        personnel.end(membership, on=data["on"], seen=self.seen, actor=self.actor)

    def _invite(self, _data: Context) -> None:
        path = reverse("welcome", args=personnel.invite(self.person, seen=self.seen, actor=self.actor))
        self.link = self.request.build_absolute_uri(path)

    def told(self, act: str) -> str:
        """Add the link that was made."""
        return f"{super().told(act)} {self.link}" if act == "invite" else super().told(act)

    def _reactivate(self, _data: Context) -> None:
        personnel.reactivate(self.person, seen=self.seen, actor=self.actor)


class DeactivateView(PersonActsView):
    """Closing an account: what it means, then one press."""

    template_name = "accounts/administration/deactivate.html"
    acts = {"deactivate": gettext_lazy("The account was closed.")}

    def form_of(self, act: str, data: Any = None) -> forms.Form | None:
        """Return the form."""
        return NothingForm(data, prefix=act)

    def perform(self, act: str, data: Context) -> None:
        """Close the account."""
        personnel.deactivate(self.person, seen=self.seen, actor=self.actor)

    def done_url(self, act: str) -> str:
        """Lead back to the person."""
        return reverse("administration-person", args=[self.person.pk])


def _listed(agency: str, state: str) -> QuerySet[User]:
    found = User.objects.all()
    if state != "all":
        found = found.filter(is_active=state == "")
    if agency:
        held = Membership.objects.valid(on=timezone.localdate()).filter(agency_position__agency__code=agency)
        found = found.filter(pk__in=held.values("user"))
    return found.order_by("full_name", "pk")


def _matching(found: QuerySet[User], text: str) -> QuerySet[User]:
    if not text:
        return found
    wanted = fold(text)
    words = found.values_list("pk", "full_name", "username")
    return found.filter(pk__in=[key for key, *said in words if wanted in fold(" ".join(said))])


def _rows(people: Any) -> list[Context]:
    """Return people as the list prints them, with the positions they hold today; one statement."""
    held = Membership.objects.valid(on=timezone.localdate()).filter(user__in=[each.pk for each in people])
    posts: dict[int, list[str]] = {}
    for each in held.select_related("agency_position__agency").order_by("pk"):
        posts.setdefault(each.user_id, []).append(str(each.agency_position))
    return [
        {
            "person": each,
            "posts": posts.get(each.pk, []),
            "has_password": each.has_usable_password(),
        }
        for each in people
    ]


def _said(membership: Membership) -> str:
    return f"{membership.agency_position} ({personnel.in_words(membership)})"
