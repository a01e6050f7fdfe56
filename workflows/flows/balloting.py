"""What the clock does for a ballot of the members beside closing it: reminding those whose slips have not come back."""

import logging
from datetime import datetime

from django.db import OperationalError
from django.utils import timezone

from workflows.domain import ballots
from workflows.domain.phases import HandedOnError
from workflows.models import Assignment

logger = logging.getLogger(__name__)

JOB = "ballot-reminders"
SWEEP_SECONDS = 60.0


def remind_due(*, at: datetime | None = None) -> int:
    """Send the reminders that are due of every running ballot; returns in how many somebody was reminded.

    A case that is busy, or whose ballot has just closed, is left for the next time.
    """
    moment = at or timezone.now()
    return sum(_remind(assignment, moment) for assignment in ballots.cases_to_remind(at=moment))


def _remind(assignment: Assignment, moment: datetime) -> bool:
    try:
        return ballots.remind_by_clock(assignment, at=moment)
    except (HandedOnError, OperationalError):
        logger.warning("reminder left for later", extra={"assignment": assignment.pk}, exc_info=True)
        return False
