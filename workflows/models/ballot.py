"""Asking the members of the Committee by ballot slip (phiếu lấy ý kiến thành viên)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .decision import Submission


class Vote(models.TextChoices):
    """What a member may choose; never preset."""

    FOR = "FOR", _("In favour")
    AGAINST = "AGAINST", _("Against")
    ABSTAIN = "ABSTAIN", _("Abstains")


class BallotSilence(models.TextChoices):
    """What a slip that did not come back counts as; set by the working regulation, with its citation."""

    NOT_COUNTED = "NOT_COUNTED", _("not counted for either side")
    FOR = "FOR", _("counts in favour")


class Outcome(models.TextChoices):
    """What a ballot yields."""

    CARRIED = "CARRIED", _("Carried")
    NOT_CARRIED = "NOT_CARRIED", _("Not carried")
    VOID = "VOID", _("Void: the dossier was changed")


class Ballot(models.Model):
    """The members are asked about one submission; the figures are written when it closes.

    Source: Law 77/2015/QH13 art. 117, 118; Decree 191/2026/NĐ-CP art. 3; domain notes, section 4.
    """

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="ballots")
    number = models.PositiveSmallIntegerField()
    question = models.TextField(_("what is asked"))
    choices = models.JSONField(default=list)  # values of Vote, as configured when it was called
    silence = models.CharField(max_length=12, choices=BallotSilence)
    citation = models.CharField(max_length=300)
    due_at = models.DateTimeField(_("answers are due"))
    called_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    called_as = models.CharField(max_length=300)
    called_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=12, choices=Outcome, blank=True)
    members = models.PositiveSmallIntegerField()
    votes_for = models.PositiveSmallIntegerField(null=True, blank=True)
    votes_against = models.PositiveSmallIntegerField(null=True, blank=True)
    abstained = models.PositiveSmallIntegerField(null=True, blank=True)
    silent = models.PositiveSmallIntegerField(null=True, blank=True)
    tie_broken = models.BooleanField(default=False)
    content_sha256 = models.CharField(max_length=64)
    # When the clock reminds the members whose slips have not come back; empty once it has.
    remind_at = models.DateTimeField(null=True, blank=True)

    # The slips that were just handed out, the Chair's first; set by the act, not a column.
    handed_out: "list[BallotSlip]"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["submission", "number"], name="one_ballot_number"),
            models.UniqueConstraint(
                fields=["submission"], condition=Q(closed_at__isnull=True), name="one_ballot_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, outcome="")
                | (Q(closed_at__isnull=False) & ~Q(outcome="")),
                name="closed_ballot_has_an_outcome",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.submission_id}/{self.number}"

    @property
    def is_closed(self) -> bool:
        """Tell whether the figures are written."""
        return self.closed_at is not None


class BallotSlip(models.Model):
    """The slip of one member: personal, no delegation; a vote against gives its reason."""

    ballot = models.ForeignKey(Ballot, models.PROTECT, related_name="slips")
    membership = models.ForeignKey("accounts.Membership", models.PROTECT, related_name="+")
    member_as = models.CharField(max_length=300)
    is_chair = models.BooleanField(default=False)
    vote = models.CharField(max_length=8, choices=Vote, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    amendment = models.TextField(_("amendment"), blank=True)
    cast_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    cast_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ballot", "membership"], name="one_slip_per_member"),
            models.CheckConstraint(
                condition=~Q(vote=Vote.AGAINST) | ~Q(reason=""), name="vote_against_gives_its_reason"
            ),
            models.CheckConstraint(
                condition=Q(vote="", cast_at__isnull=True) | (~Q(vote="") & Q(cast_at__isnull=False)),
                name="slip_is_cast_or_not",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ballot_id}/{self.membership_id}"

    @property
    def amendments(self) -> list[str]:
        """The written amendments, one a line."""
        return [line.strip() for line in self.amendment.splitlines() if line.strip()]
