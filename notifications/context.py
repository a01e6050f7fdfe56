"""What the frame around every page shows of a person's feed."""

from collections.abc import Callable
from functools import cache

from django.http import HttpRequest

from notifications.feed import cursor_of
from notifications.models import NotificationCursor


def bell(request: HttpRequest) -> dict[str, Callable[[], int]]:
    """Return `unread` and `feed_seq` for `templates/base.html`; one statement, and none where no page asks."""

    @cache
    def cursor() -> NotificationCursor:
        user = getattr(request, "user", None)
        if user is None or not user.is_authenticated:
            return NotificationCursor()
        return cursor_of(user)

    return {"unread": lambda: cursor().unread, "feed_seq": lambda: cursor().last_seq}
