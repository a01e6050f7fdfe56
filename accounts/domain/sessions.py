"""Sessions end when their owner says so, and when something changes on which they rest."""

from collections.abc import Callable
from functools import partial

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction

from accounts.authority import Actor
from accounts.models import User
from notifications.outbox import emit
from notifications.push import push_renew

from .chain import CHAIN


@transaction.atomic
def end_sessions(
    user: User,
    *,
    actor: Actor,
    keep: str = "",
    only: int | None = None,
    tell: Callable[[int], None] = push_renew,
) -> int:
    """End a person's sessions but the one whose key is `keep`, or one of them alone; return how many ended.

    `tell` reaches her open pages after the commit: pages of an ended session are told to sign in, the others go on.
    """
    found = UserSession.objects.select_for_update().filter(user=user).exclude(session_key=keep)
    if only is not None:
        found = found.filter(pk=only)
    keys = list(found.values_list("session_key", flat=True))
    if keys:
        Session.objects.filter(session_key__in=keys).delete()
        UserSession.objects.filter(session_key__in=keys).delete()
        data = {"user": user.username, "sessions": len(keys)}
        emit("user.sessions_ended", chain=CHAIN, subject=user, actor=actor, data=data)
    transaction.on_commit(partial(tell, user.pk))
    return len(keys)
