"""The sign-in form."""

from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.backends import address_of
from accounts.domain.lockout import is_locked
from accounts.models import User


class SignInForm(AuthenticationForm):
    """User name and password; one answer for every wrong pair, whether the user name exists or not."""

    error_messages = {
        "invalid_login": _("The user name or the password is not right. Check both and try again."),
        "locked": _("Too many wrong tries. Wait 15 minutes, then try again."),
    }

    def clean_username(self) -> str:
        """Read the user name as it is kept."""
        return User.normalize_username(self.cleaned_data["username"])

    def get_invalid_login_error(self) -> ValidationError:
        """Say what is wrong without saying which of the two."""
        locked = is_locked(self.cleaned_data["username"], address_of(self.request))
        code = "locked" if locked else "invalid_login"
        return ValidationError(self.error_messages[code], code=code)
