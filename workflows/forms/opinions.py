"""Forms of asking for opinions and of giving one: a position, and any number of remarks on places of the draft."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflows.domain.calendars import load_calendar
from workflows.domain.opinions import MAX_REMARKS, RemarkInput
from workflows.forms.base import LONG_TEXT, SHORT_TEXT, ActForm
from workflows.forms.fields import VietnameseDateField
from workflows.models import GIVEN_STANCES, Anchor, Stance

PREFIX = "remarks"
SPARE_ROWS = 3
Places = Callable[[], Sequence[tuple[str, str]]]  # asked only where a remark names a place


class RequestForm(ActForm):
    """The signed request for opinions: until when, under which number, with which message."""

    due_on = VietnameseDateField(
        label=gettext_lazy("Answers are due"),
        error_messages={"required": gettext_lazy("Give the day until which the agencies may answer.")},
    )
    request_number = forms.CharField(
        label=gettext_lazy("Number of the request"),
        help_text=gettext_lazy("For example 1187/SKHĐT-TH."),
        required=False,
        max_length=60,
    )
    note = forms.CharField(
        label=gettext_lazy("Message to the agencies"),
        required=False,
        max_length=SHORT_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, term: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["due_on"].help_text = term

    def clean_due_on(self) -> date:
        """Take working days after today; name the next one otherwise."""
        due_on: date = self.cleaned_data["due_on"]
        calendar, today = load_calendar(), timezone.localdate()
        if due_on <= today:
            example = calendar.next_working_day(today)
            raise ValidationError(
                _("The due date must be a working day after today, for example %(day)s."),
                params={"day": f"{example:%d/%m/%Y}"},
            )
        if not calendar.is_working_day(due_on):
            raise ValidationError(
                _("%(day)s is not a working day. The next working day is %(next)s."),
                params={"day": f"{due_on:%d/%m/%Y}", "next": f"{calendar.next_working_day(due_on):%d/%m/%Y}"},
            )
        return due_on

    def given(self) -> dict[str, Any]:
        """Return the input; the day becomes the moment at which the office closes on it."""
        given = super().given()
        due_at = load_calendar().end_of(given.pop("due_on"))
        return given | {"due_at": due_at}


class ReturnForm(ActForm):
    """What the specialist must change before the head signs."""

    reason = forms.CharField(
        label=gettext_lazy("What must be changed"),
        max_length=SHORT_TEXT,
        error_messages={"required": gettext_lazy("Say what must be changed.")},
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class RemarkForm(forms.Form):
    """One remark; a row without words is no remark."""

    anchor = forms.ChoiceField(
        label=gettext_lazy("On"),
        required=False,
        error_messages={
            "invalid_choice": gettext_lazy(
                "A remark points at a paragraph that is not in the draft you were sent. Choose the paragraph again."
            )
        },
        widget=forms.Select(attrs={"data-anchor-field": ""}),
    )
    text = forms.CharField(
        label=gettext_lazy("Remark"),
        required=False,
        max_length=LONG_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    suggestion = forms.CharField(
        label=gettext_lazy("Suggested wording"),
        required=False,
        max_length=LONG_TEXT,
        widget=forms.Textarea(attrs={"rows": 3, "class": "doc-in"}),
    )

    def __init__(self, *args: Any, places: Places, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        anchor = self.fields["anchor"]
        assert isinstance(anchor, forms.ChoiceField)
        anchor.choices = lambda: [("", _("The whole draft")), *places()]

    def clean(self) -> dict[str, Any]:
        """Refuse a wording without the remark it belongs to."""
        cleaned = self.cleaned_data
        if cleaned.get("suggestion") and not cleaned.get("text") and "text" not in self.errors:
            self.add_error("text", _("Write the remark as well, not the suggested wording alone."))
        return cleaned

    def remark(self) -> RemarkInput | None:
        """Return what was typed, or None for an empty row."""
        cleaned = self.cleaned_data
        if not cleaned.get("text") or cleaned.get("DELETE"):
            return None
        anchor, key = anchor_of(cleaned["anchor"])
        return RemarkInput(
            text=cleaned["text"], anchor=anchor, anchor_key=key, suggestion=cleaned["suggestion"]
        )


def anchor_value(anchor: str, key: UUID | None) -> str:
    """Return how a place is written in the form; the whole draft is nothing."""
    return f"{anchor}:{key}" if key else ""


def anchor_of(value: str) -> tuple[Anchor, UUID | None]:
    """Return the place a form's value names."""
    kind, _colon, key = value.partition(":")
    return (Anchor(kind), UUID(key)) if key else (Anchor.WHOLE, None)


RemarkRows = forms.formset_factory(RemarkForm, extra=SPARE_ROWS, can_delete=True, max_num=MAX_REMARKS)


class OpinionForm(ActForm):
    """An agency's position, its reason and its remarks.

    `rows` is None where a form was sent without rows (one-press agreement): then there are no remarks.
    """

    stance = forms.TypedChoiceField(
        label=gettext_lazy("The agency's position"),
        choices=[(stance.value, stance.label) for stance in GIVEN_STANCES],
        coerce=Stance,
        error_messages={"required": gettext_lazy("Choose the agency's position.")},
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("Needed where the agency disagrees and no remark says why."),
        required=False,
        max_length=SHORT_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    document_number = forms.CharField(
        label=gettext_lazy("Number of the reply"), required=False, max_length=60
    )

    def __init__(
        self,
        data: Any = None,
        *args: Any,
        places: Places = tuple,
        remarks: Sequence[dict[str, Any]] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(data, *args, **kwargs)
        sent = data if data is not None and f"{PREFIX}-TOTAL_FORMS" in data else None
        rows = RemarkRows(
            sent,
            prefix=PREFIX,
            initial=list(remarks) if sent is None else None,
            form_kwargs={"places": places},
        )
        self.rows = rows
        self.has_rows = data is None or sent is not None

    def clean(self) -> dict[str, Any]:
        """Refuse the form where a row is refused."""
        if self.has_rows and self.rows.is_bound and not self.rows.is_valid():
            self.add_error(None, _("A remark was not accepted. See what is said beside it."))
            for message in self.rows.non_form_errors():
                self.add_error(None, str(message))
        return self.cleaned_data

    def given(self) -> dict[str, Any]:
        """Return the position with the remarks, in the order they were written."""
        return super().given() | {"remarks": self.remarks()}

    def remarks(self) -> list[RemarkInput]:
        """Return the remarks that were typed."""
        if not self.rows.is_bound:
            return []
        return [remark for row in self.rows.forms if (remark := row.remark()) is not None]
