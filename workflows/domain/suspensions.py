"""The clock of a case stands still by decision until a day or a named event, and runs again by decision.

Source: domain notes 3.3 (a plan waits for a document of a higher level); the working regulation, `SUSPENSION`.
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import regulation
from accounts.authority import SYSTEM, Actor
from workflows import inbox
from workflows.domain import calendars, phases
from workflows.domain.errors import DomainError
from workflows.domain.events import record
from workflows.domain.submissions import last_submission
from workflows.models import Assignment, CaseTask, Participation, Phase, Role, Submission, Suspension

GOES_ON = {Role.REVIEW: Phase.REVIEWING, Role.APPROVE: Phase.DECIDING}


@transaction.atomic
def suspend(
    participation: Participation, *, actor: Actor, reason: str, until_on: date | None = None, event: str = ""
) -> Suspension:
    """Stop the clock of a case until a day or an event; what is left of the stage's term is kept.

    The task that follows is due when the case has to be looked at again.

    Raises:
        DomainError: no reason, nothing to wait for, or a day that is not ahead.
    """
    assignment, now = participation.assignment, timezone.now()
    submission = last_submission(assignment)
    _check(submission, reason=reason, until_on=until_on, event=event)

    suspension = Suspension(
        submission=submission,
        until_on=until_on,
        event=event.strip(),
        reason=reason.strip(),
        suspended_by=actor.person,
        suspended_as=actor.label,
        suspended_at=now,
        look_again_at=look_again(until_on, now),
        left=calendars.load_calendar().working_time_between(now, _due_of(participation) or now),
        due_before=assignment.due_at,
    )
    suspension.save(force_insert=True)
    suspension.next_due_at = suspension.look_again_at
    phases.enter(assignment, Phase.SUSPENDED)

    _record("case.suspended", assignment, suspension, actor, reason=suspension.reason)
    return suspension


@transaction.atomic
def resume(participation: Participation, *, actor: Actor, note: str = "") -> Suspension:
    """Let the clock run again: the stage has what was left of its term, the assignment what it stood still.

    Raises:
        DomainError: the clock does not stand still.
    """
    assignment, now, calendar = participation.assignment, timezone.now(), calendars.load_calendar()
    suspension = standing(assignment)
    if suspension is None:
        raise DomainError(_("The clock of this case is running."))

    suspension.resumed_at, suspension.resumed_by = now, actor.person
    suspension.resumed_as, suspension.resume_note = actor.label, note.strip()
    suspension.next_due_at = calendar.add_working_time(now, suspension.left)
    if assignment.due_at is not None:
        stood = calendar.working_time_between(suspension.suspended_at, now)
        assignment.due_at = suspension.due_after = calendar.add_working_time(assignment.due_at, stood)
        assignment.save(update_fields=["due_at"])
    suspension.save(update_fields=["resumed_at", "resumed_by", "resumed_as", "resume_note", "due_after"])
    phases.enter(assignment, GOES_ON[Role(participation.role)])

    _record("case.resumed", assignment, suspension, actor, reason=suspension.resume_note)
    return suspension


def standing(assignment: Assignment) -> Suspension | None:
    """Return the suspension for which the clock stands still now; one statement."""
    found = Suspension.objects.filter(submission__assignment=assignment, resumed_at=None)
    return found.order_by("-pk").first()


def look_again(until_on: date | None, now: datetime) -> datetime:
    """Return when a case suspended at `now` has to be looked at again."""
    calendar = calendars.load_calendar()
    if until_on is not None:
        return calendar.end_of(until_on)
    return calendar.add_working_days(now, regulation.rules("SUSPENSION")["look_again_days"])


def to_look_at(*, at: datetime) -> Iterable[Assignment]:
    """Return the cases whose day of looking again has passed at `at`; one statement."""
    waiting = Suspension.objects.filter(resumed_at=None, look_again_at__lte=at).order_by(
        "look_again_at", "pk"
    )
    related = waiting.select_related("submission__assignment__directive")
    return [suspension.submission.assignment for suspension in related]


@transaction.atomic
def remind(assignment: Assignment, *, at: datetime) -> bool:
    """Tell whoever stopped the clock that the day has come, and again each working day; False where it runs meanwhile.

    Raises:
        HandedOnError: the clock is running again.
    """
    phases.hold(assignment, Phase.SUSPENDED)
    suspension = standing(assignment)
    if suspension is None or suspension.look_again_at > at:
        return False

    suspension.look_again_at = calendars.load_calendar().add_working_days(at, 1)
    suspension.save(update_fields=["look_again_at"])
    waiting = CaseTask.objects.open().human().filter(process__assignment=assignment)
    inbox.move(list(waiting.filter(participation__role__in=GOES_ON)), suspension.look_again_at)

    _record("case.look_again", assignment, suspension, SYSTEM)
    return True


def _due_of(participation: Participation) -> datetime | None:
    """Return when the task that waits for a part is due."""
    waiting = (
        CaseTask.objects.open()
        .human()
        .filter(process__assignment=participation.assignment, participation=participation)
    )
    return waiting.order_by("-pk").values_list("due_at", flat=True).first()


def _check(submission: Submission, *, reason: str, until_on: date | None, event: str) -> None:
    if submission.decision is not None:
        raise DomainError(_("This submission has already been decided."))
    if not reason.strip():
        raise DomainError(_("Say why the case is suspended."), field="reason")
    if until_on is None and not event.strip():
        raise DomainError(_("Name the day or the event the case waits for."), field="until_on")
    if until_on is not None and until_on <= timezone.localdate():
        raise DomainError(_("Name a day after today."), field="until_on")


def _record(kind: str, assignment: Assignment, suspension: Suspension, actor: Actor, **more: str) -> None:
    record(
        kind,
        assignment,
        subject=suspension,
        actor=actor,
        waits_for=suspension.waits_for,
        due_after=suspension.due_after.isoformat() if suspension.due_after else "",
        **more,
    )
