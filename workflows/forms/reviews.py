"""Forms of putting a plan forward and of the Office's review."""

from django import forms
from django.utils.translation import gettext_lazy as _

from workflows.forms.base import LONG_TEXT, SHORT_TEXT, ActForm
from workflows.models import ReturnGround


class SubmitForm(ActForm):
    """The number under which the plan is put forward, and a message."""

    document_number = forms.CharField(
        label=_("Number of the submission"),
        help_text=_("For example 1216/TTr-SKHĐT."),
        required=False,
        max_length=60,
    )
    note = forms.CharField(
        label=_("Message to the Office"),
        required=False,
        max_length=SHORT_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class ReviewForm(ActForm):
    """The Office's opinion on a complete dossier."""

    text = forms.CharField(
        label=_("The Office's opinion"),
        help_text=_("The approver reads it beside the plan, and beside every open disagreement."),
        max_length=LONG_TEXT,
        error_messages={"required": _("Write the Office's opinion.")},
        widget=forms.Textarea(attrs={"rows": 8}),
    )


class RefuseReviewForm(ActForm):
    """Why a dossier goes back, and what is missing."""

    grounds = forms.MultipleChoiceField(
        label=_("Grounds"),
        choices=ReturnGround.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one ground.")},
    )
    text = forms.CharField(
        label=_("What is missing"),
        max_length=LONG_TEXT,
        error_messages={"required": _("Say what must be added, so that the agency knows what to change.")},
        widget=forms.Textarea(attrs={"rows": 6}),
    )
