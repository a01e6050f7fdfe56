"""Days that are not what their weekday says: the table behind every due moment."""

from collections.abc import Iterable
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class DayKind(models.TextChoices):
    """Why a day is worked or not (Labour Code 2019 art. 111-112; yearly announcements of swapped days).

    The values are those of `working_days.Kind`, which knows nothing of tables and translations.
    """

    HOLIDAY = "HOLIDAY", _("Public holiday")
    MAKEUP_OFF = "MAKEUP_OFF", _("Day off in lieu")
    SWAPPED_WORK = "SWAPPED_WORK", _("Working day by swap")


class CalendarDayQuerySet(models.QuerySet["CalendarDay"]):
    """Exceptional days."""

    def in_years(self, years: Iterable[int]) -> Self:
        """Return the days of the years."""
        return self.filter(date__year__in=list(years))


class CalendarDay(models.Model):
    """One exceptional day. It rules over what was announced for its date; to cancel a day off make it SWAPPED_WORK."""

    date = models.DateField(_("date"), unique=True)
    kind = models.CharField(_("kind of day"), max_length=12, choices=DayKind)
    name = models.CharField(_("name of the day"), max_length=120)
    source = models.CharField(_("announced in"), max_length=200)

    objects = CalendarDayQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=DayKind.values), name="calendar_day_of_known_kind"),
            models.CheckConstraint(condition=~Q(source=""), name="calendar_day_has_a_source"),
        ]

    def __str__(self) -> str:
        return f"{self.date:%d/%m/%Y} {self.name}"
