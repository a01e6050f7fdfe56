"""Background work in production: the same functions the embedded process calls in its own loop."""

from celery import shared_task

from workflows.domain import absent_leaders
from workflows.flows import balloting, leaving, rounds, suspending, timers
from workflows.signing import jobs
from workflows.uploads import jobs as scanning


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def fire_timers() -> int:
    """Fire the due timers; returns how many fired."""
    return timers.fire_due_timers()


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def remind_silent() -> int:
    """Send the reminders that are due; returns in how many rounds and ballots somebody was reminded."""
    return rounds.remind_due() + balloting.remind_due()


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def make_papers() -> int:
    """Make the papers of approvals and look at the signatures of uploads; returns how many of both were done."""
    return jobs.sweep()


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def scan_files() -> int:
    """Have the uploads scanned that wait; returns how many were judged."""
    return scanning.sweep()


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def propose_delegations() -> int:
    """Propose delegations for absent leaders; returns for how many."""
    return absent_leaders.propose_due()


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def remind_to_look_again() -> int:
    """Tell of the suspended cases whose day has come; returns how many."""
    return suspending.remind_to_look_again()


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def hand_back_work() -> int:
    """Give back what waits for people whose membership has ended; returns for how many memberships."""
    return leaving.hand_back_ended()
