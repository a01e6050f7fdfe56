"""Forms of what happens to a submission beside its decision: the clock, another's hands, a question."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workflows.forms.base import SHORT_TEXT, ActForm
from workflows.forms.fields import VietnameseDateField
from workflows.models import Suspension

MAX_EVENT = Suspension._meta.get_field("event").max_length


class SuspendForm(ActForm):
    """Until when or until what the clock stands still, and why; at least one of the two."""

    until_on = VietnameseDateField(label=_("Until the day"), required=False)
    event = forms.CharField(
        label=_("Or until this has happened"),
        help_text=_("For example: the Prime Minister has approved the national plan."),
        required=False,
        max_length=MAX_EVENT,
        widget=forms.TextInput(attrs={"class": "input"}),
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The submitting agency and the Office read it."),
        max_length=SHORT_TEXT,
        error_messages={"required": _("Say why the case is suspended.")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_until_on(self) -> date | None:
        """Take days ahead."""
        day: date | None = self.cleaned_data["until_on"]
        if day is not None and day <= timezone.localdate():
            raise ValidationError(_("Name a day after today."))
        return day

    def clean(self) -> dict[str, Any]:
        """Ask for a day or an event."""
        cleaned = self.cleaned_data
        if "until_on" not in self.errors and not cleaned.get("until_on") and not cleaned.get("event"):
            self.add_error("until_on", _("Name the day or the event the case waits for."))
        return cleaned


class ResumeForm(ActForm):
    """A word on why the clock runs again."""

    note = forms.CharField(
        label=_("Message"), required=False, max_length=SHORT_TEXT, widget=forms.Textarea(attrs={"rows": 3})
    )


class HandOverForm(ActForm):
    """To whom the case goes, and why."""

    to = forms.TypedChoiceField(
        label=_("Who takes the case"),
        coerce=int,
        error_messages={
            "required": _("Choose who takes the case."),
            "invalid_choice": _("This person cannot take the case now."),
        },
    )
    note = forms.CharField(
        label=_("Message"),
        help_text=_("Required. Whoever takes the case reads it at the top of the page."),
        max_length=SHORT_TEXT,
        error_messages={"required": _("Say why the case is handed over.")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, takers: Sequence[tuple[int, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["to"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [("", _("Choose a person")), *takers]


class TakeOverForm(ActForm):
    """A word to whoever had the case until now."""

    note = forms.CharField(
        label=_("Message"),
        help_text=_("Whoever had the case until now reads it."),
        required=False,
        max_length=SHORT_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AskForm(ActForm):
    """A question to the submitting agency."""

    text = forms.CharField(
        label=_("Question"),
        max_length=SHORT_TEXT,
        error_messages={"required": _("Write the question.")},
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class AnswerForm(ActForm):
    """The answer to the question a task was opened for."""

    text = forms.CharField(
        label=_("Answer"),
        max_length=SHORT_TEXT,
        error_messages={"required": _("Write the answer.")},
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def given(self) -> dict[str, Any]:
        """Return the answer, and which question it answers: the task says so, not the page."""
        return super().given() | {"inquiry": self.task.data["inquiry"]}
