"""What is done with remarks: one answer, the same answer to several, an upheld view, a met requirement."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from workflows.domain.dispositions import AnswerToRemark
from workflows.domain.tracing import Place
from workflows.forms.base import LONG_TEXT, SHORT_TEXT
from workflows.models import Anchor, Requirement, Treatment

WHOLE = "WHOLE"


def place_value(place: Place) -> str:
    """Return how a place is written in a form; nothing stands for where the remark points."""
    anchor, key = place
    return f"{anchor}:{key}" if key else WHOLE


def place_of(value: str) -> Place:
    """Return the place a form's value names."""
    kind, _colon, key = value.partition(":")
    return (Anchor(kind), UUID(key)) if key else (Anchor.WHOLE, None)


class PlaceChoices:
    """The places of a draft to choose from, in reading order; `changed` are those that are not as they were sent."""

    def __init__(self, places: dict[Place, str], changed: Collection[Place]) -> None:
        self.words = places
        self.changed = changed

    def all(self) -> list[tuple[str, str]]:
        """Return (value, words) of every place."""
        return [(place_value(place), words) for place, words in self.words.items()]

    def offered(self, own: str, *, full: bool, chosen: str = "") -> list[tuple[str, Any]]:
        """Return the options of one select: where the remark points, what has changed, and the rest where `full`."""
        changed: list[tuple[str, str]] = []
        rest: list[tuple[str, str]] = []
        for place, words in self.words.items():
            option = (place_value(place), words)
            (changed if place in self.changed else rest).append(option)
        kept = rest if full else [option for option in rest if option[0] in {WHOLE, chosen}]
        groups = [(str(_("Changed since it was sent")), changed), (str(_("Not changed")), kept)]
        return [("", own), *((label, options) for label, options in groups if options)]


class TreatmentForm(forms.Form):
    """What the lead does with remarks. `key` makes a repeat harmless."""

    treatment = forms.ChoiceField(
        label=_("Treatment"),
        choices=Treatment.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what is done with the remark.")},
    )
    text = forms.CharField(
        label=_("Answer"),
        required=False,
        max_length=LONG_TEXT,
        widget=forms.Textarea(attrs={"rows": 2, "class": "textarea"}),
    )
    place = forms.ChoiceField(
        label=_("Text changed at"), required=False, widget=forms.Select(attrs={"class": "input"})
    )
    needs_no_change = forms.BooleanField(label=_("The draft needs no change"), required=False)
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, places: PlaceChoices, own: str, full: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = uuid4
        field = self.fields["place"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", own), *places.all()]
        field.widget.choices = places.offered(own, full=full, chosen=self["place"].value() or "")

    @property
    def attempt_key(self) -> UUID:
        """The key the form was drawn with."""
        return self.cleaned_data["key"] or uuid4()

    def given(self) -> AnswerToRemark:
        """Return the answer as the domain takes it."""
        given = self.cleaned_data
        place = place_of(given["place"]) if given["place"] and not given["needs_no_change"] else None
        return AnswerToRemark(
            Treatment(given["treatment"]), given["text"], place, needs_no_change=given["needs_no_change"]
        )


class DispositionForm(TreatmentForm):
    """One remark; `version` is that of the answer the page was drawn from, 0 for none."""

    version = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)


class BulkDispositionForm(TreatmentForm):
    """The same answer to the remarks that are ticked."""

    def __init__(self, *args: Any, picked: Sequence[int] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.picked = picked

    def clean(self) -> dict[str, Any]:
        """Refuse an answer to nothing."""
        if not self.picked:
            self.add_error(None, _("Tick the remarks that get this answer."))
        return self.cleaned_data


class UpholdForm(forms.Form):
    """Why an agency upholds its view; `version` is that of the answer it read."""

    remark = forms.IntegerField(widget=forms.HiddenInput)
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    key = forms.UUIDField(widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("Why the agency upholds its view"),
        help_text=_("Whoever decides reads it beside the answer of the lead agency."),
        max_length=SHORT_TEXT,
        error_messages={"required": _("Say why your agency upholds its view.")},
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = uuid4


class AnswerForm(forms.Form):
    """How one requirement of a return was met."""

    answer = forms.CharField(
        label=_("Answer"),
        max_length=Requirement._meta.get_field("answer").max_length,
        error_messages={"required": _("Say how the requirement was met.")},
        widget=forms.Textarea(attrs={"rows": 2, "class": "textarea"}),
    )
