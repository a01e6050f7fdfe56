"""Forms of the Committee's decision, and of numbering and issuing what was approved."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from workflows.domain.calendars import load_calendar
from workflows.forms.base import LONG_TEXT, SHORT_TEXT, ActForm
from workflows.forms.fields import VietnameseDateField
from workflows.forms.opinions import working_day_ahead
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

    looked_at = ("overrides",)

    def __init__(self, *args: Any, disagreeing: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not disagreeing:
            del self.fields["overrides"]
            return
        self.fields["overrides"].label = ngettext(
            "I have seen the disagreement of %(names)s and approve the plan as submitted",
            "I have seen the disagreements of %(names)s and approve the plan as submitted",
            len(disagreeing),
        ) % {"names": ", ".join(disagreeing)}


# What is asked for most often; a press adds it as a line of its own.
PHRASES = (
    gettext_lazy("Make the source of funds clear"),
    gettext_lazy("Add targets"),
    gettext_lazy("Look at the due dates again"),
    gettext_lazy("Ask for further opinions"),
)


class ReturnForRevisionForm(ActForm):
    """What must be added, each line a requirement, and when the plan has to be back."""

    requirements = forms.CharField(
        label=gettext_lazy("What must be added"),
        help_text=gettext_lazy("Required. Each line is one requirement the submitting agency must answer."),
        max_length=LONG_TEXT,
        error_messages={
            "required": gettext_lazy("Say what must be added, so that the agency knows what to change.")
        },
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    back_on = VietnameseDateField(
        label=gettext_lazy("To be back by"),
        help_text=gettext_lazy("Without a day the term for answering counts."),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        vars(self.fields["requirements"])["phrases"] = PHRASES

    def clean_back_on(self) -> date | None:
        """Take working days after today; name the next one otherwise."""
        day: date | None = self.cleaned_data["back_on"]
        return working_day_ahead(day) if day else None

    def given(self) -> dict[str, Any]:
        """Return the requirements, and the moment at which the office closes on the day."""
        given = super().given()
        day = given.pop("back_on")
        return given | ({"back_at": load_calendar().end_of(day)} if day else {})

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
