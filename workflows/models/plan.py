"""A plan, its revisions, and what a revision is made of."""

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Level(models.TextChoices):
    """Levels of an administrative document (Decree 30/2020/NĐ-CP, appendix I)."""

    SECTION = "SECTION", _("Section")
    CLAUSE = "CLAUSE", _("Clause")
    POINT = "POINT", _("Point")
    DASH = "DASH", _("Dash")


class Plan(models.Model):
    """The plan an assignment must yield."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    assignment = models.OneToOneField("workflows.Assignment", models.PROTECT, related_name="plan")
    title = models.CharField(_("title"), max_length=300)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.title


class PlanRevisionQuerySet(models.QuerySet["PlanRevision"]):
    """Revisions."""

    def latest_first(self) -> Self:
        """Return the revisions, newest first."""
        return self.order_by("-number", "-id")

    def released(self) -> Self:
        """Return the revisions that have left the lead agency: put forward, or sent for comments."""
        left = Q(submission__isnull=False) | Q(consultations__isnull=False)
        return self.filter(left, frozen_at__isnull=False)


class PlanRevision(models.Model):
    """One revision of a plan; frozen when it leaves the drafter, never changed afterwards."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="revisions")
    number = models.PositiveSmallIntegerField()
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField()
    edited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    authors = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")
    frozen_at = models.DateTimeField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)

    objects = PlanRevisionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="one_revision_number"),
            models.UniqueConstraint(
                fields=["plan"], condition=Q(frozen_at__isnull=True), name="one_open_revision_per_plan"
            ),
            models.CheckConstraint(
                condition=Q(frozen_at__isnull=True, sha256="") | (Q(frozen_at__isnull=False) & ~Q(sha256="")),
                name="frozen_revision_has_a_hash",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id}/{self.number}"

    @property
    def stamp(self) -> str:
        """What a page shows it was drawn from: the hash once frozen, else row and version."""
        return self.sha256 or f"{self.pk}.{self.version}"

    @property
    def is_frozen(self) -> bool:
        """Tell whether the revision has left the drafter."""
        return self.frozen_at is not None


class Paragraph(models.Model):
    """One paragraph of a revision; `key` stays the same from revision to revision."""

    revision = models.ForeignKey(PlanRevision, models.PROTECT, related_name="paragraphs")
    key = models.UUIDField(default=uuid.uuid4)
    position = models.PositiveIntegerField()
    level = models.CharField(max_length=8, choices=Level, default=Level.POINT)
    text = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    edited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    edited_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["revision", "key"], name="one_paragraph_key_per_revision"),
        ]
        indexes = [models.Index(fields=["revision", "position", "id"], name="paragraph_order")]

    def __str__(self) -> str:
        return self.text[:60]


class ActionItem(models.Model):
    """One row of the plan's table of tasks (phụ lục phân công)."""

    revision = models.ForeignKey(PlanRevision, models.PROTECT, related_name="action_items")
    key = models.UUIDField(default=uuid.uuid4)
    position = models.PositiveIntegerField()
    task = models.CharField(_("task"), max_length=1000)
    lead = models.ForeignKey(
        "accounts.Agency", models.PROTECT, related_name="+", verbose_name=_("lead agency")
    )
    coordinating = models.ManyToManyField(
        "accounts.Agency", related_name="+", blank=True, verbose_name=_("coordinating agencies")
    )
    due_on = models.DateField(_("due"), null=True, blank=True)
    product = models.CharField(_("product"), max_length=300, blank=True)
    target = models.CharField(_("target"), max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["revision", "key"], name="one_item_key_per_revision"),
        ]
        indexes = [models.Index(fields=["revision", "position", "id"], name="action_item_order")]

    def __str__(self) -> str:
        return self.task[:60]


class Annex(models.Model):
    """A file that belongs to a revision (phụ lục kèm theo); `key` stays the same from revision to revision."""

    revision = models.ForeignKey(PlanRevision, models.PROTECT, related_name="annexes")
    key = models.UUIDField(default=uuid.uuid4)
    position = models.PositiveIntegerField()
    title = models.CharField(_("title"), max_length=300)
    file = models.ForeignKey("workflows.StoredFile", models.PROTECT, related_name="annexes")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["revision", "key"], name="one_annex_key_per_revision"),
        ]
        indexes = [models.Index(fields=["revision", "position", "id"], name="annex_order")]

    def __str__(self) -> str:
        return self.title


class ParagraphDraft(models.Model):
    """What somebody typed over a text that had moved on: kept until it is merged or dropped."""

    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    revision = models.ForeignKey(PlanRevision, models.CASCADE, related_name="+")
    key = models.UUIDField()
    base_version = models.PositiveIntegerField()
    base_text = models.TextField(blank=True)
    text = models.TextField(blank=True)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["author", "revision", "key"], name="one_draft_per_author_and_paragraph"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.author_id}/{self.key}"
