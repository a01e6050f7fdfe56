"""What the tests of the administrator's pages share: who administers, reading a page, sending one of its forms."""

from typing import Any

from django.conf import settings
from django.test import Client

from accounts.models import User
from notifications.models import Event
from tests.factories import make_user


def make_administrator(username: str = "quantri", **fields: Any) -> User:
    """Return somebody who administers and holds no position."""
    return make_user(username, is_staff=True, **fields)


def browser_of(user: User) -> Client:
    """Return the person's browser, in English."""
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    client.force_login(user)
    return client


def send(client: Client, url: str, act: str, seen: str | None = None, **typed: Any) -> Any:
    """Send one form of a page as it is now, or as it was when `seen` was on it."""
    shown = (client.get(url).context or {}).get("seen", "") if seen is None else seen
    given = {f"{act}-{name}": value for name, value in typed.items()}
    return client.post(url, {"act": act, "seen": shown, **given})


def errors(answer: Any) -> str:
    """Return every sentence a refused form says, in one text."""
    form = answer.context["form"]
    return " ".join(str(error) for found in form.errors.values() for error in found)


def recorded(chain: str = "accounts") -> list[tuple[str, dict[str, Any]]]:
    """Return the events of a chain as (kind, data), the first one first."""
    return list(Event.objects.filter(chain=chain).order_by("seq").values_list("kind", "data"))
