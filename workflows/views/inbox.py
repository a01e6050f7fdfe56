"""What waits for a person, and what she has done. One table read, whatever her rights."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.authority import Hat, buckets
from accounts.views.addresses import clean_text, key_of, link
from workflows import inbox, policies
from workflows.domain.calendars import load_calendar
from workflows.models import CaseTask, InboxEntry, Phase, Role
from workflows.presenting import (
    SOON_DAYS,
    DueLabel,
    date_and_time,
    due_label,
    held_label,
    short_date,
    stopped_label,
)
from workflows.working_days import Calendar

from . import lending, stages, vocabulary
from .base import CaseRequest, CaseView, Context
from .bell import bell_of
from .bulk_words import NODES, offers
from .keyset import PAGE, YEARS, After, after_moment
from .lending import bounded

Border = tuple[str, datetime | None, datetime | None]

ALL = "all"
GROUPS: dict[str, tuple[Promise, Promise, str]] = {  # heading, tab, CSS class
    "late": (gettext_lazy("Overdue"), gettext_lazy("Overdue"), "late"),
    "today": (gettext_lazy("Today"), gettext_lazy("Today"), "soon"),
    "soon": (gettext_lazy("Next three days"), gettext_lazy("Next 3 days"), ""),
    "later": (gettext_lazy("After that"), gettext_lazy("In time"), ""),
}
TAB_MARKS = {"late": "late", "today": "soon", "soon": "soon"}
ROLES = (Role.LEAD, Role.COORDINATE, Role.REVIEW, Role.APPROVE)


@dataclass(frozen=True, slots=True)
class Row:
    """A waiting task as `c/item.html` prints it."""

    id: int
    key: str
    due: DueLabel
    verb: str
    title: str
    url: str
    number: str
    summary: str
    role: str
    role_name: str
    agency: str
    sender: str
    stage: int
    stage_name: str
    state: str
    age: str
    group: str
    node: str
    task: UUID
    is_bulk: bool
    stopped: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the person narrowed the list to, as the address says it."""

    due: str = ""
    role: str = ""
    text: str = ""
    lender: str = ""  # the delegation under which the list is read; empty for the person's own

    @classmethod
    def parse(cls, query: QueryDict) -> "Wanted":
        """Read the address; what it does not know it leaves out."""
        due, role = query.get("due", ""), query.get("role", "")
        text = clean_text(query.get("text", ""))
        return cls(due if due in GROUPS else "", role if role in ROLES else "", text, query.get("for", ""))

    @property
    def is_narrowed(self) -> bool:
        """Tell whether anything is left out."""
        return bool(self.due or self.role or self.text)

    def url(self, **changes: str) -> str:
        """Return the address of the list with something changed."""
        given = {"for": self.lender, "due": self.due, "role": self.role, "text": self.text} | changes
        return link(reverse("inbox"), **given)


def borders(calendar: Calendar, now: datetime) -> list[Border]:
    """Return the due groups as (name, from, before), the whole first."""
    today = timezone.localdate(now)
    day = today
    for _step in range(SOON_DAYS):
        day = calendar.next_working_day(day)
    tomorrow = datetime.combine(today + timedelta(days=1), time(), timezone.get_current_timezone())
    later = datetime.combine(day + timedelta(days=1), time(), timezone.get_current_timezone())
    return [
        (ALL, None, None),
        ("late", None, now),
        ("today", now, tomorrow),
        ("soon", tomorrow, later),
        ("later", later, None),
    ]


