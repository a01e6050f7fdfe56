"""A round of consultation: which revision was sent, to whom, with which questions, until when."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from .assignment import Participation


class SilencePolicy(models.TextChoices):
    """What an unanswered request counts as; set by the working regulation, with its citation."""

    DEEMED_AGREED = "DEEMED_AGREED", _("deemed agreed")
    NO_REPLY = "NO_REPLY", _("noted as no reply")


class Closing(models.TextChoices):
    """Why a round ended."""

    ALL_ANSWERED = "ALL_ANSWERED", _("all agencies answered")
    DUE = "DUE", _("the due moment passed")
    EARLY = "EARLY", _("closed early by the lead")


class RequestDraft(models.Model):
    """What the drafter prepares of the next request for opinions, until the head signs it.

    `questions` is a list of {"text", "options": [text, …], "picks": number}.
    """

    assignment = models.OneToOneField("workflows.Assignment", models.PROTECT, related_name="request_draft")
    due_on = models.DateField(_("answers are due"), null=True, blank=True)
    silence = models.CharField(max_length=16, choices=SilencePolicy, blank=True)
    note = models.TextField(_("message to the agencies"), blank=True)
    questions = models.JSONField(default=list, blank=True)
    version = models.PositiveIntegerField(default=1)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.assignment_id}"


class Consultation(models.Model):
    """One round: which revision was sent, to whom, until when, and what silence counts as."""

    assignment = models.ForeignKey("workflows.Assignment", models.PROTECT, related_name="consultations")
    round = models.PositiveSmallIntegerField()
    revision = models.ForeignKey("workflows.PlanRevision", models.PROTECT, related_name="consultations")
    request_number = models.CharField(_("number of the request"), max_length=60, blank=True)
    request_on = models.DateField(_("date of the request"), null=True, blank=True)
    note = models.TextField(_("message to the agencies"), blank=True)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    remind_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    signed_as = models.CharField(max_length=300)
    silence = models.CharField(max_length=16, choices=SilencePolicy)
    silence_citation = models.CharField(max_length=400)
    closed_at = models.DateTimeField(null=True, blank=True)
    closing = models.CharField(max_length=16, choices=Closing, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    disposition_started_at = models.DateTimeField(null=True, blank=True)

    # Whom the request asks, where the act has just sent it; not a column.
    asked: Sequence["Participation"] = ()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assignment", "round"], name="one_round_number"),
            models.UniqueConstraint(
                fields=["assignment"],
                condition=Q(closed_at__isnull=True),
                name="one_open_round_per_assignment",
            ),
        ]
        indexes = [
            models.Index(
                fields=["remind_at", "id"],
                name="round_to_remind",
                condition=Q(closed_at__isnull=True, remind_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assignment_id}/{self.round}"

    @property
    def is_closed(self) -> bool:
        """Tell whether answers are no longer taken."""
        return self.closed_at is not None

    @property
    def dated_on(self) -> date:
        """The date the request bears: the one written on it, else the day it was signed."""
        return self.request_on or timezone.localdate(self.opened_at)

    @property
    def takes_late_answers(self) -> bool:
        """Tell whether silent agencies may still answer: after the round, until the lead starts on the answers."""
        return self.is_closed and self.disposition_started_at is None


class Question(models.Model):
    """A question the request puts beside the free opinion: choose `picks` of the options.

    Options are numbered from 1 in the order of the list.
    """

    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="questions")
    number = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=1000)
    options = models.JSONField()
    picks = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["consultation", "number"], name="one_question_number"),
        ]

    def __str__(self) -> str:
        return self.text[:60]
