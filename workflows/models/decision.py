"""Putting a plan forward, the Office's review, and the Committee's decision."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Submission(models.Model):
    """The lead puts one frozen revision forward (tờ trình)."""

    assignment = models.ForeignKey("workflows.Assignment", models.PROTECT, related_name="submissions")
    number = models.PositiveSmallIntegerField()
    revision = models.OneToOneField("workflows.PlanRevision", models.PROTECT, related_name="submission")
    document_number = models.CharField(_("number of the submission"), max_length=60, blank=True)
    note = models.TextField(_("message to the Office"), blank=True)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    signed_as = models.CharField(max_length=300)
    submitted_at = models.DateTimeField()

    # Answered with the row where an act asks: did the actor write part of the revision, does an agency disagree.
    by_actor: bool
    disputed: bool

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assignment", "number"], name="one_submission_number"),
        ]

    def __str__(self) -> str:
        return f"{self.assignment_id}/{self.number}"


class Verdict(models.TextChoices):
    """The Office's finding on a dossier."""

    CLEARED = "CLEARED", _("Cleared")
    RETURNED = "RETURNED", _("Returned, incomplete")


class ReturnGround(models.TextChoices):
    """Why the Office sends a dossier back (domain notes 3.3)."""

    MISSING_PARTS = "MISSING_PARTS", _("Parts of the dossier are missing")
    NOT_COMPETENT = "NOT_COMPETENT", _("Within the agency's own power")
    NOT_CONSULTED = "NOT_CONSULTED", _("Agencies concerned were not consulted")
    NOT_ANSWERED = "NOT_ANSWERED", _("Remarks were not answered")
    WRONG_FORM = "WRONG_FORM", _("Wrong form or presentation")
    OUTDATED_BASES = "OUTDATED_BASES", _("Bases must be brought up to date")


class Review(models.Model):
    """The Office's review of one submission (phiếu trình): the specialist's opinion, the leader's signature."""

    submission = models.OneToOneField(Submission, models.PROTECT, related_name="review")
    verdict = models.CharField(max_length=8, choices=Verdict)
    ground = models.CharField(max_length=16, choices=ReturnGround, blank=True)
    text = models.TextField(_("the Office's opinion"))
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField()
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    signed_as = models.CharField(max_length=300, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(verdict=Verdict.RETURNED) & ~Q(ground=""))
                | Q(verdict=Verdict.CLEARED, ground=""),
                name="returned_review_has_a_ground",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.submission_id} {self.verdict}"


class DecisionVerb(models.TextChoices):
    """What the Committee decides."""

    APPROVED = "APPROVED", _("Approved")
    RETURNED = "RETURNED", _("Returned for revision")
    REJECTED = "REJECTED", _("Refused")


class Decision(models.Model):
    """The decision on one submission: at most one, bound to what was on the screen."""

    submission = models.OneToOneField(Submission, models.PROTECT, related_name="decision")
    verb = models.CharField(max_length=8, choices=DecisionVerb)
    text = models.TextField(_("instruction or reasons"), blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_as = models.CharField(max_length=300)
    decided_at = models.DateTimeField()
    content_sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(verb=DecisionVerb.APPROVED) | ~Q(text=""), name="refusal_and_return_give_reasons"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.submission_id} {self.verb}"


class Requirement(models.Model):
    """One line of a return: what the lead must do before the plan comes back."""

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="requirements")
    number = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=500)
    answer = models.CharField(max_length=1000, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["decision", "number"], name="one_requirement_number")]

    def __str__(self) -> str:
        return self.text
