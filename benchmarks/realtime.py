"""How soon an act is seen by somebody else: two browsers, on the two ASGI processes of production and embedded.

The lead's head signs a request; the asked agency's open inbox grows by one row. Prints milliseconds, one figure a line:
act_to_row from the press of the button to the row, hint_to_row from the socket's hint to the row.
"""

import os
import statistics
import tempfile
import time
from contextlib import AbstractContextManager
from pathlib import Path

from playwright.sync_api import Browser

from tests.browsers import People, chromium, open_act, row, task_url, wait_until_live, wait_until_told
from tests.systems import System, embedded, production

TRIES = 30
ARRIVALS = "(id) => [window.hintAt, window.rowAt[id]]"


def tries(browser: Browser, system: System) -> list[tuple[float, float]]:
    """Return act-to-row and hint-to-row of each try, in milliseconds."""
    people = People(browser, system)
    head, agency = people("skhdt.head"), people("stc.head", process=1)
    cases = [system.hand.case_at(node="sign_request", asked=["stc"]) for _number in range(TRIES)]
    wait_until_told(system)
    agency.reload()
    wait_until_live(agency)
    measured = []
    for case in cases:
        head.goto(task_url(case, "sign_request"))
        button = open_act(head, "send")
        agency.evaluate("window.hintAt = 0")
        pressed = time.time() * 1000
        with head.expect_navigation():
            button.click()
        now = system.hand.case(assignment=case["assignment"])
        arrived = row(agency, now, "prepare_opinion.stc")
        arrived.wait_for()
        hint_at, row_at = agency.evaluate(ARRIVALS, arrived.get_attribute("id"))
        measured.append((row_at - pressed, row_at - hint_at))
        # The inbox shows 30 rows: an answer makes room for the next one.
        given = {"node": "prepare_opinion", "verb": "sign", "agency": "stc", "stance": "AGREE"}
        system.hand.act(assignment=case["assignment"], username="stc.head", **given)
    complaints = people.leave()
    assert not complaints, complaints
    return measured


def show(flavour: str, measured: list[tuple[float, float]]) -> None:
    """Print the figures of one flavour; those of production carry no prefix."""
    for name, values in zip(("act_to_row", "hint_to_row"), zip(*measured, strict=True), strict=True):
        print(f"{flavour}{name}_p50_ms: {statistics.median(values):.0f}")
        print(f"{flavour}{name}_p95_ms: {statistics.quantiles(values, n=20)[-1]:.0f}")
        print(f"{flavour}{name}_max_ms: {max(values):.0f}", flush=True)


def measure(browser: Browser, flavour: str, system: AbstractContextManager[System]) -> None:
    """Run a system and print its figures."""
    with system as running:
        show(flavour, tries(browser, running))


def main() -> None:
    """Measure both flavours."""
    print(f"tries: {TRIES}")
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two, chromium() as browser:
        urls = os.environ["DATABASE_URL"], os.environ["REDIS_URL"]
        measure(browser, "", production(Path(one), *urls))
        measure(browser, "embedded_", embedded(Path(two)))


if __name__ == "__main__":
    main()
