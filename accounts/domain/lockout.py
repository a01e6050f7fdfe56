"""Guessing a password ends after a few tries, for user names that exist and for those that do not."""

from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import SignInAttempt

LIMIT = 10
WINDOW = timedelta(minutes=15)


def reserve_try(username: str, *, at: datetime | None = None) -> bool:
    """Take one of the tries a user name has; tell whether there was one left.

    The try counts before the password is looked at, so that tries at the same moment cannot exceed the limit. Tries
    that were refused do not prolong the lock.
    """
    now = at or timezone.now()
    SignInAttempt.objects.filter(at__lte=now - WINDOW).delete()
    attempt = SignInAttempt.objects.create(username=username, at=now)
    if _tries(username, now) <= LIMIT:
        return True
    attempt.delete()
    return False


def forget_tries(username: str) -> None:
    """Give a user name all its tries back, after a sign-in."""
    SignInAttempt.objects.filter(username=username).delete()


def is_locked(username: str, *, at: datetime | None = None) -> bool:
    """Tell whether a user name has no try left."""
    return _tries(username, at or timezone.now()) >= LIMIT


def _tries(username: str, now: datetime) -> int:
    return SignInAttempt.objects.filter(username=username).since(now - WINDOW).count()
