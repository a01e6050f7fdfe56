"""Rules of the working regulation that were decided: each from a day on, by a person, with its citation."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class RegulationRuleQuerySet(models.QuerySet["RegulationRule"]):
    """Decided rules."""

    def in_time(self) -> Self:
        """Return the rules as they follow one another; of two for one day the later decision comes last."""
        return self.order_by("valid_from", "number", "key")


class RegulationRule(models.Model):
    """One value of one rule, from a day on until the next row; never changed, never deleted.

    `key` names the setting it stands for: its group and the way into it, joined by dots.
    """

    key = models.CharField(max_length=60)
    number = models.PositiveIntegerField()  # the how manieth decision on this rule
    value = models.JSONField(_("value"))
    citation = models.CharField(_("citation"), max_length=300)
    valid_from = models.DateField(_("from"))
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    objects = RegulationRuleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "number"], name="one_decision_at_a_time_on_a_rule"),
            models.CheckConstraint(condition=~Q(citation=""), name="regulation_rule_has_a_citation"),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.valid_from.isoformat()}"
