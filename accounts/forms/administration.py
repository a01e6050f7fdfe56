"""The administrator's forms: agencies, people, fields, tables that are handed in."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.domain.directory import AgencyInput
from accounts.models import AgencyKind, Position, SheetKind
from accounts.models.user import USERNAME_LENGTH

from .dates import VietnameseDateField

HIGHEST_ORDER = 32_767
FIRST_YEAR, LAST_YEAR = 1945, 2100
USERNAME = RegexValidator(
    r"^[a-z0-9][a-z0-9._-]*$",
    gettext_lazy("A user name has small letters without diacritics, digits, dots, hyphens and underscores."),
)


class DayField(VietnameseDateField):
    """A day in the office's time: one of this state and within sight."""

    def validate(self, value: Any) -> None:
        """Refuse a year nobody can mean."""
        super().validate(value)
        if isinstance(value, date) and not FIRST_YEAR <= value.year <= LAST_YEAR:
            raise forms.ValidationError(_("This year cannot be meant."), code="year")


class TidyForm(forms.Form):
    """A form of the administrator: no browser bubbles, no null bytes, space only between words."""

    use_required_attribute = False


def order_field() -> forms.IntegerField:
    """Return the input of a place in lists."""
    return forms.IntegerField(
        label=gettext_lazy("Order"),
        min_value=0,
        max_value=HIGHEST_ORDER,
        initial=0,
        help_text=gettext_lazy("Lists are sorted by it, smaller first."),
    )


class AgencyForm(TidyForm):
    """What may be corrected of an agency."""

    symbol = forms.CharField(label=gettext_lazy("Symbol"), max_length=30)
    order = order_field()


class AgencyNameForm(TidyForm):
    """A new name from a day on."""

    full_name = forms.CharField(label=gettext_lazy("Full name"), max_length=200)
    short_name = forms.CharField(label=gettext_lazy("Short name"), max_length=80)
    on = DayField(label=gettext_lazy("From"))


class AgencyEndForm(TidyForm):
    """The first day without an agency, and what takes its place."""

    on = DayField(label=gettext_lazy("No longer exists from"))
    successor = forms.ChoiceField(label=gettext_lazy("Successor"))

    def __init__(self, *args: Any, agencies: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "successor", [("", _("Choose")), *agencies])


class AgencyNewForm(TidyForm):
    """An agency with its first name."""

    code = forms.SlugField(
        label=gettext_lazy("Code"),
        max_length=40,
        help_text=gettext_lazy("Letters without diacritics, digits and hyphens; never changed again."),
    )
    symbol = forms.CharField(label=gettext_lazy("Symbol"), max_length=30)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=AgencyKind.choices)
    order = order_field()
    full_name = forms.CharField(label=gettext_lazy("Full name"), max_length=200)
    short_name = forms.CharField(label=gettext_lazy("Short name"), max_length=80)
    valid_from = DayField(label=gettext_lazy("From"))

    def clean_code(self) -> str:
        """Return the code in small letters."""
        return str(self.cleaned_data["code"]).lower()

    def agency(self) -> AgencyInput:
        """Return the cleaned input."""
        return AgencyInput(**self.cleaned_data)


class PersonForm(TidyForm):
    """What may be corrected of a person."""

    full_name = forms.CharField(label=gettext_lazy("Full name"), max_length=150)
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False, max_length=254)


class PersonNewForm(PersonForm):
    """A person who has no password yet."""

    username = forms.CharField(
        label=gettext_lazy("User name"),
        max_length=USERNAME_LENGTH,
        help_text=gettext_lazy("For example skhdt.nguyenvana; never changed again."),
    )

    field_order = ("username", "full_name", "email")

    def clean_username(self) -> str:
        """Return the user name as it is kept.

        Raises:
            ValidationError: it has characters a user name does not have.
        """
        username = str(self.cleaned_data["username"]).strip().lower()
        USERNAME(username)
        return username


class AppointForm(TidyForm):
    """A position for a person."""

    agency = forms.ChoiceField(label=pgettext_lazy("people", "Agency"))
    position = forms.ChoiceField(
        label=gettext_lazy("Position"), choices=[("", gettext_lazy("Choose")), *Position.choices]
    )
    valid_from = DayField(label=gettext_lazy("From"))
    valid_to = DayField(label=gettext_lazy("Until, not included"), required=False)
    is_acting = forms.BooleanField(label=gettext_lazy("Entrusted with the head's post (Q.)"), required=False)

    def __init__(self, *args: Any, agencies: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "agency", [("", _("Choose")), *agencies])


class EndForm(TidyForm):
    """Which of the things listed ends, and on which day."""

    which = forms.ChoiceField(label=gettext_lazy("What ends"))
    on = DayField(label=gettext_lazy("No longer from"))

    def __init__(self, *args: Any, running: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "which", running if len(running) == 1 else [("", _("Choose")), *running])


class NothingForm(TidyForm):
    """An act that needs no word."""


class FieldForm(TidyForm):
    """What may be corrected of a field."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    order = order_field()


class FieldNewForm(FieldForm):
    """A new field."""

    code = forms.SlugField(
        label=gettext_lazy("Code"),
        max_length=40,
        help_text=gettext_lazy("Letters without diacritics, digits and hyphens; never changed again."),
    )

    field_order = ("code", "name", "order")


class ChargeForm(TidyForm):
    """Somebody in charge of a field."""

    membership = forms.ChoiceField(label=gettext_lazy("Who"))
    basis = forms.CharField(
        label=gettext_lazy("Basis document"),
        max_length=200,
        help_text=gettext_lazy("The decision by which the fields were assigned."),
    )
    valid_from = DayField(label=gettext_lazy("From"))
    valid_to = DayField(label=gettext_lazy("Until, not included"), required=False)

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "membership", [("", _("Choose")), *people])


class DelegationEndForm(TidyForm):
    """Why an administrator ends a delegation."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


class SheetForm(TidyForm):
    """A table that is handed in."""

    kind = forms.ChoiceField(label=gettext_lazy("What the table lists"), choices=SheetKind.choices)
    sheet = forms.FileField(
        label=gettext_lazy("Workbook (XLSX)"),
        help_text=gettext_lazy("At most 5 MB and 5,000 rows."),
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
    )


def offer(form: forms.Form, name: str, choices: Any) -> None:
    """Give a field its choices."""
    field: Any = form.fields[name]
    field.choices = choices
