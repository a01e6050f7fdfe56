"""The job that makes the papers of approvals and looks at the signatures of uploads: its name, and how to wake it."""

from functools import partial

from notifications import waking

JOB = "papers"
TASK = "workflows.tasks.make_papers"
SWEEP_SECONDS = 30.0

wake = partial(waking.wake, JOB)


def sweep() -> int:
    """Make the papers that are due and examine the files that wait; returns how many of both were done."""
    from . import work  # noqa: PLC0415 - ReportLab is loaded by whoever makes papers, and not at every start

    return work.sweep()
