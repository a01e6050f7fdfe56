"""Putting a plan forward, the Office's review, and the Committee's decision."""

from dataclasses import dataclass
from datetime import datetime

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
    # How the signer signed: form, lines above the name, name, basis (`domain.signing`).
    signature = models.JSONField(default=dict, blank=True)
    # The decision that stands; a recalled or void one is among `decisions` alone.
    decision = models.OneToOneField(
        "workflows.Decision", models.PROTECT, null=True, blank=True, related_name="+"
    )
    recalled_at = models.DateTimeField(null=True, blank=True)
    recalled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    recalled_as = models.CharField(max_length=300, blank=True)
    recall_reason = models.TextField(blank=True)

    # Answered with the row where an act asks: did the actor write part of the revision, does an agency disagree, has
    # the leader opened it; and of a page, how far the record went when it was drawn.
    by_actor: bool
    disputed: bool
    # Likewise what the last ballot on it yielded, and on which dossier; None without one.
    ballot_outcome: str | None
    ballot_sha256: str | None
    opened: bool
    seq: int | None

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assignment", "number"], name="one_submission_number"),
        ]

    def __str__(self) -> str:
        return f"{self.assignment_id}/{self.number}"


@dataclass(frozen=True, slots=True)
class Bound:
    """A submission with the SHA-256 of each part of its dossier, and of the whole; hexadecimal."""

    submission: Submission
    parts: dict[str, str]
    sha256: str
    form: str


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
    grounds = models.JSONField(default=list, blank=True)  # values of ReturnGround
    text = models.TextField(_("the Office's opinion"))
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField()
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    signed_as = models.CharField(max_length=300, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    signature = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(verdict=Verdict.RETURNED) & ~Q(grounds=[]))
                | Q(verdict=Verdict.CLEARED, grounds=[]),
                name="returned_review_has_a_ground",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.submission_id} {self.verdict}"

    @property
    def ground_labels(self) -> list[str]:
        """The grounds of a return in words."""
        return [str(ReturnGround(value).label) for value in self.grounds]


class DecisionVerb(models.TextChoices):
    """What the Committee decides."""

    APPROVED = "APPROVED", _("Approved")
    RETURNED = "RETURNED", _("Returned for revision")
    REJECTED = "REJECTED", _("Refused")


class DecisionEnd(models.TextChoices):
    """Why a decision no longer stands."""

    RECALLED = "RECALLED", _("Recalled by the approver")
    VOID = "VOID", _("Void: what was approved has been changed")


class Decision(models.Model):
    """A decision on a submission, bound to what was on the screen; at most one of a submission stands.

    `content_sha256` is over everything that was decided on, `parts` over each part of it (docs/decision-content.md).
    """

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="decisions")
    verb = models.CharField(max_length=8, choices=DecisionVerb)
    text = models.TextField(_("instruction or reasons"), blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_as = models.CharField(max_length=300)
    decided_at = models.DateTimeField()
    # The canonical form the hashes are over; empty: the text and the tasks alone, as the first decisions were bound.
    form = models.CharField(max_length=40, blank=True)
    content_sha256 = models.CharField(max_length=64)
    parts = models.JSONField(default=dict, blank=True)
    signature = models.JSONField(default=dict, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_how = models.CharField(max_length=8, choices=DecisionEnd, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_as = models.CharField(max_length=300, blank=True)
    end_reason = models.TextField(blank=True)

    # Of a return: when the plan has to be back; set by the act, not a column.
    next_due_at: datetime | None = None

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["submission"], condition=Q(ended_at__isnull=True), name="one_decision_stands"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_how="")
                | (Q(ended_at__isnull=False) & ~Q(ended_how="")),
                name="ended_decision_says_why",
            ),
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
    # The ballot slip whose written amendment it is, where it came from one.
    slip = models.ForeignKey(
        "workflows.BallotSlip", models.PROTECT, null=True, blank=True, related_name="requirements"
    )
    answer = models.CharField(max_length=1000, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["decision", "number"], name="one_requirement_number")]

    def __str__(self) -> str:
        return self.text
