"""The pages of a ballot: calling it, the slip, the tally sheet, the result on the page of the decision, the case."""

import re

import pytest
from django.conf import settings as site
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from notifications import relay
from tests.workflows.ballot_desk import (
    QUESTION,
    before_the_chair,
    call,
    cast,
    cast_all,
    make_committee,
    slip_task,
    voting,
)
from tests.workflows.desk import Desk, errors
from workflows.domain import calendars
from workflows.flows import timers
from workflows.models import Ballot, BallotSlip, CaseTask, Requirement, Vote
from workflows.models.grant import permission_ids

pytestmark = pytest.mark.django_db

FOR, AGAINST, ABSTAIN = Vote.FOR, Vote.AGAINST, Vote.ABSTAIN
CARRIED = {"chair": FOR, "vice_chair": FOR, "uv1": FOR, "uv2": FOR, "uv3": AGAINST}


@pytest.fixture
def world(db):
    return make_committee()


@pytest.fixture
def running(world):
    return voting(world)


def browser(user):
    client = Client()
    client.cookies[site.LANGUAGE_COOKIE_NAME] = "en"
    client.force_login(user)
    return client


class SlipDesk(Desk):
    """A member's browser, opened on her slip."""

    def __init__(self, user, assignment):
        self.client, self.assignment = browser(user), assignment
        self.task = slip_task(assignment, user)
        self.url = reverse("task", args=[self.task.public_id])


def sheet(user, assignment, **query):
    return browser(user).get(reverse("ballots", args=[assignment.public_id]), query)


def text_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def in_days(days):
    calendar = calendars.load_calendar()
    return timezone.localdate(calendar.add_working_days(timezone.now(), days))


# --- calling ---------------------------------------------------------------------------------------------------------


def test_chair_calls_a_ballot_from_the_page_of_the_decision(world):
    assignment = before_the_chair(world)
    desk = Desk(world.who("ubnd.chair"), assignment, "decide")
    page = desk.html()
    assert 'id="act-ballot"' in page
    assert f'value="{in_days(3):%d/%m/%Y}"' in page

    response = desk.post("ballot", question=QUESTION, due_on=f"{in_days(5):%d/%m/%Y}")

    ballot = Ballot.objects.get()
    assert (response.status_code, ballot.question) == (302, QUESTION)
    assert ballot.due_at == calendars.load_calendar().end_of(in_days(5))


def test_nobody_but_the_chair_is_offered_a_ballot(world):
    assignment = before_the_chair(world)

    assert 'id="act-ballot"' not in Desk(world.who("ubnd.vice_chair"), assignment, "decide").html()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"question": "", "due_on": "ahead"}, "question"),
        ({"question": QUESTION, "due_on": ""}, "due_on"),
        ({"question": QUESTION, "due_on": "today"}, "due_on"),
    ],
)
def test_call_with_input_at_fault_is_refused_on_the_page(world, given, field):
    days = {"ahead": f"{in_days(3):%d/%m/%Y}", "today": f"{timezone.localdate():%d/%m/%Y}", "": ""}
    desk = Desk(world.who("ubnd.chair"), before_the_chair(world), "decide")

    response = desk.post("ballot", **(given | {"due_on": days[given["due_on"]]}))

    assert (response.status_code, set(errors(response)), Ballot.objects.count()) == (422, {field}, 0)


def test_decision_page_is_not_reachable_while_the_members_vote(world, running):
    closed = CaseTask.objects.human().filter(process__assignment=running, verb="ballot").get()

    response = browser(world.who("ubnd.chair")).get(reverse("task", args=[closed.public_id]))

    assert response.headers["Location"] == reverse("assignment", args=[running.public_id])


# --- the slip --------------------------------------------------------------------------------------------------------


def test_slip_says_what_is_asked_and_presets_no_choice(world, running):
    desk = SlipDesk(world.who("ubnd.uv1"), running)

    page = desk.html()

    assert QUESTION in page
    assert re.findall(r'type="radio" name="vote" value="(\w+)"', page) == ["FOR", "AGAINST", "ABSTAIN"]
    assert not re.search(r'type="radio"[^>]*checked', page)
    assert reverse("plan", args=[running.plan.public_id]) in page
    assert "by more than half of all 5 members" in page


