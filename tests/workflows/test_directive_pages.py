"""The register, one directive, entering one and issuing it."""

import re
from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories import advance, make_agency, make_directive, make_member, make_world, start
from workflows.domain.calendars import load_calendar
from workflows.domain.directives import AssignmentInput
from workflows.models import Assignment, CaseTask, Directive, DirectiveState, InboxEntry, Product, Role
from workflows.views.keyset import PAGE

LIST, NEW = "/directives/", "/directives/new/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    load_calendar()
    return make_world()


@pytest.fixture
def clerk(world, client):
    """Sign the Office's clerk in."""
    client.force_login(world.who("vp.clerk"))
    return world.who("vp.clerk")


def page_of(directive):
    return reverse("directive", args=[directive.public_id])


def codes(response):
    return [row["code"] for row in response.context["rows"]]


# --- the register ---------------------------------------------------------------------------------------------------


def test_office_sees_issued_and_entered(world, clerk, client):
    issued, entered = start(world).directive, make_directive(world)

    assert codes(client.get(LIST)) == [entered.code, issued.code]
    assert codes(client.get(LIST, {"state": "DRAFT"})) == [entered.code]
    assert codes(client.get(LIST, {"state": "ISSUED"})) == [issued.code]


def test_agency_sees_only_issued_directives_it_takes_part_in(world, client):
    own = start(world).directive
    make_directive(world)
    other = make_agency("other")
    make_member(other, "HEAD")
    start(world, AssignmentInput(title="Việc của cơ quan khác", text="Việc", lead=other))
    client.force_login(world.who("skhdt.head"))

    response = client.get(LIST)

    assert codes(response) == [own.code]
    assert (response.context["states"], response.context["can_register"]) == ([], False)


def test_search_finds_without_diacritics(world, clerk, client):
    directive = start(world).directive

    assert codes(client.get(LIST, {"q": "TRIEN KHAI"})) == [directive.code]
    assert codes(client.get(LIST, {"q": directive.code.lower()})) == [directive.code]
    assert codes(client.get(LIST, {"q": "không có gì"})) == []


@pytest.mark.parametrize("text", ["03/UBND-TKTH", "3/ubnd-tkth", "03/"])
def test_search_finds_a_number_as_it_is_printed(world, clerk, client, text):
    directive = make_directive(world)
    Directive.objects.filter(pk=directive.pk).update(number=3, search_text="3/ubnd-tkth trien khai")

    assert codes(client.get(LIST, {"q": text})) == ["03/UBND-TKTH"]


def test_register_pages_lose_nothing_and_keep_the_search(world, clerk, client):
    for _ in range(PAGE + 2):
        make_directive(world)

    first = client.get(LIST, {"q": "trien khai"})
    second = client.get(first.context["next_url"])

    assert (len(codes(first)), len(codes(second)), second.context["next_url"]) == (PAGE, 2, "")
    assert set(codes(first)).isdisjoint(codes(second))
    assert parse_qs(urlsplit(first.context["next_url"]).query)["q"] == ["trien khai"]


@pytest.mark.parametrize("query", [{"after": "x"}, {"after": "2020-06-30~x"}, {"q": "\x00"}, {"state": "x"}])
def test_nonsense_in_the_address_is_left_out(world, clerk, client, query):
    make_directive(world)

    assert len(codes(client.get(LIST, query))) == 1


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize("username", ["vp.clerk", "skhdt.head"])
def test_register_asks_five_statements(world, client, django_assert_num_queries, number, username):
    for _ in range(number):
        start(world)
    client.force_login(world.who(username))

    with django_assert_num_queries(5):
        response = client.get(LIST)

    assert len(codes(response)) == number


# --- one directive --------------------------------------------------------------------------------------------------


def test_directive_says_who_holds_each_case(world, clerk, client):
    assignment = start(world)
    advance(world, assignment, "prepare_opinion")

    response = client.get(page_of(assignment.directive))

    (row,) = response.context["rows"]
    assert (row["lead"], row["stage"], row["is_readable"]) == ("SKHDT", 4, True)
    assert [holder.short for holder in response.context["chosen"]["holders"]] == ["S01", "S02"]
    assert [stage.state for stage in response.context["chosen"]["line"]] == ["ok"] * 3 + ["cur"] + [
        "next"
    ] * 4


def test_selected_assignment_follows_the_address(world, clerk, client):
    rows = [AssignmentInput(title=f"Việc {n}", text="Việc", lead=world.lead) for n in (1, 2, 3)]
    directive = start(world, *rows).directive

    chosen = [
        client.get(page_of(directive), {"a": a}).context["chosen"]["assignment"].number
        for a in ("2", "x", "9")
    ]

    assert chosen == [2, 1, 1]


