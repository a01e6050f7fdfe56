"""What became of the paper of an approved plan: recorded, or signed electronically."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .decision import Decision


class SigningState(models.TextChoices):
    """Where the signing of a paper stands."""

    RECORDED = "RECORDED", _("Recorded in the system, not a digital signature")
    PENDING = "PENDING", _("Being prepared")
    SIGNED = "SIGNED", _("Digitally signed")
    FAILED = "FAILED", _("Could not be signed")
    DROPPED = "DROPPED", _("Not made: the approval no longer stands")


class PaperSignatureQuerySet(models.QuerySet["PaperSignature"]):
    """Papers."""

    def due(self, *, at: datetime) -> Self:
        """Return the papers to be made at a moment, which nobody is making."""
        return self.filter(state=SigningState.PENDING, next_try_at__lte=at)

    def standing(self) -> Self:
        """Return the papers of approvals that stand."""
        return self.filter(decision__ended_at=None)


class PaperSignature(models.Model):
    """The paper of one approval and its signature; a click in the system never claims legal effect by itself.

    `next_try_at` is a lease while somebody makes the paper, and the end of the pause after a failure.
    """

    decision = models.OneToOneField(Decision, models.PROTECT, related_name="paper_signature")
    adapter = models.CharField(max_length=40)
    state = models.CharField(max_length=8, choices=SigningState, default=SigningState.PENDING)
    file = models.ForeignKey("workflows.StoredFile", models.PROTECT, null=True, blank=True, related_name="+")
    signer = models.CharField(max_length=300, blank=True)  # of the certificate
    signed_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    next_try_at = models.DateTimeField(null=True, blank=True)

    objects = PaperSignatureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[SigningState.RECORDED, SigningState.SIGNED], file__isnull=False)
                | Q(
                    state__in=[SigningState.PENDING, SigningState.FAILED, SigningState.DROPPED],
                    file__isnull=True,
                ),
                name="finished_paper_has_a_file",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"], condition=Q(state=SigningState.PENDING), name="papers_to_be_made"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.decision_id} {self.state}"
