"""Firing due timers: one loop, any number of dispatchers, each timer once."""

import logging
from datetime import datetime

from django.db import OperationalError, transaction
from django.db.models import F
from django.utils import timezone
from viewflow.workflow.exceptions import FlowLockFailed

from workflows.models import CaseTask

logger = logging.getLogger(__name__)

JOB = "timers"
SWEEP_SECONDS = 15.0
BATCH = 200
MAX_ATTEMPTS = 12


def fire_due_timers(*, at: datetime | None = None, limit: int = BATCH) -> int:
    """Fire the timers due at `at` (now by default), oldest first; returns how many fired.

    Each is re-read under its process lock, so several dispatchers may run at once, and one that was put off meanwhile
    waits. A timer that fails rolls back as a whole and is tried again; after MAX_ATTEMPTS it is given up, visibly.
    A case that is busy is no failure.
    """
    moment = at or timezone.now()
    due = list(CaseTask.objects.due_timers(at=moment).order_by("attempts", "scheduled", "id")[:limit])
    return sum(_fire(task, moment) for task in due)


def _fire(task: CaseTask, moment: datetime) -> bool:
    try:
        with transaction.atomic(), task.activation() as activation:
            put_off = activation.task.scheduled is None or activation.task.scheduled > moment
            if put_off or not activation.start.can_proceed():
                return False
            activation.start()
            activation.execute()
    except (FlowLockFailed, OperationalError):
        logger.warning(
            "timer could not get its case, will try again", extra={"timer": task.pk}, exc_info=True
        )
        return False
    except Exception:
        logger.exception("timer failed", extra={"timer": task.pk})
        _count_failure(task)
        return False
    return True


def _count_failure(task: CaseTask) -> None:
    given_up = timezone.now() if task.attempts + 1 >= MAX_ATTEMPTS else None
    CaseTask.objects.filter(pk=task.pk).update(attempts=F("attempts") + 1, gave_up_at=given_up)
