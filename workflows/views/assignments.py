"""The file of one case: what is asked, where it stands, who holds it, who takes part, what happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.authority import own_hats
from accounts.models import Position
from accounts.views.addresses import key_of, link
from workflows import inbox, policies
from workflows.domain.calendars import load_calendar
from workflows.models import (
    Assignment,
    CaseTask,
    Consultation,
    InboxEntry,
    IssuedDocument,
    Participation,
    Plan,
    Suspension,
)
from workflows.presenting import Stage, date_and_time, day_month_year

from . import history, stages, vocabulary
from .agencies import Names, names_on
from .ballots import turnout_of
from .base import CaseView, Context
from .bell import bell_of
from .history import Witness
from .holders import Reader, completion, holders_of
from .papers import paper_of
from .recall_offers import recall_of


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
        return self.show(self.assignment_or_404(public_id))

    def show(self, assignment: Assignment, **more: Any) -> HttpResponse:
        """Return the page of the file, with what an act beside it adds."""
        request = self.request
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
            "mine": self._mine(assignment, reader) or self._to_take_over(file),
            **_pauses(assignment, witness),
            **self._links(assignment),
            "issued": _issued(assignment),
            "paper": paper_of(assignment, self.asker),
            "trail": history.lines(events[: history.PAGE], witness, names=names),
            **_pages(assignment, events, before),
            **bell_of(self.asker.user),
            **(more or recall_of(self.asker, assignment)),
        }
        return render(request, "workflows/assignment.html", context)

    def _mine(self, assignment: Assignment, reader: Reader) -> list[Context]:
        """Return the tasks of this case that wait for the person, or for whom she acts for; one statement."""
        entries = InboxEntry.objects.open().filter(
            inbox.of_person(self.asker.hats), task__process__assignment=assignment
        )
        once = {entry.task_id: entry for entry in entries.order_by("due_at", "task_id")}
        return [
            {
                "verb": vocabulary.to_do(entry.node),
                "url": reverse("task", args=[entry.task_public_id]),
                "due": reader.due_at_node(entry.node, entry.due_at, started_at=entry.opened_at),
            }
            for entry in once.values()
        ]

    def _links(self, assignment: Assignment) -> Context:
        """Return the addresses of plan, consultation and ballots, as far as there are any; one statement."""
        rounds = Consultation.objects.filter(assignment=OuterRef("assignment"))
        ballots = policies.readable_ballots(self.asker.hats, self.asker.user)
        plans = Plan.objects.filter(assignment=assignment).annotate(
            is_consulted=Exists(rounds),
            is_balloted=Exists(ballots.filter(submission__assignment=OuterRef("assignment"))),
        )
        plan = plans.first()
        known = vars(plan) if plan else {"is_consulted": False, "is_balloted": False}
        address = [assignment.public_id]
        return {
            "plan_url": reverse("plan", args=[plan.public_id]) if plan else "",
            "consultation_url": reverse("consultation", args=address) if known["is_consulted"] else "",
            "ballots_url": reverse("ballots", args=address) if known["is_balloted"] else "",
            "turnout": turnout_of(assignment) if known["is_balloted"] else "",
        }

    def _to_take_over(self, file: _File) -> list[Context]:
        """Lead the Chair, who sees every case, to the one that another leader has in hand; no statement."""
        if not any(hat.position == Position.CHAIR for hat in own_hats(self.asker.hats)):
            return []
        return [
            {"verb": _("Look at the file"), "url": reverse("task", args=[task.public_id])}
            for task in file.tasks
            if task.is_open and task.flow_task.name in {"decide", "suspended"}
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


def _pauses(assignment: Assignment, witness: Witness) -> Context:
    """Return why the clock stands still, and the first term where it was moved; one statement, none before the review.

    Why is told to the lead, the Office and the Committee.
    """
    if stages.station_of(assignment.phase) < stages.NODES["review"]:
        return {}
    found = Suspension.objects.filter(submission__assignment=assignment).order_by("suspended_at", "pk")
    suspensions = list(found.select_related("suspended_by"))
    moved = next((each for each in suspensions if each.due_after), None)
    return {
        "pause": next((each for each in suspensions if each.resumed_at is None), None),
        "knows_why": witness.is_lead or witness.is_office_wide,
        "first_due": date_and_time(moved.due_before) if moved else "",
    }


def _part(part: Participation, names: Names) -> Context:
    return {
        "agency": names.full(part.agency),
        "role": str(part.get_role_display()),
        "mark": vocabulary.ROLE_MARKS.get(part.role, ""),
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
