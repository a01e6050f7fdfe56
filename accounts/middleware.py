"""Who asks, under which hat; and nobody gets through a URL that does not say what it asks."""

from collections.abc import Callable
from http import HTTPStatus
from typing import cast
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.deprecation import MiddlewareMixin
from django.utils.functional import SimpleLazyObject

from . import kept, proof
from .authority import Actor, Hat, choose_hat, hats
from .domain import people
from .models import User
from .policy import PUBLIC, SECURITY, policy_of

SESSION_KEY = "hat"
SAFE_METHODS = {"GET", "HEAD"}


class HattedRequest(HttpRequest):
    """A request as `HatMiddleware` hands it on; nothing is read before it is looked at.

    `hat` is a proxy: ask `if request.hat`, or `request.actor.hat is None`.
    """

    user: User | AnonymousUser
    hats: list[Hat]
    hat: Hat | None
    actor: Actor


class HatMiddleware(MiddlewareMixin):
    """Give the request the person's hats, the chosen one and the actor: one statement, at the first use."""

    def process_request(self, request: HattedRequest) -> None:
        """Attach the lazy attributes."""
        request.hats = SimpleLazyObject(lambda: _hats(request))  # type: ignore[assignment]
        request.hat = SimpleLazyObject(lambda: _hat(request))  # type: ignore[assignment]
        request.actor = SimpleLazyObject(lambda: _actor(request))  # type: ignore[assignment]


class DefaultDenyMiddleware(MiddlewareMixin):
    """Serve marked views only, and only public ones to strangers; nothing behind sign-in stays in a cache.

    A session ends where nobody is at work in it, and serves nothing but the way to a second factor where one is wanted.
    """

    def process_view(
        self, request: HttpRequest, view: Callable[..., object], _args: object, _kwargs: object
    ) -> HttpResponseBase | None:
        """Let the request through, or answer it.

        Raises:
            Http404: the view carries no mark.
        """
        mark = policy_of(view)
        if not mark:
            raise Http404
        if mark == PUBLIC:
            return None
        request.is_behind_sign_in = True  # type: ignore[attr-defined]
        if not isinstance(request.user, User):
            return _sign_in_first(request)
        if proof.is_idle(request):
            logout(request)
            return _sign_in_first(request)
        if mark != SECURITY and proof.lacks_second_factor(request, request.user, _hats_of(request)):
            return _lead_to(request, reverse("mfa_index"))
        _remember_presence(request, request.user)
        return None

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Keep pages behind sign-in out of caches, unless the view has decided itself."""
        if getattr(request, "is_behind_sign_in", False):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


def _hats(request: HattedRequest) -> list[Hat]:
    return hats(request.user) if isinstance(request.user, User) else []


def _hat(request: HattedRequest) -> Hat | None:
    return choose_hat(request.hats, request.session.get(SESSION_KEY))


def _actor(request: HattedRequest) -> Actor:
    user = request.user
    return Actor(user=user, hat=_hat(request)) if isinstance(user, User) else Actor(user=None)


def _hats_of(request: HttpRequest) -> list[Hat]:
    return cast("HattedRequest", request).hats


def _remember_presence(request: HttpRequest, user: User) -> None:
    """Write on which day the person was last at work, and when in this session; nothing for what a page asks by itself.

    One statement a day, and the session once a minute.
    """
    if request.method in SAFE_METHODS and _is_script(request):
        return
    proof.note(request)
    if user.last_active_on != timezone.localdate():
        people.saw(user, on=timezone.localdate())


def _sign_in_first(request: HttpRequest) -> HttpResponseBase:
    """Send a page to the sign-in page, keeping what was typed; a script is told so instead."""
    if _is_script(request):
        current = urlsplit(request.headers.get("HX-Current-URL", ""))
        here = f"{current.path}?{current.query}" if current.query else current.path
        return _lead_to(request, _sign_in_url(here))
    back_to = request.get_full_path() if request.method in SAFE_METHODS else kept.keep(request)
    return redirect(_sign_in_url(back_to))


def _lead_to(request: HttpRequest, url: str) -> HttpResponseBase:
    """Send a page elsewhere; tell a script so, because it would follow a redirect unseen."""
    if not _is_script(request):
        return redirect(url)
    headers = {"HX-Redirect": url, "Cache-Control": "no-store"}
    return JsonResponse({"error": "signed out"}, status=HTTPStatus.UNAUTHORIZED, headers=headers)


def _is_script(request: HttpRequest) -> bool:
    prefers_json = request.get_preferred_type(["text/html", "application/json"]) == "application/json"
    return "HX-Request" in request.headers or prefers_json


def _sign_in_url(back_to: str) -> str:
    url = resolve_url(settings.LOGIN_URL)
    return f"{url}?{urlencode({'next': back_to})}" if back_to else url
