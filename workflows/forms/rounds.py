"""Forms of a round that runs: more agencies, fewer, more time, an answer to a wish for it, and the end."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar
from uuid import uuid4

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Agency, AgencyKind
from workflows.domain.calendars import load_calendar
from workflows.forms.base import SHORT_TEXT
from workflows.forms.fields import AgencyChoices, Check, VietnameseDateField
from workflows.forms.opinions import working_day_ahead

ALL, CHOSEN = "all", "chosen"
REQUIRED, OPTIONAL = "required", "optional"


def _words(rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "class": "textarea"})


class RoundForm(forms.Form):
    """An act on a round: `key` makes a repeat harmless, `op` says which act it is."""

    name: ClassVar[str]

    op = forms.CharField(widget=forms.HiddenInput)
    key = forms.UUIDField(widget=forms.HiddenInput)

    own_fields = ("op", "key")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"{self.name}-%s")
        super().__init__(*args, **kwargs)
        self.fields["op"].initial = self.name
        self.fields["key"].initial = uuid4

    def given(self) -> dict[str, Any]:
        """Return the cleaned input as the act's keyword arguments."""
        return {name: value for name, value in self.cleaned_data.items() if name not in self.own_fields}


class RemindForm(RoundForm):
    """Reminding needs no words."""

    name = "remind"


class CloseForm(RoundForm):
    """Closing early needs no words."""

    name = "close"


class AgainForm(RoundForm):
    """Beginning another answer of one agency."""

    name = "again"

    opinion = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


@dataclass(frozen=True, slots=True)
class PickGroup:
    """Agencies of one kind: one box for all of them, one for each."""

    value: str
    label: str | Promise
    is_checked: bool
    checks: Sequence[Check]


