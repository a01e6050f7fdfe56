"""Where a page of a list starts: after the row whose moment (or date) and key the link names."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar

from django.db.models import Q

from accounts.views.addresses import key_of

PAGE = 30
YEARS = range(1900, 3000)

When = TypeVar("When", date, datetime)


@dataclass(frozen=True, slots=True)
class After(Generic[When]):
    """The last row of the page before, of a list with the newest first."""

    when: When
    key: int

    def narrow(self, field: str) -> Q:
        """Return the condition of the rows that follow."""
        return Q(**{f"{field}__lt": self.when}) | Q(**{field: self.when, "id__lt": self.key})

    def __str__(self) -> str:
        return f"{self.when.isoformat()}~{self.key}"


def after_moment(text: str) -> After[datetime] | None:
    """Return the place a link names by moment and key, None where it names none."""
    moment, _, key = text.rpartition("~")
    number = key_of(key)
    try:
        when = datetime.fromisoformat(moment)
    except ValueError:
        return None
    is_sound = number is not None and when.tzinfo is not None and when.year in YEARS
    return After(when, number) if is_sound and number is not None else None


def after_date(text: str) -> After[date] | None:
    """Return the place a link names by date and key, None where it names none."""
    day, _, key = text.rpartition("~")
    number = key_of(key)
    try:
        when = date.fromisoformat(day)
    except ValueError:
        return None
    return After(when, number) if number is not None else None
