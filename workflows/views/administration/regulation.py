"""The working regulation: every rule as it holds today, and one rule with what was decided on it."""

from itertools import groupby
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from accounts import regulation as reader
from accounts.views.addresses import key_of, link
from accounts.views.administration.base import PAGE, ActsView, AdministrationView, Context
from workflows.domain import regulation
from workflows.domain.regulation import Standing
from workflows.domain.regulation_entries import BY_KEY, Entry
from workflows.forms.administration import RuleForm


class RegulationView(AdministrationView):
    """Every rule: its value today, where that comes from, what is decided for later."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the rules under their headings."""
        found = regulation.standings(on=timezone.localdate())
        groups = [
            {"heading": str(heading), "rows": [_row(each) for each in rows]}
            for heading, rows in groupby(found, key=lambda each: each.entry.heading)
        ]
        return render(request, "workflows/administration/regulation.html", {"groups": groups})


class RuleView(ActsView):
    """One rule: deciding it anew, and every decision on it."""

    template_name = "workflows/administration/rule.html"
    acts = {"decide": gettext_lazy("The rule was decided; it holds from the day that was given.")}

    @cached_property
    def entry(self) -> Entry:
        """The rule of the URL.

        Raises:
            Http404: there is none.
        """
        entry = BY_KEY.get(self.kwargs["key"])
        if entry is None:
            raise Http404
        return entry

    @cached_property
    def standing(self) -> Standing:
        """The rule as it holds today."""
        return regulation.standing(self.entry, on=timezone.localdate())

    def form_of(self, act: str, data: Any = None) -> forms.Form | None:
        """Return the form."""
        initial = {"value": self.standing.value, "valid_from": reader.earliest()}
        return RuleForm(data, prefix=act, entry=self.entry, initial=initial)

    def perform(self, act: str, data: Context) -> None:
        """Decide the rule."""
        seen = self.request.POST.get("seen", "")
        number = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else -1
        regulation.decide(self.entry, **data, seen=number, actor=self.actor)

    def context(self) -> Context:
        """Return the rule, read anew: a refused act may have been overtaken."""
        self.__dict__.pop("standing", None)
        page = key_of(self.given("page")) or 1
        history = sorted(self.standing.decided, key=lambda each: -each.number)
        here = self.request.path
        return {
            "rule": _row(self.standing),
            "history": [
                {"row": each, "words": self.entry.kind.words(each.value)}
                for each in history[(page - 1) * PAGE : page * PAGE]
            ],
            "next_url": link(here, page=page + 1) if len(history) > page * PAGE else "",
            "first_url": here if page > 1 else "",
            "seen": self.standing.last,
            "earliest": reader.earliest(),
        }


def _row(standing: Standing) -> Context:
    return {
        "key": standing.entry.key,
        "label": str(standing.entry.label),
        "words": standing.words,
        "citation": standing.citation,
        "in_force": standing.in_force,
        "ahead": [(each, standing.entry.kind.words(each.value)) for each in standing.ahead],
    }
