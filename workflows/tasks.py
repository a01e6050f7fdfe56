"""Background work in production: the same functions the embedded process calls in its own loop."""

from celery import shared_task

from workflows.flows import timers


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def fire_timers() -> int:
    """Fire the due timers; returns how many fired."""
    return timers.fire_due_timers()
