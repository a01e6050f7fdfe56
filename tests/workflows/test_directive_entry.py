"""Entering a directive through its form."""

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone

from tests.factories import make_agency
from tests.workflows.entry_desk import NEW, entry, marked, page_of
from workflows.domain.calendars import load_calendar
from workflows.models import Assignment, CaseTask, Directive, Product, Role

pytestmark = pytest.mark.django_db


def test_clerk_enters_a_directive(world, clerk, client):
    response = client.post(NEW, entry(world))

    directive = Directive.objects.get()
    assert (response.status_code, response["Location"]) == (302, page_of(directive))
    assert (directive.code, directive.issued_on, directive.state) == (
        "3983/UBND-TKTH",
        date(2020, 6, 19),
        "DRAFT",
    )
    assert (directive.urgency, directive.issuer) == ("URGENT", world.committee)
    assert directive.base_list == ["84/NQ-CP", "17/NQ-CP"]
    (assignment,) = directive.assignments.all()
    assert (assignment.lead, assignment.product, assignment.due_phrase) == (
        world.lead,
        "PLAN",
        "trước ngày 15/7",
    )
    assert {part.agency for part in assignment.participations.filter(role=Role.COORDINATE)} == set(
        world.others
    )
    assert not CaseTask.objects.exists()


@pytest.mark.parametrize("text", ["19/6/20", "19-6-2020", "190620"])
def test_date_is_read_day_first(world, clerk, client, text):
    client.post(NEW, entry(world, issued_on=text))

    assert Directive.objects.get().issued_on == date(2020, 6, 19)


def test_due_date_ends_when_the_office_closes(world, clerk, client):
    due_on = load_calendar().next_working_day(timezone.localdate() + timedelta(days=7))

    client.post(NEW, entry(world, **{"rows-0-due_on": f"{due_on:%d/%m/%Y}"}))

    due_at = timezone.localtime(Assignment.objects.get().due_at)
    assert (due_at.date(), due_at.hour) == (due_on, 17)


def test_same_form_sent_twice_enters_one_directive(world, clerk, client):
    given = entry(world)

    answers = [client.post(NEW, given) for _ in range(2)]

    assert {answer["Location"] for answer in answers} == {page_of(Directive.objects.get())}


def test_number_that_is_registered_is_marked(world, clerk, client):
    client.post(NEW, entry(world))

    response = client.post(NEW, entry(world))

    assert (response.status_code, marked(response), Directive.objects.count()) == (422, {"number"}, 1)


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"number": ""}, {"number"}),
        ({"number": "0"}, {"number"}),
        ({"number": "1" * 30}, {"number"}),
        ({"symbol": "UBND TKTH/1"}, {"symbol"}),
        ({"issued_on": "2020"}, {"issued_on"}),
        ({"issued_on": "31/02/2020"}, {"issued_on"}),
        ({"issued_on": "01/01/2199"}, {"issued_on"}),
        ({"urgency": "x"}, {"urgency"}),
        ({"subject": "x" * 501}, {"subject"}),
        ({"subject": "a\x00b"}, {"subject"}),
        ({"rows-0-title": ""}, {"rows-0-title"}),
        ({"rows-0-title": "x" * 301}, {"rows-0-title"}),
        ({"rows-0-text": "x" * 20_001}, {"rows-0-text"}),
        ({"rows-0-lead": "999999"}, {"rows-0-lead"}),
        ({"rows-0-lead": "abc"}, {"rows-0-lead"}),
        ({"rows-0-lead": "", "rows-0-coordinating": []}, {"rows-0-lead"}),
        ({"rows-0-addressees": "Các sở"}, {"rows-0-addressees"}),
        ({"rows-0-coordinating": ["999999"]}, {"rows-0-coordinating"}),
        ({"rows-0-due_on": "01/07/2020"}, {"rows-0-due_on"}),
        ({"rows-0-due_on": "32/07/2020"}, {"rows-0-due_on"}),
        ({"rows-0-due_phrase": "x" * 121}, {"rows-0-due_phrase"}),
        ({"rows-0-product": "x"}, {"rows-0-product"}),
    ],
)
def test_bad_input_is_marked_on_its_field_and_keeps_every_word(world, clerk, client, changes, fields):
    response = client.post(NEW, entry(world, **changes))

    assert (response.status_code, marked(response), Directive.objects.count()) == (422, fields, 0)
    html = response.content.decode()
    for text in {"Triển khai Nghị quyết", "Chủ trì xây dựng kế hoạch", "trước ngày 15/7"} - set(changes):
        if not set(changes) & {"subject", "rows-0-text", "rows-0-due_phrase"}:
            assert text in html


