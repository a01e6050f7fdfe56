"""Signing in, signing out, and choosing the hat to act under."""

from typing import Any, cast
from urllib.parse import urlsplit

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.account.views import LoginView
from django.conf import settings
from django.contrib.auth.views import LogoutView, RedirectURLMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.views import View

from accounts.forms.hat import HatForm
from accounts.forms.sign_in import SignInForm
from accounts.middleware import SESSION_KEY, HattedRequest


class SignInView(LoginView):
    """The sign-in page; leads back to where the person wanted to go, on this site only."""

    form_class = SignInForm
    template_name = "accounts/sign_in.html"

    def form_valid(self, form: SignInForm) -> HttpResponse:
        """Sign in, or lead to the second factor first."""
        login = Login(user=form.get_user(), redirect_url=self.get_success_url())
        given = {"username": form.cleaned_data["username"]}
        return cast("HttpResponse", perform_password_login(self.request, given, login))

    def get_next_url(self) -> str | None:
        """Return the wanted page; never this one, which would lead in a circle."""
        wanted: str | None = super().get_next_url()
        return None if wanted and urlsplit(wanted).path == self.request.path else wanted

    def get_authenticated_redirect_url(self) -> str:
        """Return where somebody goes who has signed in already."""
        return self.get_next_url() or resolve_url(settings.LOGIN_REDIRECT_URL)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return what the page offers besides the password."""
        found: dict[str, Any] = super().get_context_data(**kwargs)
        return found | {
            "next": self.get_next_url() or "",
            "provider": settings.OIDC["name"] if settings.OIDC["url"] else "",
        }


class SignOutView(LogoutView):
    """Ends the session; by POST, so that no link can."""


class ChooseHatView(RedirectURLMixin, View):
    """Keeps the chosen hat in the session."""

    next_page = "inbox"

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep the choice and lead back.

        Raises:
            Http404: the membership is not the person's, or no longer holds.
        """
        form = HatForm(request.POST, hats=cast("HattedRequest", request).hats)
        if not form.is_valid():
            raise Http404
        request.session[SESSION_KEY] = form.cleaned_data["membership"]
        return redirect(self.get_success_url())
