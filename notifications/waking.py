"""Having a periodic job look now, instead of at its next turn."""

import logging

from celery import current_app
from django.conf import settings

from . import loops

logger = logging.getLogger(__name__)


def wake(job: str, task: str, *, seconds: float) -> None:
    """Wake the embedded loop's `job`, else ask a worker for the Celery `task`; never raises, the sweep looks anyway.

    `seconds` between two sweeps: an order older than two of them is worthless.
    """
    if loops.nudge(job) or not settings.CELERY_BROKER_URL:
        return
    try:
        current_app.send_task(task, retry=False, expires=seconds * 2)
    except Exception:  # the act is committed; a broker that is down only costs seconds
        logger.warning("job not woken", extra={"job": job}, exc_info=True)
