"""Handing out stored files: to those who may read them, for download only."""

from http import HTTPStatus
from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404

from workflows import policies
from workflows.domain import files
from workflows.models import StoredFile

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
        return self._attachment(stored)

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
        response["X-Content-Type-Options"] = "nosniff"
        response["Cache-Control"] = "private, no-store"
        return response
