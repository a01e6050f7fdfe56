"""The job that has waiting files scanned: its name, and how to wake it."""

import logging

from celery import current_app
from django.conf import settings

from notifications import loops

logger = logging.getLogger(__name__)

JOB = "scans"
TASK = "workflows.tasks.scan_files"
SWEEP_SECONDS = 15.0


def is_on() -> bool:
    """Tell whether a virus scanner is set up."""
    return bool(settings.CLAMD)


def wake() -> None:
    """Have the job look now; never raises, for the sweep looks anyway."""
    if loops.nudge(JOB) or not settings.CELERY_BROKER_URL:
        return
    try:
        current_app.send_task(TASK, retry=False, expires=SWEEP_SECONDS * 2)
    except Exception:  # the file is stored; a broker that is down only costs seconds
        logger.warning("scan not woken", exc_info=True)


def sweep() -> int:
    """Have the files scanned that wait; returns how many were judged."""
    from . import scanning  # noqa: PLC0415 - the domain wakes this job and is used by it

    return scanning.scan_waiting()