class InboxView(CaseView):
    """The tasks that wait for the person, by due moment. A script gets the list alone, from the same address."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show one page."""
        context = self._context(request)
        template = "workflows/inbox_part.html" if request.htmx else "workflows/inbox.html"  # type: ignore[attr-defined]
        response = render(request, template, context)
        response["Vary"] = "HX-Request"
        return response

    def _context(self, request: HttpRequest) -> Context:
        now, calendar = timezone.now(), load_calendar()
        wanted, limits = Wanted.parse(request.GET), borders(calendar, now)
        acting, seen, scope = _source(self.asker, wanted)
        after = _cursor(request.GET.get("after", ""))
        entries, following = inbox.page(seen, _filter(wanted, limits, scope), after=after)
        rows = _rows(entries, limits, calendar, now)
        counts = inbox.counts(seen, limits, scope)
        is_whole = not (wanted.role or wanted.text)
        own, lenders = lending.lenders(self.asker.hats, acting)
        return {
            "nav": "inbox",
            "acting": lending.bar_of([acting]) if acting else [],
            "lenders": lenders,
            "is_narrowed": wanted.is_narrowed,
            "groups": _grouped(rows, counts if is_whole else {}),
            "bulk": offers(row.node for row in rows),
            "has_bulk": any(row.is_bulk for row in rows),
            "query": request.GET.urlencode(),
            "more_match": bool(following or after),
            "tabs": _tabs(wanted, counts),
            "roles": _roles(wanted),
            "wanted": wanted,
            "total": own if acting else bounded(counts[ALL]),
            "here": request.get_full_path(),
            "all_url": wanted.url(due="", role="", text=""),
            "next_url": wanted.url(after=str(following)) if following else "",
            "first_url": wanted.url() if after else "",
            "today": today_in_words(now),
            **bell_of(self.asker.user),
        }


def matching(asker: CaseRequest, query: QueryDict, *, node: str, limit: int) -> tuple[list[UUID], bool]:
    """Return the tasks at a node on all pages of a list, by due moment, at most `limit`; true where there are more.

    `query` is that of the list's address. Two statements.
    """
    limits, wanted = borders(load_calendar(), timezone.now()), Wanted.parse(query)
    _acting, seen, scope = _source(asker, wanted)
    narrowed = replace(_filter(wanted, limits, scope), node=node)
    entries, following = inbox.page(seen, narrowed, size=limit)
    return [entry.task_public_id for entry in entries], following is not None


def today_in_words(now: datetime) -> str:
    """Return the weekday and the date."""
    local = timezone.localtime(now)
    return f"{capfirst(date_format(local, 'l'))}, {local:%d/%m/%Y}"


def _cursor(text: str) -> inbox.Cursor | None:
    cursor = inbox.Cursor.parse(text)
    if cursor is None or cursor.due_at.tzinfo is None or cursor.due_at.year not in YEARS:
        return None
    return cursor if key_of(str(cursor.task_id)) is not None else None


def _source(asker: CaseRequest, wanted: Wanted) -> tuple[Hat | None, Sequence[int], inbox.Filter]:
    """Return the lent hat under which the list is read, whose buckets it shows, and in which scope."""
    acting = lending.acting_as(asker.hats, wanted.lender)
    if acting is None:
        return None, buckets(asker.hats), inbox.Filter()
    return acting, acting.buckets, inbox.Filter.under(acting)


def _filter(wanted: Wanted, limits: Sequence[Border], scope: inbox.Filter) -> inbox.Filter:
    start, end = next(((start, end) for name, start, end in limits if name == wanted.due), (None, None))
    return replace(scope, due_from=start, due_before=end, role=wanted.role, text=wanted.text)


def _rows(
    entries: Sequence[InboxEntry], limits: Sequence[Border], calendar: Calendar, now: datetime
) -> list[Row]:
    return [_row(entry, limits, calendar, now) for entry in entries]


def _row(entry: InboxEntry, limits: Sequence[Border], calendar: Calendar, now: datetime) -> Row:
    days = calendar.working_days_between(now, entry.due_at)
    due = due_label(entry.due_at, now=now, days=days, started_at=entry.opened_at)
    if entry.node in stages.STOPPED:
        due = stopped_label(entry.due_at, now=now)
    return Row(
        id=entry.task_id,
        key=f"{entry.due_at.isoformat()}|{entry.task_id:012d}",
        due=due,
        verb=vocabulary.to_do(entry.node),
        title=entry.title,
        url=reverse("task", args=[entry.task_public_id]),
        number=entry.directive_code,
        summary=entry.directive_subject,
        role=vocabulary.ROLE_MARKS.get(entry.role, ""),
        role_name=str(Role(entry.role).label),
        agency=entry.agency,
        sender=entry.sender,
        stage=stages.station_of(entry.phase, entry.node),
        stage_name=str(Phase(entry.phase).label),
        state=stages.mark_of(due.state),
        age=held_label(calendar.working_time_between(entry.opened_at, now)),
        group=_group(entry.due_at, limits),
        node=entry.node,
        task=entry.task_public_id,
        is_bulk=entry.node in NODES,
        stopped=_stopped(entry, now),
    )


