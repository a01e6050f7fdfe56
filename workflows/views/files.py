"""Handing out stored files: to those who may read them, for download only."""

from http import HTTPStatus
from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from workflows import policies
from workflows.domain import files
from workflows.models import Scan, StoredFile

from .base import CaseView

# A file somebody handed in never runs in our origin, whatever a browser makes of it.
SANDBOX = "sandbox; default-src 'none'"


class FileView(CaseView):
    """Download one file of a case."""

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponseBase:
        """Return the bytes as an attachment; 404 where the file is not the asker's to read."""
        stored = get_object_or_404(StoredFile.objects.select_related("assignment"), public_id=public_id)
        if not policies.can_read_file(self.asker.hats, self.asker.user, stored):
            raise Http404
        return self._attachment(stored) if stored.scan == Scan.CLEAN else self._held_back(stored)

    def _held_back(self, stored: StoredFile) -> HttpResponse:
        """Say why there is nothing to download: the file waits for the virus scanner, or did not pass it."""
        if stored.scan == Scan.WAITING:
            title = _("The file is being checked")
            message = _("It is looked through for viruses first. Try again in a minute; nothing is lost.")
        else:
            title = _("The file is held back")
            message = _(
                "A virus was found in it, so nobody can open it. Remove it, clean the original and hand it in again."
            )
        context = {"title": title, "message": message, "code": HTTPStatus.CONFLICT}
        return render(self.request, "workflows/held_back.html", context, status=HTTPStatus.CONFLICT)

    def _attachment(self, stored: StoredFile) -> HttpResponseBase:
        try:
            content = files.path_of(stored).open("rb")
        except FileNotFoundError as error:
            raise Http404 from error
        response = FileResponse(
            content,
            as_attachment=True,
            filename=stored.name,
            content_type=stored.content_type,
            status=HTTPStatus.OK,
        )
        response["Content-Security-Policy"] = SANDBOX
        response["Cache-Control"] = "private, no-store"
        return response
