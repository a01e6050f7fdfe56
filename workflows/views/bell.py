"""The bell and the place in the feed, as the server draws them."""

from accounts.models import User
from notifications.feed import cursor_of

from .base import Context


def bell_of(user: User) -> Context:
    """Return how much a person has not read, and up to where her page knows the feed; one statement."""
    cursor = cursor_of(user)
    return {"unread": cursor.unread, "feed_seq": cursor.last_seq}
