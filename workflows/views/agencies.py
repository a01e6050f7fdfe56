"""What agencies are called on a day."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from accounts.models import Agency, AgencyName


@dataclass(frozen=True, slots=True)
class Names:
    """The names of some agencies; an agency without a name goes by its symbol, an unknown code by itself."""

    by_id: dict[int, AgencyName]
    by_code: dict[str, AgencyName]

    def short(self, agency: Agency) -> str:
        """Return what lists call the agency."""
        name = self.by_id.get(agency.pk)
        return name.short_name if name else agency.symbol

    def full(self, agency: Agency) -> str:
        """Return what headings call the agency."""
        name = self.by_id.get(agency.pk)
        return name.full_name if name else agency.symbol

    def of_code(self, code: str) -> str:
        """Return the short name that goes with a code."""
        name = self.by_code.get(code)
        return name.short_name if name else code


def names_on(on: date, *, ids: Collection[int] = (), codes: Collection[str] = ()) -> Names:
    """Return the names, on a day, of the agencies with these keys or codes; one statement."""
    wanted = Q(agency__in=set(ids)) | Q(agency__code__in=set(codes))
    found = (
        AgencyName.objects.valid(on=on).filter(wanted).select_related("agency").order_by("valid_from", "id")
    )
    rows = list(found)
    return Names({row.agency_id: row for row in rows}, {row.agency.code: row for row in rows})
