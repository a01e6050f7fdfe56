"""The administrator's pages of agencies: list, names without gap or overlap, the end with its successor."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.authority import Actor
from accounts.domain import directory
from accounts.domain.errors import DomainError
from accounts.models import Agency, AgencyKind, AgencyName, Position
from tests.administering import browser_of, errors, make_administrator, recorded, send
from tests.factories import LONG_AGO, make_agency, make_member

pytestmark = pytest.mark.django_db
LIST = reverse("administration-agencies")
COST = 5  # SQL statements of the list: session, person, hats and bell of the frame, the page


@pytest.fixture
def administrator():
    return make_administrator()


@pytest.fixture
def client(administrator):
    return browser_of(administrator)


@pytest.fixture
def agency():
    return make_agency("stc", symbol="STC")


def page_of(agency):
    return reverse("administration-agency", args=[agency.code])


def names(agency):
    return list(agency.names.order_by("valid_from").values_list("full_name", "valid_from", "valid_to"))


@pytest.mark.parametrize("number", [1, 3])
def test_list_costs_the_same_whatever_its_rows(client, number, django_assert_num_queries):
    for n in range(number):
        make_member(make_agency(f"s{n:02d}"), Position.HEAD)
    client.get(LIST)

    with django_assert_num_queries(COST):
        answer = client.get(LIST)

    assert [row.code for row in answer.context["rows"]] == [f"s{n:02d}" for n in range(number)]
    assert [row.held for row in answer.context["rows"]] == [1] * number


def test_list_is_paged_in_order(client):
    for n in range(33):
        make_agency(f"s{n:02d}")

    first = client.get(f"{LIST}?kind=DEPARTMENT")
    second = client.get(first.context["next_url"])

    assert [row.code for row in first.context["rows"]] == [f"s{n:02d}" for n in range(30)]
    assert [row.code for row in second.context["rows"]] == ["s30", "s31", "s32"]
    assert second.context["next_url"] == ""
    assert second.context["first_url"] == f"{LIST}?kind=DEPARTMENT"


def test_list_is_searched_without_diacritics_also_by_an_old_name(client, agency):
    make_agency("sxd")
    AgencyName.objects.filter(agency=agency).update(
        full_name="Sở Tài chính – Vật giá", valid_to=date(2018, 1, 1)
    )
    AgencyName.objects.create(
        agency=agency, full_name="Sở Tài chính", short_name="STC", valid_from=date(2018, 1, 1)
    )

    def found(query):
        return [row.code for row in client.get(f"{LIST}?{query}").context["rows"]]

    assert found("q=so+tai+chinh") == ["stc"]
    assert found("q=VAT+GIA") == ["stc"]
    assert found("q=khong+co") == []
    assert found("kind=OFFICE") == []


def test_list_shows_ended_agencies_only_when_asked(client, agency):
    other = make_agency("sct")
    Agency.objects.filter(pk=other.pk).update(valid_to=date(2020, 1, 1), successor=agency)

    def found(state):
        return [row.code for row in client.get(f"{LIST}?state={state}").context["rows"]]

    assert (found(""), found("ended"), found("all")) == (["stc"], ["sct"], ["sct", "stc"])


def test_new_name_ends_the_one_before_on_its_day(client, agency):
    typed = {"full_name": "Sở Tài chính mới", "short_name": "STC mới", "on": "01/03/2026"}

    answer = send(client, page_of(agency), "rename", **typed)

    assert answer.status_code == 302
    assert names(agency) == [
        ("Cơ quan stc", LONG_AGO, date(2026, 3, 1)),
        ("Sở Tài chính mới", date(2026, 3, 1), None),
    ]
    assert recorded() == [
        (
            "agency.renamed",
            {
                "agency": "stc",
                "before": {"full_name": "Cơ quan stc", "short_name": "STC"},
                "after": {
                    "full_name": "Sở Tài chính mới",
                    "short_name": "STC mới",
                    "valid_from": "2026-03-01",
                },
            },
        )
    ]


@pytest.mark.parametrize(
    ("on", "words"),
    [
        ("01/01/2016", "A new one begins after that day"),
        ("31/12/2015", "does not exist on that day"),
        ("30/02/2026", "day/month/year"),
        ("01/01/1800", "This year cannot be meant"),
    ],
)
def test_new_name_that_would_overlap_is_refused(client, agency, on, words):
    answer = send(client, page_of(agency), "rename", full_name="Mới", short_name="M", on=on)

    assert answer.status_code == 422
    assert words in errors(answer)
    assert len(names(agency)) == 1
    assert recorded() == []


def test_form_sent_twice_renames_once(client, agency):
    seen = client.get(page_of(agency)).context["seen"]
    typed = {"full_name": "Mới", "short_name": "M", "on": "01/03/2026"}

    first = send(client, page_of(agency), "rename", seen, **typed)
    second = send(client, page_of(agency), "rename", seen, **typed)

    assert (first.status_code, second.status_code) == (302, 409)
    assert len(names(agency)) == 2
    assert len(recorded()) == 1


def test_second_administrator_is_told_what_the_first_changed(client, agency):
    other = browser_of(make_administrator("quantri2"))
    seen = client.get(page_of(agency)).context["seen"]
    send(other, page_of(agency), "correct", symbol="STC-ĐN", order="5")

    answer = send(client, page_of(agency), "correct", seen, symbol="TC", order="7")

    assert answer.status_code == 409
    assert "Symbol: STC → STC-ĐN; Order: 0 → 5" in errors(answer)
    agency.refresh_from_db()
    assert (agency.symbol, agency.order) == ("STC-ĐN", 5)
    assert answer.context["forms"]["correct"]["symbol"].value() == "TC"
    assert send(client, page_of(agency), "correct", symbol="TC", order="7").status_code == 302


@pytest.mark.parametrize("seen", ["", "x", "e30:1:1"])
def test_form_that_does_not_say_what_was_shown_is_refused(client, agency, seen):
    answer = client.post(
        page_of(agency), {"act": "correct", "seen": seen, "correct-symbol": "X", "correct-order": "1"}
    )

    assert answer.status_code == 409
    assert recorded() == []


def test_correction_that_changes_nothing_records_nothing(client, agency):
    assert send(client, page_of(agency), "correct", symbol="STC", order="0").status_code == 302
    assert recorded() == []


def test_agency_ends_with_its_successor(client, agency):
    successor = make_agency("stckh")

    answer = send(client, page_of(agency), "end", on="01/03/2026", successor=str(successor.pk))

    agency.refresh_from_db()
    assert answer.status_code == 302
    assert (agency.valid_to, agency.successor) == (date(2026, 3, 1), successor)
    assert recorded() == [
        (
            "agency.ended",
            {
                "agency": "stc",
                "before": {"valid_to": None, "successor": None},
                "after": {"valid_to": "2026-03-01", "successor": "stckh"},
            },
        )
    ]


def test_agency_does_not_end_before_it_began_nor_into_one_that_is_not_there_yet(client, agency):
    late = make_agency("moi")
    Agency.objects.filter(pk=late.pk).update(valid_from=date(2030, 1, 1))

    before = send(client, page_of(agency), "end", on="01/01/2016", successor=str(late.pk))
    into_nothing = send(client, page_of(agency), "end", on="01/03/2026", successor=str(late.pk))
    into_itself = send(client, page_of(agency), "end", on="01/03/2026", successor=str(agency.pk))

    assert [each.status_code for each in (before, into_nothing, into_itself)] == [422, 422, 422]
    assert "exists on that day" in errors(into_nothing)
    agency.refresh_from_db()
    assert agency.valid_to is None


def test_agency_is_not_its_own_successor_whoever_asks(administrator, agency):
    with pytest.raises(DomainError) as refused:
        directory.end(agency, on=date(2030, 1, 1), successor=agency, actor=Actor(user=administrator))

    agency.refresh_from_db()
    assert (refused.value.field, agency.valid_to) == ("successor", None)


def test_new_agency_has_its_name_and_positions(client):
    typed = {
        "code": "BQL",
        "symbol": "BQL",
        "kind": AgencyKind.BODY,
        "order": "9",
        "full_name": "Ban Quản lý",
        "short_name": "Ban QL",
        "valid_from": "1/3/2026",
    }

    answer = send(client, reverse("administration-agency-new"), "new", **typed)
    again = send(client, reverse("administration-agency-new"), "new", **typed)

    made = Agency.objects.get(code="bql")
    assert answer.url == page_of(made)
    assert names(made) == [("Ban Quản lý", date(2026, 3, 1), None)]
    assert made.positions.count() == 5
    assert "There is an agency with this code" in errors(again)
    assert [kind for kind, _data in recorded()] == ["agency.created"]


def test_second_committee_is_refused(client):
    make_agency("ubnd", AgencyKind.COMMITTEE, symbol="UBND")
    typed = {"code": "ubnd2", "symbol": "U", "order": "1", "full_name": "U", "short_name": "U"}

    answer = send(
        client,
        reverse("administration-agency-new"),
        "new",
        **typed,
        kind=AgencyKind.COMMITTEE,
        valid_from="01/03/2026",
    )

    assert "one agency of this kind at a time, and UBND is it" in errors(answer)


def test_page_names_who_holds_each_position_today(client, agency):
    head = make_member(agency, Position.HEAD)
    former = make_member(agency, Position.CLERK)
    former.memberships.update(valid_to=date(2020, 1, 1))

    posts = {
        post["name"]: [each.user for each in post["people"]]
        for post in client.get(page_of(agency)).context["posts"]
    }

    assert posts == {"Head": [head], "Clerk": []}
