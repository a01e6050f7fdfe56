"""What a lead reports about an assignment whose product is not a plan."""

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Report(models.Model):
    """A reported result with its document number or file, confirmed or sent back by the Office."""

    assignment = models.ForeignKey("workflows.Assignment", models.PROTECT, related_name="reports")
    number = models.PositiveSmallIntegerField()
    text = models.TextField(_("result"))
    document_number = models.CharField(_("document number"), max_length=60, blank=True)
    file = models.ForeignKey("workflows.StoredFile", models.PROTECT, null=True, blank=True, related_name="+")
    reported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reported_as = models.CharField(max_length=300)
    reported_at = models.DateTimeField()
    confirmed = models.BooleanField(null=True)
    answer = models.TextField(_("the Office's answer"), blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assignment", "number"], name="one_report_number"),
            models.CheckConstraint(
                condition=~Q(document_number="") | Q(file__isnull=False), name="report_has_a_number_or_a_file"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assignment_id}/{self.number}"


PDF = "application/pdf"


class Scan(models.TextChoices):
    """What the virus scanner said of a file; without one everything is clean at once."""

    CLEAN = "CLEAN", _("clean")
    WAITING = "WAITING", _("being checked for viruses")
    INFECTED = "INFECTED", _("held back, a virus was found")


class StoredFileQuerySet(models.QuerySet["StoredFile"]):
    """Files."""

    def to_be_scanned(self) -> Self:
        """Return the files the virus scanner has not judged."""
        return self.filter(scan=Scan.WAITING)

    def to_be_examined(self) -> Self:
        """Return the PDFs whose signatures nobody has looked at."""
        return self.filter(content_type=PDF, signatures__isnull=True)


class StoredFile(models.Model):
    """A file kept under its SHA-256, outside the web root; served by a view that asks the policy."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    assignment = models.ForeignKey("workflows.Assignment", models.PROTECT, related_name="files")
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    stored_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    stored_at = models.DateTimeField()
    # What was found of the signatures inside a PDF (`workflows.signing.examining`); None: not looked at yet.
    signatures = models.JSONField(null=True, blank=True)
    # Only a clean file is served; `virus` is the scanner's name for what it found.
    scan = models.CharField(max_length=8, choices=Scan.choices, default=Scan.CLEAN)
    virus = models.CharField(max_length=200, blank=True)
    scan_tries = models.PositiveSmallIntegerField(default=0)

    objects = StoredFileQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["id"],
                condition=Q(content_type=PDF, signatures__isnull=True),
                name="files_to_be_examined",
            ),
            models.Index(
                fields=["scan_tries", "id"], condition=Q(scan=Scan.WAITING), name="files_to_be_scanned"
            ),
        ]
        constraints = [models.CheckConstraint(condition=Q(scan__in=Scan.values), name="known_scan")]

    def __str__(self) -> str:
        return self.name
