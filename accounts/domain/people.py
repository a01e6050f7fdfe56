"""People come and go; what they signed stays theirs."""

from datetime import date, datetime

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils import timezone

from accounts.authority import Actor
from accounts.models import User
from notifications.outbox import emit
from notifications.push import push_kick

from .chain import CHAIN
from .sessions import end_sessions


@transaction.atomic
def create_user(
    username: str,
    *,
    full_name: str,
    actor: Actor,
    password: str | None = None,
    email: str = "",
    is_demo: bool = False,
) -> User:
    """Add a person; without a password she cannot sign in.

    Raises:
        IntegrityError: the user name is taken.
    """
    user = User.objects.create_user(
        username, password, full_name=full_name.strip(), email=email, is_demo=is_demo
    )
    emit(
        "user.created", chain=CHAIN, subject=user, actor=actor, data={"user": user.username, "demo": is_demo}
    )
    return user


@transaction.atomic
def deactivate(user: User, *, actor: Actor, at: datetime | None = None) -> None:
    """Close a person's account, end her sessions and close her sockets; repeating it changes nothing.

    The password and the second factors go too: nothing comes back to life with the account.
    """
    locked = User.objects.select_for_update().get(pk=user.pk)
    if locked.is_active:
        locked.is_active = False
        locked.deactivated_at = at or timezone.now()
        locked.set_unusable_password()
        locked.save(update_fields=["is_active", "deactivated_at", "password"])
        Authenticator.objects.filter(user=locked).delete()
        end_sessions(locked, actor=actor, tell=push_kick)
        emit("user.deactivated", chain=CHAIN, subject=locked, actor=actor, data={"user": locked.username})
    user.refresh_from_db(fields=["is_active", "deactivated_at", "password"])


def saw(user: User, *, on: date) -> None:
    """Remember the day on which a person was last at work; two requests at once write it once."""
    User.objects.filter(pk=user.pk).exclude(last_active_on__gte=on).update(last_active_on=on)
    user.last_active_on = on
