"""Forms of the Committee's decision, and of numbering and issuing what was approved."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from workflows.forms.base import LONG_TEXT, SHORT_TEXT, ActForm
from workflows.models import Requirement

MAX_LINE = Requirement._meta.get_field("text").max_length or 0


class ApproveForm(ActForm):
    """Approval, with an instruction where there is one; an agency's disagreement must be ticked as seen."""

    text = forms.CharField(
        label=gettext_lazy("Accompanying instruction"),
        required=False,
        max_length=SHORT_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    overrides = forms.BooleanField(required=False)
    disputed = forms.CharField(required=False, max_length=LONG_TEXT, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, disagreeing: Sequence[str] = (), disputed: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.disputed_now = disputed
        self.fields["disputed"].initial = disputed
        if not disagreeing:
            del self.fields["overrides"]
            return
        self.fields["overrides"].label = ngettext(
            "I have seen the disagreement of %(names)s and approve the plan as submitted",
            "I have seen the disagreements of %(names)s and approve the plan as submitted",
            len(disagreeing),
        ) % {"names": ", ".join(disagreeing)}

    def add_error(self, field: str | None, error: Any) -> None:
        """Note what is wrong; a tick that did not cover every disagreement has to be set again, in sight of all."""
        super().add_error(field, error)
        if field == "overrides":
            tick, marks = self.add_prefix("overrides"), self.add_prefix("disputed")
            kept = {name: value for name, value in self.data.items() if name != tick}
            self.data = kept | {marks: self.disputed_now}


class ReturnForRevisionForm(ActForm):
    """What must be added: each line becomes a requirement."""

    requirements = forms.CharField(
        label=gettext_lazy("What must be added"),
        help_text=gettext_lazy("Required. Each line is one requirement the submitting agency must answer."),
        max_length=LONG_TEXT,
        error_messages={
            "required": gettext_lazy("Say what must be added, so that the agency knows what to change.")
        },
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def clean_requirements(self) -> str:
        """Refuse a line longer than a requirement may be."""
        text: str = self.cleaned_data["requirements"]
        longest = max((len(line.strip()) for line in text.splitlines()), default=0)
        if longest > MAX_LINE:
            raise ValidationError(
                _("A requirement holds at most %(n)s characters. Split the longest line."),
                params={"n": MAX_LINE},
            )
        return text


class RejectForm(ActForm):
    """Why the plan is refused."""

    reason = forms.CharField(
        label=gettext_lazy("Reason of the refusal"),
        max_length=SHORT_TEXT,
        error_messages={"required": gettext_lazy("Give the reason for the refusal.")},
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class IssueForm(ActForm):
    """To whom the numbered plan is sent."""

    recipients = forms.CharField(
        label=gettext_lazy("Recipients"),
        help_text=gettext_lazy("One a line."),
        required=False,
        max_length=LONG_TEXT,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
