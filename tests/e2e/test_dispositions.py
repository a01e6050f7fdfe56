"""Answering remarks by keys: from one to the next, what is done with it, recorded; keys that are text stay text."""

import pytest
from playwright.sync_api import Page, expect

from tests.browsers import NARROW

pytestmark = pytest.mark.browser

FOCUSED_ROW = "document.activeElement?.closest('[data-remark]')?.id ?? ''"
COMPOSING = """(field) => field.dispatchEvent(
  new KeyboardEvent("keydown", { key: "t", keyCode: 229, isComposing: true, bubbles: true, cancelable: true }))"""


@pytest.fixture
def case(system):
    """A case with a remark of each of two agencies, saying the same."""
    return system.hand.case_at(node="remarks")


@pytest.fixture
def page(person, case):
    page = person("skhdt.specialist")
    page.goto(f"/plans/{case['plan']}/dispositions/")
    return page


def rows(page: Page) -> list[str]:
    return page.locator("[data-remark]").evaluate_all("(all) => all.map((row) => row.id)")


def test_remarks_are_answered_by_keys_alone(page, system, case):
    first, second = rows(page)
    page.keyboard.press("n")
    assert page.evaluate(FOCUSED_ROW) == first

    page.keyboard.press("t")
    expect(page.locator(f"#{first} input[value=ACCEPTED]")).to_be_checked()
    page.keyboard.type("Tiếp thu, đã bổ sung.")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")

    expect(page.locator(f"#{first} .tag.done")).to_be_visible()
    assert page.evaluate(FOCUSED_ROW) == second
    page.keyboard.press("r")
    page.keyboard.type("Giữ như dự thảo.")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    expect(page.locator("[data-open-remark]")).to_have_count(0)


def test_j_and_k_go_from_remark_to_remark_and_stop_at_the_ends(page):
    first, second = rows(page)
    visited = []
    for key in ("j", "j", "j", "k", "k"):
        page.keyboard.press(key)
        visited.append(page.evaluate(FOCUSED_ROW))

    assert visited == [first, second, second, first, first]


def test_keys_in_a_text_box_or_while_composing_are_text(page):
    first = rows(page)[0]
    box = page.locator(f"#{first} textarea")
    box.focus()
    page.keyboard.type("trjkpn")
    box.evaluate(COMPOSING)
    page.locator(f"#{first}").focus()
    page.locator(f"#{first}").evaluate(COMPOSING)

    expect(box).to_have_value("trjkpn")
    expect(page.locator(f"#{first} input[type=radio]:checked")).to_have_count(0)


def test_keys_do_nothing_where_they_are_switched_off(page):
    page.evaluate("localStorage.setItem('keys', 'off')")
    page.locator(f"#{rows(page)[0]}").focus()
    page.keyboard.press("t")

    expect(page.locator("input[type=radio]:checked")).to_have_count(0)
    page.evaluate("localStorage.removeItem('keys')")


def test_remarks_that_say_the_same_are_answered_together(page):
    page.locator("[data-remark] a[href*='same=']").first.click()
    expect(page.locator("input[name=pick]:checked")).to_have_count(2)
    page.locator("[data-bulk] input[value=PARTLY]").check()
    page.locator("[data-bulk] textarea").fill("Tiếp thu một phần.")
    with page.expect_navigation():
        page.locator("button[name=bulk]").click()

    expect(page.locator("[data-open-remark]")).to_have_count(0)
    expect(page.locator("[data-remark] .tag.here")).to_have_count(2)


def test_remarks_are_answered_together_without_script_on_a_phone(person, case):
    page = person("skhdt.specialist", java_script_enabled=False, viewport=NARROW)
    page.goto(f"/plans/{case['plan']}/dispositions/")
    for tick in page.locator("input[name=pick]").all():
        tick.check()
    page.locator("[data-bulk] summary").click()
    page.locator("[data-bulk] input[value=EXPLAINED]").check()
    page.locator("[data-bulk] textarea").fill("Giữ như dự thảo.")
    with page.expect_navigation():
        page.locator("button[name=bulk]").click()

    expect(page.locator("[data-open-remark]")).to_have_count(0)
