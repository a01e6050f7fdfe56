"""Tables of people or agencies that were handed in and wait to be confirmed."""

import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SheetKind(models.TextChoices):
    """What a table lists."""

    PEOPLE = "PEOPLE", _("People")
    AGENCIES = "AGENCIES", _("Agencies")


class ImportSheetQuerySet(models.QuerySet["ImportSheet"]):
    """Tables that were handed in."""

    def waiting(self, *, at: datetime) -> Self:
        """Return what may still be confirmed."""
        return self.filter(applied_at=None, expires_at__gt=at)


class ImportSheet(models.Model):
    """One file, kept for the person who handed it in until she confirms it or its time is over."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=SheetKind)
    file_name = models.CharField(max_length=200)
    # Emptied once it was confirmed: what it said is in the events.
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    uploaded_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True, blank=True)

    objects = ImportSheetQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.kind} {self.file_name}"
