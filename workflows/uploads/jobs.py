"""The job that has waiting files scanned: its name, and how to wake it."""

from functools import partial

from django.conf import settings

from notifications import waking

JOB = "scans"
TASK = "workflows.tasks.scan_files"
SWEEP_SECONDS = 15.0

wake = partial(waking.wake, JOB)


def is_on() -> bool:
    """Tell whether a virus scanner is set up."""
    return bool(settings.CLAMD)


def sweep() -> int:
    """Have the files scanned that wait; returns how many were judged."""
    from . import scanning  # noqa: PLC0415 - the domain wakes this job and is used by it

    return scanning.scan_waiting()
