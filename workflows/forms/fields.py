"""Inputs as the office writes them: dates day first, agencies by their short names."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, AgencyKind, AgencyName

SEPARATED = re.compile(r"(\d{1,2})\s*[/.\- ]\s*(\d{1,2})\s*[/.\- ]\s*(\d{4}|\d{2})")
TOGETHER = re.compile(r"(\d{2})(\d{2})(\d{4}|\d{2})")
CENTURY = 2000


class VietnameseDateField(forms.DateField):
    """A date typed day first: 03/07/2020, 3/7/20, 3-7-2020, 3.7.2020 or 030720.

    A text input and not the browser's own date input, which follows the language of the computer.
    """

    widget = forms.TextInput
    default_error_messages = {"invalid": _("Write the date as day/month/year, for example 03/07/2020.")}

    def to_python(self, value: Any) -> date | None:
        """Return the date, or None where nothing was typed."""
        if value in self.empty_values:
            return None
        if isinstance(value, date):
            return value
        text = str(value).strip()
        found = SEPARATED.fullmatch(text) or TOGETHER.fullmatch(text)
        if found is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return self._date(*map(int, found.groups()))

    def prepare_value(self, value: Any) -> Any:
        """Return what the input shows: dd/mm/yyyy."""
        return f"{value:%d/%m/%Y}" if isinstance(value, date) else value

    def widget_attrs(self, _widget: forms.Widget) -> dict[str, Any]:
        """Show digits on a phone's keyboard and the form of a date as a hint."""
        return {
            "inputmode": "numeric",
            "placeholder": _("dd/mm/yyyy"),
            "autocomplete": "off",
            "class": "input",
        }

    def _date(self, day: int, month: int, year: int) -> date:
        try:
            return date(year if year > 99 else CENTURY + year, month, day)
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None


@dataclass(frozen=True, slots=True)
class AgencyChoice:
    """An agency in a list of choices."""

    agency: Agency
    name: str


class AgencyChoices:
    """The agencies that exist on a day, grouped by kind, by their short names; the Committee is not among them."""

    def __init__(self, choices: Sequence[AgencyChoice]) -> None:
        self._by_pk = {choice.agency.pk: choice for choice in choices}

    @classmethod
    def load(cls, *, on: date) -> "AgencyChoices":
        """Read them; one statement."""
        names = AgencyName.objects.valid(on=on).filter(agency=OuterRef("pk")).order_by("-valid_from", "-id")
        existing = Agency.objects.existing(on=on).exclude(kind=AgencyKind.COMMITTEE)
        named = existing.annotate(
            short=Coalesce(Subquery(names.values("short_name")[:1]), "symbol")
        ).in_order()
        return cls([AgencyChoice(agency, str(vars(agency)["short"])) for agency in named])

    def groups(self, *, without: int | None = None) -> list[tuple[str, list[tuple[str, str]]]]:
        """Return (kind, [(value, name)]) for a select or check boxes; `without` leaves one agency out."""
        groups: dict[str, list[tuple[str, str]]] = {kind: [] for kind in AgencyKind.values}
        for pk, choice in self._by_pk.items():
            if pk != without:
                groups[choice.agency.kind].append((str(pk), choice.name))
        return [(str(AgencyKind(kind).label), choices) for kind, choices in groups.items() if choices]

    def get(self, value: str) -> Agency:
        """Return the agency a choice stands for."""
        return self._by_pk[int(value)].agency


@dataclass(frozen=True, slots=True)
class Check:
    """One check box of a group."""

    value: str
    name: str
    is_checked: bool


def checks_by_group(field: forms.BoundField) -> list[tuple[str, list[Check]]]:
    """Return (kind, check boxes) of a field whose choices are the groups of `AgencyChoices`."""
    chosen = {str(value) for value in field.value() or ()}
    groups: list[tuple[str, list[tuple[str, str]]]] = getattr(field.field, "choices", [])
    return [
        (kind, [Check(value, name, value in chosen) for value, name in choices]) for kind, choices in groups
    ]
