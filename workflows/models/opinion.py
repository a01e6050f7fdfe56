"""What an agency says about the revision it was asked about, and what proves that it was asked."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .consultation import Consultation, Question
from .report import StoredFile


class Stance(models.TextChoices):
    """An agency's position; DEEMED_AGREED and NO_REPLY are set by the clock alone."""

    AGREE = "AGREE", _("Agree")
    AGREE_WITH_REMARKS = "AGREE_WITH_REMARKS", _("Agree with comments")
    DISAGREE = "DISAGREE", _("Disagree")
    DEEMED_AGREED = "DEEMED_AGREED", _("No reply, overdue, deemed agreed")
    NO_REPLY = "NO_REPLY", _("No reply")


GIVEN_STANCES = (Stance.AGREE, Stance.AGREE_WITH_REMARKS, Stance.DISAGREE)
SILENT_STANCES = (Stance.DEEMED_AGREED, Stance.NO_REPLY)


class OpinionState(models.TextChoices):
    """An opinion is asked for, then given, withdrawn by the lead, or its silence is recorded."""

    ASKED = "ASKED", _("Not answered")
    GIVEN = "GIVEN", _("Answered")
    SILENT = "SILENT", _("No reply")
    WITHDRAWN = "WITHDRAWN", _("Request withdrawn")


class OpinionQuerySet(models.QuerySet["Opinion"]):
    """Opinions."""

    def given(self) -> Self:
        """Return the signed answers."""
        return self.filter(state=OpinionState.GIVEN)

    def unanswered(self) -> Self:
        """Return the opinions nobody has signed yet."""
        return self.filter(state=OpinionState.ASKED)

    def in_order(self) -> Self:
        """Return the opinions round by round, agencies as offices list them."""
        agency = "participation__agency"
        return self.order_by("consultation__round", f"{agency}__order", f"{agency}__code", "id")


class Opinion(models.Model):
    """What one coordinating agency says about the revision it was asked about.

    What the agency prepares and has not signed is not here (`PreparedAnswer`); what it said before it replaced its
    answer is on record (`EarlierAnswer`). `delivered_at` is empty where nobody of the agency could receive the request.
    """

    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="opinions")
    participation = models.ForeignKey("workflows.Participation", models.PROTECT, related_name="opinions")
    state = models.CharField(max_length=10, choices=OpinionState, default=OpinionState.ASKED)
    is_required = models.BooleanField(_("answer required"), default=True)
    extended_to = models.DateTimeField(_("extended to"), null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    first_opened_at = models.DateTimeField(null=True, blank=True)
    first_opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    stance = models.CharField(max_length=20, choices=Stance, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    document_number = models.CharField(_("number of the reply"), max_length=60, blank=True)
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    signed_as = models.CharField(max_length=300, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    is_late = models.BooleanField(_("answered late"), default=False)
    withdrawn_reason = models.TextField(_("reason of the withdrawal"), blank=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = OpinionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["consultation", "participation"], name="one_opinion_per_round"),
            models.CheckConstraint(
                condition=Q(state=OpinionState.GIVEN, signed_by__isnull=False, stance__in=GIVEN_STANCES)
                | Q(state=OpinionState.SILENT, signed_by__isnull=True, stance__in=SILENT_STANCES)
                | Q(state=OpinionState.ASKED, signed_by__isnull=True, stance="")
                | (
                    Q(state=OpinionState.WITHDRAWN, signed_by__isnull=True, stance="")
                    & Q(withdrawn_by__isnull=False)
                    & ~Q(withdrawn_reason="")
                ),
                name="only_the_clock_deems_agreed",
            ),
            models.CheckConstraint(
                condition=~Q(stance=Stance.DEEMED_AGREED) | Q(delivered_at__isnull=False),
                name="deemed_agreed_was_delivered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.participation_id} {self.stance or self.state}"

    @property
    def due(self) -> datetime:
        """Until when this agency may answer: the round's due moment, or its own later one."""
        return self.extended_to or self.consultation.due_at


class PreparedAnswer(models.Model):
    """What an agency has prepared and its head has not signed; nobody outside the agency reads it.

    `content` holds stance, reason, document_number, remarks (list of anchor, anchor_key, text, suggestion) and answers
    (question number -> numbers of the chosen options).
    """

    opinion = models.OneToOneField(Opinion, models.CASCADE, related_name="prepared")
    content = models.JSONField()
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.opinion_id}"


class EarlierAnswer(models.Model):
    """An answer, or a recorded silence, that the agency has replaced by a newer one; it stays on record as it was.

    `content` holds stance, reason, document_number, remarks, answers and files (public ids and names).
    """

    opinion = models.ForeignKey(Opinion, models.PROTECT, related_name="earlier")
    number = models.PositiveSmallIntegerField()
    stance = models.CharField(max_length=20, choices=Stance)
    content = models.JSONField()
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    signed_as = models.CharField(max_length=300, blank=True)
    answered_at = models.DateTimeField()
    replaced_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["opinion", "number"], name="one_earlier_answer_number"),
        ]

    def __str__(self) -> str:
        return f"{self.opinion_id}/{self.number}"


class QuestionAnswer(models.Model):
    """Which options of a question the agency chose, by their numbers."""

    opinion = models.ForeignKey(Opinion, models.PROTECT, related_name="answers")
    question = models.ForeignKey(Question, models.PROTECT, related_name="answers")
    chosen = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["opinion", "question"], name="one_answer_per_question"),
        ]

    def __str__(self) -> str:
        return f"{self.question_id}: {self.chosen}"


