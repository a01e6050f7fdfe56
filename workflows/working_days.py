"""Terms counted in working days. Pure: a calendar goes in, moments come out; no table, no clock, no settings.

How a term runs (Civil Code 2015, Law 91/2015/QH13):
* the day of the event does not count, the next day is the first (art. 147(2) and (3));
* a term in days ends with its last day; where that is a day of rest it ends with the next working day (art. 148(1)
  and (5)). The code ends a day at 24:00 (art. 148(6)) unless another rule applies (art. 145(1)): offices go by their
  working regulation and hand over until they close, so a day ends at `Calendar.closes` here.

Which days are worked: Monday to Friday (Decision 188/1999/QĐ-TTg); not public holidays nor the days off in lieu of
those that fall on a weekly rest day (Labour Code 2019 art. 111(3) and 112); and each year some working days change
places with days of rest by announcement. Nothing but a table knows the last; Tết has no formula here.
"""

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")  # +07:00 all year
ONE_DAY = timedelta(days=1)
SATURDAY = 5  # of date.weekday()


class Kind(StrEnum):
    """Why a day is not what its weekday says."""

    HOLIDAY = "HOLIDAY"  # nghỉ lễ, tết
    MAKEUP_OFF = "MAKEUP_OFF"  # nghỉ bù, or the day off of a swap
    SWAPPED_WORK = "SWAPPED_WORK"  # làm bù: a day worked whatever its weekday


@dataclass(frozen=True)
class SkippedDay:
    """A day a term passed over; without a kind it is a weekly day of rest."""

    day: date
    kind: Kind | None = None
    name: str = ""


@dataclass(frozen=True)
class Explanation:
    """How a due moment came about: from the day after the event each day was counted or skipped."""

    start: datetime
    days: int
    due_at: datetime
    counted: tuple[date, ...]
    skipped: tuple[SkippedDay, ...]


