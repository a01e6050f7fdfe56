"""The file of one case: what is asked, where it stands, who holds it, who takes part, what happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.authority import buckets
from workflows.domain.calendars import load_calendar
from workflows.models import (
    Assignment,
    CaseTask,
    Consultation,
    InboxEntry,
    IssuedDocument,
    Participation,
    Plan,
)
from workflows.presenting import Stage, date_and_time, day_month_year

from . import history, stages, vocabulary
from .agencies import Names, names_on
from .base import CaseView, Context
from .bell import bell_of
from .history import Witness
from .holders import Reader, completion, holders_of
from .keyset import key_of, link


@dataclass(frozen=True, slots=True)
class _File:
    """The rows of one case."""

    assignment: Assignment
    parts: Sequence[Participation]
    tasks: Sequence[CaseTask]


class AssignmentView(CaseView):
    """The file of one case, for everybody who may read it."""

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        """Show the file; `?before=` pages through what happened."""
        assignment = self.assignment_or_404(public_id)
        file = _File(assignment, _parts(assignment), _tasks(assignment))
        reader = Reader.under(self.asker.hats, calendar=load_calendar(), now=timezone.now())
        witness = Witness.of(self.asker.hats, self.asker.user, assignment)
        before = key_of(request.GET.get("before", ""))
        events = history.events_of(assignment, witness, before=before)
        names = _names(file, history.codes_in(events))
        context = {
            "nav": "directives",
            "here": request.get_full_path(),
            **_head(file, names, reader),
            "mine": self._mine(assignment, reader),
            **_links(assignment),
            "issued": _issued(assignment),
            "trail": history.lines(events[: history.PAGE], witness, names=names),
            **_pages(assignment, events, before),
            **bell_of(self.asker.user),
        }
        return render(request, "workflows/assignment.html", context)

    def _mine(self, assignment: Assignment, reader: Reader) -> list[Context]:
        """Return the tasks of this case that wait for the person, each once; one statement."""
        entries = InboxEntry.objects.open().filter(
            bucket__in=buckets(self.asker.hats), task__process__assignment=assignment
        )
        once = {entry.task_id: entry for entry in entries.order_by("due_at", "task_id")}
        return [
            {
                "verb": vocabulary.to_do(entry.node),
                "url": reverse("task", args=[entry.task_public_id]),
                "due": reader.due(entry.due_at, started_at=entry.opened_at),
            }
            for entry in once.values()
        ]


def _parts(assignment: Assignment) -> list[Participation]:
    return list(assignment.participations.current().select_related("agency").order_by("id"))


def _tasks(assignment: Assignment) -> list[CaseTask]:
    tasks = CaseTask.objects.human().filter(process__assignment=assignment)
    return list(tasks.select_related("process", "participation__agency").order_by("id"))


def _names(file: _File, codes: set[str]) -> Names:
    ids = {part.agency_id for part in file.parts}
    ids |= {task.participation.agency_id for task in file.tasks if task.participation is not None}
    ids |= {file.assignment.lead_id} if file.assignment.lead_id else set()
    return names_on(timezone.localdate(), ids=ids, codes=codes)


def _head(file: _File, names: Names, reader: Reader) -> Context:
    assignment = file.assignment
    due = completion(assignment, reader)
    return {
        "assignment": assignment,
        "directive": assignment.directive,
        "directive_url": link(
            reverse("directive", args=[assignment.directive.public_id]), a=assignment.number
        ),
        "lead": names.full(assignment.lead) if assignment.lead else assignment.addressees,
        "due": due,
        "phase": str(assignment.get_phase_display()),
        "line": _line(file, reader),
        "holders": holders_of(assignment, file.tasks, names=names, reader=reader),
        "parts": [_part(part, names) for part in file.parts],
    }


def _line(file: _File, reader: Reader) -> list[Stage]:
    if file.assignment.is_umbrella:
        return []
    return stages.line_of(file.assignment, file.tasks, calendar=reader.calendar, now=reader.now)


def _part(part: Participation, names: Names) -> Context:
    return {
        "agency": names.full(part.agency),
        "role": str(part.get_role_display()),
        "mark": vocabulary.ROLE_MARKS.get(part.role, ""),
    }


def _links(assignment: Assignment) -> Context:
    """Return the addresses of the plan and of its consultation, as far as there are any; one statement."""
    rounds = Consultation.objects.filter(assignment=OuterRef("assignment"))
    plan = Plan.objects.filter(assignment=assignment).annotate(is_consulted=Exists(rounds)).first()
    is_consulted = plan is not None and vars(plan)["is_consulted"]
    return {
        "plan_url": reverse("plan", args=[plan.public_id]) if plan else "",
        "consultation_url": reverse("consultation", args=[assignment.public_id]) if is_consulted else "",
    }


def _issued(assignment: Assignment) -> Context | None:
    documents = IssuedDocument.objects.filter(decision__submission__assignment=assignment)
    document = documents.select_related("issued_by").order_by("-id").first()
    if document is None:
        return None
    return {
        "code": document.code,
        "on": day_month_year(document.issued_on),
        "by": document.issued_by.full_name,
        "at": date_and_time(document.issued_at),
    }


def _pages(assignment: Assignment, events: Sequence[object], before: int | None) -> Context:
    address = reverse("assignment", args=[assignment.public_id])
    return {
        "next_url": _older(address, events),
        "first_url": address if before is not None else "",
    }


def _older(address: str, events: Sequence[object]) -> str:
    if len(events) <= history.PAGE:
        return ""
    return link(address, before=getattr(events[history.PAGE - 1], "seq", ""))
