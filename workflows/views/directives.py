"""The register of directives, and one directive with its assignments."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.views.addresses import clean_text, key_of, link
from notifications.models import Event
from workflows import policies
from workflows.domain.calendars import load_calendar
from workflows.domain.entries import entered
from workflows.domain.search import fold
from workflows.models import Assignment, CaseTask, Directive, DirectiveState, Urgency
from workflows.presenting import DueState, date_and_time, day_month_year

from . import stages, vocabulary
from .agencies import Names, names_on
from .base import CaseView, Context
from .bell import bell_of
from .holders import Reader, completion, holders_of, in_words
from .keyset import PAGE, after_date

URGENCY_MARKS = {Urgency.URGENT: "t-soon", Urgency.VERY_URGENT: "t-late", Urgency.FLASH: "t-late"}


# --- the register ---------------------------------------------------------------------------------------------------


class DirectiveListView(CaseView):
    """The directives the person may read, newest first; searched without diacritics."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show one page."""
        text, state = clean_text(request.GET.get("q", "")), request.GET.get("state", "")
        state = state if state in DirectiveState.values else ""
        after = after_date(request.GET.get("after", ""))
        found = list(self._found(text, state, after))
        context = {
            "nav": "directives",
            "q": text,
            "rows": [_register_row(directive) for directive in found[:PAGE]],
            "states": self._states(text, state),
            "is_narrowed": bool(text or state or after),
            "can_register": policies.can_register_directive(self.asker.hats),
            "next_url": self._next_url(found, text, state),
            "first_url": link(reverse("directive-list"), q=text, state=state) if after else "",
            **bell_of(self.asker.user),
        }
        return render(request, "workflows/directive_list.html", context)

    def _found(self, text: str, state: str, after: Any) -> QuerySet[Directive]:
        found = policies.visible_directives(self.asker.hats, self.asker.user)
        if text:
            found = found.filter(search_text__contains=fold(text))
        if state:
            found = found.filter(state=state)
        if after:
            found = found.filter(after.narrow("issued_on"))
        return found.annotate(total=_count_of()).order_by("-issued_on", "-id")[: PAGE + 1]

    def _states(self, text: str, state: str) -> list[Context]:
        if not policies.can_register_directive(self.asker.hats):
            return []
        choices = [("", _("All")), *((value, str(label)) for value, label in DirectiveState.choices)]
        address = reverse("directive-list")
        return [
            {"label": label, "url": link(address, q=text, state=value), "current": value == state}
            for value, label in choices
        ]

    def _next_url(self, found: Sequence[Directive], text: str, state: str) -> str:
        if len(found) <= PAGE:
            return ""
        last = found[PAGE - 1]
        return link(
            reverse("directive-list"), q=text, state=state, after=f"{last.issued_on.isoformat()}~{last.pk}"
        )


def _count_of() -> Coalesce:
    """Return the number of assignments of a directive as a sub-select."""
    counted = (
        Assignment.objects.filter(directive=OuterRef("pk"))
        .order_by()
        .values("directive")
        .annotate(n=Count("pk"))
    )
    return Coalesce(Subquery(counted.values("n")), 0)


def _register_row(directive: Directive) -> Context:
    total: int = getattr(directive, "total", 0)
    return {
        "url": reverse("directive", args=[directive.public_id]),
        "code": directive.code,
        "subject": directive.subject,
        "issued": day_month_year(directive.issued_on),
        "iso": directive.issued_on.isoformat(),
        "total": ngettext("%(count)d assignment", "%(count)d assignments", total) % {"count": total},
        "urgency": _urgency(directive),
        "urgency_mark": URGENCY_MARKS.get(Urgency(directive.urgency), ""),
        "is_draft": directive.state == DirectiveState.DRAFT,
        "state": str(directive.get_state_display()),
    }


def _urgency(directive: Directive) -> str:
    return str(directive.get_urgency_display())


# --- one directive --------------------------------------------------------------------------------------------------


