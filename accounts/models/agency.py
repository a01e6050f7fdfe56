"""Agencies, their dated names, and the positions people hold at them."""

from datetime import date
from typing import Self

from django.contrib.auth.models import Group
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class AgencyKind(models.TextChoices):
    """What an agency is to the Committee."""

    COMMITTEE = "COMMITTEE", _("People's Committee")
    OFFICE = "OFFICE", _("Office of the Committee")
    DEPARTMENT = "DEPARTMENT", _("Department")
    BODY = "BODY", _("Other city body")
    VERTICAL = "VERTICAL", _("Central agency in the city")
    DISTRICT = "DISTRICT", _("District")
    PARTY = "PARTY", _("Party and mass organisation")


class Position(models.TextChoices):
    """What somebody is at an agency."""

    HEAD = "HEAD", _("Head")
    DEPUTY_HEAD = "DEPUTY_HEAD", _("Deputy head")
    DIVISION_HEAD = "DIVISION_HEAD", _("Head of division")
    SPECIALIST = "SPECIALIST", _("Specialist")
    CLERK = "CLERK", _("Clerk")
    CHAIR = "CHAIR", _("Chair")
    VICE_CHAIR = "VICE_CHAIR", _("Vice-Chair")
    MEMBER = "MEMBER", _("Member")


class AgencyQuerySet(models.QuerySet["Agency"]):
    """Agencies."""

    def existing(self, *, on: date) -> Self:
        """Return the agencies that exist on a day."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gt=on), valid_from__lte=on)

    def in_order(self) -> Self:
        """Return the agencies as offices list them."""
        return self.order_by("order", "code")


class Agency(models.Model):
    """An agency; its names are dated, its successor takes over its work."""

    code = models.SlugField(max_length=40, unique=True)
    symbol = models.CharField(_("symbol"), max_length=30)
    symbol_proven = models.BooleanField(_("symbol proven by a document"), default=False)
    kind = models.CharField(max_length=12, choices=AgencyKind)
    order = models.PositiveSmallIntegerField(default=0)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    successor = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="predecessors")

    objects = AgencyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="agency_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return self.symbol


class AgencyNameQuerySet(models.QuerySet["AgencyName"]):
    """Names of agencies."""

    def valid(self, *, on: date) -> Self:
        """Return the names in use on a day; a name is no longer used on its last date."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gt=on), valid_from__lte=on)


class AgencyName(models.Model):
    """What an agency is called from a day on."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="names")
    full_name = models.CharField(_("full name"), max_length=200)
    short_name = models.CharField(_("short name"), max_length=80)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    objects = AgencyNameQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "valid_from"], name="one_agency_name_from_a_day"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="agency_name_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name


class AgencyPosition(models.Model):
    """A position at an agency: one auth group, and one bucket of the inbox (its primary key)."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="positions")
    position = models.CharField(max_length=14, choices=Position)
    group = models.OneToOneField(Group, models.PROTECT, related_name="agency_position")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "position"], name="one_group_per_agency_position")
        ]

    def __str__(self) -> str:
        return f"{self.get_position_display()} {self.agency.symbol}"
