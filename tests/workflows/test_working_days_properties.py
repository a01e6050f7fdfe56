"""What holds for every calendar and every term: compared with a calendar that is walked day by day."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflows.office_calendar import VN
from workflows.working_days import Calendar, Kind

DAYS = st.dates(date(2019, 12, 1), date(2020, 3, 31))
CALENDARS = st.dictionaries(DAYS, st.sampled_from(Kind), max_size=60).map(Calendar)
STARTS = st.datetimes(
    datetime(2019, 11, 1),  # noqa: DTZ001 -- the strategy adds the zone
    datetime(2020, 3, 31),  # noqa: DTZ001 -- as above
    timezones=st.sampled_from([UTC, VN, ZoneInfo("America/New_York")]),
)
TERMS = st.integers(0, 40)
quick = settings(max_examples=150, deadline=None, database=None)


def rests(calendar, day):
    """Say naively whether a day is one of rest."""
    kind = calendar.days.get(day)
    if kind == Kind.SWAPPED_WORK:
        return False
    return kind in {Kind.HOLIDAY, Kind.MAKEUP_OFF} or day.strftime("%a") in {"Sat", "Sun"}


def walked_due_day(calendar, start, days):
    """Walk from the event to the due day, one day at a time."""
    day, left = start.astimezone(VN).date(), days
    if days == 0:
        left = 0 if start.astimezone(VN).time() <= time(17) and not rests(calendar, day) else 1
    while left:
        day += timedelta(1)
        left -= not rests(calendar, day)
    return day


def walked_count(calendar, a, b):
    """Count one day at a time."""
    if b < a:
        return -walked_count(calendar, b, a)
    return sum(not rests(calendar, a + timedelta(n)) for n in range(1, (b - a).days + 1))


@quick
@given(CALENDARS, STARTS, TERMS)
def test_add_working_days_equals_the_walk(calendar, start, days):
    due = calendar.add_working_days(start, days)

    assert (due.date(), due.time(), due.utcoffset()) == (
        walked_due_day(calendar, start, days),
        time(17),
        timedelta(hours=7),
    )


@quick
@given(CALENDARS, STARTS, TERMS)
def test_add_working_days_lands_on_a_working_day_not_before_the_start(calendar, start, days):
    due = calendar.add_working_days(start, days)

    assert not rests(calendar, due.date())
    assert due >= start


@quick
@given(CALENDARS, STARTS, STARTS, TERMS, TERMS)
def test_add_working_days_is_monotone(calendar, a, b, m, n):
    assert calendar.add_working_days(min(a, b), min(m, n)) <= calendar.add_working_days(max(a, b), max(m, n))


@quick
@given(CALENDARS, STARTS, st.integers(1, 20), st.integers(0, 20))
def test_add_working_days_is_additive(calendar, start, m, n):
    # m >= 1: no days from a day of rest already end on the next working day.
    assert calendar.add_working_days(calendar.add_working_days(start, m), n) == calendar.add_working_days(
        start, m + n
    )


@quick
@given(CALENDARS, DAYS, DAYS, DAYS)
def test_working_days_between_equals_the_walk_and_adds_up(calendar, a, b, c):
    assert calendar.working_days_between(a, b) == walked_count(calendar, a, b)
    assert calendar.working_days_between(a, b) == -calendar.working_days_between(b, a)
    assert calendar.working_days_between(a, b) + calendar.working_days_between(b, c) == (
        calendar.working_days_between(a, c)
    )


@quick
@given(CALENDARS, STARTS, st.integers(1, 40))
def test_working_days_between_undoes_add_working_days(calendar, start, days):
    assert calendar.working_days_between(start, calendar.add_working_days(start, days)) == days


@quick
@given(CALENDARS, STARTS, TERMS)
def test_explain_accounts_for_every_day(calendar, start, days):
    explanation = calendar.explain(start, days)

    seen = sorted([*explanation.counted, *(skipped.day for skipped in explanation.skipped)])
    assert len(explanation.counted) == max(days, 1)
    assert seen == [seen[0] + timedelta(n) for n in range(len(seen))]
    assert seen[-1] == explanation.due_at.date()
    assert explanation.due_at == calendar.add_working_days(start, days)


@quick
@given(CALENDARS, STARTS, STARTS, STARTS)
def test_working_time_between_adds_up_and_a_working_day_has_eight_hours(calendar, a, b, c):
    between = calendar.working_time_between
    day = a.astimezone(VN).replace(hour=0, minute=0, second=0, microsecond=0)

    assert between(a, b) + between(b, c) == between(a, c)
    assert (between(a, b) >= timedelta()) == (a <= b or between(a, b) == timedelta())
    assert between(day, day + timedelta(days=1)) == timedelta(hours=0 if rests(calendar, day.date()) else 8)
