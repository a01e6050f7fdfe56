"""Dates and times as the office writes them: day first, in its own hours."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.days import parse_day


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
        try:
            return parse_day(str(value))
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None

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


class OfficeTimeField(forms.TimeField):
    """A time of the day typed in 24 hours: 07:30."""

    widget = forms.TextInput
    default_error_messages = {"invalid": _("Write the time as hours:minutes, for example 07:30.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%H:%M", "%Hh%M", "%H.%M"], **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Return what the input shows: HH:MM."""
        return f"{value:%H:%M}" if hasattr(value, "hour") else value

    def widget_attrs(self, _widget: forms.Widget) -> dict[str, Any]:
        """Show digits on a phone's keyboard and the form of a time as a hint."""
        return {"placeholder": _("hh:mm"), "autocomplete": "off", "class": "input"}
