"""What a page makes of 429: nothing typed is lost, nothing on it is replaced, and it tries again when it may."""

import pytest
from playwright.sync_api import Page, expect

from tests.browsers import wait_until_told
from tests.e2e.test_races import type_into

pytestmark = pytest.mark.browser


def editor(person, system) -> tuple[Page, str]:
    """Open the drafter's plan; return the page and the key of a paragraph."""
    case = system.hand.case_at(node="draft")
    wait_until_told(system)
    page = person("skhdt.specialist", expects="429")
    page.goto(f"/plans/{case['plan']}/", wait_until="networkidle")
    return page, next(key for key, paragraph in case["paragraphs"].items() if not paragraph["text"])


def test_autosave_that_came_too_often_waits_and_saves(person, system):
    page, key = editor(person, system)
    refusals = []

    def refuse_once(route):
        if refusals:
            route.continue_()
        else:
            refusals.append(1)
            route.fulfill(status=429, headers={"Retry-After": "1"}, body="")

    page.route(f"**/paragraphs/{key}/", refuse_once)
    type_into(page, key, "Gõ trong lúc quá tải")
    indicator = page.locator("[data-saved]").first

    expect(indicator).to_have_attribute("data-state", "paused")
    expect(indicator).to_have_attribute("data-state", "saved")
    page.reload()
    expect(page.locator(f"textarea[name='p-{key}']")).to_have_value("Gõ trong lúc quá tải")
    assert refusals == [1]


def test_button_that_came_too_often_replaces_nothing_and_says_so(person, system):
    page, key = editor(person, system)
    page.route(
        "**/plans/*/",
        lambda route: (
            route.fulfill(status=429, headers={"Retry-After": "5"}, body="")
            if route.request.method == "POST"
            else route.continue_()
        ),
    )
    page.locator("#plan-form button[value^='down:']:enabled").first.dispatch_event("click")

    said = page.evaluate("document.getElementById('words').dataset.sayTooMany")
    expect(page.locator("#toasts .toast").filter(has_text=said)).to_be_visible()
    expect(page.locator(f"textarea[name='p-{key}']")).to_be_visible()
    expect(page.locator(f"textarea[name='p-{key}']")).to_be_editable()
