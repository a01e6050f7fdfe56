"""Forms of taking a submission or an approval back."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workflows.forms.base import SHORT_TEXT


class RecallForm(forms.Form):
    """Why something is taken back; `key` makes a repeat harmless."""

    needed: str | Promise = ""

    key = forms.UUIDField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Reason of the recall"),
        help_text=_("Everybody concerned reads it, and it stays on record."),
        max_length=SHORT_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = uuid4
        self.fields["reason"].error_messages["required"] = str(self.needed)


class RecallSubmissionForm(RecallForm):
    """Why a submission is taken back."""

    needed = _("Say why the submission is recalled.")


class RecallApprovalForm(RecallForm):
    """Why an approval is taken back."""

    needed = _("Say why the approval is recalled.")
    reason = forms.CharField(
        label=_("Reason of the recall"),
        help_text=_("The lead agency and the Office read it, and it stays on record."),
        max_length=SHORT_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
