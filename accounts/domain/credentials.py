"""Passwords, second factors and links to the identity provider: each change is on record and ends other sessions."""

from allauth.mfa.models import Authenticator
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from accounts.authority import SYSTEM, Actor
from accounts.models import User
from notifications.outbox import emit

from .chain import CHAIN
from .sessions import end_sessions


@transaction.atomic
def changed(user: User, what: str, *, actor: Actor, keep: str = "", **said: object) -> None:
    """Record that a person's means of signing in changed, and end every session but the one with the key `keep`.

    `what` completes the event's name: `password_changed`, `factor_added`, `factor_removed`, `codes_renewed`.
    """
    data = {"user": user.username, **said}
    emit(f"user.{what}", chain=CHAIN, subject=user, actor=actor, data=data)
    end_sessions(user, actor=actor, keep=keep)


def linked(user: User, uid: str) -> None:
    """Record that an identity of the provider is this person's; in the transaction that links it."""
    data = {"user": user.username, "uid": uid}
    emit("user.identity_linked", chain=CHAIN, subject=user, actor=SYSTEM, data=data)


@transaction.atomic
def reset_factors(user: User, *, actor: Actor) -> int:
    """Take a person's second factors away, as when her phone is lost; return how many there were."""
    count: int
    count, _rows = Authenticator.objects.filter(user=user).delete()
    if count:
        changed(user, "factors_reset", actor=actor, factors=count)
    return count


@transaction.atomic
def invite(user: User, *, actor: Actor) -> tuple[str, str]:
    """Return the two parts of a link with which a person sets her password, and record that it was made."""
    emit("user.invited", chain=CHAIN, subject=user, actor=actor, data={"user": user.username})
    return invitation(user)


def invitation(user: User) -> tuple[str, str]:
    """Return the two parts of a link with which a person sets her password, once, within `PASSWORD_RESET_TIMEOUT`.

    It is worthless after the password was set or after a sign-in. Whoever has a second factor is still asked for it.
    """
    return urlsafe_base64_encode(force_bytes(user.pk)), default_token_generator.make_token(user)
