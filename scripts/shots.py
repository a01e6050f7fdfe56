"""What `make shots` runs: each kind of page, at each phase of a played case, wide and narrow, into shots/."""

import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, sync_playwright
from services import Unavailable, find_browser, free_port, wait_for
from stages import PYTHON, ROOT, end_group

SHOTS = ROOT / "shots"
SIZES = {"1366": (1366, 768), "390": (390, 844)}
WIDE = SIZES["1366"]
PEOPLE = (
    "skhdt.specialist",
    "skhdt.head",
    "stc.specialist",
    "stc.head",
    "vp.specialist",
    "vp.head",
    "vp.clerk",
    "ubnd.chair",
)
CHANGING = ("task", "plan", "assignment", "directives-N")  # pages that look different in each phase
LOADS_A_VISIT = 14
IDENTIFIER = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d+")


@contextmanager
def serving(environment: dict[str, str]) -> Iterator[str]:
    """Run the embedded server on a free port and give its address."""
    port = str(free_port())
    server = subprocess.Popen(
        [PYTHON, "manage.py", "serve", "--port", port],
        cwd=ROOT,
        env=environment | {"PORT": port},
        stdout=subprocess.DEVNULL,
        start_new_session=True,
        text=True,
    )
    address = f"http://127.0.0.1:{port}"
    live = f"{address}/healthz/live"
    try:
        wait_for(lambda: urllib.request.urlopen(live, timeout=2).close(), OSError)  # noqa: S310 - our own server
        yield address
    finally:
        end_group(server)


def kind_of(url: str) -> str:
    """Return what kind of page a URL is: its path and query with identifiers taken out."""
    parts = urlsplit(url)
    words = IDENTIFIER.sub("N", f"{parts.path.strip('/')}-{parts.query}")
    return re.sub(r"[^\w.]+", "-", words).strip("-") or "inbox"


@dataclass
class Album:
    """The pictures taken so far; no page is photographed twice in the same state."""

    address: str
    seen: set[tuple[str, ...]] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)

    def take(self, page: Page, phase: str, person: str) -> None:
        """Photograph the page as it is, in every size, unless its like is there already."""
        kind = kind_of(page.url)
        heading = (
            re.sub(r"\d+", "", page.locator("h1").first.inner_text()) if page.locator("h1").count() else ""
        )
        state = (phase,) if kind.startswith(CHANGING) else ()
        if (kind, heading, *state) in self.seen:
            return
        self.seen.add((kind, heading, *state))
        for size, (width, height) in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            name = f"{len(self.seen):03d}-{phase}-{kind}-{person}.png"
            page.screenshot(path=SHOTS / size / name[:120], full_page=True)
        page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})

    def walk(self, page: Page, phase: str, person: str) -> None:
        """Follow the links from the inbox, one page of each kind and heading."""
        waiting, loaded = [f"{self.address}/"], set[str]()
        while waiting and len(loaded) < LOADS_A_VISIT:
            url = waiting.pop(0)
            if url in loaded:
                continue
            loaded.add(url)
            response = page.goto(url, wait_until="load")
            if response and not response.ok:
                self.broken.add(f"{response.status} {kind_of(url)} ({person}, {phase})")
            self.take(page, phase, person)
            kinds = {kind_of(known) for known in (*loaded, *waiting) if "/tasks/" not in known}
            links = dict.fromkeys(link for link in self.links(page) if kind_of(link) not in kinds)
            waiting += [link for link in links if phase == "begun" or kind_of(link).startswith(CHANGING)]

    def links(self, page: Page) -> list[str]:
        """Return the pages of this site that a page links to; files are no pages."""
        found = page.eval_on_selector_all("a[href]", "anchors => anchors.map(anchor => anchor.href)")
        return [
            url.split("#")[0] for url in found if url.startswith(f"{self.address}/") and "/files/" not in url
        ]


def sign_in(page: Page, address: str, person: str, password: str) -> None:
    """Sign in as one of the demonstration's people."""
    page.goto(f"{address}/sign-in/")
    page.fill("input[name=username]", person)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(f"{address}/")


def pages_of(browser: Browser, address: str, password: str) -> dict[str, Page]:
    """Open one signed-in page for every person, each in a context of its own."""
    opened = {}
    for person in PEOPLE:
        page = browser.new_context(viewport={"width": WIDE[0], "height": WIDE[1]}, locale="vi-VN").new_page()
        sign_in(page, address, person, password)
        opened[person] = page
    return opened


def phases() -> Iterator[str]:
    """Play the demonstration's case and stop at the beginning and at the first moment of every phase."""
    import django  # noqa: PLC0415 - the environment names the database only now

    django.setup()
    from workflows.demonstration.play import Play, untouched  # noqa: PLC0415 - needs Django set up

    seen = {"begun"}
    yield "begun"
    for line in Play(untouched()).lines():
        if line.phase not in seen:
            seen.add(line.phase)
            yield line.phase.lower()


def photograph(browser: Browser, address: str, password: str) -> Album:
    """Fill an album and return it."""
    album = Album(address)
    stranger = browser.new_page(viewport={"width": WIDE[0], "height": WIDE[1]}, locale="vi-VN")
    for path in ("sign-in/", "no-such-page/"):
        stranger.goto(f"{address}/{path}")
        album.take(stranger, "signed-out", "nobody")
    people = pages_of(browser, address, password)
    for phase in phases():
        for person, page in people.items():
            album.walk(page, phase, person)
        print(f"{phase}: {len(album.seen)} pages so far", flush=True)
    return album


def main() -> int:
    """Load the demonstration into a database of its own, serve it, play it, and photograph it."""
    browser_path = find_browser()
    if not browser_path:
        print("shots: Chromium is needed (apt-get install chromium)")
        return 1
    shutil.rmtree(SHOTS, ignore_errors=True)
    password = secrets.token_urlsafe(12)
    with tempfile.TemporaryDirectory(prefix="dieu-hanh-shots-") as var, sync_playwright() as playwright:
        for name in ("DATABASE_URL", "REDIS_URL", "DEBUG"):
            os.environ.pop(name, None)
        settings = {
            "VAR_DIR": var,
            "ENVIRONMENT": "development",
            "DEMO_PASSWORD": password,
            "LOG_LEVEL": "ERROR",
        }
        # Playwright runs an event loop in this thread, which Django would otherwise take for asynchronous code.
        os.environ.update(settings, DJANGO_SETTINGS_MODULE="config.settings", DJANGO_ALLOW_ASYNC_UNSAFE="1")
        sys.path.insert(0, str(ROOT))
        for command in (["migrate", "--verbosity", "0"], ["load_demo"]):
            subprocess.run([PYTHON, "manage.py", *command], cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        with serving(dict(os.environ)) as address:
            album = photograph(browser, address, password)
        browser.close()
    print(f"{len(album.seen)} pages in {len(SIZES)} sizes: {SHOTS.relative_to(ROOT)}/")
    for broken in sorted(album.broken):
        print(f"broken: {broken}")
    return int(bool(album.broken))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Unavailable as reason:
        sys.exit(f"shots: {reason}")
