"""The register of directives, one directive with its assignments, and entering and issuing one."""

import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, cast
from uuid import UUID, uuid4

from django.contrib import messages
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Agency, AgencyKind
from workflows import policies
from workflows.domain import directives
from workflows.domain.calendars import load_calendar
from workflows.domain.errors import BusyError, DomainError
from workflows.domain.search import fold
from workflows.flows import starting, steps
from workflows.forms.directives import (
    AssignmentFormSet,
    BaseAssignmentFormSet,
    DirectiveForm,
    typed,
    typed_rows,
)
from workflows.forms.fields import AgencyChoices
from workflows.models import Assignment, CaseTask, Directive, DirectiveState, Urgency
from workflows.presenting import DueState, date_and_time, day_month_year

from . import stages
from .agencies import Names, names_on
from .base import CaseView, Context
from .bell import bell_of
from .holders import Reader, completion, holders_of, in_words
from .keyset import PAGE, after_date, clean_text, key_of, link

PRINTED_ZERO = re.compile(r"^0+(?=\d+/)")  # 03/UBND-TKTH as printed is stored as 3/UBND-TKTH
ROWS = "rows"  # prefix of the assignments' inputs
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
            found = found.filter(search_text__contains=PRINTED_ZERO.sub("", fold(text)))
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
            "can_issue": self._can_issue(directive),
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

    def _can_issue(self, directive: Directive) -> bool:
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


def _summary(rows: Sequence[Context]) -> str:
    """Say how many assignments there are, and how many of those still open are overdue."""
    late = sum(1 for row in rows if row["due"].state == DueState.LATE and not row["is_closed"])
    total = ngettext("%(count)d assignment", "%(count)d assignments", len(rows)) % {"count": len(rows)}
    return _("%(total)s, %(late)d overdue") % {"total": total, "late": late} if late else total


# --- entering and issuing -------------------------------------------------------------------------------------------


class RegistrarView(CaseView):
    """A view for those who may enter directives; for everybody else it does not exist."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask the policy first."""
        if not policies.can_register_directive(self.asker.hats):
            raise Http404
        return super().dispatch(request, *args, **kwargs)


class DirectiveNewView(RegistrarView):
    """Entering a directive as read off the document. It starts nothing before it is issued."""

    def get(self, _request: HttpRequest) -> HttpResponse:
        """Show an empty form with one assignment."""
        return self._show(DirectiveForm(), self._rows())

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Add or take off a row, or save; on refusal show every word again."""
        op, _sign, number = request.POST.get("op", "").partition(":")
        if op in {"add-row", "remove-row"}:
            return self._reshape(op, key_of(number))
        form = DirectiveForm(request.POST)
        rows = self._rows(data=request.POST)
        if not (form.is_valid() & rows.is_valid()):
            return self._refuse(form, rows, HTTPStatus.UNPROCESSABLE_ENTITY)
        return self._save(form, rows)

    def _reshape(self, op: str, number: int | None) -> HttpResponse:
        """Show the form again with a row more or less; nothing is judged yet."""
        given = typed_rows(self.request.POST, ROWS)
        if op == "add-row":
            given.append({})
        elif number is not None and number < len(given) > 1:
            del given[number]
        return self._show(DirectiveForm(initial=typed(self.request.POST)), self._rows(initial=given))

    def _save(self, form: DirectiveForm, rows: BaseAssignmentFormSet) -> HttpResponseBase:
        attempt = steps.Attempt(self.asker.actor, self.asker.hats, form.cleaned_data["key"])
        given, assignments = form.given(_committee()), rows.given()
        try:
            answer = steps.once(
                attempt,
                "directive.register",
                [repr(given), repr(assignments)],
                lambda: directives.register_directive(given, assignments, actor=attempt.actor),
            )
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
            busy = isinstance(error, BusyError)
            status = HTTPStatus.SERVICE_UNAVAILABLE if busy else HTTPStatus.UNPROCESSABLE_ENTITY
            return self._refuse(form, rows, status)
        directive = Directive.objects.get(pk=answer.subject_id)
        saved = _("Directive %(code)s was saved. Read it once more, then issue it.") % {"code": directive}
        messages.success(self.request, saved)
        return redirect("directive", directive.public_id)

    def _refuse(self, form: DirectiveForm, rows: BaseAssignmentFormSet, status: HTTPStatus) -> HttpResponse:
        if rows.total_error_count() and form.is_bound:
            form.add_error(None, _("Check the assignments: the fields at fault are marked."))
        response = self._show(form, rows)
        response.status_code = status
        return response

    def _rows(self, **given: Any) -> BaseAssignmentFormSet:
        agencies = AgencyChoices.load(on=timezone.localdate())
        formset = AssignmentFormSet(prefix=ROWS, form_kwargs={"agencies": agencies}, **given)
        return cast("BaseAssignmentFormSet", formset)

    def _show(self, form: DirectiveForm, rows: BaseAssignmentFormSet) -> HttpResponse:
        context = {"nav": "directives", "form": form, "rows": rows, **bell_of(self.asker.user)}
        return render(self.request, "workflows/directive_new.html", context)


def _committee() -> Agency:
    return Agency.objects.existing(on=timezone.localdate()).in_order().filter(kind=AgencyKind.COMMITTEE)[0]


class DirectiveIssueView(RegistrarView):
    """Issuing a directive: its assignments start, all of them, once."""

    def post(self, request: HttpRequest, public_id: UUID) -> HttpResponseBase:
        """Issue; a repeat changes nothing and leads to the same page."""
        visible = policies.visible_directives(self.asker.hats, self.asker.user)
        directive = get_object_or_404(visible, public_id=public_id)
        try:
            answer = steps.once(
                steps.Attempt(self.asker.actor, self.asker.hats, _key(request)),
                "directive.issue",
                str(directive.public_id),
                lambda: starting.issue_directive(directive, actor=self.asker.actor),
            )
        except DomainError as error:
            messages.error(request, error.message)
        else:
            if not answer.repeated:
                messages.success(request, _("Directive %(code)s was issued.") % {"code": directive})
        return redirect("directive", directive.public_id)


def _key(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        return uuid4()
