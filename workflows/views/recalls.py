"""Taking a submission or an approval back, from the file of the case."""

from http import HTTPStatus
from typing import ClassVar
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from workflows.domain.errors import BusyError, DomainError, KeyReusedError, NotAllowedError
from workflows.domain.phases import HandedOnError
from workflows.domain.submissions import OpenedError
from workflows.flows.steps import Attempt
from workflows.forms.recalls import RecallForm
from workflows.models import Assignment

from .assignments import AssignmentView
from .recall_offers import APPROVAL, SUBMISSION, Recall, recall_of
from .tasks import typed_words


class RecallView(AssignmentView):
    """POST takes something back, once; on refusal the file is shown with what was typed."""

    recall: ClassVar[Recall]

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        """Lead to the file of the case: that is where it is offered."""
        return redirect("assignment", self.assignment_or_404(public_id).public_id)

    def post(self, request: HttpRequest, public_id: UUID) -> HttpResponseBase:
        """Take it back."""
        assignment = self.assignment_or_404(public_id)
        form = self.recall.form_class(request.POST, auto_id="recall-%s")
        if not form.is_valid():
            offered = recall_of(self.asker, assignment, form)
            if "recall" not in offered:
                return self._forbidden(assignment, _("This cannot be done at this stage."))
            return self._refuse(assignment, form, HTTPStatus.UNPROCESSABLE_ENTITY)
        attempt = Attempt(self.asker.actor, self.asker.hats, form.cleaned_data["key"])
        try:
            self.recall.act(assignment, attempt, reason=form.cleaned_data["reason"])
        except NotAllowedError as error:
            return self._forbidden(assignment, error.message)
        except (OpenedError, HandedOnError, KeyReusedError) as error:
            return self._lost(assignment, error)
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
            is_busy = isinstance(error, BusyError)
            status = HTTPStatus.SERVICE_UNAVAILABLE if is_busy else HTTPStatus.UNPROCESSABLE_ENTITY
            return self._refuse(assignment, form, status)
        messages.success(request, str(self.recall.done))
        return redirect("assignment", assignment.public_id)

    def _refuse(self, assignment: Assignment, form: RecallForm, status: HTTPStatus) -> HttpResponse:
        response = self.show(assignment, recall=self.recall.offer(assignment, form))
        response.status_code = status
        if status == HTTPStatus.SERVICE_UNAVAILABLE:
            response["Retry-After"] = "2"
        return response

    def _lost(self, assignment: Assignment, error: DomainError) -> HttpResponse:
        context = {"error": error, "typed": typed_words(self.request), "assignment": assignment}
        return render(self.request, "workflows/lost.html", context, status=HTTPStatus.CONFLICT)

    def _forbidden(self, assignment: Assignment, message: str) -> HttpResponse:
        context = {"message": message, "back_url": reverse("assignment", args=[assignment.public_id])}
        return render(self.request, "403.html", context, status=HTTPStatus.FORBIDDEN)


class RecallSubmissionView(RecallView):
    """The lead takes its submission back before the leader who decides has opened it."""

    recall = SUBMISSION


class RecallApprovalView(RecallView):
    """The approver takes the approval back before the clerk has numbered the plan."""

    recall = APPROVAL
