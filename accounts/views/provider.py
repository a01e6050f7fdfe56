"""The way to the agency's identity provider and back, as django-allauth goes it; its silence is no fault of ours."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.socialaccount.providers.openid_connect import views as allauth
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from requests import RequestException

from accounts.adapters import refused

View = Callable[..., HttpResponseBase]


def _patient(view: View) -> View:
    """Lead back to the sign-in page where the provider does not answer; 404 where there is no such provider."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except RequestException:
            return refused(request, _("%(provider)s does not answer. Try again, or use your password."))

    return asked


# A GET of `login` asks to confirm first, so that no link elsewhere begins a sign-in.
login = _patient(allauth.login)
callback = _patient(allauth.callback)


def cancelled(request: HttpRequest) -> HttpResponse:
    """Lead back where the person did not want to go on."""
    return refused(request, _("You did not sign in with %(provider)s."))
