"""The administrator's forms of the calendar and of the working regulation."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.administration import DayField, TidyForm
from workflows.domain.regulation_entries import Entry, Number, Numbers, One, Some
from workflows.models.calendar import DayKind


class CalendarDayForm(TidyForm):
    """What a day is, and where that is announced."""

    on = DayField(label=gettext_lazy("Day"))
    kind = forms.ChoiceField(label=gettext_lazy("Kind of day"), choices=DayKind.choices)
    name = forms.CharField(label=gettext_lazy("Name of the day"), max_length=120)
    source = forms.CharField(
        label=gettext_lazy("Announced in"),
        max_length=200,
        help_text=gettext_lazy("Number and date of the document."),
    )


class CalendarRemoveForm(TidyForm):
    """Which day is taken out, and why."""

    which = forms.ChoiceField(label=gettext_lazy("Day"))
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500)

    def __init__(self, *args: Any, days: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["which"]
        field.choices = [("", _("Choose")), *days]


class NumbersField(forms.CharField):
    """Whole numbers, typed one after the other."""

    def to_python(self, value: Any) -> Any:
        """Return the numbers.

        Raises:
            ValidationError: something else was typed.
        """
        text = str(super().to_python(value) or "")
        parts = [part.strip() for part in text.replace(";", ",").split(",") if part.strip()]
        if not all(part.isascii() and part.isdigit() and len(part) < 4 for part in parts):
            raise forms.ValidationError(_("Write whole numbers, for example 2, 1."), code="invalid")
        return [int(part) for part in parts]

    def prepare_value(self, value: Any) -> Any:
        """Return what the input shows."""
        return ", ".join(map(str, value)) if isinstance(value, list | tuple) else value


class RuleForm(TidyForm):
    """A new value of one rule, from a day on, with the document it rests on."""

    valid_from = DayField(label=gettext_lazy("From"))
    citation = forms.CharField(
        label=gettext_lazy("Citation"),
        max_length=300,
        help_text=gettext_lazy(
            "Document and article by which it was decided; printed wherever the rule is named."
        ),
    )

    field_order = ("value", "valid_from", "citation")

    def __init__(self, *args: Any, entry: Entry, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"] = _value_field(entry)
        self.order_fields(self.field_order)


def _value_field(entry: Entry) -> forms.Field:
    """Return the input that fits a rule; what it may be is asked of the rule itself."""
    kind, label = entry.kind, _("New value")
    if isinstance(kind, Number):
        words = _("From %(least)s to %(most)s %(unit)s.")
        hint = words % {"least": kind.least, "most": kind.most, "unit": kind.unit}
        return forms.IntegerField(label=label, help_text=hint, min_value=kind.least, max_value=kind.most)
    if isinstance(kind, Numbers):
        hint = _("Whole numbers of %(unit)s with commas between; empty for never.") % {"unit": kind.unit}
        return NumbersField(label=label, help_text=hint, required=False, max_length=60)
    if isinstance(kind, One):
        return forms.ChoiceField(label=label, choices=list(kind.choices.items()), widget=forms.RadioSelect)
    assert isinstance(kind, Some)
    return forms.MultipleChoiceField(
        label=label,
        choices=list(kind.choices.items()),
        widget=forms.CheckboxSelectMultiple,
        required=bool(kind.needed),
    )
