"""Fields of responsibility (lĩnh vực phụ trách), and who is in charge of which, from when to when."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class FieldQuerySet(models.QuerySet["Field"]):
    """Fields."""

    def in_order(self) -> Self:
        """Return the fields as the office lists them."""
        return self.order_by("order", "code")


class Field(models.Model):
    """A field of the Committee's work; a case belongs to at most one."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    order = models.PositiveSmallIntegerField(default=0)

    objects = FieldQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class ResponsibilityQuerySet(models.QuerySet["Responsibility"]):
    """Who is in charge."""

    def valid(self, *, on: date) -> Self:
        """Return what holds on a day, by somebody whose own position holds; the last date is no longer included."""
        lasting = Q(valid_to=None) | Q(valid_to__gt=on)
        appointed = Q(membership__valid_to=None) | Q(membership__valid_to__gt=on)
        return self.filter(
            lasting,
            appointed,
            valid_from__lte=on,
            membership__valid_from__lte=on,
            membership__user__is_active=True,
        )


class Responsibility(models.Model):
    """One person, under one of her positions, in charge of one field; half-open in time.

    Source: assignment of fields by a decision of the Chair, domain notes 3.6 and 10.2.
    """

    membership = models.ForeignKey("accounts.Membership", models.PROTECT, related_name="responsibilities")
    field = models.ForeignKey(Field, models.PROTECT, related_name="responsibilities")
    basis = models.CharField(_("basis document"), max_length=200)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until, not included"), null=True, blank=True)

    objects = ResponsibilityQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["membership", "field", "valid_from"], name="unique_responsibility_start"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="responsibility_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.membership_id}/{self.field_id}"
