"""Entering a directive, correcting what was entered, and issuing it."""

from functools import cached_property
from http import HTTPStatus
from typing import Any, cast
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Agency, AgencyKind, Field
from accounts.views.addresses import key_of
from workflows import policies
from workflows.domain import directives
from workflows.domain.directives import DirectiveIssuedError, EntryChangedError
from workflows.domain.entries import entered
from workflows.domain.errors import BusyError, DomainError
from workflows.flows import starting, steps
from workflows.forms.directives import (
    AssignmentFormSet,
    BaseAssignmentFormSet,
    DirectiveCorrectionForm,
    DirectiveForm,
    read_back,
    rows_read_back,
    typed,
    typed_rows,
)
from workflows.forms.fields import AgencyChoices
from workflows.models import Directive, DirectiveState

from .base import CaseView, Context
from .bell import bell_of

ROWS = "rows"  # prefix of the assignments' inputs


class RegistrarView(CaseView):
    """A view for those who may enter directives; for everybody else it does not exist."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask the policy first."""
        if not policies.can_register_directive(self.asker.hats):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def directive(self) -> Directive:
        """The directive the address names, as far as the person may read it."""
        visible = policies.visible_directives(self.asker.hats, self.asker.user)
        return get_object_or_404(visible.select_related("issuer"), public_id=self.kwargs["public_id"])


class DirectiveEntryView(RegistrarView):
    """The form of a directive and its assignments, as read off the document."""

    form_class: type[DirectiveForm] = DirectiveForm

    def post(self, request: HttpRequest, **_address: Any) -> HttpResponseBase:
        """Add or take off a row, or save; on refusal show every word again."""
        op, _sign, number = request.POST.get("op", "").partition(":")
        if op in {"add-row", "remove-row"}:
            return self._reshape(op, key_of(number))
        form = self.form_class(request.POST)
        rows = _rows(data=request.POST)
        if not (form.is_valid() & rows.is_valid()):
            return self.refuse(form, rows, HTTPStatus.UNPROCESSABLE_ENTITY)
        return self._save(form, rows)

    def enter(self, form: DirectiveForm, rows: BaseAssignmentFormSet) -> steps.Answer:
        """Do what the form is for, once, and return the answer.

        Raises:
            DomainError: it was refused.
        """
        raise NotImplementedError

    def attempt(self, form: DirectiveForm) -> steps.Attempt:
        """Return who enters, with the key of the form."""
        return steps.Attempt(self.asker.actor, self.asker.hats, form.cleaned_data["key"])

    def show(self, form: DirectiveForm, rows: BaseAssignmentFormSet, **more: Any) -> HttpResponse:
        """Show the form."""
        context: Context = {"nav": "directives", "form": form, "rows": rows, **bell_of(self.asker.user)}
        return render(self.request, "workflows/directive_new.html", context | more)

    def refuse(self, form: DirectiveForm, rows: BaseAssignmentFormSet, status: HTTPStatus) -> HttpResponse:
        """Show the form again with what is wrong in it."""
        if rows.total_error_count() and form.is_bound:
            form.add_error(None, _("Check the assignments: the fields at fault are marked."))
        response = self.show(form, rows)
        response.status_code = status
        return response

    def refuse_act(
        self, error: DomainError, form: DirectiveForm, rows: BaseAssignmentFormSet
    ) -> HttpResponse:
        """Show the form again with why it was not saved."""
        form.add_error(error.field if error.field in form.fields else None, error.message)
        busy = isinstance(error, BusyError)
        return self.refuse(
            form, rows, HTTPStatus.SERVICE_UNAVAILABLE if busy else HTTPStatus.UNPROCESSABLE_ENTITY
        )

    def _reshape(self, op: str, number: int | None) -> HttpResponse:
        """Show the form again with a row more or less; nothing is judged yet."""
        given = typed_rows(self.request.POST, ROWS)
        if op == "add-row":
            given.append({})
        elif number is not None and number < len(given) > 1:
            del given[number]
        return self.show(self.form_class(initial=typed(self.request.POST)), _rows(initial=given))

    def _save(self, form: DirectiveForm, rows: BaseAssignmentFormSet) -> HttpResponseBase:
        try:
            answer = self.enter(form, rows)
        except DomainError as error:
            return self.refuse_act(error, form, rows)
        directive = Directive.objects.get(pk=answer.subject_id)
        saved = _("Directive %(code)s was saved. Read it once more, then issue it.") % {"code": directive}
        messages.success(self.request, saved)
        return redirect("directive", directive.public_id)


