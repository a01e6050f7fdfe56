"""What agencies are called today."""

from functools import cached_property

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

    @cached_property
    def _rows(self) -> dict[int, tuple[str, str]]:
        rows = AgencyName.objects.valid(on=timezone.localdate()).order_by("valid_from", "id")
        return {
            key: (full, short)
            for key, full, short in rows.values_list("agency_id", "full_name", "short_name")
        }
