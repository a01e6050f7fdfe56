"""The inbox: one narrow row per open task and bucket, written with the task."""

from typing import Self

from django.db import models
from django.db.models import Q

from .assignment import Phase, Role


class InboxEntryQuerySet(models.QuerySet["InboxEntry"]):
    """Inbox entries."""

    def open(self) -> Self:
        """Return the entries whose task still waits."""
        return self.filter(closed_at=None)


class InboxEntry(models.Model):
    """A task as one bucket sees it.

    A bucket is an agency-position pair (its primary key), or one holder of it (the membership's primary key, negative).

    Everything the page prints is written here when the task opens; the page reads no other business table.
    """

    bucket = models.BigIntegerField()
    task = models.ForeignKey("workflows.CaseTask", models.CASCADE, related_name="inbox_entries")
    task_public_id = models.UUIDField()
    due_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    node = models.CharField(max_length=40)
    role = models.CharField(max_length=10, choices=Role)
    phase = models.CharField(max_length=12, choices=Phase)
    field = models.BigIntegerField(null=True)  # of the case, for whoever acts within a scope
    kind = models.CharField(max_length=12, blank=True)  # of the paper that is signed, likewise
    title = models.CharField(max_length=300)
    directive_code = models.CharField(max_length=80)
    directive_subject = models.CharField(max_length=500)
    agency = models.CharField(max_length=120)
    sender = models.CharField(max_length=200)
    waits_for = models.CharField(max_length=320, blank=True)  # of a suspended case: a day, an event
    search_text = models.TextField(blank=True)

    objects = InboxEntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "bucket"], name="one_entry_per_task_and_bucket")
        ]
        indexes = [
            models.Index(
                fields=["bucket", "due_at", "task"], condition=Q(closed_at__isnull=True), name="inbox_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bucket}: {self.title}"
