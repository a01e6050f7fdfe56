"""Inputs as the office writes them: agencies by their short names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django import forms
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce

from accounts.forms.dates import VietnameseDateField
from accounts.models import Agency, AgencyKind, AgencyName

__all__ = ["AgencyChoice", "AgencyChoices", "Check", "VietnameseDateField", "checks_by_group"]


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