def test_case_of_others_shows_what_the_document_says_and_no_more(world, client):
    other = make_agency("other")
    make_member(other, "HEAD")
    directive = start(
        world,
        AssignmentInput(title="Việc của ta", text="Việc", lead=world.lead),
        AssignmentInput(title="Việc của họ", text="Việc", lead=other),
    ).directive
    theirs = directive.assignments.get(number=2)
    client.force_login(world.who("skhdt.head"))

    response = client.get(page_of(directive), {"a": "2"})
    html = response.content.decode()

    assert (response.context["rows"][1]["title"], response.context["rows"][1]["holder"]) == (
        "Việc của họ",
        "",
    )
    assert (response.context["chosen"]["holders"], response.context["chosen"]["line"]) == ([], [])
    assert reverse("assignment", args=[theirs.public_id]) not in html


@pytest.mark.parametrize("username", ["s01.head", "vp.head"])
def test_directive_that_is_not_issued_is_absent(world, client, username):
    directive = make_directive(world)
    client.force_login(world.who(username))

    assert client.get(page_of(directive)).status_code == 404


def test_umbrella_assignment_has_no_stages(world, clerk, client):
    directive = start(
        world, AssignmentInput(title="Tất cả", text="Việc", addressees="Các sở, ban, ngành")
    ).directive

    response = client.get(page_of(directive))

    assert response.context["rows"][0]["lead"] == "Các sở, ban, ngành"
    assert response.context["chosen"]["line"] == []


@pytest.mark.parametrize("number", [1, 3])
def test_directive_asks_nine_statements(world, clerk, client, django_assert_num_queries, number):
    rows = [AssignmentInput(title=f"Việc {n}", text="Việc", lead=world.lead) for n in range(number)]
    directive = start(world, *rows).directive

    with django_assert_num_queries(9):
        response = client.get(page_of(directive))

    assert len(response.context["rows"]) == number


# --- entering -------------------------------------------------------------------------------------------------------


def entry(world, **changes):
    """Return what the clerk's browser sends for one sound assignment."""
    fields = {
        "key": str(uuid4()),
        "number": "3983",
        "symbol": "UBND-TKTH",
        "issued_on": "19/06/2020",
        "urgency": "URGENT",
        "subject": "Triển khai Nghị quyết",
        "bases": "84/NQ-CP\n17/NQ-CP",
        "rows-TOTAL_FORMS": "1",
        "rows-INITIAL_FORMS": "0",
        "rows-0-title": "Kế hoạch thực hiện",
        "rows-0-text": "Chủ trì xây dựng kế hoạch",
        "rows-0-lead": str(world.lead.pk),
        "rows-0-coordinating": [str(agency.pk) for agency in world.others],
        "rows-0-product": "PLAN",
        "rows-0-modality": "ORDER",
        "rows-0-due_phrase": "trước ngày 15/7",
    }
    return fields | changes


def marked(response):
    """Return the fields the page marks."""
    html = response.content.decode()
    return set(re.findall(r'<span class="err-msg" id="id_([\w-]+)_error">', html))


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

    with django_assert_num_queries(5):
        response = client.post(NEW, given)

    assert len(response.context["rows"]) == rows + 1


# --- issuing --------------------------------------------------------------------------------------------------------


def issue(client, directive, key=None):
    url = reverse("directive-issue", args=[directive.public_id])
    return client.post(url, {"key": key or str(uuid4())}, follow=True)


def test_clerk_issues_and_the_cases_start(world, clerk, client):
    directive = make_directive(world)
    assert client.get(page_of(directive)).context["can_issue"]

    response = issue(client, directive)

    directive.refresh_from_db()
    assert (directive.state, response.context["can_issue"]) == (DirectiveState.ISSUED, False)
    assert InboxEntry.objects.open().filter(task__process__assignment__directive=directive).exists()


@pytest.mark.parametrize("same_key", [True, False])
def test_directive_is_issued_once(world, clerk, client, same_key):
    directive, key = make_directive(world), str(uuid4())

    for _ in range(2):
        assert issue(client, directive, key if same_key else None).status_code == 200

    assert CaseTask.objects.human().count() == 1


@pytest.mark.parametrize("username", ["skhdt.specialist", "vp.head"])
def test_others_may_not_issue(world, client, username):
    directive = make_directive(world)
    client.force_login(world.who(username))

    assert issue(client, directive).status_code == 404
    assert not CaseTask.objects.exists()


def test_issuing_takes_a_post(world, clerk, client):
    directive = make_directive(world)

    assert client.get(reverse("directive-issue", args=[directive.public_id])).status_code == 405
