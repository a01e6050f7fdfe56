"""A round of consultation, the opinions it brings, their remarks and what became of them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from .assignment import Participation


class SilencePolicy(models.TextChoices):
    """What an unanswered request counts as; set by the working regulation, with its citation."""

    DEEMED_AGREED = "DEEMED_AGREED", _("deemed agreed")
    NO_REPLY = "NO_REPLY", _("noted as no reply")


class Stance(models.TextChoices):
    """An agency's position; DEEMED_AGREED and NO_REPLY are set by the clock alone."""

    AGREE = "AGREE", _("Agree")
    AGREE_WITH_REMARKS = "AGREE_WITH_REMARKS", _("Agree with comments")
    DISAGREE = "DISAGREE", _("Disagree")
    DEEMED_AGREED = "DEEMED_AGREED", _("No reply, overdue, deemed agreed")
    NO_REPLY = "NO_REPLY", _("No reply")


GIVEN_STANCES = (Stance.AGREE, Stance.AGREE_WITH_REMARKS, Stance.DISAGREE)
SILENT_STANCES = (Stance.DEEMED_AGREED, Stance.NO_REPLY)


class Closing(models.TextChoices):
    """Why a round ended."""

    ALL_ANSWERED = "ALL_ANSWERED", _("all agencies answered")
    DUE = "DUE", _("the due moment passed")


class Consultation(models.Model):
    """One round: which revision was sent, to whom, until when, and what silence counts as."""

    assignment = models.ForeignKey("workflows.Assignment", models.PROTECT, related_name="consultations")
    round = models.PositiveSmallIntegerField()
    revision = models.ForeignKey("workflows.PlanRevision", models.PROTECT, related_name="consultations")
    request_number = models.CharField(_("number of the request"), max_length=60, blank=True)
    note = models.TextField(_("message to the agencies"), blank=True)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    signed_as = models.CharField(max_length=300)
    silence = models.CharField(max_length=16, choices=SilencePolicy)
    silence_citation = models.CharField(max_length=400)
    closed_at = models.DateTimeField(null=True, blank=True)
    closing = models.CharField(max_length=16, choices=Closing, blank=True)

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

    def __str__(self) -> str:
        return f"{self.assignment_id}/{self.round}"

    @property
    def is_closed(self) -> bool:
        """Tell whether answers are no longer taken."""
        return self.closed_at is not None


class OpinionState(models.TextChoices):
    """An opinion is asked for, prepared inside the agency, then given; silence is recorded."""

    ASKED = "ASKED", _("Not answered")
    PREPARED = "PREPARED", _("Being prepared")
    GIVEN = "GIVEN", _("Answered")
    SILENT = "SILENT", _("No reply")


class OpinionQuerySet(models.QuerySet["Opinion"]):
    """Opinions."""

    def given(self) -> Self:
        """Return the signed answers."""
        return self.filter(state=OpinionState.GIVEN)

    def unanswered(self) -> Self:
        """Return the opinions nobody has signed yet."""
        return self.filter(state__in=[OpinionState.ASKED, OpinionState.PREPARED])


class Opinion(models.Model):
    """What one coordinating agency says about the revision it was asked about."""

    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="opinions")
    participation = models.ForeignKey("workflows.Participation", models.PROTECT, related_name="opinions")
    state = models.CharField(max_length=8, choices=OpinionState, default=OpinionState.ASKED)
    stance = models.CharField(max_length=20, choices=Stance, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    document_number = models.CharField(_("number of the reply"), max_length=60, blank=True)
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    signed_as = models.CharField(max_length=300, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = OpinionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["consultation", "participation"], name="one_opinion_per_round"),
            models.CheckConstraint(
                condition=Q(state=OpinionState.GIVEN, signed_by__isnull=False, stance__in=GIVEN_STANCES)
                | Q(state=OpinionState.SILENT, signed_by__isnull=True, stance__in=SILENT_STANCES)
                | (
                    Q(state__in=[OpinionState.ASKED, OpinionState.PREPARED], signed_by__isnull=True)
                    & ~Q(stance__in=SILENT_STANCES)
                ),
                name="only_the_clock_deems_agreed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.participation_id} {self.stance or self.state}"


class Anchor(models.TextChoices):
    """What a remark is about."""

    PARAGRAPH = "PARAGRAPH", _("Paragraph")
    ACTION_ITEM = "ACTION_ITEM", _("Task of the plan")
    WHOLE = "WHOLE", _("The whole draft")


class Remark(models.Model):
    """One point of an opinion, anchored to a paragraph, an action item or the whole."""

    opinion = models.ForeignKey(Opinion, models.PROTECT, related_name="remarks")
    number = models.PositiveSmallIntegerField()
    anchor = models.CharField(max_length=12, choices=Anchor, default=Anchor.WHOLE)
    anchor_key = models.UUIDField(null=True, blank=True)
    anchor_label = models.CharField(max_length=120, blank=True)
    text = models.TextField(_("remark"))
    suggestion = models.TextField(_("suggested wording"), blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["opinion", "number"], name="one_remark_number"),
            models.CheckConstraint(
                condition=Q(anchor=Anchor.WHOLE, anchor_key__isnull=True)
                | (~Q(anchor=Anchor.WHOLE) & Q(anchor_key__isnull=False)),
                name="anchored_remark_has_a_key",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class Treatment(models.TextChoices):
    """What the lead does with a remark."""

    ACCEPTED = "ACCEPTED", _("Accepted")
    PARTLY = "PARTLY", _("Partly accepted")
    EXPLAINED = "EXPLAINED", _("Explained (not taken)")


class Disposition(models.Model):
    """The lead's answer to one remark; every remark needs one before the plan is put forward."""

    remark = models.OneToOneField(Remark, models.PROTECT, related_name="disposition")
    treatment = models.CharField(max_length=10, choices=Treatment)
    text = models.TextField(_("answer"))
    disposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    disposed_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.remark_id} {self.treatment}"
