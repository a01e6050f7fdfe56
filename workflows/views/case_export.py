"""A whole case as a file that proves itself, for those who answer for the record."""

import tempfile
from contextlib import ExitStack
from http import HTTPStatus
from typing import IO
from uuid import UUID, uuid4

from django.contrib import messages
from django.db.models import Count, Sum
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts import proof
from notifications.models import ChainHead
from workflows import policies
from workflows.documents.export import archive
from workflows.documents.export.gathering import public_files
from workflows.domain import exporting as record
from workflows.domain.errors import DomainError
from workflows.flows import exporting, steps
from workflows.forms.base import KeyForm
from workflows.models import Directive
from workflows.presenting import date_and_time

from .base import CaseView
from .bell import bell_of
from .files import SANDBOX


class CaseExportView(CaseView):
    """GET says what would be taken out; POST takes it out, and records who did. For all others it does not exist."""

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponseBase:
        """Show what the file would hold, and who took it out last."""
        return self._show(self._directive(public_id))

    def post(self, request: HttpRequest, public_id: UUID) -> HttpResponseBase:
        """Hand the file out, once for each press."""
        directive = self._directive(public_id)
        form = KeyForm(request.POST)
        if not form.is_valid():
            return redirect("case-export", public_id)
        proof.require_recent(request)
        attempt = steps.Attempt(self.asker.actor, self.asker.hats, form.cleaned_data["key"])
        with ExitStack() as closing:
            target = closing.enter_context(tempfile.TemporaryFile())
            try:
                answer = exporting.export(directive, target, attempt)
            except DomainError as error:
                return self._show(directive, error.message, status=HTTPStatus.CONFLICT)
            if answer.repeated:
                messages.info(
                    request, _("The file has already been handed out. Press again to take it out anew.")
                )
                return redirect("case-export", public_id)
            closing.pop_all()  # the response reads it and closes it
            return _attachment(directive, target)

    def _directive(self, public_id: UUID) -> Directive:
        found = policies.cases_to_export(self.asker.hats).select_related("issuer")
        return get_object_or_404(found, public_id=public_id)

    def _show(
        self, directive: Directive, refusal: str = "", *, status: HTTPStatus = HTTPStatus.OK
    ) -> HttpResponse:
        last = record.last_export(directive)
        context = {
            "nav": "directives",
            "directive": directive,
            "events": ChainHead.objects.get(pk=directive.chain).seq,
            "files": public_files(directive).order_by().aggregate(n=Count("pk"), size=Sum("size")),
            "last": {"when": date_and_time(last.occurred_at), "who": last.actor_label} if last else None,
            "refusal": refusal,
            "key": uuid4(),
            **bell_of(self.asker.user),
        }
        return render(self.request, "workflows/case_export.html", context, status=status)


def _attachment(directive: Directive, target: IO[bytes]) -> FileResponse:
    """Return the file, from its beginning, as an attachment that no cache keeps."""
    target.seek(0)
    response = FileResponse(
        target, as_attachment=True, filename=archive.name_of(directive), content_type="application/zip"
    )
    response["Content-Security-Policy"] = SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
