import ast
import sys
from datetime import UTC, date, datetime, time, timedelta
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from holidays import country_holidays
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.authority import SYSTEM
from notifications.models import Event
from workflows import working_days
from workflows.domain import calendars
from workflows.domain.errors import DomainError
from workflows.models.calendar import CalendarDay, DayKind
from workflows.working_days import Calendar, Explanation, Kind, SkippedDay, last_day_before

VN = ZoneInfo("Asia/Ho_Chi_Minh")
ANNOUNCED = {day.date: Kind(day.kind) for day in calendars.announced_days(range(2013, 2029))}
OFFICE = Calendar(ANNOUNCED)
WEEKDAYS_ONLY = Calendar({})
NAIVE = datetime(2020, 6, 19)  # noqa: DTZ001 -- what is refused


def at(text):
    """A local moment: `2020-01-22 09:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=VN)


@pytest.fixture(autouse=True)
def fresh_calendar():
    calendars.invalidate()
    yield
    calendars.invalidate()


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


# --- properties, against a calendar walked day by day -------------------------------------------------------

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


def test_module_needs_the_standard_library_only():
    tree = ast.parse(Path(working_days.__file__).read_text())
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}

    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names


# --- the table ----------------------------------------------------------------------------------------------


def test_kinds_of_the_table_are_those_of_the_calendar():
    assert set(DayKind.values) == {kind.value for kind in Kind}


def test_announced_days_work_on_every_swapped_weekend_of_the_package():
    package = country_holidays("VN", years=range(2013, 2029))
    swapped = {day for day in package.weekend_workdays if 2013 <= day.year < 2029}

    assert {day for day, kind in ANNOUNCED.items() if kind == Kind.SWAPPED_WORK} == swapped | {
        date(2026, 1, 10)
    }


def test_announced_days_of_a_year_reach_over_its_turn():
    days = {day.date: (day.kind, day.name, day.source) for day in calendars.announced_days([2014])}

    assert days[date(2014, 12, 27)][:2] == (DayKind.SWAPPED_WORK, "Làm bù cho ngày 02/01/2015")
    assert {day.year for day in days} == {2014}


def test_announced_days_cite_their_rule():
    days = {day.date: day for day in calendars.announced_days([2020, 2026])}

    assert days[date(2020, 1, 25)].source.startswith("Bộ luật Lao động 2012, Điều 115 (holidays ")
    assert days[date(2026, 4, 30)].source.startswith("Bộ luật Lao động 2019, Điều 111 và 112 (holidays ")
    assert days[date(2026, 8, 31)].source.startswith("Thông báo hoán đổi ngày làm việc (holidays ")
    assert days[date(2026, 1, 2)].source == "Văn bản 12729/VPCP-KGVX ngày 25/12/2025"
    assert days[date(2026, 11, 24)].source.startswith("Nghị quyết 80-NQ/TW")


def test_announced_days_of_no_year_are_none():
    assert calendars.announced_days([]) == []


def test_announced_days_name_no_date_twice():
    dates = [day.date for day in calendars.announced_days(range(2013, 2031))]

    assert dates == sorted(set(dates))


@pytest.mark.django_db
@pytest.mark.parametrize("fields", [{"kind": "FEAST"}, {"source": ""}])
def test_calendar_day_refuses_unknown_kinds_and_missing_sources(fields):
    row = {"date": date(2020, 7, 1), "kind": "HOLIDAY", "name": "Ngày nghỉ", "source": "Quyết định"} | fields

    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarDay.objects.create(**row)


@pytest.mark.django_db
def test_seed_calendar_writes_the_years_once():
    first, second = calendars.seed_calendar([2020, 2026]), calendars.seed_calendar([2020, 2026])

    rows = dict(CalendarDay.objects.values_list("date", "kind"))
    assert (first, second) == (len(rows), 0)
    assert rows == {day: kind for day, kind in ANNOUNCED.items() if day.year in {2020, 2026}}
    assert rows[date(2026, 8, 22)] == "SWAPPED_WORK"
    assert rows[date(2026, 8, 31)] == "MAKEUP_OFF"


@pytest.mark.django_db
def test_seed_calendar_keeps_corrected_rows():
    corrected = {
        "date": date(2026, 8, 31),
        "kind": "SWAPPED_WORK",
        "name": "Làm việc",
        "source": "CV 1/UBND-VP",
    }
    CalendarDay.objects.create(**corrected)

    calendars.seed_calendar([2026])

    assert CalendarDay.objects.values(*corrected).get(date=date(2026, 8, 31)) == corrected


@pytest.mark.django_db
def test_seed_calendar_costs_two_statements():
    with CaptureQueriesContext(connection) as queries:
        calendars.seed_calendar([2019, 2020, 2021])

    assert [query["sql"].split()[0] for query in queries if "SAVEPOINT" not in query["sql"]] == [
        "SELECT",
        "INSERT",
    ]


# --- the cached calendar ------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_load_calendar_costs_one_statement_then_none(django_assert_num_queries):
    with django_assert_num_queries(1):
        first = calendars.load_calendar()
    with django_assert_num_queries(0):
        second = calendars.load_calendar()

    assert first is second


@pytest.mark.django_db
@pytest.mark.parametrize("seeded", [[], [2020]])
def test_load_calendar_knows_tet_of_seeded_and_unseeded_years(seeded):
    calendars.seed_calendar(seeded)

    office = calendars.load_calendar()

    assert office.explain(at("2020-01-22 09:00"), 1).skipped[0] == SkippedDay(
        date(2020, 1, 23), Kind.MAKEUP_OFF, "29 Tết"
    )
    assert not office.is_working_day(date(2021, 2, 12))


@pytest.mark.django_db
def test_load_calendar_sees_a_correction_of_an_announced_day_at_once():
    before = calendars.load_calendar().is_working_day(date(2026, 8, 31))

    calendars.set_day(
        date(2026, 8, 31), kind=DayKind.SWAPPED_WORK, name="Làm việc", source="CV 1/UBND-VP", actor=SYSTEM
    )

    assert (before, calendars.load_calendar().is_working_day(date(2026, 8, 31))) == (False, True)


@pytest.mark.django_db
def test_load_calendar_sees_foreign_writes_after_a_minute(monkeypatch):
    clock = [1000.0]
    monkeypatch.setattr(calendars, "monotonic", lambda: clock[0])
    calendars.load_calendar()
    CalendarDay.objects.create(date=date(2020, 7, 1), kind="HOLIDAY", name="Nghỉ bão", source="CV 1/UBND-VP")

    seen = []
    for passed in (0, calendars.CACHE_SECONDS - 1, calendars.CACHE_SECONDS):
        clock[0] = 1000.0 + passed
        seen.append(calendars.load_calendar().is_working_day(date(2020, 7, 1)))

    assert seen == [True, True, False]


@pytest.mark.django_db
def test_load_calendar_keeps_nothing_read_before_a_write(monkeypatch):
    def read_then_overtaken():
        calendars.invalidate()  # a write ends while the rows are on their way
        return WEEKDAYS_ONLY

    monkeypatch.setattr(calendars, "_read_calendar", read_then_overtaken)
    calendars.load_calendar()
    monkeypatch.undo()

    assert not calendars.load_calendar().is_working_day(date(2020, 1, 1))


@pytest.mark.django_db
def test_writing_forgets_again_on_commit(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        calendars.seed_calendar([2020])
        read_before_commit = calendars.load_calendar()

    assert calendars.load_calendar() is not read_before_commit


# --- acts and due moments -----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_set_day_replaces_the_row_and_is_recorded():
    calendars.seed_calendar([2026])

    day = calendars.set_day(
        date(2026, 8, 31), kind=DayKind.SWAPPED_WORK, name=" Làm việc ", source="CV 1/UBND-VP", actor=SYSTEM
    )

    assert CalendarDay.objects.filter(date=date(2026, 8, 31)).values_list("kind", "name").get() == (
        "SWAPPED_WORK",
        "Làm việc",
    )
    event = Event.objects.get(chain="calendar")
    assert (event.kind, event.subject_id, event.data) == (
        "calendar.day_set",
        str(day.pk),
        {"date": "2026-08-31", "kind": "SWAPPED_WORK", "name": "Làm việc", "source": "CV 1/UBND-VP"},
    )


@pytest.mark.django_db
def test_set_day_without_a_source_changes_nothing():
    with pytest.raises(DomainError) as refusal:
        calendars.set_day(date(2020, 7, 1), kind=DayKind.HOLIDAY, name="Nghỉ", source=" ", actor=SYSTEM)

    assert refusal.value.field == "source"
    assert (CalendarDay.objects.count(), Event.objects.count()) == (0, 0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("term_key", "due"),
    [
        ("draft", "2020-07-03"),
        ("opinion", "2020-06-26"),
        ("review", "2020-06-29"),
        ("decision", "2020-06-24"),
    ],
)
def test_due_after_counts_the_term_of_the_settings(settings, term_key, due):
    days = {"draft": 10, "opinion": 5, "review": 6, "decision": 3}
    settings.TERMS = {key: {"days": n, "citation": "Quy chế"} for key, n in days.items()}

    assert calendars.due_after(term_key, at("2020-06-19 09:00")) == at(f"{due} 17:00")


# --- the command --------------------------------------------------------------------------------------------


def run(*args):
    out = StringIO()
    call_command("seed_calendar", *args, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_seed_calendar_command_fills_this_year_and_the_next():
    with time_machine.travel(
        datetime(2026, 12, 31, 18, 0, tzinfo=UTC), tick=False
    ):  # already 2027 in Việt Nam
        run()

    assert {day.year for day in CalendarDay.objects.values_list("date", flat=True)} == {2027, 2028}


@pytest.mark.django_db
def test_seed_calendar_command_sets_a_day_and_says_so():
    said = run("2020", "--set", "2020-07-01", "HOLIDAY", "Nghỉ bão", "CV 1/UBND-VP")

    rows = sum(day.year == 2020 for day in ANNOUNCED)
    assert said == f"set: 01/07/2020 Nghỉ bão, HOLIDAY\ncalendar days added: {rows}\n"
    assert CalendarDay.objects.count() == rows + 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "values",
    [
        ("01/07/2020", "HOLIDAY", "Nghỉ", "CV 1"),
        ("2020-07-01", "FEAST", "Nghỉ", "CV 1"),
        ("2020-07-01", "HOLIDAY", "Nghỉ", ""),
    ],
)
def test_seed_calendar_command_refuses_what_it_does_not_understand(values):
    with pytest.raises(CommandError):
        run("2020", "--set", *values)

    assert CalendarDay.objects.count() == 0
