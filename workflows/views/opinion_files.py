"""Attaching files to an answer and taking them out: buttons of the opinion's own form, so no typed word is lost."""

from http import HTTPStatus
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from workflows.domain import opinion_files
from workflows.domain.errors import (
    AlreadyDoneError,
    BusyError,
    DomainError,
    KeyReusedError,
    NotAllowedError,
)
from workflows.flows import attaching, steps
from workflows.forms.opinion_files import AttachForm

from .pages.opinions import OpinionPage
from .tasks import TaskView, keep_typed, typed_fields


class TaskFilesView(TaskView):
    """POST adds the chosen files, takes one out (`remove`) or keeps one after all (`keep`)."""

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponseBase:
        """Lead to the page of the task: that is where the files are."""
        return redirect("task", self.task_or_404(public_id).public_id)

    def post(self, request: HttpRequest, public_id: UUID) -> HttpResponseBase:
        """Change the files and come back to the page with everything that was typed."""
        page = self._page(self.task_or_404(public_id))
        if not isinstance(page, OpinionPage):
            raise Http404
        if not page.task.is_open or not page.gives:
            return self._closed(page, HTTPStatus.CONFLICT)
        page.typed = typed_fields(request)
        kept = keep_typed(self, page.task, page.typed)
        refused = self._change(page)
        if refused is not None:
            return refused
        return redirect(f"{reverse('task', args=[public_id])}#files") if kept else self._show_again(page)

    def _change(self, page: OpinionPage) -> HttpResponse | None:
        """Do what was pressed; returns the answer where it was refused."""
        form = AttachForm(self.request.POST, self.request.FILES)
        form.is_valid()
        try:
            self._act(page, form)
        except (AlreadyDoneError, KeyReusedError) as error:
            return self._lost(page, error)
        except NotAllowedError as error:
            return self._forbidden(page, error.message)
        except BusyError as error:
            return self._refuse_files(page, error, HTTPStatus.SERVICE_UNAVAILABLE)
        except DomainError as error:
            return self._refuse_files(page, error, HTTPStatus.UNPROCESSABLE_ENTITY)
        return None

    def _act(self, page: OpinionPage, form: AttachForm) -> None:
        key = form.cleaned_data.get("file_key") or uuid4()
        attempt = steps.Attempt(self.asker.actor, self.asker.hats, key)
        for name, act in (("remove", attaching.detach), ("keep", attaching.keep)):
            if name in self.request.POST:
                act(page.task, attempt, uuid_or_404(self.request.POST[name]))
                return
        uploads = form.cleaned_data["uploads"]
        opinion_files.inspect(uploads)  # before anything is locked
        attaching.attach(page.task, attempt, uploads)

    def _refuse_files(self, page: OpinionPage, error: DomainError, status: HTTPStatus) -> HttpResponse:
        page.files_refused = error.message
        response = self._show_again(page)
        response.status_code = status
        if status == HTTPStatus.SERVICE_UNAVAILABLE:
            response["Retry-After"] = "2"
        return response

    def _show_again(self, page: OpinionPage) -> HttpResponse:
        return self._show(page, {verb: page.make_form(verb) for verb in page.verbs})


def uuid_or_404(text: str) -> UUID:
    """Return the id a button carries; what is none names nothing."""
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error
