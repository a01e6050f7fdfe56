"""Choosing many tasks in the list, the page before, the results: by keys, by mouse, without JavaScript."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browsers import row

pytestmark = pytest.mark.browser


def box(page: Page, case):
    """Return the box of a case's row, on whichever page of the list it is."""
    return row(page, case, "decide").locator("input[name=viec]")


def narrowed(page: Page, cases) -> None:
    """Narrow the list so that the newest cases are on its one page."""
    page.goto("/?role=APPROVE")
    while page.locator("a[rel=next]").count() and not row(page, cases[-1], "decide").count():
        page.locator("a[rel=next]").click()


def decisions(system, cases):
    return [system.hand.case(assignment=case["assignment"])["decisions"] for case in cases]


def test_keys_choose_a_range_and_escape_lets_go(person, system):
    cases = system.hand.fit_cases(count=3)
    page = person("ubnd.vice_chair")
    narrowed(page, cases)
    row(page, cases[0], "decide").locator(".item-link").focus()
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Shift+X")

    expect(page.locator("#bulk")).to_be_visible()
    expect(page.locator("#bulk-n")).to_contain_text("3")
    expect(page.locator("#list-bar")).to_be_hidden()
    page.keyboard.press("Escape")

    expect(page.locator("#bulk")).to_be_hidden()
    expect(page.locator(".item input[name=viec]:checked")).to_have_count(0)


def test_chosen_cases_are_looked_at_and_approved_but_for_the_one_left_out(person, system):
    cases = system.hand.fit_cases(count=3)
    page = person("ubnd.chair")
    narrowed(page, cases)
    for case in cases:
        box(page, case).check()
    with page.expect_navigation():
        page.locator("#bulk button[value=approve]").click()
    expect(page.locator("[name=item]")).to_have_count(3)
    page.locator(f"[name=item][value^='{cases[1]['tasks']['decide']}']").uncheck()
    expect(page.locator("[data-bulk-submit]")).to_contain_text("2")

    with page.expect_navigation(url=re.compile(r"/bulk/[0-9a-f-]{36}/")):
        page.locator("button[name=go]").click()

    expect(page.locator(".bulk-row.is-done")).to_have_count(2)
    assert decisions(system, cases) == [["APPROVED"], [], ["APPROVED"]]
    with page.expect_navigation(url=re.compile("/assignments/")):
        page.locator(".bulk-row.is-done a").first.click()


def test_double_click_approves_each_once(person, system):
    cases = system.hand.fit_cases(count=2)
    page = person("ubnd.chair")
    narrowed(page, cases)
    for case in cases:
        box(page, case).check()
    with page.expect_navigation():
        page.locator("#bulk button[value=approve]").click()

    with page.expect_navigation(url=re.compile(r"/bulk/[0-9a-f-]{36}/")):
        page.locator("button[name=go]").dblclick()

    assert decisions(system, cases) == [["APPROVED"], ["APPROVED"]]


def test_news_does_not_take_the_choice_away(person, system):
    cases = system.hand.fit_cases(count=1)
    page = person("ubnd.chair")
    narrowed(page, cases)
    box(page, cases[0]).check()
    more = system.hand.fit_cases(count=1)

    expect(page.locator("#fresh-bar button")).to_be_visible()
    expect(box(page, cases[0])).to_be_checked()
    page.locator("#fresh-bar button").click()

    expect(row(page, more[0], "decide")).to_be_visible()
    expect(box(page, cases[0])).to_be_checked()
    expect(page.locator("#bulk-n")).to_contain_text("1")


def test_without_javascript_the_boxes_and_the_button_work(person, system):
    cases = system.hand.fit_cases(count=2)
    page = person("ubnd.chair", java_script_enabled=False)
    narrowed(page, cases)
    for case in cases:
        box(page, case).check()
    with page.expect_navigation():
        page.locator("#bulk button[value=approve]").click()
    with page.expect_navigation():
        page.locator("button[name=go]").click()

    expect(page.locator(".bulk-row.is-done")).to_have_count(2)
    assert decisions(system, cases) == [["APPROVED"], ["APPROVED"]]
