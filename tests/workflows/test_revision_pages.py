"""The revisions of a plan through their URL, and the comparison of any two."""

import pytest

from tests.factories import act, actor, advance, start
from tests.workflows.plan_desk import signed_in, url
from workflows.domain import editing, plans

pytestmark = pytest.mark.django_db


# --- revisions --------------------------------------------------------------------------------------------------------


def returns(world, assignment, times):
    """Put the plan forward and have it returned as often as said; each time one more revision."""
    for n in range(times):
        act(
            world.who("vp.specialist"),
            assignment,
            "review",
            "refuse",
            grounds=["MISSING_PARTS"],
            text="Thiếu phụ lục",
        )
        revision = plans.current_revision(assignment)
        p = revision.paragraphs.get(position=99)
        editing.save_paragraph(
            revision,
            p.key,
            version=1,
            text=f"Lần {n}",
            base=p.text,
            actor=actor(world.who("skhdt.specialist")),
        )
        act(world.who("skhdt.specialist"), assignment, "dispose", "finish")
        act(world.who("skhdt.head"), assignment, "sign_submission", "submit")


def test_revisions_are_listed_and_the_newest_two_compared(world, drafter):
    assignment = start(world)
    advance(world, assignment, "review")
    returns(world, assignment, 1)

    page = drafter.get(url(assignment, "plan-revisions"))

    assert [each.revision.number for each in page.context["rows"]] == [3, 2, 1]
    assert (page.context["old"].number, page.context["new"].number) == (2, 3)
    (change,) = page.context["changes"]
    assert "Lần 0" in "".join(piece.text for piece in change.parts[0].segments)


@pytest.mark.parametrize(
    ("asked", "pair"),
    [
        ({"from": "1", "to": "3"}, (1, 3)),
        ({"from": "3", "to": "1"}, (1, 3)),
        ({"from": "x", "to": "9"}, (2, 3)),
        ({"from": "2", "to": "2"}, (2, 2)),
    ],
)
def test_any_two_revisions_are_compared_older_first(world, drafter, asked, pair):
    assignment = start(world)
    advance(world, assignment, "review")
    returns(world, assignment, 1)

    page = drafter.get(url(assignment, "plan-revisions"), asked)

    assert (page.context["old"].number, page.context["new"].number) == pair


def test_revisions_of_an_agency_are_those_it_was_sent(world, drafter):
    assignment = start(world)
    advance(world, assignment, "review")

    page = signed_in(world.who("s01.head")).get(url(assignment, "plan-revisions"), {"from": "1", "to": "2"})

    assert [each.revision.number for each in page.context["rows"]] == [1]
    assert page.context["old"] is None
    office = signed_in(world.who("vp.head")).get(url(assignment, "plan-revisions"))
    assert [each.revision.number for each in office.context["rows"]] == [2]


@pytest.mark.parametrize("times", [0, 2])
def test_revisions_cost_the_same_however_many(world, drafter, django_assert_num_queries, times):
    assignment = start(world)
    advance(world, assignment, "review")
    returns(world, assignment, times)
    drafter.get(url(assignment, "plan-revisions"))

    with django_assert_num_queries(18):
        page = drafter.get(url(assignment, "plan-revisions"))

    assert len(page.context["rows"]) == 2 + times