@dataclass(frozen=True)
class Calendar:
    """The days and hours an office works. `days` and `names` must not change once it is made.

    Attributes:
        days: the exceptions from Monday to Friday.
        opens, closes, noon: local hours of work; `noon` is the break, from and until.
        names: what the exceptions are called, for explanations.
    """

    days: Mapping[date, Kind]
    opens: time = time(7, 30)
    closes: time = time(17)
    tz: ZoneInfo = VIETNAM
    noon: tuple[time, time] = (time(11, 30), time(13))
    names: Mapping[date, str] = field(default_factory=dict)

    def is_working_day(self, day: date) -> bool:
        """Say whether the office works on a day."""
        kind = self.days.get(day)
        return _is_weekday(day) if kind is None else kind == Kind.SWAPPED_WORK

    def next_working_day(self, day: date) -> date:
        """Return the first working day after a day, which itself does not count."""
        day += ONE_DAY
        while not self.is_working_day(day):
            day += ONE_DAY
        return day

    def working_day_before(self, day: date, days: int) -> date:
        """Return the working day that lies so many working days before a day, which itself does not count."""
        for _ in range(days):
            day -= ONE_DAY
            while not self.is_working_day(day):
                day -= ONE_DAY
        return day

    def end_of(self, day: date) -> datetime:
        """Return when a term ends whose last day is given: at closing time of that day or of the next working day.

        Serves fixed dates and terms in calendar days ("trong 30 ngày").

        Source: Civil Code 2015 art. 148(5).
        """
        last = day if self.is_working_day(day) else self.next_working_day(day)
        return datetime.combine(last, self.closes, self.tz)

    def add_working_days(self, start: datetime, days: int) -> datetime:
        """Return the aware local moment at which a term of so many working days ends.

        The day of `start` does not count. No days mean by the end of that day; where the office is closed or has
        closed, by the end of the next working day: a term never ends before it starts.

        Raises:
            ValueError: `start` is naive, or `days` is negative.
        Source: Civil Code 2015 art. 147(2)-(3) and 148.
        """
        day = self._first_day(start, days) - ONE_DAY
        for _ in range(max(days, 1)):
            day = self.next_working_day(day)
        return self.end_of(day)

    def explain(self, start: datetime, days: int) -> Explanation:
        """Say how the due moment of `add_working_days` came about.

        Raises:
            ValueError: as `add_working_days`.
        """
        due_at = self.add_working_days(start, days)
        first = self._first_day(start, days)
        passed = [first + n * ONE_DAY for n in range((due_at.date() - first).days + 1)]
        counted = tuple(day for day in passed if self.is_working_day(day))
        skipped = tuple(self._skipped(day) for day in passed if not self.is_working_day(day))
        return Explanation(start, days, due_at, counted, skipped)

    def working_days_between(self, a: date | datetime, b: date | datetime) -> int:
        """Count the working days after the day of `a` up to the day of `b`; negative where `b` comes first.

        With `a` now and `b` the due moment: N > 0 is "còn N ngày", N < 0 "quá N ngày", 0 the due day itself or a
        rest next to it.

        Raises:
            ValueError: a moment is naive.
        """
        return self._days_until(self._day_of(b)) - self._days_until(self._day_of(a))

    def working_time_between(self, a: datetime, b: datetime) -> timedelta:
        """Return the hours of work from `a` to `b`; negative where `b` comes first.

        Raises:
            ValueError: a moment is naive.
        """
        return self._time_until(b) - self._time_until(a)

    def add_working_time(self, start: datetime, worked: timedelta) -> datetime:
        """Return the first moment of a working day that lies so many hours of work after `start`; negative goes back.

        Back, a day ends where the next one begins: at closing time. `working_time_between(start, …)` gives the same
        hours back.

        Raises:
            ValueError: `start` is naive.
        """
        goal, day = self._time_until(start) + worked, self._local(start).date()
        while self._time_before(day) > goal or (worked < timedelta() and self._time_before(day) == goal):
            day -= ONE_DAY
        while not self.is_working_day(day) or self._time_before(day + ONE_DAY) < goal:
            day += ONE_DAY
        return self._at_hours(day, goal - self._time_before(day))

    def _skipped(self, day: date) -> SkippedDay:
        return SkippedDay(day, self.days.get(day), self.names.get(day, ""))

    def _first_day(self, start: datetime, days: int) -> date:
        """Return the first day a term may count."""
        if days < 0:
            raise ValueError("a term has no negative number of days")
        local = self._local(start)
        by_end_of_day = days == 0 and local.time() <= self.closes
        return local.date() if by_end_of_day else local.date() + ONE_DAY

    def _local(self, moment: datetime) -> datetime:
        if moment.utcoffset() is None:
            raise ValueError("a moment needs its time zone")
        return moment.astimezone(self.tz)

    def _day_of(self, moment: date | datetime) -> date:
        return self._local(moment).date() if isinstance(moment, datetime) else moment

    def _days_until(self, day: date) -> int:
        """Count the working days from 1 January of year 1, a Monday, to `day` inclusive, without walking them."""
        weeks, rest = divmod(day.toordinal(), 7)
        weekdays = 5 * weeks + min(rest, 5)
        return weekdays - bisect_right(self._days_off, day) + bisect_right(self._days_added, day)

    def _time_until(self, moment: datetime) -> timedelta:
        local = self._local(moment)
        today = self._worked_by(local.time()) if self.is_working_day(local.date()) else timedelta()
        return self._time_before(local.date()) + today

    def _time_before(self, day: date) -> timedelta:
        """Return the hours of work before a day."""
        return self._days_until(day - ONE_DAY) * self._worked_by(self.closes)

    def _at_hours(self, day: date, worked: timedelta) -> datetime:
        """Return the moment of a working day by which so many of its hours of work have passed."""
        noon_from, noon_until = self.noon
        morning = _span(self.opens, noon_from)
        since, rest = (self.opens, worked) if worked <= morning else (noon_until, worked - morning)
        return datetime.combine(day, since, self.tz) + rest

    def _worked_by(self, clock: time) -> timedelta:
        """Return the hours of work from opening until a time of the same day."""
        noon_from, noon_until = self.noon
        hours = ((self.opens, noon_from), (noon_until, self.closes))
        return sum((max(_span(since, min(clock, until)), timedelta()) for since, until in hours), timedelta())

    @cached_property
    def _days_off(self) -> list[date]:
        """Mondays to Fridays without work, sorted."""
        return self._exceptions(lambda day: _is_weekday(day) and not self.is_working_day(day))

    @cached_property
    def _days_added(self) -> list[date]:
        """Saturdays and Sundays with work, sorted."""
        return self._exceptions(lambda day: not _is_weekday(day) and self.is_working_day(day))

    def _exceptions(self, chosen: Callable[[date], bool]) -> list[date]:
        return sorted(filter(chosen, self.days))


def last_day_before(day: date, *, inclusive: bool) -> date:
    """Return the last day in time for a date set by a document.

    "Chậm nhất ngày X" and "đến hết ngày X" include X. "Trước ngày X" means the day before, yet many offices' trackers
    take it for X: pass the office's setting. `Calendar.end_of` turns the day into a moment; mind that it moves a day
    of rest forward, so that "trước ngày" a Monday ends with that Monday.
    """
    return day if inclusive else day - ONE_DAY


def _is_weekday(day: date) -> bool:
    return day.weekday() < SATURDAY


def _span(since: time, until: time) -> timedelta:
    return datetime.combine(date.min, until) - datetime.combine(date.min, since)
