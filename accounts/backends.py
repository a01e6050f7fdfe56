"""How somebody proves to be a user."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import PermissionDenied

from .domain.lockout import forget_tries, reserve_try
from .models import User
from .models.user import USERNAME_LENGTH


class LockoutBackend(ModelBackend):
    """User name and password, a limited number of tries, active people only.

    A deactivated person's sessions end with it: `get_user` no longer finds her.
    """

    def authenticate(
        self, request: Any, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        """Return the active user with this name and password, else None.

        Raises:
            PermissionDenied: the user name has no try left; whether it exists is not looked at.
        """
        if username is None or password is None:
            return None
        username, address = User.normalize_username(username), address_of(request)
        if len(username) > USERNAME_LENGTH:  # nobody's
            return None
        if not reserve_try(username, address):
            raise PermissionDenied
        user = super().authenticate(request, username=username, password=password, **kwargs)
        if not isinstance(user, User):
            return None
        forget_tries(username, address)
        return user


def address_of(request: Any) -> str:
    """Return the address a request comes from; empty outside a request.

    The server in front names it (uvicorn --proxy-headers, daphne --proxy-headers); no header is believed here.
    """
    return str(request.META.get("REMOTE_ADDR", "")) if request is not None else ""