def _stopped(entry: InboxEntry, now: datetime) -> str:
    """Say since when the clock of a suspended case stands still, by whom, and what it waits for."""
    if entry.node not in stages.STOPPED:
        return ""
    words = _("Clock stopped %(since)s by %(who)s until %(waits_for)s")
    since = short_date(entry.opened_at, now=now)
    return words % {"since": since, "who": entry.sender, "waits_for": entry.waits_for}


def _group(due_at: datetime, limits: Sequence[Border]) -> str:
    """Return the due group of a moment: the last one that starts before it."""
    return next((name for name, start, _end in reversed(limits[2:]) if start and due_at >= start), "late")


def _grouped(rows: Sequence[Row], counts: dict[str, int]) -> list[Context]:
    """Return the groups that have rows on this page; a count only where the whole inbox is listed."""
    return [
        {
            "name": name,
            "label": str(label),
            "mark": mark,
            "count": bounded(counts[name]) if name in counts else "",
            "rows": [row for row in rows if row.group == name],
        }
        for name, (label, _tab, mark) in GROUPS.items()
        if any(row.group == name for row in rows)
    ]


def _tabs(wanted: Wanted, counts: dict[str, int]) -> list[Context]:
    names = [(ALL, "", _("All"))] + [(name, name, str(tab)) for name, (_label, tab, _mark) in GROUPS.items()]
    return [
        {
            "name": name,
            "label": label,
            "url": wanted.url(due=due),
            "count": bounded(counts[name]),
            "mark": TAB_MARKS.get(name, "") if counts[name] else "",
            "current": wanted.due == due,
        }
        for name, due, label in names
    ]


def _roles(wanted: Wanted) -> list[Context]:
    choices = [("", _("All roles"))] + [(role.value, str(role.label)) for role in ROLES]
    return [
        {"value": value, "label": label, "url": wanted.url(role=value), "current": value == wanted.role}
        for value, label in choices
    ]


class DoneView(CaseView):
    """What the person has done, newest first. A case she may no longer read has no link."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show one page."""
        after = after_moment(request.GET.get("after", ""))
        found = self._tasks(after)
        readable = self._readable(found[:PAGE])
        context = {
            "nav": "inbox",
            "lenders": lending.lenders(self.asker.hats)[1],
            "rows": [_done_row(task, readable) for task in found[:PAGE]],
            "next_url": _done_url(found[PAGE - 1]) if len(found) > PAGE else "",
            "first_url": reverse("done") if after else "",
            **bell_of(self.asker.user),
        }
        return render(request, "workflows/done.html", context)

    def _tasks(self, after: After[datetime] | None) -> list[CaseTask]:
        tasks: QuerySet[CaseTask] = CaseTask.objects.filter(
            owner=self.asker.user, verb__gt="", finished__isnull=False
        )
        if after:
            tasks = tasks.filter(after.narrow("finished"))
        return list(
            tasks.select_related("process__assignment__directive").order_by("-finished", "-id")[: PAGE + 1]
        )

    def _readable(self, tasks: Sequence[CaseTask]) -> set[int]:
        wanted = {task.process.assignment_id for task in tasks}
        visible = policies.visible_assignments(self.asker.hats, self.asker.user)
        return set(visible.filter(pk__in=wanted).values_list("pk", flat=True)) if wanted else set()


def _done_row(task: CaseTask, readable: set[int]) -> Context:
    assignment = task.process.assignment
    is_readable = assignment.pk in readable
    return {
        "verb": vocabulary.done(task),
        "title": assignment.title,
        "number": assignment.directive.code,
        "url": reverse("assignment", args=[assignment.public_id]) if is_readable else "",
        "capacity": task.done_as,
        "when": date_and_time(task.finished),
        "iso": task.finished.isoformat() if task.finished else "",
        "phase": str(assignment.get_phase_display()) if is_readable else "",
    }


def _done_url(last: CaseTask) -> str:
    return link(reverse("done"), after=f"{last.finished.isoformat()}~{last.pk}" if last.finished else "")
