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

from workflows.domain.answering import MAX_REMARKS, RemarkInput
from workflows.domain.calendars import load_calendar
from workflows.forms.base import LONG_TEXT, SHORT_TEXT, ActForm
from workflows.forms.fields import VietnameseDateField
from workflows.models import GIVEN_STANCES, Anchor, Question, SilencePolicy, Stance

PREFIX = "remarks"
SPARE_ROWS = 3
Places = Callable[[], Sequence[tuple[str, str]]]  # asked only where a remark names a place


def working_day_ahead(day: date) -> date:
    """Return a due day that the office works on and that lies ahead.

    Raises:
        ValidationError: it does not; names the next one that does.
    """
    calendar, today = load_calendar(), timezone.localdate()
    if day <= today:
        example = calendar.next_working_day(today)
        raise ValidationError(
            _("The due date must be a working day after today, for example %(day)s."),
            params={"day": f"{example:%d/%m/%Y}"},
        )
    if not calendar.is_working_day(day):
        raise ValidationError(
            _("%(day)s is not a working day. The next working day is %(next)s."),
            params={"day": f"{day:%d/%m/%Y}", "next": f"{calendar.next_working_day(day):%d/%m/%Y}"},
        )
    return day


class RequestForm(ActForm):
    """The signed request for opinions: its number and date, until when, what silence counts as, with which message.

    `draft_version` is that of the prepared request on the page. `short_reserve` says why the day on offer leaves too
    few days for the answers: the box that confirms it shows only once that is known.
    """

    own_fields = (*ActForm.own_fields, "draft_version")

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
    request_on = VietnameseDateField(label=gettext_lazy("Date of the request"), required=False)
    silence = forms.ChoiceField(
        label=gettext_lazy("What silence counts as"),
        choices=SilencePolicy.choices,
        required=False,
        widget=forms.RadioSelect,
    )
    accepts_short_reserve = forms.BooleanField(
        label=gettext_lazy("The few days left for the answers are meant so"), required=False
    )
    draft_version = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    note = forms.CharField(
        label=gettext_lazy("Message to the agencies"),
        required=False,
        max_length=SHORT_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, term: str, short_reserve: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["due_on"].help_text = term
        self._reserve = self.fields.pop("accepts_short_reserve")
        if short_reserve or "accepts_short_reserve" in self.data:
            self.ask_reserve(short_reserve)

    def ask_reserve(self, why: str = "") -> None:
        """Show the box that confirms a short reserve."""
        self._reserve.help_text = why
        self.fields["accepts_short_reserve"] = self._reserve
        self.order_fields(list(self.base_fields))

    def clean_due_on(self) -> date:
        """Take working days after today; name the next one otherwise."""
        return working_day_ahead(self.cleaned_data["due_on"])

    def given(self) -> dict[str, Any]:
        """Return the input; the day becomes the moment at which the office closes on it."""
        given = super().given()
        due_at = load_calendar().end_of(given.pop("due_on"))
        return given | {"due_at": due_at, "draft_version": self.cleaned_data["draft_version"]}


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
    # How the suggested wording differs from the paragraph, where the page compares them: pieces of text in order.
    redline: Sequence[Any] = ()

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


class QuestionField(forms.TypedMultipleChoiceField):
    """A question of the request: as many options as it asks for."""

    def __init__(self, question: Question) -> None:
        self.question = question
        super().__init__(
            label=question.text,
            help_text=_("Choose %(picks)s of %(options)s.")
            % {"picks": question.picks, "options": len(question.options)},
            choices=[(str(number), text) for number, text in enumerate(question.options, start=1)],
            coerce=int,
            required=False,
            widget=forms.CheckboxSelectMultiple if question.picks > 1 else OneOf,
        )

    def validate(self, value: Any) -> None:
        """Refuse fewer or more options than the question asks for."""
        super().validate(value)
        if len(set(value or ())) != self.question.picks:
            message = _("Choose %(picks)s of %(options)s.")
            said = {"picks": self.question.picks, "options": len(self.question.options)}
            raise ValidationError(message, params=said)


class OneOf(forms.RadioSelect):
    """Radio buttons whose value is a list of one, as that of check boxes."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Return the chosen option in a list."""
        value = super().value_from_datadict(data, files, name)
        return [] if value is None else [value]

    def format_value(self, value: Any) -> Any:
        """Return the chosen option of a list."""
        return [str(each) for each in value or ()] if isinstance(value, list | tuple) else []


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
        questions: Sequence[Question] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(data, *args, **kwargs)
        self.questions = questions
        for question in questions:
            self.fields[f"question_{question.number}"] = QuestionField(question)
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
        given = super().given()
        answers = {each.number: given.pop(f"question_{each.number}") for each in self.questions}
        return given | {"remarks": self.remarks(), "answers": answers}

    def question_fields(self) -> list[forms.BoundField]:
        """Return the fields of the request's questions, in their order."""
        return [self[f"question_{question.number}"] for question in self.questions]

    def remarks(self) -> list[RemarkInput]:
        """Return the remarks that were typed."""
        if not self.rows.is_bound:
            return []
        return [remark for row in self.rows.forms if (remark := row.remark()) is not None]
