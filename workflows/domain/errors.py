"""Refusals a person can act on: each carries a translated sentence."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.domain.errors import DomainError, NotAllowedError

__all__ = [
    "AlreadyDoneError",
    "BusyError",
    "DomainError",
    "KeyReusedError",
    "NotAllowedError",
    "StaleError",
]


class AlreadyDoneError(DomainError):
    """Somebody else did the task first; says who, as what and when."""

    def __init__(self, *, who: str, what: str, when: datetime | None) -> None:
        moment = date_format(timezone.localtime(when), "H:i d/m/Y") if when else ""
        if who and moment:
            message = _("%(who)s already did this at %(when)s: %(what)s.") % {
                "who": who,
                "when": moment,
                "what": what,
            }
        elif moment:
            message = _("This task was closed at %(when)s.") % {"when": moment}
        else:
            message = _("This task is already closed.")
        super().__init__(message)
        self.who, self.what, self.when = who, what, when


class StaleError(DomainError):
    """What the person saw is no longer current."""

    def __init__(self, current: str = "") -> None:
        super().__init__(
            _("The plan has changed since this page was opened. Read what changed, then decide again.")
        )
        self.current = current


class KeyReusedError(DomainError):
    """The same idempotency key came with another request."""

    def __init__(self) -> None:
        super().__init__(_("This form was already sent with other content. Reload the page and try again."))


class BusyError(DomainError):
    """The case was locked for too long by somebody else."""

    def __init__(self) -> None:
        super().__init__(
            _("Somebody else is acting on this file right now. Try again in a moment; nothing was lost.")
        )
