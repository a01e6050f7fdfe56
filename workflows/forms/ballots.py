"""Forms of a ballot of the members: calling it, and the slip of one member."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from workflows.domain.calendars import load_calendar
from workflows.forms.base import SHORT_TEXT, ActForm
from workflows.forms.fields import VietnameseDateField
from workflows.forms.opinions import working_day_ahead
from workflows.models import Vote


class CallBallotForm(ActForm):
    """What the members are asked, and until which day."""

    question = forms.CharField(
        label=_("What is asked"),
        max_length=SHORT_TEXT,
        error_messages={"required": _("Say what the members are asked.")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    due_on = VietnameseDateField(label=_("Slips are due"))

    def clean_due_on(self) -> date:
        """Refuse a day that does not lie ahead or on which the office does not work."""
        return working_day_ahead(self.cleaned_data["due_on"])

    def given(self) -> dict[str, Any]:
        """Return the input; the day becomes the moment at which the office closes on it."""
        given = super().given()
        return given | {"due_at": load_calendar().end_of(given.pop("due_on"))}


class VoteForm(ActForm):
    """A member's slip: no choice is preset, a vote against gives its reason, each line is one amendment."""

    vote = forms.ChoiceField(
        label=_("Your vote"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the answers on the slip.")},
    )
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=SHORT_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    amendment = forms.CharField(
        label=_("Other opinion, amendments"),
        help_text=_("Each line is one amendment; where the plan is returned, the agency answers each."),
        required=False,
        max_length=SHORT_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, choices: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["vote"].choices = [(value, Vote(value).label) for value in choices]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for the reason of a vote against, so that the page says so at once."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("vote") == Vote.AGAINST and not data.get("reason", "").strip():
            self.add_error("reason", _("A vote against needs its reason."))
        return data