def test_slip_offers_the_choices_the_office_has_on_its_form(world, settings):
    settings.BALLOT = settings.BALLOT | {"choices": ("FOR", "AGAINST")}

    page = SlipDesk(world.who("ubnd.uv1"), voting(world)).html()

    assert re.findall(r'type="radio" name="vote" value="(\w+)"', page) == ["FOR", "AGAINST"]


def test_slip_is_handed_in(world, running):
    desk = SlipDesk(world.who("ubnd.uv1"), running)

    response = desk.post("vote", vote=AGAINST, reason="Thiếu nguồn vốn.", amendment="Bổ sung nguồn vốn.")

    slip = BallotSlip.objects.exclude(vote="").get()
    assert (response.status_code, response.headers["Location"]) == (302, reverse("inbox"))
    assert (slip.vote, slip.reason, slip.amendment) == (AGAINST, "Thiếu nguồn vốn.", "Bổ sung nguồn vốn.")


@pytest.mark.parametrize(
    ("given", "field"),
    [({}, "vote"), ({"vote": "MAYBE"}, "vote"), ({"vote": AGAINST, "reason": " "}, "reason")],
)
def test_slip_with_input_at_fault_comes_back_with_every_word(world, running, given, field):
    desk = SlipDesk(world.who("ubnd.uv1"), running)

    response = desk.post("vote", amendment="Bổ sung nguồn vốn.", **given)

    assert (response.status_code, set(errors(response))) == (422, {field})
    assert "Bổ sung nguồn vốn." in response.content.decode()
    assert not BallotSlip.objects.exclude(vote="").exists()


def test_slip_handed_in_twice_is_told(world, running):
    desk = SlipDesk(world.who("ubnd.uv1"), running)
    desk.post("vote", vote=FOR)

    response = desk.post("vote", vote=AGAINST, reason="Đổi ý.")

    assert response.status_code == 409
    assert BallotSlip.objects.exclude(vote="").get().vote == FOR


def test_slip_of_another_member_leads_to_the_case(world, running):
    url = reverse("task", args=[slip_task(running, world.who("ubnd.uv1")).public_id])

    for username in ("ubnd.uv2", "ubnd.chair", "vp.head", "skhdt.head"):
        response = browser(world.who(username)).get(url)
        assert response.headers["Location"] == reverse("assignment", args=[running.public_id]), username
    assert browser(world.who("outsider")).get(url).status_code == 404


def test_slip_page_costs_the_same_whatever_the_number_of_members():
    costs = []
    for members in (1, 3):
        world = make_committee(members)
        desk = SlipDesk(world.who("ubnd.uv1"), voting(world))
        calendars.load_calendar()
        permission_ids()
        desk.get()
        with CaptureQueriesContext(connection) as statements:
            desk.get()
        costs.append(len(statements))

    assert costs == [SLIP_PAGE, SLIP_PAGE]


SLIP_PAGE = 27


# --- the member reads what she is asked about, and nothing else ---


def pages_of(assignment):
    plan = assignment.plan.public_id
    return [
        reverse("assignment", args=[assignment.public_id]),
        reverse("directive", args=[assignment.directive.public_id]),
        reverse("consultation", args=[assignment.public_id]),
        *(
            reverse(name, args=[plan])
            for name in ("plan", "plan-items", "plan-dispositions", "plan-opinions")
        ),
        reverse("plan-opinions-docx", args=[plan]),
        reverse("plan-revisions", args=[plan]),
    ]


def test_member_reads_the_case_she_is_asked_about_and_no_other(world):
    asked, other = voting(world), before_the_chair(world)
    client = browser(world.who("ubnd.uv1"))

    assert {url: client.get(url).status_code for url in pages_of(asked)} == dict.fromkeys(
        pages_of(asked), 200
    )
    assert {url: client.get(url).status_code for url in pages_of(other)} == dict.fromkeys(
        pages_of(other), 404
    )