class AddForm(RoundForm):
    """Further agencies, singly or all of a kind; none of those in `taken`."""

    name = "add"

    agencies = forms.MultipleChoiceField(
        label=_("Agencies"), required=False, widget=forms.CheckboxSelectMultiple
    )
    kinds = forms.MultipleChoiceField(
        label=_("All of a kind"),
        required=False,
        choices=AgencyKind.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    need = forms.ChoiceField(
        label=_("Their answer is"),
        choices=[
            (REQUIRED, pgettext_lazy("answer", "required: the round waits for it")),
            (OPTIONAL, pgettext_lazy("answer", "optional: the round may be closed without it")),
        ],
        initial=REQUIRED,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether their answer is required.")},
    )

    picks = ("agencies", "kinds")

    def __init__(self, *args: Any, choices: AgencyChoices, taken: Collection[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        left = [
            (kind, [(value, name) for value, name in found if int(value) not in taken])
            for kind, found in choices.groups()
        ]
        self.left = [(kind, found) for kind, found in left if found]
        self.choices = choices
        field = self.fields["agencies"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = self.left

    def groups(self) -> list[PickGroup]:
        """Return the check boxes by kind of agency."""
        chosen, kinds = set(self["agencies"].value() or ()), set(self["kinds"].value() or ())
        return [self._group(label, found, chosen, kinds) for label, found in self.left]

    def _group(
        self, label: str, found: Sequence[tuple[str, str]], chosen: set[str], kinds: set[str]
    ) -> PickGroup:
        kind = str(self.choices.get(found[0][0]).kind)
        is_checked = kind in kinds
        return PickGroup(
            kind,
            label,
            is_checked,
            [Check(value, name, is_checked or value in chosen) for value, name in found],
        )

    def clean(self) -> dict[str, Any]:
        """Ask for at least one agency."""
        if "agencies" not in self.errors and not self.chosen():
            self.add_error("agencies", _("Choose at least one agency to add."))
        return self.cleaned_data

    def chosen(self) -> list[Agency]:
        """Return the agencies chosen singly or with their kind, each once."""
        chosen, kinds = set(self.cleaned_data["agencies"]), set(self.cleaned_data.get("kinds", ()))
        listed = [self.choices.get(value) for _label, found in self.left for value, _name in found]
        return [agency for agency in listed if str(agency.pk) in chosen or agency.kind in kinds]

    def given(self) -> dict[str, Any]:
        """Return the agencies, and whether the round waits for them."""
        return {"agencies": self.chosen(), "is_required": self.cleaned_data["need"] == REQUIRED}


class WithdrawForm(RoundForm):
    """Withdrawing the request to one agency."""

    name = "withdraw"

    opinion = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=SHORT_TEXT,
        error_messages={"required": _("Say why the request is withdrawn.")},
        widget=_words(),
    )


class MoreTimeForm(RoundForm):
    """Until when, and why; the day must be one the office works on. `until` becomes its closing hour."""

    until = VietnameseDateField(
        label=_("Answers are due"), error_messages={"required": _("Give the new day.")}
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=SHORT_TEXT,
        error_messages={"required": _("Say why more time is given.")},
        widget=_words(),
    )

    def clean_until(self) -> date:
        """Take working days after today; name the next one otherwise."""
        return working_day_ahead(self.cleaned_data["until"])

    def given(self) -> dict[str, Any]:
        """Return the input; the day becomes the moment at which the office closes on it."""
        given = super().given()
        return given | {"until": load_calendar().end_of(given["until"])}


class GivenTimeForm(MoreTimeForm):
    """More time as the lead gives it: few days left for the answers have to be confirmed, once that is known."""

    accepts_short_reserve = forms.BooleanField(
        label=_("The few days left for the answers are meant so"), required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_bound and self.data.get("accepts_short_reserve") == "on":
            self.ask_reserve()

    def ask_reserve(self) -> None:
        """Show the box that confirms a short reserve."""
        self.fields["accepts_short_reserve"].widget = forms.CheckboxInput()


class ExtendForm(GivenTimeForm):
    """More time for all agencies that have not answered, or for chosen ones."""

    name = "extend"

    whom = forms.ChoiceField(
        label=_("More time for"),
        choices=[
            (ALL, _("all agencies that have not answered")),
            (CHOSEN, _("the agencies ticked below")),
        ],
        initial=ALL,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say which agencies get more time.")},
    )
    opinions = forms.TypedMultipleChoiceField(
        label=_("Agencies"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )

    picks = ("opinions",)
    field_order = ("whom", "opinions", "until", "reason", "accepts_short_reserve")

    def __init__(self, *args: Any, waiting: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["opinions"]
        assert isinstance(field, forms.TypedMultipleChoiceField)
        field.choices = [(str(pk), name) for pk, name in waiting]
        field.error_messages["invalid_choice"] = _(
            "One of these agencies has answered meanwhile. Nothing was changed."
        )

    def checks(self) -> list[Check]:
        """Return the check boxes of the agencies that have not answered."""
        chosen = {str(value) for value in self["opinions"].value() or ()}
        choices: list[tuple[str, str]] = getattr(self["opinions"].field, "choices", [])
        return [Check(value, name, value in chosen) for value, name in choices]

    def clean(self) -> dict[str, Any]:
        """Ask for at least one agency where they are chosen."""
        cleaned = self.cleaned_data
        if cleaned.get("whom") == CHOSEN and not cleaned.get("opinions") and "opinions" not in self.errors:
            self.add_error("opinions", _("Choose at least one agency."))
        return cleaned

    def chosen(self) -> list[int] | None:
        """Return the keys of the opinions that were chosen, None for all."""
        return self.cleaned_data["opinions"] if self.cleaned_data["whom"] == CHOSEN else None

    def given(self) -> dict[str, Any]:
        """Return until when and why."""
        given = super().given()
        return {name: value for name, value in given.items() if name not in {"whom", "opinions"}}


class GrantForm(GivenTimeForm):
    """Giving an agency the time it asked for, or another day."""

    name = "grant"

    wish = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def given(self) -> dict[str, Any]:
        """Return until when and why."""
        given = super().given()
        del given["wish"]
        return given


class RefuseForm(RoundForm):
    """Refusing an agency more time."""

    name = "refuse"

    wish = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    answer = forms.CharField(
        label=_("Reason"),
        max_length=SHORT_TEXT,
        error_messages={"required": _("Say why more time is not given.")},
        widget=_words(),
    )


class AskForm(MoreTimeForm):
    """An agency asks for more time."""

    name = "ask"

    opinion = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].label = _("More time is wanted until")
        self.fields["reason"].error_messages["required"] = str(_("Say why more time is needed."))

    def given(self) -> dict[str, Any]:
        """Return until when and why."""
        given = super().given()
        del given["opinion"]
        return given
