"""The page of one directive: what the document says, and how each of its cases goes."""

import pytest
from django.urls import reverse

from tests.factories import advance, make_agency, make_directive, make_member, start
from tests.workflows.entry_desk import page_of
from workflows.domain.directives import AssignmentInput

pytestmark = pytest.mark.django_db


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
