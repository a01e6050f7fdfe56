"""How a person has proved in this session who she is: when she last did, by how many factors, and when it ends.

Sign-in itself is django-allauth's; it keeps in the session what was proved and when.
"""

import time
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.http import HttpRequest

from .authority import Hat
from .models import User

SEEN = "seen"
SEEN_STEP = 60  # seconds: so often at most the session is written because its owner is at work
SECOND_FACTOR, PROVIDER = "mfa", "socialaccount"


def begin(request: HttpRequest) -> None:
    """Let the session end at a fixed moment, and sooner where nobody is at work."""
    request.session.set_expiry(timedelta(seconds=settings.SESSION_COOKIE_AGE))
    request.session[SEEN] = int(time.time())


def note(request: HttpRequest) -> None:
    """Remember that the session's owner is at work; writes once a minute at most."""
    if time.time() - _seen_at(request) > SEEN_STEP:
        request.session[SEEN] = int(time.time())


def is_idle(request: HttpRequest) -> bool:
    """Tell whether nobody has been at work in this session for too long."""
    longest: int = settings.SESSION_IDLE_SECONDS
    return time.time() - _seen_at(request) > longest


def require_recent(request: HttpRequest) -> None:
    """Let nobody decide or sign at a desk that was left: ask anew who is there, by setting.

    Raises:
        ReauthenticationRequired: the last proof is too old; the middleware of django-allauth keeps the form, asks, and
            then goes on with it.
    Source: OWASP ASVS 5.0, 7.5.3.
    """
    longest = settings.REAUTHENTICATE_MINUTES * 60
    if longest and time.time() - _proved_at(request) > longest:
        raise ReauthenticationRequired


def lacks_second_factor(request: HttpRequest, user: User, hats: Iterable[Hat]) -> bool:
    """Tell whether the person must prove herself by a second factor and has not; `hats` are looked at last."""
    if not settings.SECOND_FACTOR["required_of"] or has_second_factor(request):
        return False
    return must_have_second_factor(user, hats)


def has_second_factor(request: HttpRequest) -> bool:
    """Tell whether a second factor was proved in this session."""
    methods = {record["method"] for record in _records(request)}
    return SECOND_FACTOR in methods or (settings.OIDC["second_factor"] and PROVIDER in methods)


def must_have_second_factor(user: User, hats: Iterable[Hat]) -> bool:
    """Tell whether a second factor is required of a person by what she may do."""
    groups = settings.SECOND_FACTOR["required_of"]
    if "ALL" in groups or ("ADMINISTRATORS" in groups and (user.is_staff or user.is_superuser)):
        return True
    positions = settings.SECOND_FACTOR["positions"] if "APPROVERS" in groups else ()
    return any(hat.position in positions for hat in hats)


def _proved_at(request: HttpRequest) -> float:
    return max((float(record["at"]) for record in _records(request)), default=0.0)


def _records(request: HttpRequest) -> list[dict[str, Any]]:
    user = request.user if isinstance(request.user, User) else None
    return list(get_authentication_records(request, user))


def _seen_at(request: HttpRequest) -> float:
    seen = request.session.get(SEEN)
    if seen is None and isinstance(request.user, User) and request.user.last_login:
        return request.user.last_login.timestamp()
    return float(seen or 0)
