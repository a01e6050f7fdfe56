"""Codes of an authenticator app, as somebody's phone shows them; and people who have one."""

import time

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.urls import reverse

from tests.factories import PASSWORD

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code_now(secret=SECRET, steps=0):
    """Return the six digits of this half minute, or of one before or after."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def give_app(user):
    """Give a person an authenticator app and recovery codes."""
    TOTP.activate(user, SECRET)
    RecoveryCodes.activate(user)
    return user


def recovery_code(user):
    """Return a recovery code that has not been used."""
    row = Authenticator.objects.get(user=user, type=Authenticator.Type.RECOVERY_CODES)
    return row.wrap().get_unused_codes()[0]


def sign_in(client, username, password=PASSWORD, **extra):
    """Send the first step."""
    return client.post(reverse("sign-in"), {"username": username, "password": password, **extra})


def second_step(client, code):
    """Send the second step."""
    return client.post(reverse("mfa_authenticate"), {"code": code})


def prove(client, password=PASSWORD):
    """Prove in the middle of a session, so that means of signing in may be changed."""
    return client.post(reverse("account_reauthenticate"), {"password": password})


def is_signed_in(client):
    """Tell whether the browser has a session of somebody."""
    return "_auth_user_id" in client.session
