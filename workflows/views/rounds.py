"""The page of a consultation round: whom it asked, what they said or did not say, and what can be done about it."""

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from workflows.domain.consultations import ShortReserveError
from workflows.domain.errors import AlreadyDoneError, BusyError, DomainError, KeyReusedError, NotAllowedError
from workflows.domain.open_rounds import RoundEndedError
from workflows.domain.phases import HandedOnError
from workflows.flows.steps import Attempt
from workflows.forms.rounds import GivenTimeForm, RoundForm
from workflows.presenting import Act

from .base import CaseView, Context
from .bell import bell_of
from .keyset import PAGE
from .round_head import filters_of, head_of
from .round_lead import lead_of
from .round_ops import LINKED, OPS, RoundOp
from .round_own import note_opened, own_of
from .round_page import After, RoundPage
from .round_rows import rows_of
from .tasks import typed_words

FIELDS = {"due_on": "until"}  # where the domain names an input by another name than the form has
OVERTAKEN = (AlreadyDoneError, HandedOnError, KeyReusedError)


class ConsultationView(CaseView):
    """GET shows one round (`?round=`, the newest by default); POST does one act (`op` names it)."""

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        """Show the round; `?act=` opens the form of an act, `?state=` and `?after=` narrow the list."""
        page = RoundPage(self.asker, self.assignment_or_404(public_id))
        note_opened(page)
        return self._show(page, _opened(page))

    def post(self, request: HttpRequest, public_id: UUID) -> HttpResponseBase:
        """Do one act; on refusal show the page again with every word that was typed."""
        page = RoundPage(self.asker, self.assignment_or_404(public_id))
        op_class = OPS.get(request.POST.get("op", ""))
        if op_class is None:
            raise Http404
        op = op_class(page)
        try:
            op.check()
            form = op.form(request.POST)
            return self._do(page, op, form) if form.is_valid() else self._refuse(op, form)
        except NotAllowedError as error:
            return self._forbidden(page, error.message)
        except OVERTAKEN as error:
            return self._lost(page, error)

    def _do(self, page: RoundPage, op: RoundOp, form: RoundForm) -> HttpResponseBase:
        attempt = Attempt(self.asker.actor, self.asker.hats, form.cleaned_data["key"])
        try:
            target = op.do(form, attempt)
        except (NotAllowedError, *OVERTAKEN):
            raise
        except DomainError as error:
            return self._refuse_act(op, form, error)
        if op.done:
            messages.success(self.request, str(op.done))
        return redirect(target or page.here())

    def _refuse_act(self, op: RoundOp, form: RoundForm, error: DomainError) -> HttpResponse:
        field = FIELDS.get(error.field or "", error.field)
        form.add_error(field if field in form.fields else None, error.message)
        if isinstance(error, ShortReserveError) and isinstance(form, GivenTimeForm):
            form.ask_reserve()
        is_busy = isinstance(error, BusyError)
        return self._refuse(
            op, form, HTTPStatus.SERVICE_UNAVAILABLE if is_busy else HTTPStatus.UNPROCESSABLE_ENTITY
        )

    def _refuse(
        self, op: RoundOp, form: RoundForm, status: HTTPStatus = HTTPStatus.UNPROCESSABLE_ENTITY
    ) -> HttpResponse:
        """Show the page as it is now, with the refused form open."""
        page = RoundPage(self.asker, op.page.assignment)
        response = self._show(page, op.act(form))
        response.status_code = status
        if status == HTTPStatus.SERVICE_UNAVAILABLE:
            response["Retry-After"] = "2"
        return response

    def _show(self, page: RoundPage, opened: Act | None) -> HttpResponse:
        context = {
            "nav": "directives",
            "here": page.here(),
            "assignment": page.assignment,
            "directive": page.assignment.directive,
            **head_of(page),
            **(_list(page) if page.is_readable else {}),
            **lead_of(page),
            "opened": opened,
            "form": opened.form if opened else None,
            **bell_of(self.asker.user),
        }
        return render(self.request, "workflows/round.html", context)

    def _forbidden(self, page: RoundPage, message: str) -> HttpResponse:
        context = {"message": message, "back_url": page.url()}
        return render(self.request, "403.html", context, status=HTTPStatus.FORBIDDEN)

    def _lost(self, page: RoundPage, error: DomainError) -> HttpResponse:
        """Say who was faster, and give back what was typed."""
        context = {"error": error, "typed": typed_words(self.request), "assignment": page.assignment}
        return render(self.request, "workflows/lost.html", context, status=HTTPStatus.CONFLICT)


def _opened(page: RoundPage) -> Act | None:
    """Return the act whose form a link asks for, None where the person may not do it, or not any more."""
    name = page.asker.GET.get("act", "")
    if name not in LINKED:
        return None
    op = OPS[name](page)
    try:
        op.check()
    except (NotAllowedError, RoundEndedError):
        return None
    return op.act(op.form())


def _list(page: RoundPage) -> Context:
    more = len(page.found) > PAGE
    return {
        "own": own_of(page),
        "filters": filters_of(page),
        "rows": rows_of(page),
        "sees_all": page.sees_all,
        "is_narrowed": bool(page.state),
        "all_url": page.url(),
        "next_url": page.url(state=page.state, after=After.of(page.rows[-1])) if more else "",
        "first_url": page.url(state=page.state) if page.after else "",
    }
