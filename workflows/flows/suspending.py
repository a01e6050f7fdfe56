"""The day on which a suspended case is looked at again: whoever stopped its clock is told, each working day."""

import logging
from datetime import datetime

from django.db import OperationalError
from django.utils import timezone

from workflows.domain import suspensions
from workflows.domain.phases import HandedOnError
from workflows.models import Assignment

logger = logging.getLogger(__name__)

JOB = "look_again"
SWEEP_SECONDS = 60.0


def remind_to_look_again(*, at: datetime | None = None) -> int:
    """Tell of the suspended cases whose day has come; returns how many.

    A case that is busy, or whose clock has just been started, is left for the next time.
    """
    moment = at or timezone.now()
    return sum(_remind(assignment, moment) for assignment in suspensions.to_look_at(at=moment))


def _remind(assignment: Assignment, moment: datetime) -> bool:
    try:
        return suspensions.remind(assignment, at=moment)
    except (HandedOnError, OperationalError):
        logger.warning(
            "look at a suspended case left for later", extra={"assignment": assignment.pk}, exc_info=True
        )
        return False