def test_lead_that_also_coordinates_is_marked(world, clerk, client):
    response = client.post(NEW, entry(world, **{"rows-0-coordinating": [str(world.lead.pk)]}))

    assert marked(response) == {"rows-0-coordinating"}


def test_agency_that_no_longer_exists_is_unknown(world, clerk, client):
    gone = make_agency("gone")
    gone.valid_to = date(2020, 1, 1)
    gone.save(update_fields=["valid_to"])

    assert marked(client.post(NEW, entry(world, **{"rows-0-lead": str(gone.pk)}))) == {"rows-0-lead"}


def test_umbrella_assignment_is_entered_with_addressees(world, clerk, client):
    given = entry(
        world, **{"rows-0-lead": "", "rows-0-coordinating": [], "rows-0-addressees": "Các sở, ban, ngành"}
    )

    client.post(NEW, given)

    assignment = Assignment.objects.get()
    assert assignment.is_umbrella
    assert (assignment.product, assignment.addressees) == (Product.ONGOING, "Các sở, ban, ngành")


def test_button_adds_a_row_and_loses_nothing(world, clerk, client):
    given = entry(world, op="add-row", subject="", issued_on="sai", **{"rows-0-title": "Giữ lại"})

    response = client.post(NEW, given)

    html = response.content.decode()
    assert (response.status_code, marked(response), len(response.context["rows"])) == (200, set(), 2)
    assert 'name="rows-TOTAL_FORMS" value="2"' in html
    assert re.search(r'name="issued_on"[^>]*value="sai"|value="sai"[^>]*name="issued_on"', html)
    assert 'value="Giữ lại"' in html
    assert given["key"] in html
    assert html.count("checked") - html.count('id="keys-on"') == len(world.others)
    assert f'<option value="{world.lead.pk}" selected>' in html


def test_button_takes_a_row_off(world, clerk, client):
    given = entry(world, op="remove-row:0", **{"rows-TOTAL_FORMS": "2", "rows-1-title": "Còn lại"})

    response = client.post(NEW, given)

    assert [row["title"].value() for row in response.context["rows"]] == ["Còn lại"]


def test_blank_row_is_no_assignment(world, clerk, client):
    blank = {
        "rows-TOTAL_FORMS": "2",
        "rows-1-title": "",
        "rows-1-product": "REPORT",
        "rows-1-modality": "ORDER",
    }

    client.post(NEW, entry(world, **blank))

    assert Assignment.objects.count() == 1


@pytest.mark.parametrize("total", ["", "x", "-1", str(10**9)])
def test_number_of_rows_out_of_reason_is_refused(world, clerk, client, total):
    response = client.post(NEW, entry(world, **{"rows-TOTAL_FORMS": total}))

    assert (response.status_code, Directive.objects.count()) == (422, 0)


@pytest.mark.parametrize("username", ["skhdt.specialist", "vp.head", "ubnd.chair"])
def test_others_may_not_enter(world, client, username):
    client.force_login(world.who(username))

    assert [client.get(NEW).status_code, client.post(NEW, entry(world)).status_code] == [404, 404]
    assert not Directive.objects.exists()


@pytest.mark.parametrize("rows", [1, 3])
def test_empty_form_asks_five_statements(world, clerk, client, django_assert_num_queries, rows):
    given = entry(world, op="add-row", **{"rows-TOTAL_FORMS": str(rows)})

    with django_assert_num_queries(6):
        response = client.post(NEW, given)

    assert len(response.context["rows"]) == rows + 1
