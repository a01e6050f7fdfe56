"""The feed of an open page, and the pages that show a person her notifications.

Each view carries `policy_mark`, which the policy of the site's URLs reads: these are open to everyone who is signed
in, and show nobody but herself. What may be read of each notification is asked of its notice.
"""

from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from notifications.feed import cursor_of, items_after, mark_read, of_batch, page_before
from notifications.models import NotificationCursor

View = TypeVar("View", bound=Callable[..., HttpResponse])


def for_everyone_signed_in(view: View) -> View:
    """Mark a view as one that asks no more than a sign-in."""
    view.policy_mark = "authenticated"  # type: ignore[attr-defined]
    return view


@for_everyone_signed_in
@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """Answer what came after `after`; 304 where nothing did, 401 for a page whose session has ended."""
    if not request.user.is_authenticated:
        return JsonResponse({"error": "signed out"}, status=401)
    after = _number(request.GET.get("after", "0"))
    if after is None:
        return JsonResponse({"error": "after must be a whole number"}, status=400)

    cursor = cursor_of(request.user)
    etag = f'"{cursor.user_id}-{cursor.last_seq}-{cursor.read_seq}"'
    if after == cursor.last_seq and request.headers.get("If-None-Match") == etag:
        return _revalidated(HttpResponseNotModified(), etag)
    items, reset = items_after(request.user, after, cursor=cursor)
    body = {
        "head": cursor.last_seq,
        "unread": cursor.unread,
        "items": [item.as_json() for item in items],
        "reset": reset,
    }
    return _revalidated(JsonResponse(body), etag)


@for_everyone_signed_in
@require_safe
@login_required
@cache_control(private=True, no_store=True)
def notification_list(request: HttpRequest) -> HttpResponse:
    """Show a page of notifications, newest first; `before` is the number the last page ended with."""
    before = _number(request.GET.get("before", ""))
    return render(request, "notifications/list.html", _panel(request, before))


@for_everyone_signed_in
@require_safe
@login_required
@cache_control(private=True, no_store=True)
def drawer(request: HttpRequest) -> HttpResponse:
    """Show the newest notifications for the drawer beside any page."""
    return render(request, "notifications/drawer.html", _panel(request, None))


@for_everyone_signed_in
@require_safe
@login_required
@cache_control(private=True, no_store=True)
def batch(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show what one bulk act did to cases the person may read; `after` is the place the last page ended with."""
    after = _number(request.GET.get("after", "0")) or 0
    found = of_batch(request.user, public_id, after=after)
    if found is None:
        raise Http404
    items, more = found
    address = request.path
    context = {
        "nav": "notifications",
        "items": items,
        "next_url": f"{address}?{urlencode({'after': items[-1].place})}" if more else "",
        "first_url": address if after else "",
    }
    return render(request, "notifications/batch.html", context)


@for_everyone_signed_in
@require_safe
@login_required
@cache_control(private=True, no_store=True)
def bell(request: HttpRequest) -> HttpResponse:
    """Show the bell with the count of unread notifications."""
    return render(request, "notifications/bell.html", {"unread": cursor_of(request.user).unread})


@for_everyone_signed_in
@require_POST
@login_required
def read(request: HttpRequest) -> HttpResponse:
    """Mark everything up to `upto`, the newest number the person was shown, as read."""
    upto = _number(request.POST.get("upto", ""))
    if upto is None:
        return HttpResponse(status=400)
    mark_read(request.user, upto, at=timezone.now())
    if request.headers.get("HX-Request") == "true":
        return render(request, "notifications/drawer.html", _panel(request, None) | {"with_bell": True})
    return redirect("notifications")


def _panel(request: HttpRequest, before: int | None) -> dict[str, object]:
    cursor: NotificationCursor = cursor_of(request.user)
    items, more = page_before(request.user, before, cursor=cursor)
    address = reverse("notifications")
    return {
        "nav": "notifications",
        "items": items,
        "unread": cursor.unread,
        "upto": cursor.last_seq,
        "feed_seq": cursor.last_seq,
        "next_url": f"{address}?{urlencode({'before': items[-1].seq})}" if more else "",
        "first_url": address if before is not None else "",
    }


def _number(text: str) -> int | None:
    """Read a sequence number; None for anything else a URL may hold."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < len(str(2**63)) else None


def _revalidated(response: HttpResponse, etag: str) -> HttpResponse:
    response["ETag"] = etag
    patch_cache_control(response, private=True, no_cache=True)
    return response
