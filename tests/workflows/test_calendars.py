"""The calendar of the database: its rows, the copy each process keeps, setting a day, the command."""

from datetime import UTC, date, datetime
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from holidays import country_holidays

from accounts.authority import SYSTEM
from notifications.models import Event
from tests.workflows.office_calendar import ANNOUNCED, WEEKDAYS_ONLY, at
from workflows.domain import calendars
from workflows.domain.errors import DomainError
from workflows.models.calendar import CalendarDay, DayKind
from workflows.working_days import Kind, SkippedDay


@pytest.fixture(autouse=True)
def fresh_calendar():
    calendars.invalidate()
    yield
    calendars.invalidate()


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
    before = CalendarDay.objects.get(date=date(2026, 8, 31))

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
        {
            "date": "2026-08-31",
            "kind": "SWAPPED_WORK",
            "name": "Làm việc",
            "source": "CV 1/UBND-VP",
            "before": {"kind": before.kind, "name": before.name, "source": before.source},
        },
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
