"""A directive and what it rests on."""

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import ExtractYear
from django.utils.translation import gettext_lazy as _


class Urgency(models.TextChoices):
    """How urgent a document is (Decree 30/2020/NĐ-CP, appendix I; edXML Priority 0-3)."""

    NORMAL = "NORMAL", _("Normal")
    URGENT = "URGENT", _("Urgent")
    VERY_URGENT = "VERY_URGENT", _("Very urgent")
    FLASH = "FLASH", _("Flash")


class DirectiveState(models.TextChoices):
    """A directive is registered by the clerk, then issued: only then do its assignments start."""

    DRAFT = "DRAFT", _("Being entered")
    ISSUED = "ISSUED", _("Issued")


class DirectiveQuerySet(models.QuerySet["Directive"]):
    """Directives."""

    def issued(self) -> Self:
        """Return the directives whose assignments have started."""
        return self.filter(state=DirectiveState.ISSUED)

    def newest_first(self) -> Self:
        """Return the directives by date of issue, newest first, ordered by a unique key."""
        return self.order_by("-issued_on", "-id")


class Directive(models.Model):
    """A directive of the People's Committee (công văn chỉ đạo); it holds numbered assignments."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.PositiveIntegerField(_("number"))
    symbol = models.CharField(_("symbol"), max_length=60)
    issued_on = models.DateField(_("date of issue"))
    subject = models.CharField(_("subject"), max_length=500)
    issuer = models.ForeignKey("accounts.Agency", models.PROTECT, related_name="+", verbose_name=_("issuer"))
    urgency = models.CharField(_("urgency"), max_length=12, choices=Urgency, default=Urgency.NORMAL)
    bases = models.TextField(_("bases"), blank=True)
    state = models.CharField(max_length=8, choices=DirectiveState, default=DirectiveState.DRAFT)
    registered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    registered_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)
    search_text = models.TextField(blank=True, editable=False)

    objects = DirectiveQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "issuer",
                "number",
                "symbol",
                ExtractYear("issued_on"),
                name="one_directive_number_a_year",
            ),
            models.CheckConstraint(
                condition=Q(state=DirectiveState.DRAFT, released_at__isnull=True)
                | Q(state=DirectiveState.ISSUED, released_at__isnull=False),
                name="issued_directive_has_a_moment",
            ),
        ]
        indexes = [models.Index(fields=["-issued_on", "-id"], name="directive_newest")]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """Number and symbol as printed, e.g. 3983/UBND-TKTH."""
        return f"{self.number:02d}/{self.symbol}"

    @property
    def chain(self) -> str:
        """Key of the directive's chain of events."""
        return f"directive:{self.public_id}"

    @property
    def base_list(self) -> list[str]:
        """The bases, one a line."""
        return [line.strip() for line in self.bases.splitlines() if line.strip()]
