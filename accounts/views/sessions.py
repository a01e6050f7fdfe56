"""Signing in, signing out, and choosing the hat to act under."""

from datetime import timedelta
from typing import cast
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView, RedirectURLMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views import View

from accounts.forms.hat import HatForm
from accounts.forms.sign_in import SignInForm
from accounts.middleware import SESSION_KEY, HattedRequest


class SignInView(LoginView):
    """The sign-in page; leads back to where the person wanted to go, on this site only."""

    form_class = SignInForm
    template_name = "accounts/sign_in.html"
    redirect_authenticated_user = True

    def get_success_url(self) -> str:
        """Return the wanted page; never this one, which would lead in a circle."""
        wanted = super().get_success_url()
        return self.get_default_redirect_url() if urlsplit(wanted).path == self.request.path else wanted

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Sign in until a fixed moment: what is kept in the session on the way does not prolong it."""
        response = super().form_valid(form)
        self.request.session.set_expiry(timedelta(seconds=settings.SESSION_COOKIE_AGE))
        return response


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
