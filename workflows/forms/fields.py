"""Inputs as the office writes them: dates day first, agencies by their short names."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import OuterRef, QuerySet, Subquery
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

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Show digits on a phone's keyboard and the form of a date as a hint."""
        return {"inputmode": "numeric", "placeholder": _("dd/mm/yyyy"), "autocomplete": "off", "class": "input"}

    def _date(self, day: int, month: int, year: int) -> date:
        try:
            return date(year if year > 99 else CENTURY + year, month, day)
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None


def short_names(agency_ids: Iterable[int], *, on: date) -> dict[int, str]:
    """Return what agencies are called in lists on a day, by primary key; one statement.

    An agency without a name on that day is missing: print its symbol.
    """
    names = AgencyName.objects.valid(on=on).filter(agency__in=set(agency_ids)).order_by("valid_from", "id")
    return dict(names.values_list("agency_id", "short_name"))


def agencies_to_choose(*, on: date) -> QuerySet[Agency]:
    """Return the agencies that exist on a day, as offices list them, each with `short`; the Committee is not among them."""
    names = AgencyName.objects.valid(on=on).filter(agency=OuterRef("pk")).order_by("-valid_from", "-id")
    existing = Agency.objects.existing(on=on).exclude(kind=AgencyKind.COMMITTEE)
    return existing.annotate(short=Subquery(names.values("short_name")[:1])).order_by("kind", "order", "code")


class AgencyIterator(forms.models.ModelChoiceIterator):
    """Choices grouped by kind of agency, read in one statement."""

    def __iter__(self) -> Iterator[Any]:
        """Yield the empty choice where there is one, then (kind, choices) groups in the order of the kinds."""
        field = self.field
        if field.empty_label is not None:
            yield ("", field.empty_label)
        ranks = {kind: rank for rank, kind in enumerate(AgencyKind.values)}
        rows = sorted(field.rows(), key=lambda agency: (ranks[agency.kind], agency.order, agency.code))
        for kind, group in groupby(rows, key=lambda agency: agency.kind):
            yield (AgencyKind(kind).label, [(agency.pk, field.label_from_instance(agency)) for agency in group])


class AgencyChoices:
    """What the two fields share: rows that are read once for a form, and short names."""

    iterator = AgencyIterator
    given: Sequence[Agency] | None = None
    queryset: QuerySet[Agency]

    def rows(self) -> Sequence[Agency]:
        """Return the agencies to choose from."""
        return self.given if self.given is not None else list(self.queryset)

    def label_from_instance(self, agency: Any) -> str:
        """Return the short name, else the symbol."""
        return getattr(agency, "short", None) or str(agency.symbol)


class AgencyField(AgencyChoices, forms.ModelChoiceField):
    """One agency."""


class AgenciesField(AgencyChoices, forms.ModelMultipleChoiceField):
    """Several agencies, as check boxes."""

    widget = forms.CheckboxSelectMultiple
