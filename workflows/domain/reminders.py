"""Reminding agencies that have not answered: by the clock before their term ends, and by the lead (đôn đốc)."""

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts import regulation
from accounts.authority import SYSTEM, Actor
from workflows.domain import calendars, open_rounds
from workflows.domain.errors import DomainError
from workflows.domain.events import record
from workflows.models import Assignment, Consultation, Opinion, Reminder, ReminderKind

REMIND_FROM = time(8)  # the hour at which a reminder goes out


@transaction.atomic
def remind(assignment: Assignment, *, actor: Actor) -> Consultation:
    """Remind every agency that has not answered (đôn đốc): those alone.

    Raises:
        HandedOnError: no round is open.
        DomainError: everybody has answered, or a reminder went out too short a time ago.
    """
    consultation = open_rounds.hold(assignment)
    gap = timedelta(hours=regulation.rules("CONSULTATION")["remind_gap_hours"])
    last = Reminder.objects.filter(opinion__consultation=consultation, kind=ReminderKind.LEAD).aggregate(
        last=Max("sent_at")
    )["last"]
    if last is not None and timezone.now() - last < gap:
        when = date_format(timezone.localtime(last), "H:i d/m/Y")
        raise DomainError(_("The silent agencies were last reminded at %(when)s.") % {"when": when})
    if not _remind(consultation, _silent(consultation), ReminderKind.LEAD, at=timezone.now(), actor=actor):
        raise DomainError(_("Every agency has answered; there is nobody to remind."))
    return consultation


@transaction.atomic
def remind_by_clock(assignment: Assignment, *, at: datetime) -> bool:
    """Send the reminders that are due before the agencies' terms end; tells whether anybody was reminded.

    An agency that has more time than the others is reminded of its own term.
    """
    consultation = open_rounds.hold(assignment)
    if consultation.remind_at is None or consultation.remind_at > at:
        return False
    silent = _silent(consultation)
    due = [
        opinion for opinion in silent if _is_due_for_reminder(opinion, since=consultation.remind_at, at=at)
    ]
    plan_next(consultation, after=at, silent=silent)
    return bool(_remind(consultation, due, ReminderKind.CLOCK, at=at, actor=SYSTEM))


def _is_due_for_reminder(opinion: Opinion, *, since: datetime, at: datetime) -> bool:
    return any(since <= moment <= at for moment in reminders_before(opinion.due))


def plan_next(
    consultation: Consultation, *, after: datetime, silent: Iterable[Opinion] | None = None
) -> None:
    """Note when the clock next reminds one of the silent agencies; one statement, two where they are to be read."""
    moments = {opinion.due for opinion in (_silent(consultation) if silent is None else silent)}
    consultation.remind_at = next_reminder(*moments, after=after)
    consultation.save(update_fields=["remind_at"])


def _silent(consultation: Consultation) -> list[Opinion]:
    """Return what nobody has answered, oldest first; one statement."""
    silent = list(consultation.opinions.unanswered().select_related("participation__agency").order_by("id"))
    for opinion in silent:
        opinion.consultation = consultation
    return silent


def _remind(
    consultation: Consultation, silent: Sequence[Opinion], kind: ReminderKind, *, at: datetime, actor: Actor
) -> int:
    if not silent:
        return 0
    Reminder.objects.bulk_create(
        Reminder(opinion=opinion, kind=kind, sent_at=at, sent_by=actor.user) for opinion in silent
    )
    record(
        "consultation.reminded",
        consultation.assignment,
        subject=consultation,
        actor=actor,
        round=consultation.round,
        due=consultation.due_at.isoformat(),
        agencies=[opinion.participation.agency.code for opinion in silent],
    )
    return len(silent)


def rounds_to_remind(*, at: datetime) -> list[Assignment]:
    """Return the assignments whose open round has a reminder due at a moment; one statement."""
    due = Assignment.objects.filter(consultations__closed_at=None, consultations__remind_at__lte=at)
    return list(due.select_related("directive").order_by("id").distinct())


def next_reminder(*due_at: datetime, after: datetime) -> datetime | None:
    """Return when a silent agency is next reminded of one of these due moments, or None where no reminder is left."""
    moments = [moment for due in due_at for moment in reminders_before(due)]
    return min((moment for moment in moments if moment > after), default=None)


def reminders_before(due_at: datetime) -> list[datetime]:
    """Return when an agency that stays silent is reminded of a due moment, latest last; in the office's hours."""
    calendar, day = calendars.load_calendar(), timezone.localdate(due_at)
    return sorted(
        timezone.make_aware(datetime.combine(calendar.working_day_before(day, days), REMIND_FROM))
        for days in regulation.rules("CONSULTATION")["remind_days"]
    )