def test_member_reads_the_case_still_when_the_ballot_is_closed(world, running):
    cast_all(world, running, **CARRIED)
    client = browser(world.who("ubnd.uv3"))

    assert {client.get(url).status_code for url in pages_of(running)} == {200}


def test_member_sees_nothing_before_she_is_asked(world):
    assignment = before_the_chair(world)
    client = browser(world.who("ubnd.uv1"))

    assert {client.get(url).status_code for url in pages_of(assignment)} == {404}


# --- the tally sheet -------------------------------------------------------------------------------------------------

SECRET = "Thiếu nguồn vốn đối ứng."
AMENDMENT = "Bổ sung nguồn vốn đối ứng."


@pytest.fixture
def half_way(world, running):
    """A ballot in which one member has voted against, with a reason and an amendment."""
    cast(world.who("ubnd.uv1"), running, AGAINST, reason=SECRET, amendment=AMENDMENT)
    return running


def finish(world, assignment):
    cast_all(world, assignment, chair=FOR, vice_chair=FOR, uv2=FOR, uv3=ABSTAIN)


def sees(response):
    """Return what of the ballot a page gives away: the slip of the first member, the sum."""
    page = response.content.decode()
    return SECRET in page, 'class="b-sum"' in page


READERS = {
    # who: (status, sees the slip while it runs, sees the slip afterwards)
    "vp.specialist": (200, True, True),
    "vp.head": (200, True, True),
    "ubnd.chair": (200, True, True),
    "ubnd.uv1": (200, True, True),  # her own
    "vp.clerk": (200, False, False),
    "ubnd.vice_chair": (200, False, False),
    "ubnd.uv2": (200, False, False),
    "skhdt.head": (200, False, False),
    "skhdt.specialist": (200, False, False),
    "s01.head": (404, False, False),
    "outsider": (404, False, False),
}


@pytest.mark.parametrize(("username", "expected"), READERS.items())
def test_tally_sheet_tells_each_reader_what_is_hers(world, half_way, username, expected):
    status, before, after = expected
    user = world.who(username)

    response = sheet(user, half_way)
    assert (response.status_code, *sees(response)) == (status, before, False)

    finish(world, half_way)
    response = sheet(user, half_way)
    assert (response.status_code, *sees(response)) == (status, after, status == 200)


def test_tally_sheet_says_how_it_was_counted_and_where_it_is_reported(world, half_way):
    finish(world, half_way)

    page = text_of(sheet(world.who("vp.head"), half_way))

    assert "Result Carried" in page
    assert "In favour 3/5 Against 1 Abstained 1 No slip 0" in page
    assert "More than half of all 5 members is needed." in page
    assert "To be reported at the next meeting of the Committee." in page
    assert "5/5 slips" in page


def test_tally_sheet_of_an_earlier_ballot_is_one_link_away(world, half_way):
    finish(world, half_way)
    first = Ballot.objects.get()
    call(world, half_way)
    head = world.who("vp.head")

    assert SECRET not in sheet(head, half_way).content.decode()
    assert f"ballot={first.pk}" in sheet(head, half_way).content.decode()
    assert SECRET in sheet(head, half_way, ballot=first.pk).content.decode()
    assert sheet(head, half_way, ballot="77777").status_code == 404


def test_tally_sheet_of_a_case_without_a_ballot_is_absent(world):
    assert sheet(world.who("vp.head"), before_the_chair(world)).status_code == 404


def test_ballot_of_another_case_is_not_shown(world, half_way):
    other = voting(world)
    of_other = Ballot.objects.get(submission__assignment=other)

    assert sheet(world.who("vp.head"), half_way, ballot=of_other.pk).status_code == 404


@pytest.mark.parametrize("members", [1, 3])
def test_tally_sheet_costs_the_same_whatever_the_number_of_slips(members):
    world = make_committee(members)
    assignment = voting(world)
    client, url = browser(world.who("vp.head")), reverse("ballots", args=[assignment.public_id])
    client.get(url)

    with CaptureQueriesContext(connection) as statements:
        client.get(url)

    assert len(statements) == SHEET


SHEET = 7


