"""Lending a position."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import regulation
from accounts.authority import Hat
from accounts.domain.delegations import Loan, kinds_of
from accounts.domain.lending import Candidate
from accounts.models import DelegationForm, DocumentKind, Field, Membership

from .dates import OfficeTimeField, VietnameseDateField

Names = dict[int, Hat]


class LendForm(forms.Form):
    """One position, lent for a time; `delegate` names the person and the form of signature in one choice."""

    delegate = forms.ChoiceField(
        label=gettext_lazy("Who acts, and in which form"),
        error_messages={
            "invalid_choice": gettext_lazy("This person cannot sign in that form. Choose from the list.")
        },
    )
    basis = forms.CharField(
        label=gettext_lazy("Basis document"),
        max_length=200,
        help_text=gettext_lazy("The decision or letter by which you lend it, for example 45/GUQ-SKHĐT."),
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Kinds of papers"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one kind of papers.")},
        help_text=gettext_lazy("Ballots, drafting and numbering are never lent."),
    )
    fields_lent = forms.MultipleChoiceField(
        label=gettext_lazy("Fields"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None chosen means every field."),
    )
    starts_on = VietnameseDateField(label=gettext_lazy("From"))
    starts_time = OfficeTimeField(label=gettext_lazy("At"))
    ends_on = VietnameseDateField(label=gettext_lazy("Until"))
    ends_time = OfficeTimeField(label=gettext_lazy("At"))
    note = forms.CharField(
        label=gettext_lazy("Note to the other side"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    use_required_attribute = False

    def __init__(
        self,
        *args: Any,
        membership: Membership,
        candidates: Sequence[Candidate],
        names: Names,
        fields: Iterable[Field],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.membership = membership
        self._candidates = {_value(candidate): candidate for candidate in candidates}
        self._fields = {str(field.pk): field for field in fields}
        self._offer("delegate", [("", _("Choose")), *self._groups(names)])
        self._offer("kinds", [(kind.value, str(kind.label)) for kind in kinds_of(membership)])
        self._offer("fields_lent", [(key, field.name) for key, field in self._fields.items()])

    @property
    def longest(self) -> str:
        """How long it may last, and by which rule, in words."""
        words = _("At most %(days)s days. It ends at that minute by itself.")
        rule = regulation.rules("DELEGATION")
        return f"{words % {'days': rule['max_days']}} {rule['citation']}."

    def loan(self) -> Loan:
        """Return the cleaned input."""
        data = self.cleaned_data
        chosen = self._candidates[data["delegate"]]
        return Loan(
            membership=self.membership,
            delegate=chosen.membership.user,
            form=chosen.form,
            basis=data["basis"],
            kinds=tuple(DocumentKind(kind) for kind in data["kinds"]),
            fields=tuple(self._fields[key] for key in data["fields_lent"]),
            starts_at=_moment(data["starts_on"], data["starts_time"]),
            ends_at=_moment(data["ends_on"], data["ends_time"]),
            note=data["note"],
        )

    def _offer(self, name: str, choices: Any) -> None:
        field: Any = self.fields[name]
        field.choices = choices

    def _groups(self, names: Names) -> list[tuple[str, list[tuple[str, str]]]]:
        """Return (form of signature, people) as far as there is anybody."""
        groups = []
        for form in DelegationForm:
            people = [
                (value, f"{each.membership.user}, {names[each.membership.pk].title}")
                for value, each in self._candidates.items()
                if each.form == form
            ]
            groups += [(str(form.label), people)] if people else []
        return groups


def _value(candidate: Candidate) -> str:
    return f"{candidate.form.value}-{candidate.membership.user_id}-{candidate.membership.pk}"


def _moment(day: Any, clock: Any) -> datetime:
    return datetime.combine(day, clock, timezone.get_current_timezone())


class DeclineForm(forms.Form):
    """Why somebody does not take over."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
