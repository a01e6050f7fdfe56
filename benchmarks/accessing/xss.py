"""Hostile text in every field people fill, shown by every page that shows it, in Chromium: none of it may run.

A text has run where it sprang the trap, where the page's policy had to stop it, or where it became an element or an
attribute that acts. The system, its data and its browser are of this run alone.
"""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.browsers import People, chromium
from tests.scripted import payloads
from tests.systems import System, embedded

TRAP = """
window.__broken = [];
for (const name of ["alert", "confirm", "prompt", "print"]) window[name] = () => { window.__xss = name; };
document.addEventListener("securitypolicyviolation", (event) => {
  window.__broken.push(event.violatedDirective + " " + event.blockedURI);
});
"""
# What our templates never write: handlers, addresses that are programs, frames, scripts and sheets from anywhere else.
LOOK = """() => {
  const bad = [];
  const frames = ["iframe", "object", "embed", "base", "frame", "applet", "marquee", "portal"];
  const addresses = ["href", "src", "action", "formaction", "xlink:href", "data"];
  const acts = /^(javascript|vbscript|data):/i;
  for (const element of document.querySelectorAll("*")) {
    const name = element.localName;
    if (frames.includes(name)) bad.push(name);
    if (name === "script" && !(element.src && new URL(element.src).origin === location.origin)) bad.push("script");
    if (name === "style") bad.push("style");
    if (name === "meta" && element.httpEquiv) bad.push("meta " + element.httpEquiv);
    for (const { name: key, value } of element.attributes) {
      if (/^(on|hx-on|srcdoc$|style$)/.test(key)) bad.push(`${name} ${key}`);
      const plain = value.replace(/[\\u0000-\\u0020]/g, "");
      if (addresses.includes(key) && acts.test(plain)) bad.push(`${name} ${key}`);
    }
  }
  return bad;
}"""
# Wakes what waits for a hand: the pointer, the focus, a key.
STIR = """() => {
  for (const element of document.querySelectorAll("main *")) {
    for (const kind of ["mouseover", "pointerover", "focus", "wheel"]) element.dispatchEvent(new Event(kind));
  }
  for (const details of document.querySelectorAll("main details")) details.open = true;
}"""
SHOWS = "() => /__xss|alert\\(1\\)/.test(document.documentElement.outerHTML)"
SPRUNG = "() => window.__xss !== undefined"


def measure(count: int = 1000) -> dict[str, Any]:
    """Put so many texts through the forms and look at every page; print and return the figures."""
    with tempfile.TemporaryDirectory() as folder, embedded(Path(folder)) as system, chromium() as browser:
        found = watch(system, People(browser, system), payloads(count))
    for name, value in found.items():
        print(f"{name}: {value}", flush=True)
    return found


def watch(
    system: System, people: People, texts: list[str], *, cases: int = 50, size: int = 40
) -> dict[str, Any]:
    """Do it at a running system; at most so many cases take the texts, with so many paragraphs and remarks each."""
    begun, left, pages, showing = time.monotonic(), list(texts), 0, 0
    sprung: list[str] = []
    violations: list[str] = []
    elements: list[str] = []
    fields: set[str] = set()
    while left and cases:
        cases -= 1
        answer = system.hand.inject(texts=left, size=size)
        while answer["pages"]:
            fields |= set(answer["fields"])
            left = answer["left"]
            for who, path in answer["pages"]:
                with _open(people, who) as page:
                    page.goto(path)
                    page.wait_for_load_state()
                    page.evaluate(STIR)
                    pages, showing = pages + 1, showing + page.evaluate(SHOWS)
                    sprung += [path] if page.evaluate(SPRUNG) else []
                    violations += [f"{path} {what}" for what in page.evaluate("() => window.__broken")]
                    elements += [f"{path} {what}" for what in page.evaluate(LOOK)]
            answer = system.hand.injected()
    return {
        "xss_payloads": len(texts),
        "xss_not_tried": len(left),
        "xss_fields": len(fields),
        "xss_pages": pages,
        "xss_pages_that_show_them": showing,
        "xss_run": len(sprung),
        "xss_stopped_by_policy_only": len(violations),
        "xss_elements": len(elements),
        "xss_seconds": round(time.monotonic() - begun, 1),
        **(
            {"xss_trouble": [*sprung, *violations, *elements][:20]}
            if sprung or violations or elements
            else {}
        ),
    }


_open_pages: dict[tuple[int, str], Page] = {}


@contextmanager
def _open(people: People, who: str) -> Iterator[Page]:
    """Lend the person's page, the same one each time: a context of its own for each would cost most of the time."""
    page = _open_pages.get((id(people), who))
    if page is None or page.is_closed():
        page = people(who)
        page.context.add_init_script(TRAP)
        _open_pages[id(people), who] = page
    yield page
