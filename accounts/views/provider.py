"""The way to the agency's identity provider and back, as django-allauth goes it; its silence is no fault of ours."""

from allauth.socialaccount.providers.openid_connect import views as allauth
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from requests import RequestException

from accounts.adapters import refused


def login(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Lead to the provider; a GET is asked to confirm first, so that no link elsewhere begins a sign-in.

    Raises:
        Http404: there is no such provider.
    """
    try:
        response: HttpResponseBase = allauth.login(request, provider_id)
    except RequestException:
        return _silent(request)
    return response


def callback(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Take the provider's answer.

    Raises:
        Http404: there is no such provider.
    """
    try:
        response: HttpResponseBase = allauth.callback(request, provider_id)
    except RequestException:
        return _silent(request)
    return response


def cancelled(request: HttpRequest) -> HttpResponse:
    """Lead back where the person did not want to go on."""
    return refused(request, _("You did not sign in with %(provider)s."))


def _silent(request: HttpRequest) -> HttpResponse:
    return refused(request, _("%(provider)s does not answer. Try again, or use your password."))
