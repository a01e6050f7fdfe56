"""What Celery runs in production; the embedded loop calls the same functions directly."""

from celery import shared_task

from notifications import relay
from notifications.sealing import acts


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def relay_sweep() -> int:
    """Tell the readers of pending events; safe to run any number of times at once."""
    return relay.sweep()


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def seal_audit() -> int:
    """Seal the chains of events where the day has no seal yet; returns how many seals were made."""
    return acts.sweep()
