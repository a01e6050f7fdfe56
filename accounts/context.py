"""What the frame around every page shows of the person."""

from typing import Any

from django.http import HttpRequest

from .authority import own_hats
from .kept import give_back
from .models import User


def chrome(request: HttpRequest) -> dict[str, Any]:
    """Return `me`, `hats` and `hat`, and what was typed before the session ended; empty for a stranger.

    Reads nothing but `request.hats` and the session.
    """
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {"me": None, "hats": [], "hat": None, "kept": None}
    hat = request.actor.hat  # type: ignore[attr-defined]
    me = {
        "id": user.pk,
        "name": str(user),
        "post": hat.title if hat else "",
        "initials": user.initials,
        "administers": user.is_staff,
    }
    return {
        "me": me,
        "hats": own_hats(request.hats),  # type: ignore[attr-defined]
        "hat": hat,
        "kept": give_back(request, user),
    }
