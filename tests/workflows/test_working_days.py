"""Terms, days and hours of work counted against the calendar that was announced."""

import ast
import sys
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from tests.workflows.office_calendar import ANNOUNCED, OFFICE, VN, at
from workflows import working_days
from workflows.working_days import Calendar, Explanation, Kind, SkippedDay, last_day_before

NAIVE = datetime(2020, 6, 19)  # noqa: DTZ001 -- what is refused


# --- the days worked ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "last", "worked"),
    [
        ("2020-01-20", "2020-02-02", "20 21 22 30 31"),  # Tết Canh Tý: 23-29 January
        ("2026-02-09", "2026-02-24", "9 10 11 12 13 23 24"),  # Tết Bính Ngọ: 14-22 February
        ("2026-08-20", "2026-09-04", "20 21 22 24 25 26 27 28 3 4"),  # Saturday 22 worked for Monday 31
        ("2026-01-01", "2026-01-13", "5 6 7 8 9 10 12 13"),  # Saturday 10 worked for Friday 2
        ("2026-04-24", "2026-05-05", "24 28 29 4 5"),  # Hùng Kings on a Sunday, made up on Monday 27
        ("2020-04-29", "2020-05-05", "29 4 5"),
        ("2023-04-28", "2023-05-05", "28 4 5"),  # two days made up: 2 and 3 May
        ("2018-12-28", "2019-01-07", "28 2 3 4 5 7"),  # a swap over the turn of the year
    ],
)
def test_days_worked_match_the_announced_calendar(first, last, worked):
    first, last = date.fromisoformat(first), date.fromisoformat(last)
    days = [first + timedelta(n) for n in range((last - first).days + 1)]

    assert [day.day for day in days if OFFICE.is_working_day(day)] == [int(day) for day in worked.split()]


@pytest.mark.parametrize(
    ("day", "following"),
    [
        ("2020-01-22", "2020-01-30"),
        ("2020-01-25", "2020-01-30"),
        ("2026-08-21", "2026-08-22"),
        ("2026-08-28", "2026-09-03"),
        ("2020-12-31", "2021-01-04"),
        ("2020-06-19", "2020-06-22"),
    ],
)
def test_next_working_day_is_strictly_after(day, following):
    assert OFFICE.next_working_day(date.fromisoformat(day)) == date.fromisoformat(following)


# --- where a term ends --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2020-06-19 09:00", 5, "2020-06-26"),  # a Friday: its day does not count
        ("2020-06-19 23:59", 5, "2020-06-26"),  # nor does the hour of the event
        ("2020-06-20 10:00", 5, "2020-06-26"),  # Saturday
        ("2020-06-21 10:00", 5, "2020-06-26"),  # Sunday
        ("2020-01-22 09:00", 1, "2020-01-30"),  # over Tết 2020
        ("2020-01-22 09:00", 3, "2020-02-03"),
        ("2026-02-13 16:30", 5, "2026-02-27"),  # over Tết 2026
        ("2026-08-21 08:00", 1, "2026-08-22"),  # ends on a Saturday that is worked
        ("2026-08-28 08:00", 1, "2026-09-03"),  # Monday 31 is off, then National Day
        ("2020-12-31 08:00", 1, "2021-01-04"),  # end of the year
        ("2020-02-28 08:00", 1, "2020-03-02"),  # end of February in a leap year
        ("2020-04-29 08:00", 2, "2020-05-05"),
        ("2020-06-19 09:00", 30, "2020-07-31"),  # "trong 30 ngày làm việc"
        ("2020-06-19 09:00", 0, "2020-06-19"),  # by the end of the day
        ("2020-06-19 17:00", 0, "2020-06-19"),
        ("2020-06-19 17:01", 0, "2020-06-22"),  # closed: never before the start
        ("2020-06-20 09:00", 0, "2020-06-22"),
        ("2020-01-23 09:00", 0, "2020-01-30"),
    ],
)
def test_add_working_days_ends_at_closing_time_of_the_last_day(start, days, due):
    assert OFFICE.add_working_days(at(start), days) == at(f"{due} 17:00")


def test_add_working_days_takes_the_local_day_of_the_event():
    evening_in_london = datetime(2020, 6, 18, 18, 0, tzinfo=UTC)  # 01:00 on Friday 19 June in Việt Nam

    due = OFFICE.add_working_days(evening_in_london, 1)

    assert (due, due.tzinfo, due.utcoffset()) == (at("2020-06-22 17:00"), VN, timedelta(hours=7))


def test_add_working_days_closes_at_the_offices_hour():
    early = Calendar({}, closes=time(16, 30))

    assert early.add_working_days(at("2020-06-19 16:45"), 0) == at("2020-06-22 16:30")


@pytest.mark.parametrize(("start", "days"), [(NAIVE, 1), (at("2020-06-19"), -1)])
def test_add_working_days_refuses_naive_moments_and_negative_terms(start, days):
    with pytest.raises(ValueError, match=r"time zone|negative"):
        OFFICE.add_working_days(start, days)


