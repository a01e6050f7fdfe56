"""Tries at the sign-in page."""

from datetime import datetime
from typing import Self

from django.db import models
from django.utils import timezone

from .user import USERNAME_LENGTH


class SignInAttemptQuerySet(models.QuerySet["SignInAttempt"]):
    """Tries."""

    def since(self, moment: datetime) -> Self:
        """Return the tries after a moment."""
        return self.filter(at__gt=moment)


class SignInAttempt(models.Model):
    """One try that has not succeeded, for a user name that need not exist."""

    username = models.CharField(max_length=USERNAME_LENGTH)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = SignInAttemptQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["username", "at"], name="attempts_of_a_username")]

    def __str__(self) -> str:
        return f"{self.username} {self.at:%Y-%m-%d %H:%M:%S}"
