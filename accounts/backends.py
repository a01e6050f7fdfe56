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
        username = User.normalize_username(username)
        if len(username) > USERNAME_LENGTH:  # nobody's, and no room to count its tries
            return None
        if not reserve_try(username):
            raise PermissionDenied
        user = super().authenticate(request, username=username, password=password, **kwargs)
        if not isinstance(user, User):
            return None
        forget_tries(username)
        return user
