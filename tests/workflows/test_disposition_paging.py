"""Many remarks, page by page: none is lost between two pages, and the filter stays."""

from copy import deepcopy

import pytest

from tests.factories import actor
from tests.workflows.answer_desk import consulted, drafted, on
from tests.workflows.plan_desk import url
from workflows.domain import dispositions
from workflows.models import Treatment

pytestmark = [pytest.mark.django_db, pytest.mark.case(agencies=3)]


@pytest.fixture(scope="module")
def kept_many(kept_world, kept_case):
    """Two agencies with 35 remarks each: three pages."""
    key = drafted(kept_case)
    numbered = [on(key, f"Ý {number}") for number in range(35)]
    return consulted(kept_world, kept_case, numbered, numbered)


@pytest.fixture
def many(kept_many):
    return deepcopy(kept_many)


@pytest.fixture
def page(assignment):
    return url(assignment, "plan-dispositions")


def test_pages_hold_thirty_remarks_and_follow_each_other(many, drafter, page):
    seen, address = [], page
    while address:
        answer = drafter.get(address)
        seen.append([row.remark.pk for row in answer.context["rows"]])
        address = answer.context["next_url"]

    assert [len(keys) for keys in seen] == [30, 30, 10]
    assert [key for keys in seen for key in keys] == [remark.pk for remark in many]


def test_filter_stays_on_the_next_page(world, many, drafter, page):
    dispositions.dispose_remarks(
        dict.fromkeys(many[:3], 0),
        dispositions.AnswerToRemark(Treatment.ACCEPTED),
        actor=actor(world.who("skhdt.specialist")),
    )
    first = drafter.get(page, {"state": "open"})

    second = drafter.get(first.context["next_url"])

    assert second.context["asked"].state == "open"
    assert second.context["rows"][0].remark == many[33]
    assert [row.number for row in second.context["rows"]][:2] == [34, 35]


def test_recording_leads_to_the_page_of_the_next_open_remark(many, drafter, page):
    last = many[29]
    given = {"remark": str(last.pk), f"r{last.pk}-treatment": "ACCEPTED", f"r{last.pk}-version": "0"}

    sent = drafter.post(page, given)

    following = drafter.get(sent["Location"])
    assert many[30] in [row.remark for row in following.context["rows"]]


@pytest.mark.parametrize("wrong", ["0", "x", "999999999", "-1", "9" * 40])
def test_nonsense_in_the_address_shows_the_first_page(many, drafter, page, wrong):
    for name in ("after", "at", "edit"):
        assert drafter.get(page, {name: wrong}).context["rows"][0].remark == many[0]
