"""The office's calendar: where it comes from, how it is corrected, and the due moments it gives.

Announced days come from the `holidays` package and, where that is behind, from `SWAPS`. Seeding writes them to the
table, where they can be corrected; a row rules over what was announced for its date. A year nobody has seeded yet
still counts with its announced days, because a term must never run through Tết unnoticed.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from time import monotonic

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from holidays import country_holidays
from holidays.version import __version__ as package_version

from accounts import regulation
from accounts.authority import Actor
from notifications.outbox import emit
from workflows.domain.errors import DomainError
from workflows.models.calendar import CalendarDay, DayKind
from workflows.working_days import Calendar, Kind

TermKey = str  # a key of `regulation.rules("TERMS")`

FIRST_YEAR = 2013  # the Labour Code of 2012 took force
YEARS_AHEAD = 2
CACHE_SECONDS = 60.0  # other processes see a correction within a minute
CHAIN = "calendar"

# Swapped days the package does not know: day off, day worked instead, announcement.
SWAPS = ((date(2026, 1, 2), date(2026, 1, 10), "Văn bản 12729/VPCP-KGVX ngày 25/12/2025"),)
# Since which year which rule gives the holidays.
LAWS = (
    (2021, "Bộ luật Lao động 2019, Điều 111 và 112"),
    (2013, "Bộ luật Lao động 2012, Điều 115"),
    (1995, "Bộ luật Lao động 1994, Điều 73"),
)
CULTURE_DAY = (11, 24)  # since 2026, outside the Labour Code
_SWAPPED_FOR = re.compile(r"\(thay cho ngày (\d\d)/(\d\d)/(\d{4})\)")


@dataclass
class _Cache:
    calendar: Calendar | None = None
    until: float = 0.0
    version: int = 0


_cache = _Cache()


def due_after(term_key: TermKey, at: datetime) -> datetime:
    """Return when a term of the working regulation ends that an event at an aware moment starts.

    At most one statement.

    Raises:
        ValueError: `at` is naive.
    Source: the working regulation, `TERMS`, each with its citation; counting as in `working_days`.
    """
    return load_calendar().add_working_days(at, regulation.rules("TERMS")[term_key]["days"])


def load_calendar() -> Calendar:
    """Return the office's calendar, at most a minute old in this process; at most one statement."""
    calendar = _cache.calendar
    if calendar is not None and monotonic() < _cache.until:
        return calendar
    version = _cache.version
    calendar = _read_calendar()
    if version == _cache.version:  # nobody wrote in the meantime
        _cache.calendar, _cache.until = calendar, monotonic() + CACHE_SECONDS
    return calendar


def invalidate() -> None:
    """Forget this process's calendar. Needed after writes that pass by this module."""
    _cache.version += 1
    _cache.calendar = None


@transaction.atomic
def seed_calendar(years: Iterable[int]) -> int:
    """Write the announced days of the years to the table and return how many were new; two statements.

    Rows already there stay as they are, corrected or not.
    """
    wanted = set(years)
    known = set(CalendarDay.objects.in_years(wanted).values_list("date", flat=True))
    new = [day for day in announced_days(wanted) if day.date not in known]
    CalendarDay.objects.bulk_create(new, ignore_conflicts=True)
    _invalidate_now_and_on_commit()
    return len(new)


@transaction.atomic
def set_day(on: date, *, kind: DayKind, name: str, source: str, actor: Actor) -> CalendarDay:
    """Correct the table: say what a day is, whatever stood there. Due moments already given do not move.

    Raises:
        DomainError: no announcement is named.
        IntegrityError: somebody else recorded the day for the first time in the same moment.
    """
    if not source.strip():
        raise DomainError(_("Name the document that announces this day."), field="source")

    stated = {"kind": kind, "name": name.strip(), "source": source.strip()}
    before = CalendarDay.objects.select_for_update().filter(date=on).first()
    day = CalendarDay(pk=before.pk if before else None, date=on, **stated)
    day.save(force_insert=before is None, force_update=before is not None)
    _invalidate_now_and_on_commit()

    data = {"date": on.isoformat(), **facts(day), "before": facts(before) if before else None}
    emit("calendar.day_set", chain=CHAIN, subject=day, actor=actor, data=data)
    return day


