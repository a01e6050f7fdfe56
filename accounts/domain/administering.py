"""What holds for every act of an administrator: who she is, whom she may not touch, and what she saw.

The role is a technical one: it opens no business act and shows no case. Nobody grants rights to herself.
"""

from collections.abc import Mapping

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.authority import SYSTEM, Actor
from accounts.models import User
from notifications.outbox import emit

from .chain import CHAIN
from .errors import DomainError, NotAllowedError
from .sessions import end_sessions

SALT = "administration"
Facts = Mapping[str, str]  # what a page shows of a thing, by label


class ChangedMeanwhileError(DomainError):
    """What the administrator saw is no longer so; says what became of it."""


def is_administrator(user: User) -> bool:
    """Tell whether a person administers: an active account that was marked by whoever runs the system."""
    return user.is_active and user.is_staff


def check_administrator(actor: Actor) -> None:
    """Refuse whoever does not administer.

    Raises:
        NotAllowedError: the actor does not.
    """
    if actor.user is None or not is_administrator(actor.user):
        raise NotAllowedError(_("Only an administrator does this."))


def check_may_change(user: User, actor: Actor) -> None:
    """Refuse an administrator her own account and those above her.

    Raises:
        NotAllowedError: the account is the actor's own, or a superuser's and hers is none.
    """
    check_administrator(actor)
    if user.pk == actor.user_id:
        raise NotAllowedError(_("Nobody changes her own account or rights: another administrator does."))
    if user.is_superuser and not actor.person.is_superuser:
        raise NotAllowedError(_("This account belongs to whoever runs the system and is not changed here."))


@transaction.atomic
def give_powers(
    user: User, *, is_administrator: bool, is_superuser: bool | None = None, actor: Actor = SYSTEM
) -> None:
    """Say whether a person administers, or runs the system; done by whoever runs it. Repeating it records nothing.

    Her sessions end, so that the next one has the powers of now. `None` leaves as it is whether she runs the system.
    """
    locked = User.objects.select_for_update().get(pk=user.pk)
    before = _powers(locked)
    locked.is_staff = is_administrator
    if is_superuser is not None:
        locked.is_superuser = is_superuser
    if _powers(locked) != before:
        locked.save(update_fields=["is_staff", "is_superuser"])
        data = {"user": locked.username, "before": before, "after": _powers(locked)}
        emit("user.powers_changed", chain=CHAIN, subject=locked, actor=actor, data=data)
        end_sessions(locked, actor=actor)
    user.refresh_from_db(fields=["is_staff", "is_superuser"])


def _powers(user: User) -> dict[str, bool]:
    return {"administrator": user.is_staff, "superuser": user.is_superuser}


def stamp(facts: Facts) -> str:
    """Return what a form carries to be held to what its page showed."""
    return signing.dumps(dict(facts), salt=SALT, compress=True)


def check_seen(seen: str, facts: Facts, *, only: str = "") -> None:
    """Refuse a form whose page showed something else, and say what changed; `only` names the one fact that counts.

    Raises:
        ChangedMeanwhileError: the facts are others now, or the form does not say what was shown.
    """
    try:
        shown: dict[str, str] = signing.loads(seen, salt=SALT)
    except signing.BadSignature:
        raise ChangedMeanwhileError(_("This page is out of date. Open it again.")) from None
    changed = [
        f"{label}: {shown.get(label) or '–'} → {facts.get(label) or '–'}"
        for label in dict.fromkeys([only] if only else [*shown, *facts])
        if shown.get(label, "") != facts.get(label, "")
    ]
    if changed:
        words = _("Changed since this page was opened: %(changes)s.")
        raise ChangedMeanwhileError(words % {"changes": "; ".join(changed)})
