"""Preparing the request for opinions: agencies, each required or not, due day, silence, message and questions."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import regulation
from workflows.domain import requests
from workflows.domain.errors import DomainError
from workflows.domain.requests import QuestionInput, RequestInput
from workflows.forms.base import SHORT_TEXT
from workflows.forms.fields import AgencyChoices, VietnameseDateField
from workflows.forms.opinions import working_day_ahead
from workflows.forms.plans import clean_text
from workflows.models import RequestDraft, SilencePolicy

PREFIX = "request"
FIELDS = f"{PREFIX}-"  # what the names of this form's fields begin with
VERSION = f"{FIELDS}version"
NEW_OPTIONS = 2
QUESTION = re.compile(rf"{PREFIX}-q(\d{{1,3}})-(?:text|option|picks)")
Typed = Mapping[str, Sequence[str]]


class Lines(forms.Widget):
    """Several inputs of one name; the template draws them."""

    def value_from_datadict(self, data: Any, _files: Any, name: str) -> list[str]:
        """Return what was typed into each."""
        return list(data.getlist(name))


class OptionsField(forms.Field):
    """The options of a question, in their order; empty inputs are none."""

    widget = Lines

    def clean(self, value: Sequence[str]) -> tuple[str, ...]:
        """Return the options that have words."""
        lines = (" ".join(clean_text(line).split()) for line in value or ())
        return tuple(line for line in lines if line)


class QuestionForm(forms.Form):
    """One question of the request; a row without words is no question."""

    text = forms.CharField(
        label=gettext_lazy("Question"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    option = OptionsField(label=gettext_lazy("Options"), required=False)
    picks = forms.IntegerField(
        label=gettext_lazy("How many are to be chosen"),
        required=False,
        initial=1,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": "3", "autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        """Refuse what the agencies could not answer."""
        if not self.errors and self.question() is not None:
            try:
                requests.check_question(self._given())
            except DomainError as error:
                self.add_error(error.field, error.message)
        return self.cleaned_data

    def question(self) -> QuestionInput | None:
        """Return the question, or None for an empty row."""
        given = self._given()
        return given if given.text or given.options else None

    def _given(self) -> QuestionInput:
        data = self.cleaned_data
        picks = data.get("picks")
        return QuestionInput(
            clean_text(data.get("text") or ""), data.get("option") or (), 1 if picks is None else picks
        )

    @property
    def lines(self) -> list[str]:
        """What the option inputs show: what was typed, and one empty input more."""
        shown = [line for line in self["option"].value() or () if line.strip()]
        return [*shown, *[""] * max(1, NEW_OPTIONS - len(shown))]


class PreparedRequestForm(forms.Form):
    """What the drafter prepares; `version` is that of the prepared request on the page."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    agencies = forms.MultipleChoiceField(
        label=gettext_lazy("Agencies to consult"),
        required=False,
        error_messages={
            "invalid_choice": gettext_lazy(
                "An agency in the choice cannot be asked: it is the lead agency, or it does not exist today. "
                "Choose from the list."
            )
        },
    )
    optional = forms.MultipleChoiceField(label=gettext_lazy("Answer not required"), required=False)
    due_on = VietnameseDateField(label=gettext_lazy("Answers are due"), required=False)
    silence = forms.ChoiceField(
        label=gettext_lazy("What silence counts as"),
        choices=SilencePolicy.choices,
        required=False,
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=gettext_lazy("Message to the agencies"),
        required=False,
        max_length=SHORT_TEXT,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": None}),
    )

    def __init__(
        self,
        data: MultiValueDict[str, str] | None = None,
        *,
        choices: AgencyChoices,
        lead_id: int | None,
        questions: Sequence[Mapping[str, Any]] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(data, prefix=PREFIX, **kwargs)
        self.choices = choices
        for name in ("agencies", "optional"):
            field = self.fields[name]
            assert isinstance(field, forms.MultipleChoiceField)
            field.choices = choices.groups(without=lead_id)
        self.questions = (
            [QuestionForm(initial=dict(each), prefix=f"{PREFIX}-q{n}") for n, each in enumerate(questions)]
            if data is None
            else [QuestionForm(data, prefix=f"{PREFIX}-q{n}") for n in _indexes(data)]
        )

    def clean_due_on(self) -> date | None:
        """Take working days after today; without a day the term counts from the signature."""
        day = self.cleaned_data["due_on"]
        return working_day_ahead(day) if day else None

    def clean(self) -> dict[str, Any]:
        """Refuse the form where a question is refused."""
        refused = [each for each in self.questions if self.is_bound and not each.is_valid()]
        if refused:
            self.add_error(None, _("A question was not accepted. See what is said beside it."))
        return self.cleaned_data

    def given(self) -> RequestInput:
        """Return the input; an agency that is not asked is not optional either."""
        data = self.cleaned_data
        asked = [self.choices.get(value) for value in data["agencies"]]
        return RequestInput(
            agencies=asked,
            optional=frozenset(map(int, data["optional"])) & {agency.pk for agency in asked},
            due_on=data["due_on"],
            silence=data["silence"],
            note=clean_text(data["note"]),
            questions=[question for each in self.questions if (question := each.question())],
        )

    def fingerprint(self) -> dict[str, Any]:
        """Return what makes this request another one than an earlier one with the same key."""
        return self.cleaned_data | {"questions": [repr(each.question()) for each in self.questions]}

    def ticked(self, name: str) -> set[str]:
        """Return the keys of the agencies that are ticked on the page: as asked, or as optional."""
        return {str(value) for value in self[name].value() or ()}


def read_back(draft: RequestDraft | None, choice: Mapping[int, bool]) -> dict[str, Any]:
    """Return what the form shows of what is stored."""
    return {
        "key": uuid4(),
        "version": draft.version if draft else 0,
        "agencies": [str(pk) for pk in choice],
        "optional": [str(pk) for pk, is_required in choice.items() if not is_required],
        "due_on": draft.due_on if draft else None,
        "silence": (draft.silence if draft else "") or regulation.rules("SILENCE")["policy"],
        "note": draft.note if draft else "",
    }


def questions_read_back(draft: RequestDraft | None) -> list[dict[str, Any]]:
    """Return what the rows show of the stored questions."""
    stored = draft.questions if draft else []
    return [{"text": each["text"], "option": each["options"], "picks": each["picks"]} for each in stored]


def typed(data: Typed) -> dict[str, Any]:
    """Return what the form shows of what was typed and not judged."""
    several = {name: list(data.get(f"{PREFIX}-{name}", ())) for name in ("agencies", "optional")}
    single = {name: _one(data, f"{PREFIX}-{name}") for name in ("version", "due_on", "silence", "note")}
    return single | several | {"key": uuid4()}


def typed_questions(data: Typed) -> list[dict[str, Any]]:
    """Return the questions that were typed, empty rows as well."""
    return [
        {
            "text": _one(data, f"{PREFIX}-q{n}-text"),
            "option": list(data.get(f"{PREFIX}-q{n}-option", ())),
            "picks": _one(data, f"{PREFIX}-q{n}-picks"),
        }
        for n in _indexes(data)
    ]


def words_typed(data: Typed) -> Iterator[str]:
    """Yield the texts that were typed, so that nobody has to write them again."""
    yield _one(data, f"{PREFIX}-note")
    for question in typed_questions(data):
        yield "\n".join([question["text"], *(f"– {option}" for option in question["option"] if option)])


def _one(data: Typed, name: str) -> str:
    return next(iter(data.get(name, ())), "")


def _indexes(data: Any) -> list[int]:
    """Return the numbers of the question rows in what was sent, in their order."""
    return sorted({int(found[1]) for name in data if (found := QUESTION.fullmatch(name))})
