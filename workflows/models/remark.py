"""The points of an opinion and what became of each."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .opinion import Opinion


class Anchor(models.TextChoices):
    """What a remark is about."""

    PARAGRAPH = "PARAGRAPH", _("Paragraph")
    ACTION_ITEM = "ACTION_ITEM", _("Task of the plan")
    WHOLE = "WHOLE", _("The whole draft")


class Remark(models.Model):
    """One point of a signed opinion, anchored to a paragraph, an action item or the whole."""

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


TAKEN = (Treatment.ACCEPTED, Treatment.PARTLY)


class Disposition(models.Model):
    """The lead's answer to one remark; every remark needs one before the plan is put forward.

    A remark that was taken names where the text was changed (`anchor`, `anchor_key`), or says that it needed no change.
    `published_at` is empty until the head has signed: then the agency that made the remark reads the answer.
    """

    remark = models.OneToOneField(Remark, models.PROTECT, related_name="disposition")
    treatment = models.CharField(max_length=10, choices=Treatment)
    text = models.TextField(_("answer"))
    anchor = models.CharField(max_length=12, choices=Anchor, default=Anchor.WHOLE)
    anchor_key = models.UUIDField(null=True, blank=True)
    needs_no_change = models.BooleanField(_("the draft needs no change"), default=False)
    disposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    disposed_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(anchor=Anchor.WHOLE, anchor_key__isnull=True)
                | (~Q(anchor=Anchor.WHOLE) & Q(anchor_key__isnull=False)),
                name="anchored_disposition_has_a_key",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.remark_id} {self.treatment}"

    @property
    def is_upheld(self) -> bool:
        """Tell whether the agency upholds its view against this very answer."""
        upholding = getattr(self, "upholding", None)
        return upholding is not None and upholding.version == self.version


class Upholding(models.Model):
    """An agency that upholds its view (bảo lưu ý kiến) against an answer; `version` is that of the answer it read."""

    disposition = models.OneToOneField(Disposition, models.PROTECT, related_name="upholding")
    version = models.PositiveIntegerField()
    text = models.TextField(_("why the agency upholds its view"))
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    signed_as = models.CharField(max_length=300)
    upheld_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.disposition_id}/{self.version}"
