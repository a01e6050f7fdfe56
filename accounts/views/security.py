"""How a person signs in: her password, her second factors, her sessions. The ceremonies are django-allauth's."""

from typing import Any, cast

from allauth.account.internal.flows.login import record_authentication
from allauth.account.views import PasswordChangeView as AllauthPasswordChangeView
from allauth.account.views import ReauthenticateView as AllauthReauthenticateView
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.views import AuthenticateView as AllauthAuthenticateView
from allauth.mfa.base.views import IndexView
from allauth.mfa.base.views import ReauthenticateView as AllauthCodeAgainView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView, RemoveWebAuthnView
from allauth.mfa.webauthn.views import ReauthenticateWebAuthnView as AllauthKeyAgainView
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.views import PasswordResetConfirmView
from django.db import transaction
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.views import View

from accounts import proof
from accounts.authority import SYSTEM
from accounts.clients import client_of
from accounts.domain import credentials
from accounts.domain.sessions import end_sessions
from accounts.middleware import HattedRequest
from accounts.models import User
from accounts.views.addresses import key_of

PASSWORD_TEMPLATE = "accounts/password.html"  # noqa: S105 - a template
MOST_SESSIONS = 50


class SecurityView(IndexView):
    """One page of everything by which a person signs in."""

    template_name = "accounts/security.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return factors and sessions, and whether a factor is wanted and missing."""
        request = cast("HattedRequest", self.request)
        user = cast("User", request.user)
        found: dict[str, Any] = super().get_context_data(**kwargs)
        return found | {
            "has_password": user.has_usable_password(),
            "wanted": proof.lacks_second_factor(request, user, request.hats),
            "sessions": _sessions_of(request),
        }


class _Changing:
    """A ceremony that changes how somebody signs in: on record, and other sessions end, all or nothing."""

    what: str
    request: HttpRequest

    def form_valid(self, form: Form) -> HttpResponse:
        """Go through with it."""
        request = cast("HattedRequest", self.request)
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
            key = request.session.session_key or ""
            credentials.changed(cast("User", request.user), self.what, actor=request.actor, keep=key)
        return response


class _Proving(_Changing):
    """A ceremony that adds a factor, which is proved by it."""

    what = "factor_added"
    factor: str

    def form_valid(self, form: Form) -> HttpResponse:
        """Go through with it, and count it as a proof in this session."""
        response = super().form_valid(form)
        record_authentication(self.request, cast("User", self.request.user), "mfa", type=self.factor)
        return response


class PasswordView(_Changing, AllauthPasswordChangeView):
    """Changing the password."""

    template_name = PASSWORD_TEMPLATE
    what = "password_changed"
    success_url = reverse_lazy("mfa_index")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Serve those who have a password.

        Raises:
            Http404: the person signs in by other means.
        """
        if not cast("User", request.user).has_usable_password():
            raise Http404
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response


class WelcomeView(PasswordResetConfirmView):
    """Setting a password by the link the administrator hands over, once."""

    template_name = "accounts/welcome.html"
    success_url = reverse_lazy("sign-in")

    def get_user(self, uidb64: str) -> User | None:
        """Return the person the link is for, while her account is open."""
        user = super().get_user(uidb64)
        return user if user is not None and user.is_active else None

    def form_valid(self, form: Any) -> HttpResponse:
        """Set it; whoever is signed in as this person elsewhere is not any more."""
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)
            credentials.changed(cast("User", self.user), "password_set", actor=SYSTEM)
        messages.success(self.request, _("Your password is set. Sign in with it."))
        return response


class SecondStepView(AllauthAuthenticateView):
    """The second step of signing in."""

    template_name = "accounts/second_step.html"


class AddAppView(_Proving, ActivateTOTPView):
    """Adding an authenticator app."""

    template_name = "accounts/app_add.html"
    factor = Authenticator.Type.TOTP


class SquareView(View):
    """The key of an authenticator app that is being added, as a square to photograph."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Draw the key that waits in the session.

        Raises:
            Http404: none does.
        """
        secret = request.session.get(SECRET_SESSION_KEY)
        if not secret:
            raise Http404
        adapter = get_adapter()
        drawn = adapter.build_totp_svg(adapter.build_totp_url(request.user, secret))
        return HttpResponse(drawn, content_type="image/svg+xml")


class RemoveAppView(_Changing, DeactivateTOTPView):
    """Removing the authenticator app."""

    template_name = "accounts/app_remove.html"
    what = "factor_removed"


class AddKeyView(_Proving, AddWebAuthnView):
    """Adding a passkey."""

    template_name = "accounts/key_add.html"
    factor = Authenticator.Type.WEBAUTHN

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the ceremony of a passkey: one that signs in by itself."""
        from allauth.mfa.webauthn.internal import auth  # noqa: PLC0415 - reads settings as it is imported

        found: dict[str, Any] = super().get_context_data(**kwargs)
        found["js_data"] = {"creation_options": auth.begin_registration(self.request.user, passwordless=True)}
        return found


class RemoveKeyView(_Changing, RemoveWebAuthnView):
    """Removing a passkey."""

    template_name = "accounts/key_remove.html"
    what = "factor_removed"
    success_url = reverse_lazy("mfa_index")

    def form_valid(self, form: Form) -> HttpResponse:
        """Remove it, unless it is the last factor of somebody who must have one."""
        if not get_adapter().can_delete_authenticator(self.object):
            messages.error(self.request, _("Your position needs a second factor: add another one first."))
            return redirect("mfa_index")
        return super().form_valid(form)


class RenewCodesView(_Changing, GenerateRecoveryCodesView):
    """Making new recovery codes."""

    template_name = "accounts/codes_renew.html"
    what = "codes_renewed"


class CodesView(ViewRecoveryCodesView):
    """Showing the recovery codes, once."""

    template_name = "accounts/codes.html"


class PasswordAgainView(AllauthReauthenticateView):
    """Asking for the password in the middle of a session."""

    template_name = "accounts/prove.html"


class CodeAgainView(AllauthCodeAgainView):
    """Asking for a code in the middle of a session."""

    template_name = "accounts/prove.html"


class KeyAgainView(AllauthKeyAgainView):
    """Asking for a passkey in the middle of a session."""

    template_name = "accounts/prove.html"


class EndSessionsView(View):
    """Ends one session, or all but this one."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """End what was chosen; one of somebody else's is not found.

        Raises:
            Http404: there is no such session of hers.
        """
        asked = cast("HattedRequest", request)
        chosen = request.POST.get("session", "")
        key = request.session.session_key or ""
        only = key_of(chosen)
        if chosen and not UserSession.objects.filter(pk=only, user=asked.user).exists():
            raise Http404
        end_sessions(cast("User", asked.user), actor=asked.actor, keep=key, only=only)
        messages.success(request, _("The sessions were ended."))
        return redirect(reverse("mfa_index"))


def _sessions_of(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the person's sessions, this one first, the newest next."""
    found = UserSession.objects.filter(user=request.user).order_by("-created_at", "-pk")
    key = request.session.session_key
    rows = [
        {
            "pk": each.pk,
            "created_at": each.created_at,
            "ip": each.ip,
            "client": client_of(each.user_agent),
            "is_this": each.session_key == key,
        }
        for each in found[:MOST_SESSIONS]
    ]
    return sorted(rows, key=lambda row: not row["is_this"])
