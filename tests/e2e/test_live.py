"""News arrives by itself: on the other side of the town, after a broken connection, and never under the reader."""

import pytest
from playwright.sync_api import Page, expect

from tests.browsers import (
    CUT_SOCKETS,
    open_row,
    press,
    row,
    rows,
    sign_in,
    task_url,
    unread,
    wait_until_live,
    wait_until_told,
)

pytestmark = pytest.mark.browser

OFFLINE = r"ERR_INTERNET_DISCONNECTED|WebSocket connection"


def send_request(head: Page, case) -> None:
    """Sign the request for opinions as the lead's head."""
    head.goto(task_url(case, "sign_request"))
    press(head, "send")


def test_request_appears_in_the_other_agencys_inbox_and_at_its_bell(person, system):
    cases = [system.hand.case_at(node="sign_request", asked=["stc"]) for _try in range(3)]
    wait_until_told(system)
    head, agency = person("skhdt.head"), person("stc.head", process=1)
    wait_until_live(agency)
    agency.evaluate("window.isTheSamePage = true")
    before, bell = rows(agency), unread(agency)

    for number, case in enumerate(cases, start=1):
        send_request(head, case)
        now = system.hand.case(assignment=case["assignment"])
        row(agency, now, "prepare_opinion.stc").wait_for()
        assert rows(agency) == before + number
        expect(agency.locator("#bell-n [data-n]")).to_have_text(str(bell + number))

    assert agency.title().startswith(f"({bell + 3})")
    assert agency.locator(".toast").count() == 3
    assert agency.evaluate("window.isTheSamePage")


def test_nothing_is_missing_after_the_socket_was_cut(person, system):
    cases = [system.hand.case_at(node="sign_request", asked=["sct"]) for _act in range(2)]
    wait_until_told(system)
    agency = person("sct.head", process=1, expects=OFFLINE)
    wait_until_live(agency)
    before, bell = rows(agency), unread(agency)

    agency.context.set_offline(True)
    agency.evaluate(CUT_SOCKETS)
    expect(agency.locator("#conn .lost")).to_be_visible()
    done = [
        system.hand.act(
            assignment=case["assignment"], username="skhdt.head", node="sign_request", verb="send"
        )
        for case in cases
    ]
    expect(agency.locator("[data-live-dot]").first).to_have_attribute("data-state", "lost")
    assert (rows(agency), unread(agency)) == (before, bell)
    agency.context.set_offline(False)

    for case in done:
        row(agency, case, "prepare_opinion.sct").wait_for()
    expect(agency.locator("#bell-n [data-n]")).to_have_text(str(bell + 2))
    expect(agency.locator("#conn .lost")).to_have_count(0)
    assert rows(agency) == before + 2


def test_socket_alone_is_cut_and_comes_back(person, system):
    case = system.hand.case_at(node="sign_request", asked=["sct"])
    agency = person("sct.head")
    wait_until_live(agency)

    agency.evaluate(CUT_SOCKETS)
    case = system.hand.act(
        assignment=case["assignment"], username="skhdt.head", node="sign_request", verb="send"
    )

    row(agency, case, "prepare_opinion.sct").wait_for()
    wait_until_live(agency)
    assert row(agency, case, "prepare_opinion.sct").count() == 1


def test_list_waits_behind_a_pill_while_somebody_is_in_it(person, system):
    system.hand.case_at(node="prepare_opinion", asked=["sldtbxh"])
    case = system.hand.case_at(node="sign_request", asked=["sldtbxh"])
    agency = person("sldtbxh.head")
    wait_until_live(agency)
    first = agency.locator(".item-link").first
    first.focus()
    before, place = rows(agency), first.bounding_box()

    case = system.hand.act(
        assignment=case["assignment"], username="skhdt.head", node="sign_request", verb="send"
    )
    pill = agency.locator("#fresh-bar button")
    pill.wait_for()
    assert (rows(agency), first.bounding_box()) == (before, place)
    pill.click()

    row(agency, case, "prepare_opinion.sldtbxh").wait_for()
    assert rows(agency) == before + 1


def test_bell_opens_the_drawer_and_is_silent_once_read(person, system):
    system.hand.case_at(node="prepare_opinion", asked=["sgddt"])
    agency = person("sgddt.head")
    expect(agency.locator("#bell-n")).to_be_visible()

    agency.locator("#bell").click()
    drawer = agency.locator("dialog#drawer")
    expect(drawer.locator(".note.unread").first).to_be_visible()
    drawer.locator("form button[type=submit]").click()
    expect(agency.locator("#bell-n")).to_be_hidden()
    expect(drawer.locator(".note.unread")).to_have_count(0)
    about = drawer.locator("a.cover").first
    address = about.get_attribute("href")
    with agency.expect_navigation(url=address):
        about.click()


def test_open_page_of_the_case_shows_what_others_do(person, system):
    case = system.hand.case_at(node="prepare_opinion", asked=["stc"])
    drafter = person("skhdt.specialist")
    drafter.goto(f"/assignments/{case['assignment']}/")
    before = drafter.locator("main").inner_text()

    system.hand.act(
        assignment=case["assignment"],
        username="stc.head",
        node="prepare_opinion",
        verb="sign",
        agency="stc",
        stance="AGREE",
    )

    expect(drafter.locator("main")).not_to_have_text(before)
    case = system.hand.case(assignment=case["assignment"])
    drafter.goto("/")
    open_row(drafter, case, "dispose")


def test_page_of_an_ended_session_leads_back_to_itself_after_sign_in(person, system):
    page = person.visitor(expects=r"WebSocket|status of 401")
    page.goto("/sign-in/?next=/directives/")
    sign_in(page, "sct.specialist", system.password)
    page.wait_for_function("window.sockets.some((socket) => socket.readyState === WebSocket.OPEN)")
    beside = page.context.new_page()
    beside.goto("/")
    beside.locator("details.me-box > summary").click()
    with beside.expect_navigation():
        beside.locator("form[action='/sign-out/'] button").click()

    system.hand.case_at(node="prepare_opinion", asked=["sct"])
    page.wait_for_url("**/sign-in/?next=*")
    sign_in(page, "sct.specialist", system.password)

    assert page.url.endswith("/directives/")
