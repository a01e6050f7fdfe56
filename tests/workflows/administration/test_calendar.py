"""The administrator's page of the calendar: days to come, each with its document, held to what was shown."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.urls import reverse

from accounts.domain.errors import NotAllowedError
from accounts.models import AgencyKind, Position
from tests.administering import browser_of, errors, make_administrator, recorded, send
from tests.factories import actor, make_agency, make_member
from workflows.domain import calendar_changes, calendars
from workflows.models.calendar import CalendarDay

pytestmark = pytest.mark.django_db
PAGE = reverse("administration-calendar")
COST = 6  # SQL statements: session, person, hats, bell, the year for the forms and anew for the page
FRIDAY = {"on": "10/07/2026", "kind": "HOLIDAY", "name": "Nghỉ bão", "source": "CĐ 5/CĐ-UBND"}


@pytest.fixture(autouse=True)
def day():
    with time_machine.travel(datetime(2026, 7, 6, 3, tzinfo=UTC), tick=False) as clock:
        yield clock


@pytest.fixture
def client():
    return browser_of(make_administrator())


def due():
    """Two working days from Thursday the 9th, 8 o'clock."""
    return calendars.load_calendar().add_working_days(datetime(2026, 7, 9, 1, tzinfo=UTC), 2).date()


@pytest.mark.parametrize("number", [1, 3])
def test_page_costs_the_same_whatever_its_days(client, number, django_assert_num_queries):
    for n in range(number):
        CalendarDay.objects.create(date=date(2026, 7, 20 + n), kind="HOLIDAY", name=f"Ngày {n}", source="CV")

    with django_assert_num_queries(COST):
        answer = client.get(PAGE)

    recorded_days = [row["name"] for row in answer.context["rows"] if row["is_recorded"]]
    assert recorded_days == [f"Ngày {n}" for n in range(number)]


def test_page_shows_announced_days_of_a_year_nobody_recorded(client):
    shown = client.get(f"{PAGE}?year=2025").context

    assert shown["year"] == 2025
    assert {row["date"] for row in shown["rows"]} >= {date(2025, 9, 2), date(2025, 4, 30)}
    assert client.get(f"{PAGE}?year=1900").context["year"] == 2026


def test_recorded_day_moves_new_due_moments_and_is_audited(client):
    assert due() == date(2026, 7, 13)

    answer = send(client, PAGE, "set", **FRIDAY)

    assert answer.url == f"{PAGE}?year=2026"
    assert due() == date(2026, 7, 14)
    stated = {"kind": "HOLIDAY", "name": "Nghỉ bão", "source": "CĐ 5/CĐ-UBND"}
    assert recorded("calendar") == [("calendar.day_set", {"date": "2026-07-10", **stated, "before": None})]


def test_day_said_again_records_nothing(client):
    send(client, PAGE, "set", **FRIDAY)
    send(client, PAGE, "set", **FRIDAY)

    assert len(recorded("calendar")) == 1


def test_form_sent_twice_records_once(client):
    seen = client.get(PAGE).context["seen"]

    first = send(client, PAGE, "set", seen, **FRIDAY)
    second = send(client, PAGE, "set", seen, **FRIDAY)

    assert (first.status_code, second.status_code) == (302, 409)
    assert len(recorded("calendar")) == 1


def test_day_is_taken_out_for_a_reason_and_its_weekday_holds_again(client):
    send(client, PAGE, "set", **FRIDAY)
    without = send(client, PAGE, "remove", which="2026-07-10", reason=" ")

    answer = send(client, PAGE, "remove", which="2026-07-10", reason="Bão đổi hướng")

    assert (without.status_code, answer.status_code) == (422, 302)
    assert due() == date(2026, 7, 13)
    kind, data = recorded("calendar")[-1]
    assert (kind, data["reason"], data["before"]["name"]) == (
        "calendar.day_removed",
        "Bão đổi hướng",
        "Nghỉ bão",
    )


@pytest.mark.parametrize("on", ["05/07/2026", "01/01/2026", "31/06/2026", "x"])
def test_day_that_is_over_or_none_is_refused(client, on):
    assert send(client, PAGE, "set", **FRIDAY | {"on": on}).status_code == 422
    assert recorded("calendar") == []


@pytest.mark.parametrize("change", [{"source": ""}, {"name": ""}, {"kind": "FEAST"}])
def test_day_without_its_document_name_or_kind_is_refused(client, change):
    assert send(client, PAGE, "set", **FRIDAY | change).status_code == 422
    assert recorded("calendar") == []


@pytest.mark.parametrize("which", ["2026-07-11", "x", ""])
def test_day_that_is_not_there_is_not_taken_out(client, which):
    send(client, PAGE, "set", **FRIDAY)

    assert send(client, PAGE, "remove", which=which, reason="x").status_code == 422
    assert CalendarDay.objects.count() == 1


def test_second_administrator_is_told_what_the_day_has_become(client):
    other = browser_of(make_administrator("quantri2"))
    seen = client.get(PAGE).context["seen"]
    send(other, PAGE, "set", **FRIDAY)

    same_day = send(client, PAGE, "set", seen, **FRIDAY | {"kind": "SWAPPED_WORK", "name": "Làm bù"})
    other_day = send(client, PAGE, "set", seen, **FRIDAY | {"on": "17/07/2026"})

    assert same_day.status_code == 409
    assert "10/07/2026: – → Public holiday, Nghỉ bão, CĐ 5/CĐ-UBND" in errors(same_day)
    assert other_day.status_code == 302
    assert CalendarDay.objects.get(date=date(2026, 7, 10)).kind == "HOLIDAY"


def test_calendar_is_changed_by_administrators_alone():
    chair = make_member(make_agency("ubnd", AgencyKind.COMMITTEE), Position.CHAIR)

    with pytest.raises(NotAllowedError):
        calendar_changes.decide_day(
            date(2026, 7, 10), kind="HOLIDAY", name="x", source="y", seen="", actor=actor(chair)
        )
    with pytest.raises(NotAllowedError):
        calendar_changes.withdraw_day(date(2026, 7, 10), reason="x", seen="", actor=actor(chair))