class DirectiveNewView(DirectiveEntryView):
    """Entering a directive. It starts nothing before it is issued."""

    def get(self, _request: HttpRequest) -> HttpResponse:
        """Show an empty form with one assignment."""
        return self.show(DirectiveForm(), _rows())

    def enter(self, form: DirectiveForm, rows: BaseAssignmentFormSet) -> steps.Answer:
        """Register the directive."""
        attempt, given, assignments = self.attempt(form), form.given(_committee()), rows.given()
        return steps.once(
            attempt,
            "directive.register",
            [repr(given), repr(assignments)],
            lambda: directives.register_directive(given, assignments, actor=attempt.actor),
        )


class DirectiveEditView(DirectiveEntryView):
    """Correcting what was entered, as long as the directive is not issued."""

    form_class = DirectiveCorrectionForm

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponseBase:
        """Show the form with what was entered; one that is issued is read and not corrected."""
        try:
            directives.check_is_draft(self.directive)
        except DirectiveIssuedError as error:
            messages.error(request, error.message)
            return redirect("directive", public_id)
        entry = entered(self.directive)
        form = DirectiveCorrectionForm(initial=read_back(entry))
        return self.show(form, _rows(initial=rows_read_back(entry)))

    def enter(self, form: DirectiveForm, rows: BaseAssignmentFormSet) -> steps.Answer:
        """Replace what was entered."""
        attempt, seen = self.attempt(form), form.cleaned_data["seen"]
        given, assignments = form.given(self.directive.issuer), rows.given()
        return steps.once(
            attempt,
            "directive.correct",
            [str(self.directive.public_id), repr(given), repr(assignments)],
            lambda: directives.correct_directive(
                self.directive, given, assignments, seen=seen, actor=attempt.actor
            ),
        )

    def show(self, form: DirectiveForm, rows: BaseAssignmentFormSet, **more: Any) -> HttpResponse:
        """Show the form, with the way back to the directive."""
        return super().show(form, rows, directive=self.directive, **more)

    def refuse(self, form: DirectiveForm, rows: BaseAssignmentFormSet, status: HTTPStatus) -> HttpResponse:
        """Show what is wrong in the form, unless the directive was issued: then that is what there is to say."""
        if self.directive.state != DirectiveState.DRAFT:
            return self._moved_on(DirectiveIssuedError(self.directive))
        return super().refuse(form, rows, status)

    def refuse_act(
        self, error: DomainError, form: DirectiveForm, rows: BaseAssignmentFormSet
    ) -> HttpResponse:
        """Show why it was not saved; where somebody was faster, nothing in the form is at fault."""
        if isinstance(error, DirectiveIssuedError | EntryChangedError):
            return self._moved_on(error)
        return super().refuse_act(error, form, rows)

    def _moved_on(self, error: DirectiveIssuedError | EntryChangedError) -> HttpResponse:
        """Show every word as it was typed, under what happened.

        After a correction of somebody else's the next save is a decision made in sight of it, so the form carries
        the stamp of what is entered now and a key of its own.
        """
        self.directive.refresh_from_db()
        initial = typed(self.request.POST) | {"key": uuid4(), "seen": entered(self.directive).stamp}
        response = self.show(
            DirectiveCorrectionForm(initial=initial),
            _rows(initial=typed_rows(self.request.POST, ROWS)),
            moved_on=error.message,
            is_closed=isinstance(error, DirectiveIssuedError),
        )
        response.status_code = HTTPStatus.CONFLICT
        return response


class DirectiveIssueView(RegistrarView):
    """Issuing a directive: its assignments start, all of them, once."""

    def post(self, request: HttpRequest, public_id: UUID) -> HttpResponseBase:
        """Issue what the page showed; a repeat changes nothing and leads to the same page."""
        seen = request.POST.get("seen", "")
        try:
            answer = steps.once(
                steps.Attempt(self.asker.actor, self.asker.hats, _key(request)),
                "directive.issue",
                str(self.directive.public_id),
                lambda: starting.issue_directive(self.directive, actor=self.asker.actor, seen=seen),
            )
        except DomainError as error:
            messages.error(request, error.message)
        else:
            if not answer.repeated:
                messages.success(request, _("Directive %(code)s was issued.") % {"code": self.directive})
        return redirect("directive", public_id)


def _rows(**given: Any) -> BaseAssignmentFormSet:
    agencies = AgencyChoices.load(on=timezone.localdate())
    choices = {"agencies": agencies, "fields_of_work": list(Field.objects.in_order())}
    formset = AssignmentFormSet(prefix=ROWS, form_kwargs=choices, **given)
    return cast("BaseAssignmentFormSet", formset)


def _committee() -> Agency:
    return Agency.objects.existing(on=timezone.localdate()).in_order().filter(kind=AgencyKind.COMMITTEE)[0]


def _key(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        return uuid4()
