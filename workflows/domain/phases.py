"""The only place that sets what the state of an assignment means."""

from django.utils import timezone

from workflows.models import Assignment, Phase


def enter(assignment: Assignment, phase: Phase) -> None:
    """Set the phase of an assignment; part of the act that caused it."""
    assignment.phase = phase
    assignment.phase_since = timezone.now()
    assignment.save(update_fields=["phase", "phase_since"])
