"""Having a periodic job look now, instead of at its next turn."""

import logging

from celery import current_app
from django.conf import settings

from . import loops

logger = logging.getLogger(__name__)


def wake(name: str) -> None:
    """Wake a job of the embedded loop, else ask a worker for its Celery task; never raises, the sweep looks anyway.

    An order that is older than two sweeps is worthless and expires.
    """
    if loops.nudge(name) or not settings.CELERY_BROKER_URL:
        return
    job = loops.periodic(name)
    try:
        current_app.send_task(job.task, retry=False, expires=job.seconds * 2)
    except Exception:  # the act is committed; a broker that is down only costs seconds
        logger.warning("job not woken", extra={"job": name}, exc_info=True)
