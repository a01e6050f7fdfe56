"""The administrator's acts on the calendar of the office: days that are still to come, each held to what was shown."""

from collections.abc import Iterable
from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.authority import Actor
from accounts.domain.administering import (
    ChangedMeanwhileError,
    Facts,
    check_administrator,
    check_seen,
)
from workflows.models.calendar import CalendarDay, DayKind

from . import calendars
from .errors import DomainError


def facts_of(days: Iterable[CalendarDay]) -> Facts:
    """Return what the page of a year shows and may change, by day."""
    return {label(day.date): f"{day.get_kind_display()}, {day.name}, {day.source}" for day in days}


def label(on: date) -> str:
    """Return how a day is called where it changed."""
    return f"{on:%d/%m/%Y}"


@transaction.atomic
def decide_day(on: date, *, kind: str, name: str, source: str, seen: str, actor: Actor) -> CalendarDay:
    """Say what a day that is still to come is; saying the same again records nothing.

    Raises:
        NotAllowedError: the actor is no administrator.
        ChangedMeanwhileError: the page showed something else for the day.
        DomainError: the day is over, or no document is named.
    """
    day = _checked(on, seen, actor)
    if day is not None and calendars.facts(day) == {"kind": kind, "name": name, "source": source}:
        return day
    try:
        return calendars.set_day(on, kind=DayKind(kind), name=name, source=source, actor=actor)
    except IntegrityError:
        raise ChangedMeanwhileError(_("This page is out of date. Open it again.")) from None


@transaction.atomic
def withdraw_day(on: date, *, reason: str, seen: str, actor: Actor) -> None:
    """Take a day that is still to come out of the table.

    Raises:
        NotAllowedError: the actor is no administrator.
        ChangedMeanwhileError: the page showed something else for the day.
        DomainError: the day is over, or no reason is given.
    """
    _checked(on, seen, actor)
    calendars.remove_day(on, reason=reason, actor=actor)


def _checked(on: date, seen: str, actor: Actor) -> CalendarDay | None:
    check_administrator(actor)
    if on < timezone.localdate():
        raise DomainError(_("This day is over; what it was stays."), field="on")
    day = CalendarDay.objects.select_for_update().filter(date=on).first()
    check_seen(seen, facts_of([day] if day else []), only=label(on))
    return day
