"""What agencies are called today."""

from functools import cached_property

from django.db.models import Q
from django.utils import timezone

from accounts.models import Agency, AgencyName


class AgencyNames:
    """The names of all agencies on the day of the request; one statement, at the first question."""

    def full(self, agency: Agency) -> str:
        """Return the full name, for headings."""
        return self._rows.get(agency.pk, (agency.symbol, ""))[0]

    def short(self, agency: Agency) -> str:
        """Return the short name, for lists."""
        return self._rows.get(agency.pk, ("", agency.symbol))[1]

    def full_by_key(self) -> dict[int, str]:
        """Return the full names by the agencies' primary keys."""
        return {key: full for key, (full, _short) in self._rows.items()}

    @cached_property
    def _rows(self) -> dict[int, tuple[str, str]]:
        today = timezone.localdate()
        rows = AgencyName.objects.filter(Q(valid_to=None) | Q(valid_to__gt=today), valid_from__lte=today)
        return {
            key: (full, short)
            for key, full, short in rows.order_by("valid_from").values_list("agency_id", "full_name", "short_name")
        }
