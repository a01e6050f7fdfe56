"""What this office decides about django-allauth: nobody signs herself up, one provider, secrets are kept encrypted."""

import base64
import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _

from . import kept, proof
from .authority import hats
from .backends import address_of
from .domain import credentials
from .models import User

NOWHERE = "0.0.0.0"  # noqa: S104 - kept of a session whose address the server in front does not name


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by the administrator."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Let nobody make an account."""
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """Tell whether a URL leads to this site, by the very host that was asked."""
        host = {self.request.get_host()} if self.request else set()
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts=host, require_https=bool(self.request and self.request.is_secure())
        )

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address the server in front names; no header is believed."""
        return address_of(request) or NOWHERE

    def login(self, request: HttpRequest, user: User) -> None:
        """Begin the session."""
        super().login(request, user)
        proof.begin(request)

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Lead on, and leave a mark of who was here last."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        kept.mark(response, user)
        return response

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """Say to a closed account what is said of one that does not exist."""
        return refused(request)

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """Offer the identity provider to whoever has nothing else."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        if not methods and settings.OIDC["url"] and SocialAccount.objects.filter(user=user).exists():
            url = reverse("openid_connect_login", args=["agency"])
            return [{"id": "provider", "description": settings.OIDC["name"], "url": url}]
        return methods


class FactorAdapter(DefaultMFAAdapter):
    """Second factors: the office's name on them, their secrets encrypted, the last one kept where one is required."""

    def get_totp_issuer(self) -> str:
        """Return the name an authenticator app shows."""
        return "Dieu hanh"

    def get_totp_label(self, user: User) -> str:
        """Return the name of the account an authenticator app shows."""
        return user.username

    def encrypt(self, text: str) -> str:
        """Encrypt a secret with the first key."""
        return _keys().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Decrypt a secret with whichever key fits.

        Raises:
            InvalidToken: none does: SECRET_KEY was changed and not kept in SECRET_KEY_FALLBACKS.
        """
        return _keys().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Tell whether a factor may go: not the last one of somebody who must have one."""
        others = Authenticator.objects.filter(user=authenticator.user).exclude(pk=authenticator.pk)
        if others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists():
            return True
        return not proof.must_have_second_factor(authenticator.user, hats(authenticator.user))


class ProviderAdapter(DefaultSocialAccountAdapter):
    """The agency's identity provider says who somebody is; whether she is let in is decided here."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Let nobody in who has no account."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Find the account by the user name the provider vouches for, and keep the link.

        Raises:
            ImmediateHttpResponse: there is no such account, or it is closed.
        """
        if sociallogin.state.get("process") == AuthProcess.CONNECT:  # a link is made here and nowhere else
            raise ImmediateHttpResponse(refused(request))
        if sociallogin.is_existing:
            return
        user = User.objects.filter(username=_named_by(sociallogin), is_active=True).first()
        if user is None:
            raise ImmediateHttpResponse(refused(request))
        with transaction.atomic():
            sociallogin.connect(request, user)
            credentials.linked(user, str(sociallogin.account.uid))

    def on_authentication_error(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Lead back to the sign-in page, whatever the provider's trouble is.

        Raises:
            ImmediateHttpResponse: always.
        """
        raise ImmediateHttpResponse(
            refused(
                request, _("%(provider)s could not confirm who you are. Try again, or use your password.")
            )
        )


def refused(request: HttpRequest, message: str = "") -> HttpResponse:
    """Lead back to the sign-in page and say why; the same whether an account is unknown or closed."""
    said = message or _("%(provider)s knows you, this system does not. Ask your administrator for access.")
    messages.error(request, said % {"provider": settings.OIDC["name"]})
    wanted = request.GET.get("next", "")
    return redirect(f"{reverse('sign-in')}?{urlencode({'next': wanted})}" if wanted else "sign-in")


def _named_by(sociallogin: SocialLogin) -> str:
    """Return the user name that the provider's claim holds, as it is kept here; empty where there is none."""
    told = sociallogin.account.extra_data
    claims = told.get("userinfo") or told.get("id_token") or {}
    return User.normalize_username(str(claims.get(settings.OIDC["claim"]) or ""))


def _keys() -> MultiFernet:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_key_of(secret)) for secret in secrets])


def _key_of(secret: str) -> bytes:
    derived = hashlib.scrypt(secret.encode(), salt=b"accounts.factors", n=2, r=8, p=1, dklen=32)
    return base64.urlsafe_b64encode(derived)
