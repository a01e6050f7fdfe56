"""Why the reader sees a case; who else does, for those who may ask; and why a directive is not found."""

import re
from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.models import User
from accounts.views.addresses import clean_text, key_of, link
from workflows import policies
from workflows.explaining.answers import explain, explain_all, readers_of
from workflows.explaining.reach import reach_of
from workflows.explaining.wording import Answer, capacities, in_words
from workflows.models import Assignment, Directive

from .base import CaseView, Context
from .bell import bell_of
from .keyset import PAGE

FOUND = 10  # people a name may stand for, and directives a number
NUMBER = re.compile(r"^\s*(\d{1,9})\s*(?:/\s*(\S.{0,58}?)\s*)?$")


class WhyView(CaseView):
    """GET explains why the reader sees the case; `?q=` and `?person=` ask about another, `?after=` pages."""

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        """Show the grounds; 404 for whoever may not see the case."""
        assignment = self.assignment_or_404(public_id)
        context: Context = {
            "nav": "directives",
            "assignment": assignment,
            "directive": assignment.directive,
            "mine": in_words(explain(self.asker.user, assignment)),
            "may_ask": policies.may_ask_who_sees(self.asker.hats, assignment),
            **bell_of(self.asker.user),
        }
        if context["may_ask"]:
            context |= self._about_others(assignment)
        return render(request, "workflows/why.html", context)

    def _about_others(self, assignment: Assignment) -> Context:
        given = self.request.GET
        wanted = clean_text(given.get("q", ""))
        return {
            "q": wanted,
            "found": _people(wanted) if wanted else [],
            "asked": _asked(clean_text(given.get("person", "")), assignment),
            **_everybody(assignment, key_of(given.get("after", ""))),
        }


class WhyNotView(CaseView):
    """GET asks by the number of a directive; what the person may not see is answered like what does not exist."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show what each of the person's hats lets see, and the directives of this number among that."""
        number = clean_text(request.GET.get("number", ""), longest=70)
        found = _directives(policies.visible_directives(self.asker.hats, self.asker.user), number)
        context: Context = {
            "nav": "directives",
            "number": number,
            "found": found,
            "reach": [(hat.capacity, sentences) for hat, sentences in reach_of(self.asker.hats)],
            **bell_of(self.asker.user),
        }
        return render(request, "workflows/why_not.html", context)


def _directives(visible: QuerySet[Directive], number: str) -> Sequence[Directive]:
    given = NUMBER.match(number)
    if given is None:
        return []
    wanted = visible.filter(number=int(given[1]))
    if given[2]:
        wanted = wanted.filter(symbol__iexact=given[2])
    return list(wanted.newest_first()[:FOUND])  # type: ignore[attr-defined]


def _people(wanted: str) -> Sequence[User]:
    named = User.objects.filter(Q(username=wanted.lower()) | Q(full_name__icontains=wanted))
    return list(named.order_by("full_name", "pk")[:FOUND])


def _asked(username: str, assignment: Assignment) -> Answer | None:
    person = User.objects.filter(username=username).first() if username else None
    return in_words(explain(person, assignment)) if person else None


def _everybody(assignment: Assignment, after: int | None) -> Context:
    """Return one page of those who see the case, by name, each with why."""
    readers = readers_of(assignment).order_by("full_name", "pk")
    if after is not None:
        last = User.objects.filter(pk=after).values("full_name")[:1]
        readers = readers.filter(Q(full_name__gt=last) | Q(full_name=last, pk__gt=after))
    people = list(readers[: PAGE + 1])
    address = reverse("why", args=[assignment.public_id])
    return {
        "readers": capacities(explain_all(people[:PAGE], assignment)),
        "next_url": link(address, after=people[PAGE - 1].pk) if len(people) > PAGE else "",
        "first_url": address if after is not None else "",
    }
