"""The register of directives: who finds which, the search, its pages."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from tests.factories import actor, make_agency, make_directive, make_member, start
from workflows.domain.directives import register_directive
from workflows.domain.entries import AssignmentInput, DirectiveInput
from workflows.views.keyset import PAGE

LIST = "/directives/"

pytestmark = pytest.mark.django_db


def codes(response):
    return [row["code"] for row in response.context["rows"]]


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
    row = AssignmentInput(title="Báo cáo", text="Báo cáo", lead=world.lead)
    for number in (3, 30):
        given = DirectiveInput(number, "UBND-TKTH", timezone.localdate(), "Triển khai", world.committee)
        register_directive(given, [row], actor=actor(clerk))

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
