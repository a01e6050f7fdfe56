"""What Celery runs in production; the embedded loop calls the same functions directly."""

from celery import shared_task

from notifications import relay


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def relay_sweep() -> int:
    """Tell the readers of pending events; safe to run any number of times at once."""
    return relay.sweep()
