"""Sessions end when their owner says so, and when something changes on which they rest."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.authority import Actor
from accounts.models import User
from notifications.outbox import emit
from notifications.push import push_renew

from .chain import CHAIN

JOB, SWEEP_SECONDS = "expired sessions", 3600.0


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


@transaction.atomic
def clear_expired(*, at: datetime | None = None) -> int:
    """Forget the sessions whose end has come, and what is listed of sessions that are no more; return how many ended.

    Two statements.
    """
    count, _rows = Session.objects.filter(expire_date__lt=at or timezone.now()).delete()
    held = Session.objects.filter(session_key=OuterRef("session_key"))
    UserSession.objects.filter(~Exists(held)).delete()
    return count
