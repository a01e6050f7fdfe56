"""What happens to a submission beside its decision: the clock stops, a question is asked, another leader takes over."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .decision import Submission


class Suspension(models.Model):
    """The case waits for a date or a named event; the clock stops by decision and starts again by decision.

    `left` is what was left of the stage's term, in working time; `due_before` and `due_after` are the assignment's own
    due moment before the clock stopped and after it started again. Source: domain notes 3.3.
    """

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="suspensions")
    until_on = models.DateField(_("until"), null=True, blank=True)
    event = models.CharField(_("until this has happened"), max_length=300, blank=True)
    reason = models.TextField(_("reason"))
    suspended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    suspended_as = models.CharField(max_length=300)
    suspended_at = models.DateTimeField()
    look_again_at = models.DateTimeField()
    left = models.DurationField()
    due_before = models.DateTimeField(null=True, blank=True)
    due_after = models.DateTimeField(null=True, blank=True)
    resumed_at = models.DateTimeField(null=True, blank=True)
    resumed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    resumed_as = models.CharField(max_length=300, blank=True)
    resume_note = models.TextField(blank=True)

    # When the task that follows is due; set by the act, not a column.
    next_due_at: datetime | None = None

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["submission"], condition=Q(resumed_at__isnull=True), name="one_suspension_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(until_on__isnull=False) | ~Q(event=""), name="suspension_waits_for_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.submission_id} {self.waits_for}"

    @property
    def waits_for(self) -> str:
        """What the clock waits for, as the record keeps it: the day, the event, or both."""
        return "; ".join(filter(None, [f"{self.until_on:%d/%m/%Y}" if self.until_on else "", self.event]))

    @property
    def carried(self) -> dict[str, Any]:
        """What the task of looking at the case again says about it."""
        return {"waits_for": self.waits_for} if self.resumed_at is None else {}


class Inquiry(models.Model):
    """A question of the leader to those who submitted, and their answer; the sign-off stays open meanwhile."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="inquiries")
    number = models.PositiveSmallIntegerField()
    text = models.TextField(_("question"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_as = models.CharField(max_length=300)
    asked_at = models.DateTimeField()
    answer = models.TextField(_("answer"), blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_as = models.CharField(max_length=300, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["submission", "number"], name="one_inquiry_number")]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def carried(self) -> dict[str, Any]:
        """What the task of answering says: which question it is about."""
        return {"inquiry": self.pk}


class Handover(models.Model):
    """The case goes to another leader, with a note; or one takes it over."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="handovers")
    to = models.ForeignKey("accounts.Membership", models.PROTECT, related_name="+")
    to_as = models.CharField(max_length=300)
    note = models.TextField(_("note"), blank=True)
    handed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    handed_as = models.CharField(max_length=300)
    handed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.submission_id} -> {self.to_id}"
