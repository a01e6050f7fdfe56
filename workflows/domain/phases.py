"""The only place that sets what the state of an assignment means."""

from collections.abc import Collection

from django.utils import timezone
from django.utils.translation import gettext as _

from workflows.domain.errors import DomainError
from workflows.models import Assignment, CaseProcess, Phase


class HandedOnError(DomainError):
    """The case has moved on, so this part of it can no longer be changed."""

    def __init__(self, message: str = "") -> None:
        super().__init__(
            message or _("The plan is not being drafted now: it has been handed on. Nothing was changed.")
        )


def enter(assignment: Assignment, phase: Phase) -> None:
    """Set the phase of an assignment; part of the act that caused it."""
    assignment.phase = phase
    assignment.phase_since = timezone.now()
    assignment.save(update_fields=["phase", "phase_since"])


def hold(assignment: Assignment, *phases: Phase) -> None:
    """Keep the case in one of these phases until commit: for changes beside the tasks' own acts.

    Takes the lock those acts take, then looks at the phase as it is now; two statements.

    Raises:
        HandedOnError: the case is in another phase.
    """
    lock_cases([assignment.pk])
    assignment.refresh_from_db(fields=["phase"])
    if assignment.phase not in phases:
        raise HandedOnError


def lock_cases(assignments: Collection[int]) -> None:
    """Take the locks that acts on these cases take, in one order, until commit; one statement."""
    running = CaseProcess.objects.select_for_update().filter(assignment__in=assignments, finished=None)
    list(running.order_by("pk"))
