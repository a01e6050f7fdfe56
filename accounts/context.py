"""What the frame around every page shows of the person."""

from typing import Any

from django.http import HttpRequest

from .authority import own_hats
from .models import User


def chrome(request: HttpRequest) -> dict[str, Any]:
    """Return `me`, `hats` and `hat`; empty for a stranger. Reads nothing but `request.hats`."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {"me": None, "hats": [], "hat": None}
    hat = request.actor.hat  # type: ignore[attr-defined]
    me = {
        "id": user.pk,
        "name": str(user),
        "post": hat.title if hat else "",
        "initials": user.initials,
        "administers": user.is_staff,
    }
    return {"me": me, "hats": own_hats(request.hats), "hat": hat}  # type: ignore[attr-defined]
