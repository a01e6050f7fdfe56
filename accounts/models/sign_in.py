"""Tries at the sign-in page."""

from datetime import datetime
from typing import Self

from django.db import models
from django.utils import timezone


class SignInAttemptQuerySet(models.QuerySet["SignInAttempt"]):
    """Tries."""

    def since(self, moment: datetime) -> Self:
        """Return the tries after a moment."""
        return self.filter(failed_at__gt=moment)


class SignInAttempt(models.Model):
    """One try that has not succeeded, for a user name that need not exist.

    The name is kept as a keyed hash: people type passwords into the wrong field.
    """

    username_hash = models.CharField(max_length=64)
    address = models.CharField(max_length=45, blank=True)
    failed_at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = SignInAttemptQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["username_hash", "failed_at"], name="attempts_of_a_user_name"),
            models.Index(fields=["address", "failed_at"], name="attempts_from_an_address"),
        ]

    def __str__(self) -> str:
        return f"{self.address} {self.failed_at:%Y-%m-%d %H:%M:%S}"
