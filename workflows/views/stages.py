"""The stages of a case: where it stands on the line, and how long each stage took."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflows.models import Assignment, CaseTask, Phase, Product
from workflows.presenting import DueState, Stage, held_label, short_date, stage_line
from workflows.working_days import Calendar

# Where a phase stands on the line of eight; 9 says that all is behind. A report has fewer stages on the same line.
STATIONS: dict[str, int] = {
    Phase.REGISTERED: 1,
    Phase.MONITORED: 1,
    Phase.RECEIVING: 1,
    Phase.REASSIGNING: 2,
    Phase.DRAFTING: 3,
    Phase.REPORTING: 3,
    Phase.CONSULTING: 4,
    Phase.DISPOSING: 5,
    Phase.REVIEWING: 6,
    Phase.CONFIRMING: 6,
    Phase.DECIDING: 7,
    Phase.SUSPENDED: 7,
    Phase.VOTING: 7,
    Phase.REJECTED: 7,
    Phase.ISSUING: 8,
    Phase.ISSUED: 9,
    Phase.COMPLETED: 9,
}
NODES: dict[str, int] = {
    "receive": 1,
    "reassign": 2,
    "draft": 3,
    "sign_request": 3,
    "prepare_opinion": 4,
    "sign_opinion": 4,
    "replace_opinion": 4,
    "sign_replacement": 4,
    "sign_again": 5,
    "dispose": 5,
    "sign_submission": 5,
    "review": 6,
    "sign_review": 6,
    "review_suspended": 6,
    "decide": 7,
    "vote": 7,
    "suspended": 7,
    "answer_inquiry": 7,
    "issue": 8,
    "report": 3,
    "confirm": 6,
}
# Where the clock of the case stands still, and what goes on beside its line: neither makes a stage late.
STOPPED = frozenset({"review_suspended", "suspended"})
BESIDE = frozenset({"answer_inquiry"})
REPORT_STAGES: dict[int, Promise] = {
    1: gettext_lazy("Received"),
    3: gettext_lazy("In progress"),
    6: gettext_lazy("Awaiting confirmation"),
    9: gettext_lazy("Completed"),
}
MARKS: dict[DueState, str] = {DueState.LATE: "late", DueState.TODAY: "soon"}
CLOSED = {Phase.ISSUED, Phase.COMPLETED, Phase.REJECTED}


@dataclass
class _Visit:
    """When work at a stage began, when it ended, whether it ended late; and since when the clock stands still."""

    start: datetime
    end: datetime | None
    late: bool
    stops: list[tuple[datetime, datetime | None]] = field(default_factory=list)

    def stopped(self, calendar: Calendar, now: datetime) -> timedelta:
        """Return the working time for which the clock stood still."""
        spans = (calendar.working_time_between(start, end or now) for start, end in self.stops)
        return sum(spans, timedelta())

    @property
    def stopped_since(self) -> datetime | None:
        """Since when the clock stands still; None where it runs."""
        return next((start for start, end in self.stops if end is None), None)


def station_of(phase: str, node: str = "") -> int:
    """Return where a phase stands on the line, 1 to 9; a suspended case stands where its task was suspended."""
    return NODES[node] if node in STOPPED else STATIONS[phase]


def _station(assignment: Assignment, tasks: Iterable[CaseTask]) -> int:
    waiting = (task.flow_task.name for task in tasks if task.is_open)
    return station_of(assignment.phase, next((name for name in waiting if name in STOPPED), ""))


def mark_of(state: DueState) -> str:
    """Return the CSS class of a small stage line whose task is due like this."""
    return MARKS.get(state, "")


def line_of(
    assignment: Assignment, tasks: Iterable[CaseTask], *, calendar: Calendar, now: datetime
) -> list[Stage]:
    """Return the stages of an assignment with the days and the working time each took."""
    tasks = list(tasks)
    current = _station(assignment, tasks)
    visits = _visits(tasks)
    return [_dated(stage, visits.get(stage.number), calendar, now) for stage in _stages(assignment, current)]


def _stages(assignment: Assignment, current: int) -> list[Stage]:
    if assignment.product == Product.PLAN:
        return stage_line(current)
    completed = max(REPORT_STAGES)
    return [
        Stage(number, str(name), _state(number, current, completed)) for number, name in REPORT_STAGES.items()
    ]


def _state(number: int, current: int, completed: int) -> str:
    if number < current or current == completed:
        return "ok"
    return "cur" if number == current else "next"


def _visits(tasks: Iterable[CaseTask]) -> dict[int, _Visit]:
    visits: dict[int, _Visit] = {}
    for task in tasks:
        number = NODES.get(task.flow_task.name)
        if number is None or task.flow_task.name in BESIDE:
            continue
        is_stop = task.flow_task.name in STOPPED
        late = not is_stop and bool(task.due_at and task.due_at < (task.finished or timezone.now()))
        visit = visits.setdefault(number, _Visit(task.created, task.finished, late))
        visit.start = min(visit.start, task.created)
        visit.end = max(visit.end, task.finished) if visit.end and task.finished else None
        visit.late = visit.late or late
        if is_stop:
            visit.stops.append((task.created, task.finished))
    return visits


def _dated(stage: Stage, visit: _Visit | None, calendar: Calendar, now: datetime) -> Stage:
    if visit is None or stage.state == "next":
        return stage
    is_done = stage.state == "ok" and visit.end is not None
    end = visit.end if is_done and visit.end else now
    worked = calendar.working_time_between(visit.start, end) - visit.stopped(calendar, end)
    when = _span(visit.start, end if is_done else None, now)
    if visit.stopped_since is not None:
        when = _("clock stopped since %(date)s") % {"date": short_date(visit.stopped_since, now=now)}
    return replace(stage, when=when, duration=held_label(worked), late=visit.late)


def _span(start: datetime, end: datetime | None, now: datetime) -> str:
    first = short_date(start, now=now)
    if end is None:
        return _("since %(date)s") % {"date": first}
    last = short_date(end, now=now)
    return first if first == last else f"{first}–{last}"
