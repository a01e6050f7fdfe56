"""Background work in production: the same functions the embedded process calls in its own loop."""

from celery import shared_task

from accounts.domain import sessions


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def clear_expired_sessions() -> int:
    """Forget the sessions whose end has come; returns how many."""
    return sessions.clear_expired()
