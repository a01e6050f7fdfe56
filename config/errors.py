"""Error pages: what happened and what to do next, never a detail of the system.

They are drawn without context processors: an error page must not ask the database for anything.
"""

import sys
from http import HTTPStatus

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string

from accounts import kept

RETRY_AFTER_SECONDS = 5


def bad_request(_request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a request that cannot be understood (400)."""
    del exception
    return HttpResponse(render_to_string("400.html"), status=400)


def permission_denied(_request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer an act that this person may not do (403)."""
    del exception
    return HttpResponse(render_to_string("403.html"), status=403)


def page_not_found(_request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a page that does not exist or may not be seen (404)."""
    del exception
    return HttpResponse(render_to_string("404.html"), status=404)


def server_error(_request: HttpRequest) -> HttpResponse:
    """Answer a fault of ours (500), or a database that is down, full or locked for too long (503)."""
    fault = sys.exception()
    if isinstance(fault, OperationalError) or isinstance(
        getattr(fault, "__context__", None), OperationalError
    ):
        return unavailable()
    return HttpResponse(render_to_string("500.html"), status=500)


def unavailable() -> HttpResponse:
    """Answer while the database cannot serve (503), with the moment to try again."""
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS)}
    return HttpResponse(render_to_string("503.html"), status=503, headers=headers)


def too_many(request: HttpRequest, seconds: int) -> HttpResponse:
    """Answer what came too often (429), with the moment to try again; what was typed comes back to be sent again.

    A script is answered without a page: htmx would put it where the list was.
    """
    headers = {"Retry-After": str(seconds), "Cache-Control": "no-store"}
    if "HX-Request" in request.headers or "X-Autosave" in request.headers:
        return HttpResponse(status=HTTPStatus.TOO_MANY_REQUESTS, headers=headers)
    context = {
        "seconds": seconds,
        "minutes": -(-seconds // 60),
        "again": request.get_full_path(),
        "fields": kept.fields_of(request),
        "had_files": bool(request.method == "POST" and request.FILES),
        "csrf_token": get_token(request),
    }
    page = render_to_string("429.html", context)
    return HttpResponse(page, status=HTTPStatus.TOO_MANY_REQUESTS, headers=headers)


def csrf_failure(_request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose protection key is missing or old (403)."""
    del reason
    return HttpResponse(render_to_string("403_csrf.html"), status=403)
