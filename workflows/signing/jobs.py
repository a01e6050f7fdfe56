"""The job that makes the papers of approvals and looks at the signatures of uploads: its name, and how to wake it."""

import logging

from celery import current_app
from django.conf import settings

from notifications import loops

logger = logging.getLogger(__name__)

JOB = "papers"
TASK = "workflows.tasks.make_papers"
SWEEP_SECONDS = 30.0


def wake() -> None:
    """Have the job look now; never raises, for the sweep looks anyway."""
    if loops.nudge(JOB) or not settings.CELERY_BROKER_URL:
        return
    try:
        current_app.send_task(TASK, retry=False, expires=SWEEP_SECONDS * 2)
    except Exception:  # the act is committed; a broker that is down only costs seconds
        logger.warning("papers not woken", exc_info=True)


def sweep() -> int:
    """Make the papers that are due and examine the files that wait; returns how many of both were done."""
    from . import work  # noqa: PLC0415 - ReportLab is loaded by whoever makes papers, and not at every start

    return work.sweep()