@pytest.mark.parametrize("before", [0, 2])
def test_tally_sheet_costs_the_same_whatever_the_number_of_ballots(world, before):
    assignment = voting(world)
    for _ in range(before):
        timers.fire_due_timers(at=Ballot.objects.get(closed_at=None).due_at)
        call(world, assignment)
    client, url = browser(world.who("vp.head")), reverse("ballots", args=[assignment.public_id])
    client.get(url)

    with CaptureQueriesContext(connection) as statements:
        client.get(url)

    assert len(statements) == SHEET


# --- elsewhere -------------------------------------------------------------------------------------------------------


def test_case_page_says_how_many_slips_are_in(world, half_way):
    url = reverse("assignment", args=[half_way.public_id])

    for username in ("skhdt.head", "vp.head", "ubnd.chair", "ubnd.uv2"):
        assert "Ballot: 1/5 slips" in text_of(browser(world.who(username)).get(url)), username
    assert "slips" not in text_of(browser(world.who("s01.head")).get(url))


@pytest.mark.parametrize(
    "username", ["skhdt.head", "vp.head", "vp.clerk", "ubnd.vice_chair", "ubnd.uv2", "s01.head"]
)
def test_history_and_notices_never_say_how_somebody_voted(world, half_way, username):
    finish(world, half_way)
    relay.dispatch_pending()
    client = browser(world.who(username))

    pages = [reverse("assignment", args=[half_way.public_id]), reverse("notifications"), reverse("feed")]
    told = "".join(client.get(url).content.decode() for url in pages)

    assert SECRET not in told
    assert AMENDMENT not in told
    assert ("Ballot of the members, Carried" in told) == (username not in {"s01.head", "vp.clerk"})
    named = "uv1" in told
    assert named == (username in {"vp.head", "vp.clerk"})  # the Office learns that she voted


def test_history_tells_the_sum_to_those_whose_business_it_is(world, half_way):
    finish(world, half_way)
    url = reverse("assignment", args=[half_way.public_id])
    words = "3 of 5 members in favour, 1 against, 1 abstained, 0 silent"

    for username in ("skhdt.head", "vp.head", "ubnd.vice_chair", "ubnd.uv2"):
        assert words in text_of(browser(world.who(username)).get(url)), username
    assert "Ballot of the members" not in text_of(browser(world.who("s01.head")).get(url))


def test_decision_page_shows_the_result_and_offers_the_amendments(world, half_way):
    finish(world, half_way)
    desk = Desk(world.who("ubnd.vice_chair"), half_way, "decide")

    page = desk.html()

    assert "Ballot of the members: Carried" in page
    assert 'class="b-sum"' in page
    assert AMENDMENT in page
    assert SECRET not in page

    desk.post("return", requirements=AMENDMENT)

    requirement = Requirement.objects.get()
    assert (requirement.text, requirement.slip) == (
        AMENDMENT,
        BallotSlip.objects.get(membership__user=world.who("ubnd.uv1")),
    )
    lead = browser(world.who("skhdt.specialist"))
    answers = lead.get(reverse("plan-dispositions", args=[half_way.plan.public_id])).content.decode()
    assert AMENDMENT in answers
    assert "uv1" not in answers


def test_approval_against_the_members_is_refused_on_the_page(world, running):
    timers.fire_due_timers(at=Ballot.objects.get().due_at)
    desk = Desk(world.who("ubnd.chair"), running, "decide")

    response = desk.post("approve")

    assert response.status_code == 422
    assert "The members did not carry this plan" in response.content.decode()


def test_member_finds_her_slip_in_the_inbox_and_on_the_case(world, running):
    client = browser(world.who("ubnd.uv1"))
    url = reverse("task", args=[slip_task(running, world.who("ubnd.uv1")).public_id])

    assert url in client.get(reverse("inbox")).content.decode()
    assert url in client.get(reverse("assignment", args=[running.public_id])).content.decode()


def test_member_finds_what_she_did_among_the_work_done(world, running):
    cast(world.who("ubnd.uv1"), running, FOR)

    assert "Voted" in browser(world.who("ubnd.uv1")).get(reverse("done")).content.decode()
