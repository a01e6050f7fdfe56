"""Every kind of page, wide and narrow: axe finds nothing, and nothing has to be scrolled sideways."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browsers import NARROW, WIDE, task_url

pytestmark = [pytest.mark.browser, pytest.mark.looks]

AXE = Axe()
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def task(place: str) -> Callable[[dict[str, Any]], str]:
    return lambda case: task_url(case, place)


def plan(rest: str = "") -> Callable[[dict[str, Any]], str]:
    return lambda case: f"/plans/{case['plan']}/{rest}"


def at(path: str) -> Callable[[dict[str, Any]], str]:
    return lambda case: path.format(**case)


@dataclass(frozen=True)
class Kind:
    """A kind of page: who looks at it, where, at which node of a case; `opens` is clicked or typed before."""

    name: str
    who: str
    where: Callable[[dict[str, Any]], str]
    node: str = ""
    opens: str = ""
    status: int = 200


KINDS = (
    Kind("sign-in", "", at("/sign-in/")),
    Kind("not-found, stranger", "", at("/no-such-page/"), status=404),
    Kind("link to set a password, used", "", at("/welcome/x/y/")),
    Kind("signing in and sessions", "stc.head", at("/security/")),
    Kind("password", "stc.head", at("/security/password/")),
    Kind("proof in between", "stc.head", at("/prove/")),
    Kind("inbox", "stc.head", at("/"), "prepare_opinion"),
    Kind("inbox, row menu", "stc.head", at("/"), "prepare_opinion", "keys: j a"),
    Kind("inbox, empty", "haichau.clerk", at("/")),
    Kind("done", "skhdt.specialist", at("/done/"), "decide"),
    Kind("notifications", "skhdt.head", at("/notifications/"), "decide"),
    Kind("drawer", "skhdt.head", at("/"), "decide", "#bell"),
    Kind("own menu", "skhdt.head", at("/"), "", ".me-box summary"),
    Kind("keys", "skhdt.head", at("/"), "", "keys: ?"),
    Kind("directives", "vp.specialist", at("/directives/"), "decide"),
    Kind("directives, search", "stc.specialist", at("/directives/?q=covid")),
    Kind("directive", "vp.specialist", at("/directives/{directive}/"), "prepare_opinion"),
    Kind("directive, new", "vp.clerk", at("/directives/new/")),
    Kind("assignment", "skhdt.specialist", at("/assignments/{assignment}/"), "prepare_opinion"),
    Kind("assignment, issued", "vp.clerk", at("/assignments/{assignment}/"), "issued"),
    Kind("receive", "skhdt.specialist", task("receive"), "receive"),
    Kind(
        "receive, decline",
        "skhdt.specialist",
        task("receive"),
        "receive",
        "[data-dialog=act-decline]:visible",
    ),
    Kind("reassign", "vp.head", task("reassign"), "reassign"),
    Kind("draft", "skhdt.specialist", plan(), "draft"),
    Kind("draft, hand over", "skhdt.specialist", plan(), "draft", "[data-dialog=act-finish]:visible"),
    Kind("plan, read", "ubnd.chair", plan(), "decide"),
    Kind("plan, request", "skhdt.specialist", plan("request/"), "draft", "[data-add-question]"),
    Kind("plan, request, read", "skhdt.clerk", plan("request/"), "draft"),
    Kind("plan, request again", "skhdt.specialist", plan("request/"), "dispose"),
    Kind("plan, tasks", "skhdt.specialist", plan("items/?edit=new"), "draft"),
    Kind("plan, revisions", "skhdt.head", plan("revisions/"), "dispose"),
    Kind("request", "skhdt.head", task("sign_request"), "sign_request"),
    Kind(
        "request, dialog",
        "skhdt.head",
        task("sign_request"),
        "sign_request",
        "[data-dialog=act-send]:visible",
    ),
    Kind("opinion", "stc.specialist", task("prepare_opinion.stc"), "prepare_opinion"),
    Kind(
        "opinion, remark", "stc.head", task("prepare_opinion.stc"), "prepare_opinion", "[data-anchor]:visible"
    ),
    Kind("opinion, signature", "stc.head", task("sign_opinion.stc"), "sign_opinion"),
    Kind("dispositions", "skhdt.specialist", plan("dispositions/"), "remarks"),
    Kind(
        "dispositions, together", "skhdt.specialist", plan("dispositions/"), "remarks", "[data-bulk] summary"
    ),
    Kind(
        "dispositions, upholding",
        "stc.head",
        plan("dispositions/"),
        "answers",
        "[data-dialog^=act-uphold]:visible",
    ),
    Kind("dispositions, read", "stc.head", plan("dispositions/"), "decide"),
    Kind("table of opinions", "skhdt.specialist", plan("opinions/"), "decide"),
    Kind("table of opinions, a part", "stc.head", plan("opinions/"), "decide"),
    Kind("table of opinions, empty", "skhdt.specialist", plan("opinions/"), "draft"),
    Kind("submission", "skhdt.head", task("sign_submission"), "sign_submission"),
    Kind("review", "vp.specialist", task("review"), "review"),
    Kind("review, signature", "vp.head", task("sign_review"), "sign_review"),
    Kind("decision", "ubnd.vice_chair", task("decide"), "decide"),
    Kind("decision, return", "ubnd.chair", task("decide"), "decide", "[data-dialog=act-return]:visible"),
    Kind("issue", "vp.clerk", task("issue"), "issue"),
    Kind("report", "skhdt.specialist", task("report"), "report"),
    Kind("confirm", "vp.specialist", task("confirm"), "confirm"),
    Kind("not found", "stc.head", at("/directives/00000000-0000-4000-8000-000000000000/"), status=404),
)


@pytest.fixture(scope="module")
def case_at(system):
    """Bring one case to each node, once for all kinds of pages."""
    cases: dict[str, dict[str, Any]] = {"": {}}

    def get(node: str) -> dict[str, Any]:
        if node not in cases:
            cases[node] = system.hand.case_at(node=node)
        return cases[node]

    return get


def faults(page: Page) -> list[str]:
    """Say what is wrong with the page as it is: each rule of axe with its places, and sideways scrolling."""
    found = AXE.run(page).response["violations"]
    said = [f"{rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]
    over = page.evaluate(SIDEWAYS)
    return said + ([f"{over} pixels too wide"] if over > 0 else [])


def open_with(page: Page, opens: str) -> None:
    if opens.startswith("keys:"):
        for key in opens.split()[1:]:
            page.keyboard.press(key)
    elif opens:
        page.locator(opens).first.click()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_page_is_accessible_and_fits_at_both_sizes(kind, person, case_at):
    expects = f"status of {kind.status}"
    case = case_at(kind.node)
    page = person(kind.who, expects=expects) if kind.who else person.visitor(expects=expects)
    found = {}
    for name, size in (("1366", WIDE), ("390", NARROW)):
        page.set_viewport_size(size)
        answer = page.goto(kind.where(case))
        assert answer is not None
        assert (answer.status, answer.request.redirected_from) == (kind.status, None)
        open_with(page, kind.opens)
        page.wait_for_timeout(150)
        found[name] = faults(page)

    assert found == {"1366": [], "390": []}
