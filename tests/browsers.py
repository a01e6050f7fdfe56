"""People at their browsers: each signed in, in a context of her own; what a browser complains of is written down."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    expect,
    sync_playwright,
)

from scripts.services import Unavailable, find_browser
from tests.systems import System

ARGUMENTS = (
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDE = {"width": 1366, "height": 768}
NARROW = {"width": 390, "height": 844}
PATIENCE_MS = 15_000
# Keeps hold of every socket a page opens, so that a test can cut them, and notes when hints and rows arrive.
WATCH = """
window.sockets = []; window.hintAt = 0; window.rowAt = {};
window.WebSocket = class extends WebSocket {
  constructor(...given) {
    super(...given);
    window.sockets.push(this);
    this.addEventListener("message", () => (window.hintAt ||= Date.now()));
  }
};
new MutationObserver(() => {
  for (const row of document.querySelectorAll(".item[id]")) window.rowAt[row.id] ??= Date.now();
}).observe(document, { childList: true, subtree: true });
"""
CUT_SOCKETS = "window.sockets.forEach((socket) => socket.close())"
expect.set_options(timeout=PATIENCE_MS)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the Chromium of this machine.

    Raises:
        Unavailable: there is none.
    """
    path = find_browser()
    if not path:
        raise Unavailable("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()


@dataclass
class People:
    """Opens pages for the demonstration's people; `complaints` are console errors, script errors and CSP violations.

    Signing in costs a slow hash, so whoever has signed in once brings her session to her next context.
    """

    browser: Browser
    system: System
    sessions: dict[str, Any] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def __call__(self, username: str, *, process: int = 0, expects: str = "", **options: Any) -> Page:
        """Return the person's inbox on one of the system's processes.

        `expects` is a pattern of complaints that belong to the test; `options` are those of a browser context.
        """
        page = self.visitor(
            process=process, expects=expects, storage_state=self.sessions.get(username), **options
        )
        if username in self.sessions:
            page.goto("/")
        else:
            page.goto("/sign-in/")
            sign_in(page, username, self.system.password)
            self.sessions[username] = page.context.storage_state()
        return page

    def visitor(self, *, process: int = 0, expects: str = "", **options: Any) -> Page:
        """Return a blank page of somebody who is not signed in."""
        given = {"viewport": WIDE, "locale": "vi-VN", "base_url": self._address(process)} | options
        context = self.browser.new_context(**given)
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(WATCH)
        self.contexts.append(context)
        context.on("console", lambda message: self._hear(message, expects))
        context.on(
            "weberror",
            lambda error: self.complaints.append(f"{error.page and error.page.url}: {error.error}"),
        )
        return context.new_page()

    def _address(self, process: int) -> str:
        return self.system.addresses[process % len(self.system.addresses)]

    def _hear(self, message: ConsoleMessage, expects: str) -> None:
        if message.type == "error" and not (expects and re.search(expects, message.text)):
            self.complaints.append(f"{message.location.get('url', '')}: {message.text}")

    def leave(self) -> list[str]:
        """Close every page; return the complaints and forget them."""
        for context in self.contexts:
            context.close()
        self.contexts.clear()
        said, self.complaints = self.complaints, []
        return said


def sign_in(page: Page, username: str, password: str) -> None:
    """Fill in the sign-in form that is before us, and wait until it is gone."""
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", password)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "/sign-in/" not in url)


def task_url(case: dict[str, Any], place: str) -> str:
    """Return the path of an open task's page."""
    return f"/tasks/{case['tasks'][place]}/"


def row(page: Page, case: dict[str, Any], place: str) -> Locator:
    """Return the inbox row of an open task."""
    return page.locator(f".item:has(a.item-link[href='{task_url(case, place)}'])")


def rows(page: Page) -> int:
    """Count the rows of an inbox."""
    return page.locator(".item").count()


def unread(page: Page) -> int:
    """Return what the bell says."""
    return int(page.locator("#bell-n [data-n]").text_content() or 0)


def wait_until_live(page: Page) -> None:
    """Return once the page's socket is open."""
    page.locator("[data-live-dot][data-state=on]").first.wait_for()


def wait_until_told(system: System) -> None:
    """Return once no event waits to be told, so that what comes next is the test's own."""
    end = time.monotonic() + 60
    while system.hand.pending():
        assert time.monotonic() < end, "events are not told"
        time.sleep(0.1)


def open_row(page: Page, case: dict[str, Any], place: str) -> None:
    """Wait for a task to come into the inbox that is open, and open its page."""
    row(page, case, place).wait_for()
    with page.expect_navigation():
        row(page, case, place).locator(".item-link").click()


def open_act(page: Page, verb: str, **fields: str) -> Locator:
    """Open the dialog of a verb and fill in its fields; return the button that sends it."""
    page.locator(f"[data-dialog=act-{verb}]:visible").first.click()
    dialog = page.locator(f"dialog#act-{verb}")
    for name, value in fields.items():
        dialog.locator(f"[name={name}]").fill(value)
    return dialog.locator("button[type=submit]")


def press(page: Page, verb: str, **fields: str) -> None:
    """Do a verb through its dialog and wait for the page that answers."""
    button = open_act(page, verb, **fields)
    with page.expect_navigation():
        button.click()
