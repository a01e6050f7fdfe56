"""Forms of receiving an assignment, declining it, and naming another lead."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, AgencyKind
from workflows.forms.base import SHORT_TEXT, ActForm


class DeclineForm(ActForm):
    """Why the assignment is not the agency's."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("At least 10 characters. The Office reads it and names another lead."),
        max_length=SHORT_TEXT,
        error_messages={"required": _("Say why the assignment is not the agency's.")},
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class LeadField(forms.ModelChoiceField):
    """An agency that exists today, by the name it has today; `names` maps primary keys to names."""

    names: dict[int, str]

    def label_from_instance(self, obj: Any) -> str:
        """Return the agency's name."""
        return self.names.get(obj.pk) or str(obj)


class ReassignForm(ActForm):
    """Which agency takes the lead, and why."""

    lead = LeadField(
        label=_("New lead agency"),
        queryset=Agency.objects.none(),
        empty_label=_("Choose an agency"),
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

    def __init__(self, *args: Any, names: dict[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lead = self.fields["lead"]
        assert isinstance(lead, LeadField)
        lead.names = names
        existing = Agency.objects.existing(on=timezone.localdate()).exclude(kind=AgencyKind.COMMITTEE)
        lead.queryset = existing.in_order()
