"""Two ASGI processes, one worker, one beat: what one does the other shows, and a death in the middle loses nothing."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.browsers import row, rows, task_url, unread, wait_until_live, wait_until_told
from tests.visitors import Visitor

pytestmark = pytest.mark.postgres

LEASE = 60
GRACE = 40
DIRECTIVES = 60


def signed_in(system, username: str, process: int = 0) -> Visitor:
    visitor = Visitor(system.addresses[process])
    visitor.sign_in(username, system.password)
    return visitor


def books_balance(system) -> None:
    """Fail where a feed has a gap, an event was not told, an entry or an event is not what it should be."""
    assert system.hand.feeds() == {"pending": 0, "dead": 0, "gaps": []}
    assert system.hand.unfinished() == 0
    system.manage("check_inbox")
    system.manage("verify_audit")


@pytest.mark.browser
def test_act_on_one_process_shows_in_a_browser_on_the_other(person, system):
    assert {name: process.poll() for name, process in system.processes.items()} == {
        "web-a": None,
        "web-b": None,
        "worker": None,
        "beat": None,
    }
    case = system.hand.case_at(node="sign_request", asked=["stc"])
    wait_until_told(system)
    agency = person("stc.head", process=1)
    wait_until_live(agency)
    before, bell = rows(agency), unread(agency)

    head = signed_in(system, "skhdt.head")
    page = task_url(case, "sign_request")
    status, _text = head.post(page, head.form(page, "send"))

    assert status == 302
    case = system.hand.case(assignment=case["assignment"])
    row(agency, case, "prepare_opinion.stc").wait_for()
    agency.wait_for_function(f"document.querySelector('#bell-n [data-n]').textContent === '{bell + 1}'")
    assert rows(agency) == before + 1


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_killed_worker_loses_nothing_and_tells_nobody_twice(system, rounds):
    for _round in range(rounds):
        wait_until_told(system)
        system.stop("worker")
        since = system.hand.last_event()
        waiting = system.hand.directives(count=DIRECTIVES)
        system.start("worker")
        left = falls_below(system, waiting - 10, seconds=GRACE)
        system.kill("worker")
        assert 0 < left < waiting

        system.start("worker")

        assert falls_below(system, 1, seconds=LEASE + GRACE) == 0
        told = system.hand.readers(since=since)
        assert (told["missing"], told["strange"]) == (0, 0)
        assert told["told"] > DIRECTIVES
        books_balance(system)


def falls_below(system, number: int, *, seconds: float) -> int:
    """Wait until fewer events are pending; return how many are."""
    end = time.monotonic() + seconds
    while (left := system.hand.pending()) >= number and time.monotonic() < end:
        time.sleep(0.01)
    return left


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_approval_sent_to_a_dying_process_is_done_once_when_sent_again(system, rounds):
    for delay in (0.0, 0.01, 0.03, 0.06, 0.1) * rounds:
        case = system.hand.case_at(node="decide")
        chair = signed_in(system, "ubnd.chair")
        page = task_url(case, "decide")
        form = chair.form(page, "approve")

        with ThreadPoolExecutor(1) as beside:
            first = beside.submit(answer_of, chair, page, form)
            time.sleep(delay)
            system.kill("web-a")
        chair.address = system.addresses[1]
        again = answer_of(chair, page, form)
        system.start("web-a")
        system.wait_until_live()

        assert (first.result() in {0, 302}, again) == (True, 302)
        after = system.hand.case(assignment=case["assignment"])
        assert (after["decisions"], list(after["tasks"])) == (["APPROVED"], ["issue"])
    wait_until_told(system)
    books_balance(system)


def answer_of(visitor: Visitor, page: str, form: dict[str, str]) -> int:
    """Return the status of the answer, 0 where the process died over it."""
    try:
        return visitor.post(page, form)[0]
    except OSError:
        return 0


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_acts_go_on_without_a_worker_and_are_told_when_it_is_back(system):
    wait_until_told(system)
    system.stop("worker")
    case = system.hand.case_at(node="decide")
    chair = signed_in(system, "ubnd.chair", process=1)
    page = task_url(case, "decide")

    assert answer_of(chair, page, chair.form(page, "approve")) == 302
    assert system.hand.pending() > 0
    system.start("worker")

    assert falls_below(system, 1, seconds=GRACE) == 0
    books_balance(system)