class OpinionFileQuerySet(models.QuerySet["OpinionFile"]):
    """Files of opinions."""

    def standing(self) -> Self:
        """Return the files of the answer that stands, as it was signed."""
        return self.filter(is_given=True, is_earlier=False)

    def at_hand(self) -> Self:
        """Return the files of the answer that stands and of the one in preparation."""
        return self.filter(is_earlier=False)

    def of_the_next(self) -> Self:
        """Return the files that go out with the next signature."""
        return self.filter(is_earlier=False, is_leaving=False)


class OpinionFile(models.Model):
    """A file of an opinion: the agency's own until the answer it belongs to is signed.

    A file of a signed answer stays with the answer that replaces it, unless it is taken out: then it is leaving until
    the signature, and belongs to the earlier answer alone from there on.
    """

    opinion = models.ForeignKey(Opinion, models.PROTECT, related_name="files")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="of_opinions")
    is_given = models.BooleanField(default=False)
    is_leaving = models.BooleanField(default=False)
    is_earlier = models.BooleanField(default=False)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    objects = OpinionFileQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["opinion", "file"], condition=Q(is_earlier=False), name="one_file_per_opinion"
            ),
            models.CheckConstraint(
                condition=Q(is_given=True) | Q(is_leaving=False, is_earlier=False),
                name="only_a_given_file_leaves",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.opinion_id}/{self.file_id}"


class ReminderKind(models.TextChoices):
    """Who reminded."""

    CLOCK = "CLOCK", _("automatic reminder")
    LEAD = "LEAD", _("reminder by the lead")


class Reminder(models.Model):
    """One reminder to one silent agency."""

    opinion = models.ForeignKey(Opinion, models.PROTECT, related_name="reminders")
    kind = models.CharField(max_length=5, choices=ReminderKind)
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["opinion", "sent_at", "id"], name="reminder_by_opinion")]

    def __str__(self) -> str:
        return f"{self.opinion_id} {self.sent_at:%d/%m/%Y}"


class ExtensionState(models.TextChoices):
    """What became of a wish for more time."""

    ASKED = "ASKED", _("Asked for")
    GRANTED = "GRANTED", _("Granted")
    REFUSED = "REFUSED", _("Refused")


class Extension(models.Model):
    """More time for one agency: asked for by it with a reason, granted or refused by the lead.

    The first term stays on record in `earlier_due`.
    """

    opinion = models.ForeignKey(Opinion, models.PROTECT, related_name="extensions")
    state = models.CharField(max_length=8, choices=ExtensionState, default=ExtensionState.ASKED)
    reason = models.TextField(_("reason"))
    wanted_at = models.DateTimeField(_("wanted until"))
    earlier_due = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    asked_as = models.CharField(max_length=300, blank=True)
    asked_at = models.DateTimeField()
    granted_until = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(_("answer"), blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_as = models.CharField(max_length=300, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["opinion"],
                condition=Q(state=ExtensionState.ASKED),
                name="one_open_extension_per_opinion",
            ),
            models.CheckConstraint(
                condition=~Q(state=ExtensionState.GRANTED) | Q(granted_until__isnull=False),
                name="granted_extension_has_an_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.opinion_id} {self.state}"
