"""The calendar of the office: the exceptional days of a year, and saying what a day is."""

from datetime import date
from typing import Any

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from accounts.domain.administering import stamp
from accounts.views.addresses import key_of, link
from accounts.views.administration.base import ActsView, Context
from workflows.domain import calendar_changes, calendars
from workflows.forms.administration import CalendarDayForm, CalendarRemoveForm
from workflows.models.calendar import CalendarDay, DayKind

MARKS = {DayKind.HOLIDAY: "late", DayKind.MAKEUP_OFF: "soon", DayKind.SWAPPED_WORK: "here"}


class CalendarView(ActsView):
    """One year: what was announced and what was decided; both are counted."""

    template_name = "workflows/administration/calendar.html"
    acts = {
        "set": gettext_lazy("The day was recorded. Due moments already given stay."),
        "remove": gettext_lazy("The day was taken out. Due moments already given stay."),
    }

    @cached_property
    def year(self) -> int:
        """The year that was asked for, this one where none is known."""
        asked = key_of(self.given("year")) or 0
        return asked if asked in self.years else timezone.localdate().year

    @property
    def years(self) -> range:
        """The years the calendar counts in."""
        return range(calendars.FIRST_YEAR, timezone.localdate().year + calendars.YEARS_AHEAD + 1)

    @cached_property
    def recorded(self) -> list[CalendarDay]:
        """The days of the year that stand in the table."""
        return list(CalendarDay.objects.in_years([self.year]).order_by("date"))

    def form_of(self, act: str, data: Any = None) -> forms.Form | None:
        """Return the form of an act."""
        if act == "set":
            return CalendarDayForm(data, prefix=act)
        today = timezone.localdate()
        ahead = [each for each in self.recorded if each.date >= today]
        return CalendarRemoveForm(
            data, prefix=act, days=[(each.date.isoformat(), str(each)) for each in ahead]
        )

    def perform(self, act: str, data: Context) -> None:
        """Do one of the acts."""
        if act == "set":
            calendar_changes.decide_day(**data, seen=self.seen_of(data["on"]), actor=self.actor)
            self.year = data["on"].year
        else:
            on = date.fromisoformat(data["which"])
            calendar_changes.withdraw_day(on, reason=data["reason"], seen=self.seen, actor=self.actor)

    def seen_of(self, on: date) -> str:
        """Return what the page showed of a day; of another year it showed nothing, and what holds now counts."""
        if on.year == self.year:
            return self.seen
        return stamp(calendar_changes.facts_of(CalendarDay.objects.filter(date=on)))

    def done_url(self, act: str) -> str:
        """Lead back to the year."""
        return link(reverse("administration-calendar"), year=self.year)

    def context(self) -> Context:
        """Return the year."""
        self.__dict__.pop("recorded", None)
        here = reverse("administration-calendar")
        return {
            "year": self.year,
            "rows": self._rows(),
            "earlier": link(here, year=self.year - 1) if self.year - 1 in self.years else "",
            "later": link(here, year=self.year + 1) if self.year + 1 in self.years else "",
            "here": link(here, year=self.year),
            "seen": stamp(calendar_changes.facts_of(self.recorded)),
        }

    def _rows(self) -> list[Context]:
        by_day = {day.date: (day, False) for day in calendars.announced_days([self.year])}
        by_day |= {day.date: (day, True) for day in self.recorded}
        today = timezone.localdate()
        return [
            {
                "date": on,
                "weekday": date_format(on, "l"),
                "kind": day.get_kind_display(),
                "mark": MARKS[DayKind(day.kind)],
                "name": day.name,
                "source": day.source,
                "is_recorded": is_recorded,
                "is_over": on < today,
            }
            for on, (day, is_recorded) in sorted(by_day.items())
        ]