@transaction.atomic
def remove_day(on: date, *, reason: str, actor: Actor) -> None:
    """Take a day out of the table: what was announced for it holds again, else its weekday.

    Due moments already given do not move. A day that is not there changes nothing and records nothing.

    Raises:
        DomainError: no reason is given.
    """
    if not reason.strip():
        raise DomainError(_("Say why the day is taken out."), field="reason")
    day = CalendarDay.objects.select_for_update().filter(date=on).first()
    if day is None:
        return

    data = {"date": on.isoformat(), "before": facts(day), "reason": reason.strip()}
    emit("calendar.day_removed", chain=CHAIN, subject=day, actor=actor, data=data)
    day.delete()
    _invalidate_now_and_on_commit()


def facts(day: CalendarDay) -> dict[str, str]:
    """Return what a row says of its day."""
    return {"kind": day.kind, "name": day.name, "source": day.source}


def announced_days(years: Iterable[int]) -> list[CalendarDay]:
    """Return the exceptional days announced for the years, unsaved and by date; no statement.

    Source: Labour Code 2019 art. 111(3) and 112 and its forerunners; swaps by yearly announcement.
    """
    wanted = set(years)
    if not wanted:
        return []
    span = range(min(wanted) - 1, max(wanted) + 2)  # a swap may reach over the turn of the year
    days = [*_packaged_days(span), *_swapped_days()]
    return sorted((day for day in days if day.date.year in wanted), key=lambda day: day.date)


def _packaged_days(span: range) -> Iterator[CalendarDay]:
    by_law = country_holidays("VN", years=span, observed=False)
    for on, name in country_holidays("VN", years=span, language="vi").items():
        if swap := _SWAPPED_FOR.search(name):
            day, month, year = map(int, swap.groups())
            yield from _swap(on, date(year, month, day), _packaged("Thông báo hoán đổi ngày làm việc"))
        else:
            kind = DayKind.HOLIDAY if on in by_law else DayKind.MAKEUP_OFF
            yield CalendarDay(date=on, kind=kind, name=name, source=_packaged(_law(on)))


def _swapped_days() -> Iterator[CalendarDay]:
    for off, worked, source in SWAPS:
        yield from _swap(off, worked, source)


def _swap(off: date, worked: date, source: str) -> Iterator[CalendarDay]:
    off_name, worked_name = f"Nghỉ hoán đổi, làm bù ngày {worked:%d/%m/%Y}", f"Làm bù cho ngày {off:%d/%m/%Y}"
    yield CalendarDay(date=off, kind=DayKind.MAKEUP_OFF, name=off_name, source=source)
    yield CalendarDay(date=worked, kind=DayKind.SWAPPED_WORK, name=worked_name, source=source)


def _law(on: date) -> str:
    if (on.month, on.day) == CULTURE_DAY:
        return "Nghị quyết 80-NQ/TW"
    return next((law for since, law in LAWS if on.year >= since), LAWS[-1][1])


def _packaged(source: str) -> str:
    return f"{source} (holidays {package_version})"


def _read_calendar() -> Calendar:
    span = range(FIRST_YEAR, timezone.localdate().year + YEARS_AHEAD + 1)
    rows = {day.date: day for day in [*announced_days(span), *CalendarDay.objects.all()]}
    return Calendar(
        days={on: Kind(day.kind) for on, day in rows.items()},
        names={on: day.name for on, day in rows.items()},
    )


def _invalidate_now_and_on_commit() -> None:
    """Drop what was read before the write, and again what others read before it was committed."""
    invalidate()
    transaction.on_commit(invalidate)
