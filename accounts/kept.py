"""What somebody had typed when her session had ended: kept until she has signed in again, for her and that page alone.

A mark says who was signed in last with this browser; it opens nothing.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme

from .models import User

KEY = "kept"
MARK = "__Host-last" if settings.SECURE else "last"
MARK_SECONDS = 24 * 3600
LONGEST = 200_000  # characters of one form
KEEP_SECONDS = 3600  # how long after the form somebody may take to sign in
FORMS = {"application/x-www-form-urlencoded", "multipart/form-data"}
NOT_TYPED = re.compile(
    r"(key|seen|drawn|file_key|next|verb|act|op|go)|.*_FORMS"
)  # what pages write into their forms


@dataclass(frozen=True, slots=True)
class Kept:
    """A form that came too late: where it would have gone, and what was typed into it."""

    action: str
    fields: list[tuple[str, str]]


def mark(response: HttpResponse, user: User) -> None:
    """Leave the mark of who signed in."""
    response.set_signed_cookie(
        MARK,
        str(user.pk),
        max_age=MARK_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def keep(request: HttpRequest) -> str:
    """Keep a form sent without a session, for whoever was signed in last; return the page it was on, if known."""
    page = _page_of(request)
    who = request.get_signed_cookie(MARK, default=None, max_age=MARK_SECONDS)
    fields = _typed(request) if who and page and request.content_type in FORMS else []
    if fields and sum(len(value) for _name, value in fields) <= LONGEST:
        path = urlsplit(page).path
        request.session[KEY] = {"user": who, "page": path, "action": request.path, "fields": fields}
        request.session.set_expiry(timedelta(seconds=KEEP_SECONDS))
    return page


def give_back(request: HttpRequest, user: User) -> Kept | None:
    """Return what this person had typed on this page, once; what somebody else had typed is dropped."""
    found: dict[str, Any] | None = request.session.get(KEY)
    if found is None or (found["user"] == str(user.pk) and found["page"] != request.path):
        return None
    del request.session[KEY]
    if found["user"] != str(user.pk):
        return None
    return Kept(found["action"], [(name, value) for name, value in found["fields"]])


def _page_of(request: HttpRequest) -> str:
    """Return path and query of the page of ours that a form was on; empty where that is not known."""
    referer = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(referer, allowed_hosts={request.get_host()}):
        return ""
    parts = urlsplit(referer)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def fields_of(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the fields of a form as they came; never a password, and not the anti-forgery key, which is made anew."""
    if request.method != "POST":
        return []
    return [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name != "csrfmiddlewaretoken" and "password" not in name.lower()
    ]


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    given = fields_of(request)
    return [(name, value) for name, value in given if value.strip() and not NOT_TYPED.fullmatch(name)]