class DirectiveView(CaseView):
    """What the directive says, who must do what, and how one of its assignments goes (`?a=` names its number)."""

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        """Show the directive. Where the person may not read a case, only what the document itself says is shown."""
        directive = self._directive(public_id)
        may_enter = self._may_enter(directive)
        # Before the rows are read: what changes in between makes the stamp old, never the page.
        seen = entered(directive).stamp if may_enter else ""
        assignments = list(directive.assignments.select_related("lead").in_order())
        for assignment in assignments:
            assignment.directive = directive
        readable = self._readable(directive)
        chosen = _chosen(assignments, request.GET.get("a", ""))
        tasks = _tasks(readable, chosen)
        ids = {directive.issuer_id, *(a.lead_id for a in assignments if a.lead_id), *_holding(tasks)}
        names = names_on(directive.issued_on, ids=ids)
        reader = Reader.under(self.asker.hats, calendar=load_calendar(), now=timezone.now())
        rows = [self._row(assignment, readable, tasks, names, reader) for assignment in assignments]
        context = {
            "nav": "directives",
            "directive": directive,
            "facts": _facts(directive, names),
            "rows": rows,
            "summary": _summary(rows),
            "chosen": self._detail(chosen, readable, tasks, names, reader) if chosen else None,
            "can_issue": may_enter,
            "can_export": policies.can_export_case(self.asker.hats, directive),
            "correction": _correction(directive) if may_enter else None,
            "seen": seen,
            "key": uuid4(),
            **bell_of(self.asker.user),
        }
        return render(request, "workflows/directive.html", context)

    def _directive(self, public_id: UUID) -> Directive:
        visible = policies.visible_directives(self.asker.hats, self.asker.user)
        return get_object_or_404(visible.select_related("issuer", "registered_by"), public_id=public_id)

    def _readable(self, directive: Directive) -> set[int]:
        visible = policies.visible_assignments(self.asker.hats, self.asker.user)
        return set(visible.filter(directive=directive).values_list("pk", flat=True))

    def _may_enter(self, directive: Directive) -> bool:
        """Tell whether the person may correct and issue it: only before it is issued."""
        return directive.state == DirectiveState.DRAFT and policies.can_register_directive(self.asker.hats)

    def _row(
        self,
        assignment: Assignment,
        readable: set[int],
        tasks: Sequence[CaseTask],
        names: Names,
        reader: Reader,
    ) -> Context:
        is_readable = assignment.pk in readable
        due = completion(assignment, reader)
        holders = (
            holders_of(assignment, _of(assignment, tasks), names=names, reader=reader) if is_readable else []
        )
        return {
            "id": assignment.pk,
            "number": assignment.number,
            "title": assignment.title,
            "lead": names.short(assignment.lead) if assignment.lead else assignment.addressees,
            "holder": in_words(assignment, holders),
            "due": due,
            "is_readable": is_readable,
            "is_closed": assignment.phase in stages.CLOSED,
            "stage": stages.station_of(assignment.phase),
            "stage_name": str(assignment.get_phase_display()),
            "mark": stages.mark_of(due.state),
            "url": link(reverse("directive", args=[assignment.directive.public_id]), a=assignment.number),
        }

    def _detail(
        self,
        assignment: Assignment,
        readable: set[int],
        tasks: Sequence[CaseTask],
        names: Names,
        reader: Reader,
    ) -> Context:
        own = _of(assignment, tasks)
        is_readable = assignment.pk in readable
        return {
            "assignment": assignment,
            "is_readable": is_readable,
            "url": reverse("assignment", args=[assignment.public_id]) if is_readable else "",
            "lead": names.full(assignment.lead) if assignment.lead else assignment.addressees,
            "holders": holders_of(assignment, own, names=names, reader=reader) if is_readable else [],
            "line": _line(assignment, own, reader) if is_readable else [],
        }


def _line(assignment: Assignment, tasks: Sequence[CaseTask], reader: Reader) -> list[Any]:
    """Return the stages; what all agencies follow for good has none."""
    if assignment.is_umbrella:
        return []
    return list(stages.line_of(assignment, tasks, calendar=reader.calendar, now=reader.now))


def _chosen(assignments: Sequence[Assignment], number: str) -> Assignment | None:
    wanted = key_of(number)
    return next((a for a in assignments if a.number == wanted), assignments[0] if assignments else None)


def _tasks(readable: set[int], chosen: Assignment | None) -> list[CaseTask]:
    """Return the tasks that wait in any readable case, and all of the chosen one; one statement, none where empty."""
    if not readable:
        return []
    waiting = Q(pk__in=CaseTask.objects.open().values("pk"))
    wanted = waiting | Q(process__assignment=chosen) if chosen else waiting
    tasks = CaseTask.objects.human().filter(wanted, process__assignment__in=readable)
    return list(tasks.select_related("process", "participation__agency").order_by("id"))


def _of(assignment: Assignment, tasks: Sequence[CaseTask]) -> list[CaseTask]:
    return [task for task in tasks if task.process.assignment_id == assignment.pk]


def _holding(tasks: Sequence[CaseTask]) -> set[int]:
    return {task.participation.agency_id for task in tasks if task.participation is not None}


def _facts(directive: Directive, names: Names) -> Context:
    return {
        "issued": day_month_year(directive.issued_on),
        "issuer": names.full(directive.issuer),
        "urgency": _urgency(directive),
        "urgency_mark": URGENCY_MARKS.get(Urgency(directive.urgency), ""),
        "registered": date_and_time(directive.registered_at),
        "released": date_and_time(directive.released_at),
        "registered_by": directive.registered_by.full_name,
    }


def _correction(directive: Directive) -> Context | None:
    """Return who put what right last: asked before it is issued, while its chain of events is short."""
    events = Event.objects.filter(chain=directive.chain, kind="directive.corrected")
    last = events.order_by("-seq").first()
    if last is None:
        return None
    return {"when": date_and_time(last.occurred_at), "text": vocabulary.corrected(last)}


def _summary(rows: Sequence[Context]) -> str:
    """Say how many assignments there are, and how many of those still open are overdue."""
    late = sum(1 for row in rows if row["due"].state == DueState.LATE and not row["is_closed"])
    total = ngettext("%(count)d assignment", "%(count)d assignments", len(rows)) % {"count": len(rows)}
    return _("%(total)s, %(late)d overdue") % {"total": total, "late": late} if late else total
