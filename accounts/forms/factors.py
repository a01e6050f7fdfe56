"""Codes of a second factor: a limited number of tries, counted where the tries at passwords are counted."""

from typing import Any

from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.backends import address_of
from accounts.domain.lockout import forget_tries, reserve_try
from accounts.models import User


class LimitedCode(forms.Form):
    """Counts a try before the code is looked at; the right code gives the tries back."""

    user: User

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["code"]
        field.label = gettext_lazy("Code from your authenticator app, or a recovery code")
        field.widget.attrs = {"autocomplete": "one-time-code", "inputmode": "text", "autofocus": True}

    def clean_code(self) -> str:
        """Check the code.

        Raises:
            ValidationError: it is wrong, or no try is left.
        """
        name = f"code of {self.user.pk}"
        address = address_of(context.request)
        if not reserve_try(name, address):
            raise ValidationError(_("Too many wrong tries. Wait 15 minutes, then try again."), code="locked")
        code: str = super().clean_code()  # type: ignore[misc]
        forget_tries(name, address)
        return code


class CodeForm(LimitedCode, AuthenticateForm):
    """The second step of signing in."""


class CodeAgainForm(LimitedCode, ReauthenticateForm):
    """A proof in the middle of a session."""
