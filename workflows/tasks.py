"""Background work in production: the same functions the embedded process calls in its own loop."""

from celery import shared_task

from workflows.flows import rounds, timers


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def fire_timers() -> int:
    """Fire the due timers; returns how many fired."""
    return timers.fire_due_timers()


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def remind_silent() -> int:
    """Send the reminders that are due; returns in how many rounds somebody was reminded."""
    return rounds.remind_due()
