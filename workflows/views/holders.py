"""Who holds a case now, as far as the reader may know."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.authority import Hat, own_hats
from accounts.models import Agency
from workflows import holding
from workflows.models import Assignment, CaseTask, Phase, Role
from workflows.presenting import DueLabel, DueState, due_label, held_label, short_date, stopped_label
from workflows.working_days import Calendar

from .agencies import Names
from .stages import BESIDE, CLOSED, STOPPED

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks at a case, and when: what happens inside another agency is not shown to her."""

    agency_ids: frozenset[int]
    is_office_wide: bool
    calendar: Calendar
    now: datetime

    @classmethod
    def under(cls, hats: Sequence[Hat], *, calendar: Calendar, now: datetime) -> "Reader":
        """Return the reader with these hats."""
        agency_ids = frozenset(hat.agency_id for hat in own_hats(hats))
        return cls(agency_ids, holding.is_office_wide(hats), calendar, now)

    def sees_inside(self, task: CaseTask) -> bool:
        """Tell whether she may know when the task came to the agency: an opinion in the making is the agency's own."""
        part = task.participation
        if part is None:
            return False
        return part.agency_id in self.agency_ids or (self.is_office_wide and part.role != Role.COORDINATE)

    def age(self, since: datetime) -> str:
        """Return the working time since a moment in words, nothing where it is less than a minute."""
        worked = self.calendar.working_time_between(since, self.now)
        return held_label(worked) if worked >= MINUTE else ""

    def due(self, due_at: datetime | None, *, started_at: datetime | None = None) -> DueLabel:
        """Return how an open due moment stands."""
        days = self.calendar.working_days_between(self.now, due_at) if due_at else 0
        return due_label(due_at, now=self.now, days=days, started_at=started_at)

    def due_at_node(self, node: str, due_at: datetime | None, *, started_at: datetime) -> DueLabel:
        """Return how the due moment of a waiting task stands; where the clock stands still none is missed."""
        if node in STOPPED:
            return stopped_label(due_at, now=self.now)
        return self.due(due_at, started_at=started_at)


@dataclass(frozen=True, slots=True)
class Holder:
    """An agency that must act: since when, and until when where the reader may know."""

    agency_id: int
    short: str
    full: str
    step: str
    age: str
    due: DueLabel | None


def holders_of(
    assignment: Assignment, tasks: Iterable[CaseTask], *, names: Names, reader: Reader
) -> list[Holder]:
    """Return the agencies that must act in a case now, each once."""
    seen: dict[int, Holder] = {}
    for task in tasks:
        part = task.participation
        if task.flow_task.name in BESIDE:
            continue
        if part is not None and task.is_open and part.agency_id not in seen:
            seen[part.agency_id] = _holder(assignment, task, part.agency, names, reader)
    return list(seen.values())


def _holder(assignment: Assignment, task: CaseTask, agency: Agency, names: Names, reader: Reader) -> Holder:
    inside = reader.sees_inside(task)
    since = task.created if inside or assignment.phase_since is None else assignment.phase_since
    return Holder(
        agency_id=agency.pk,
        short=names.short(agency),
        full=names.full(agency),
        step=str(Phase(assignment.phase).label),
        age=reader.age(since),
        due=reader.due_at_node(task.flow_task.name, task.due_at, started_at=task.created)
        if inside and task.due_at
        else None,
    )


def in_words(assignment: Assignment, holders: Sequence[Holder]) -> str:
    """Say after the lead's name who holds the case."""
    if not holders:
        return ""
    if assignment.phase == Phase.CONSULTING:
        count = len(holders)
        return ngettext("waits for %(count)d agency", "waits for %(count)d agencies", count) % {
            "count": count
        }
    holder = holders[0]
    words = {"agency": holder.short, "age": holder.age}
    if assignment.phase == Phase.SUSPENDED:
        return _("clock stopped, with %(agency)s") % words
    if holder.agency_id == assignment.lead_id:
        return _("has held it for %(age)s") % words if holder.age else _("holds it")
    return _("with %(agency)s for %(age)s") % words if holder.age else _("with %(agency)s") % words


def completion(assignment: Assignment, reader: Reader) -> DueLabel:
    """Return how the due date of the assignment itself stands: open, kept, missed, or as the directive words it."""
    if assignment.phase == Phase.REJECTED:
        return DueLabel(DueState.NONE, str(Phase.REJECTED.label))
    if assignment.phase == Phase.SUSPENDED and assignment.phase_since:
        since = _("since %(date)s") % {"date": short_date(assignment.phase_since, now=reader.now)}
        return DueLabel(DueState.NONE, _("Clock stopped"), since, iso=assignment.phase_since.isoformat())
    if assignment.due_at is None:
        return DueLabel(DueState.NONE, assignment.due_phrase or _("No due date"))
    if assignment.phase in CLOSED and assignment.phase_since:
        days = reader.calendar.working_days_between(assignment.due_at, assignment.phase_since)
        return due_label(assignment.due_at, now=reader.now, days=days, done_at=assignment.phase_since)
    return reader.due(assignment.due_at, started_at=assignment.directive.released_at)
