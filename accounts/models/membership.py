"""Who holds which position, from when to when."""

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from .agency import AgencyPosition


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Memberships."""

    def valid(self, *, on: date) -> Self:
        """Return the memberships that hold on a day; a membership does not hold on its last date."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gt=on), valid_from__lte=on)


class Membership(models.Model):
    """One person in one position, half-open in time."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships")
    agency_position = models.ForeignKey(AgencyPosition, models.PROTECT, related_name="memberships")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    # Entrusted with the head's post without holding it: signs as "Q." (Decree 30/2020/NĐ-CP art. 13).
    is_acting = models.BooleanField(default=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "agency_position", "valid_from"], name="unique_membership_start"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="membership_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}/{self.agency_position_id}"
