"""The work of somebody who leaves goes to another person: who, to whom, what moves; then one press."""

from functools import cached_property
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.authority import posts
from accounts.models import Agency, Membership, User
from accounts.views.addresses import link
from workflows import policies
from workflows.domain import leaving
from workflows.domain.errors import DomainError
from workflows.domain.leaving import Load
from workflows.flows import leaving as flow
from workflows.flows import steps

from .agencies import names_on
from .base import CaseView, Context
from .bell import bell_of
from .keyset import PAGE


class LeavingView(CaseView):
    """Moving work at an agency; for those who may not it does not exist."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the choices, and what would move once both people are chosen."""
        return self._show()

    def post(self, request: HttpRequest) -> HttpResponse:
        """Move it, once; on refusal show why."""
        if not (self.leaver and self.successor):
            return self._show(_("Choose both people."), status=HTTPStatus.UNPROCESSABLE_ENTITY)
        attempt = steps.Attempt(self.asker.actor, self.asker.hats, self._key())
        try:
            flow.move_work(self.leaver, self.successor, self.agency, attempt)
        except DomainError as error:
            return self._show(error.message, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        said = _("The work of %(leaver)s now waits for %(successor)s.")
        messages.success(request, said % {"leaver": self.leaver, "successor": self.successor})
        return redirect(link(reverse("leaving"), agency=self.agency.code))

    @cached_property
    def agencies(self) -> list[Agency]:
        """The agencies at which the person may move work.

        Raises:
            Http404: there are none.
        """
        found = list(policies.agencies_to_tidy(self.asker.hats).order_by("order", "code"))
        if not found:
            raise Http404
        return found

    @cached_property
    def agency(self) -> Agency:
        """The agency that was chosen, the first one where none was.

        Raises:
            Http404: it is none of hers.
        """
        code = self._given("agency")
        found = [each for each in self.agencies if each.code == code] if code else self.agencies[:1]
        if not found:
            raise Http404
        return found[0]

    @cached_property
    def people(self) -> list[Membership]:
        """Everybody who holds or held a post at the agency and has an account."""
        found = Membership.objects.filter(agency_position__agency=self.agency)
        return list(found.select_related("user").order_by("user__full_name", "pk"))

    @property
    def leaver(self) -> User | None:
        """The person who leaves, as far as she was chosen."""
        return self._person("from")

    @property
    def successor(self) -> User | None:
        """The person who takes over, as far as she was chosen."""
        return self._person("to")

    def _person(self, name: str) -> User | None:
        username = self._given(name)
        return next((each.user for each in self.people if each.user.username == username), None)

    def _given(self, name: str) -> str:
        return str(self.request.POST.get(name) or self.request.GET.get(name, ""))

    def _key(self) -> UUID:
        try:
            return UUID(self.request.POST.get("key", ""))
        except ValueError:
            return uuid4()

    def _show(self, refusal: str = "", *, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
        names = names_on(timezone.localdate(), ids={each.pk for each in self.agencies}, codes=set())
        load = leaving.load_of(self.leaver, self.agency) if self.leaver else None
        context: Context = {
            "agencies": [(each.code, names.full(each), each == self.agency) for each in self.agencies],
            "agency": self.agency,
            "people": self._choices(),
            "leaver": self.leaver,
            "successor": self.successor,
            "load": load,
            "shown": load.cases[:PAGE] if load else (),
            "more": max(len(load.cases) - PAGE, 0) if load else 0,
            "refusal": refusal or self._why_not(load),
            "key": uuid4(),
            **bell_of(self.asker.user),
        }
        return render(self.request, "workflows/leaving.html", context, status=status)

    def _choices(self) -> list[dict[str, Any]]:
        """Return the people to choose from, each once, with the post she has or had."""
        held = Membership.objects.filter(pk__in=[each.pk for each in self.people])
        titles = posts(held, on=timezone.localdate())
        today = timezone.localdate()
        once = {each.user_id: each for each in self.people}
        return [
            {
                "username": each.user.username,
                "name": str(each.user),
                "title": titles[each.pk].title,
                "has_left": not each.user.is_active or (each.valid_to is not None and each.valid_to <= today),
                "is_leaver": each.user == self.leaver,
                "is_successor": each.user == self.successor,
            }
            for each in once.values()
        ]

    def _why_not(self, load: Load | None) -> str:
        """Return why the two that were chosen do not go together; nothing where they do."""
        if load is None or self.successor is None:
            return ""
        if leaving.successor_for(load, self.successor) is None:
            return _("%(person)s holds no fitting post at this agency.") % {"person": self.successor}
        return ""
