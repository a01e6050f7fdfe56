"""Forms of receiving an assignment, declining it, and naming another lead."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from workflows.forms.base import SHORT_TEXT, ActForm
from workflows.forms.fields import AgencyChoices


class DeclineForm(ActForm):
    """Why the assignment is not the agency's."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("At least 10 characters. The Office reads it and names another lead."),
        max_length=SHORT_TEXT,
        error_messages={"required": _("Say why the assignment is not the agency's.")},
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class ReassignForm(ActForm):
    """Which agency takes the lead, and why."""

    lead = forms.ChoiceField(
        label=_("New lead agency"),
        error_messages={
            "required": _("Choose the agency that takes the lead."),
            "invalid_choice": _("There is no such agency today. Choose one from the list."),
        },
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=SHORT_TEXT,
        error_messages={"required": _("Say why this agency takes the lead.")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, choices: AgencyChoices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choices = choices
        lead = self.fields["lead"]
        assert isinstance(lead, forms.ChoiceField)
        lead.choices = [("", _("Choose an agency")), *choices.groups()]

    def clean_lead(self) -> Agency:
        """Return the agency."""
        return self.choices.get(self.cleaned_data["lead"])