@pytest.mark.parametrize(
    ("day", "end"),
    [
        ("2020-07-03", "2020-07-03"),
        ("2020-07-04", "2020-07-06"),  # "chậm nhất" a Saturday
        ("2020-07-19", "2020-07-20"),  # 30 calendar days after 19 June: a Sunday
        ("2020-01-25", "2020-01-30"),
        ("2026-08-22", "2026-08-22"),
    ],
)
def test_end_of_moves_days_of_rest_forward(day, end):
    assert OFFICE.end_of(date.fromisoformat(day)) == at(f"{end} 17:00")


@pytest.mark.parametrize(("inclusive", "last"), [(False, date(2020, 7, 2)), (True, date(2020, 7, 3))])
def test_last_day_before_follows_the_offices_reading(inclusive, last):
    assert last_day_before(date(2020, 7, 3), inclusive=inclusive) == last


def test_last_day_before_crosses_the_turn_of_the_year():
    assert last_day_before(date(2021, 1, 1), inclusive=False) == date(2020, 12, 31)


# --- how much is left ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("a", "b", "days"),
    [
        ("2020-06-19", "2020-06-26", 5),
        ("2020-06-26", "2020-06-19", -5),
        ("2020-06-19", "2020-06-19", 0),
        ("2020-06-19", "2020-06-21", 0),  # the weekend after the due day
        ("2020-06-20", "2020-06-22", 1),
        ("2020-01-22", "2020-01-30", 1),  # Tết between
        ("2026-08-21", "2026-09-03", 7),  # with the Saturday, without 31 August to 2 September
        ("2019-12-31", "2020-12-31", 252),  # 262 weekdays, less 10 days off on weekdays
    ],
)
def test_working_days_between_counts_with_a_sign(a, b, days):
    assert OFFICE.working_days_between(date.fromisoformat(a), date.fromisoformat(b)) == days


def test_working_days_between_takes_the_local_day_of_moments():
    now = datetime(2020, 6, 18, 18, 0, tzinfo=UTC)  # Friday 19 June, 01:00 local

    assert OFFICE.working_days_between(now, at("2020-06-22 17:00")) == 1


def test_working_days_between_refuses_naive_moments():
    with pytest.raises(ValueError, match="time zone"):
        OFFICE.working_days_between(NAIVE, date(2020, 6, 22))


@pytest.mark.parametrize(
    ("a", "b", "hours"),
    [
        ("2020-06-19 07:30", "2020-06-19 17:00", 8),
        ("2020-06-19 07:30", "2020-06-22 07:30", 8),  # the night and the weekend are not worked
        ("2020-06-19 11:00", "2020-06-19 13:30", 1),  # nor is noon
        ("2020-06-19 16:00", "2020-06-22 08:30", 2),
        ("2020-06-22 08:30", "2020-06-19 16:00", -2),
        ("2020-01-22 16:00", "2020-01-30 08:30", 2),
        ("2020-06-20 08:00", "2020-06-21 20:00", 0),
        ("2026-08-22 00:00", "2026-08-23 00:00", 8),
    ],
)
def test_working_time_between_counts_hours_of_work(a, b, hours):
    assert OFFICE.working_time_between(at(a), at(b)) == timedelta(hours=hours)


def test_vietnam_has_no_daylight_saving_in_any_year_of_the_records():
    offsets = {
        datetime(year, month, 1, tzinfo=VN).utcoffset() for year in range(2000, 2040) for month in (1, 7)
    }

    assert offsets == {timedelta(hours=7)}


# --- why ----------------------------------------------------------------------------------------------------


def test_explain_names_every_skipped_day():
    names = {
        date(2026, 8, 31): "Nghỉ hoán đổi",
        date(2026, 9, 1): "Quốc khánh",
        date(2026, 9, 2): "Quốc khánh",
    }
    office = Calendar(ANNOUNCED, names=names)
    start = at("2026-08-27 09:00")

    assert office.explain(start, 2) == Explanation(
        start=start,
        days=2,
        due_at=at("2026-09-03 17:00"),
        counted=(date(2026, 8, 28), date(2026, 9, 3)),
        skipped=(
            SkippedDay(date(2026, 8, 29)),
            SkippedDay(date(2026, 8, 30)),
            SkippedDay(date(2026, 8, 31), Kind.MAKEUP_OFF, "Nghỉ hoán đổi"),
            SkippedDay(date(2026, 9, 1), Kind.HOLIDAY, "Quốc khánh"),
            SkippedDay(date(2026, 9, 2), Kind.HOLIDAY, "Quốc khánh"),
        ),
    )


def test_explain_no_days_from_a_weekend_shows_the_weekend():
    explanation = OFFICE.explain(at("2020-06-20 09:00"), 0)

    assert explanation.skipped == (SkippedDay(date(2020, 6, 20)), SkippedDay(date(2020, 6, 21)))
    assert explanation.counted == (date(2020, 6, 22),)


def test_module_needs_the_standard_library_only():
    tree = ast.parse(Path(working_days.__file__).read_text())
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}

    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names
