"""Entering a directive: what the document says about itself, and its assignments."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import uuid4

from django import forms
from django.core.validators import RegexValidator
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Agency, Field
from workflows.domain.calendars import load_calendar
from workflows.domain.entries import AssignmentInput, DirectiveInput, EnteredDirective
from workflows.models import Modality, Product, Urgency

from .base import LONG_TEXT, SHORT_TEXT
from .fields import AgencyChoices, VietnameseDateField

MOST_ROWS = 40
LARGEST_NUMBER = 99_999
WHITE = " \t\r\n"
no_agency = gettext_lazy("No such agency exists today. Choose one from the list.")
is_symbol = RegexValidator(
    r"^[^\W\d_][\w&]*(-[^\W\d_][\w&]*)*$",
    gettext_lazy("Write the symbol as on the document, for example UBND-TKTH."),
)


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class DirectiveForm(forms.Form):
    """What the document says about itself. `key` makes a repeat harmless."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    number = forms.IntegerField(
        label=gettext_lazy("Number"), min_value=1, max_value=LARGEST_NUMBER, localize=False
    )
    symbol = forms.CharField(label=gettext_lazy("Symbol"), max_length=60, validators=[is_symbol])
    issued_on = VietnameseDateField(label=gettext_lazy("Date of issue"))
    urgency = forms.ChoiceField(
        label=gettext_lazy("Urgency"), choices=Urgency.choices, initial=Urgency.NORMAL
    )
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=500, widget=_area(2))
    bases = forms.CharField(
        label=gettext_lazy("Bases"),
        max_length=SHORT_TEXT,
        required=False,
        widget=_area(3),
        help_text=gettext_lazy("One document a line, for example 84/NQ-CP."),
    )

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = uuid4
        self.fields["number"].widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})

    def clean_issued_on(self) -> Any:
        """Refuse a document of tomorrow."""
        issued_on = self.cleaned_data["issued_on"]
        if issued_on > timezone.localdate():
            raise forms.ValidationError(_("A directive cannot be dated in the future."))
        return issued_on

    def given(self, issuer: Agency) -> DirectiveInput:
        """Return the cleaned input."""
        data = self.cleaned_data
        return DirectiveInput(
            number=data["number"],
            symbol=data["symbol"],
            issued_on=data["issued_on"],
            subject=" ".join(data["subject"].split()),
            issuer=issuer,
            urgency=Urgency(data["urgency"]),
            bases=data["bases"],
        )


class DirectiveCorrectionForm(DirectiveForm):
    """What was entered about a directive, put right. `seen` is the stamp of what the page showed."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=80)


class AssignmentForm(forms.Form):
    """One assignment of the directive: to a lead agency, or to all addressees."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=300)
    text = forms.CharField(
        label=gettext_lazy("The assignment as written"),
        max_length=LONG_TEXT,
        required=False,
        widget=_area(3),
        help_text=gettext_lazy("Left empty, the title stands for it."),
    )
    lead = forms.TypedChoiceField(
        label=gettext_lazy("Lead agency"),
        required=False,
        empty_value=None,
        error_messages={"invalid_choice": no_agency},
    )
    addressees = forms.CharField(
        label=gettext_lazy("Addressees"),
        max_length=300,
        required=False,
        help_text=gettext_lazy(
            "Only where there is no lead agency, for example “all departments and districts”."
        ),
    )
    coordinating = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Coordinating agencies"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": no_agency},
    )
    product = forms.ChoiceField(
        label=gettext_lazy("Product"), choices=Product.choices, initial=Product.REPORT
    )
    modality = forms.ChoiceField(
        label=gettext_lazy("Modality"), choices=Modality.choices, initial=Modality.ORDER
    )
    due_on = VietnameseDateField(label=gettext_lazy("Due"), required=False)
    due_phrase = forms.CharField(label=gettext_lazy("Deadline as written"), max_length=120, required=False)
    basis = forms.CharField(label=gettext_lazy("Basis"), max_length=200, required=False)
    target = forms.CharField(label=gettext_lazy("Target"), max_length=300, required=False)
    field = forms.TypedChoiceField(
        label=gettext_lazy("Field of responsibility"),
        required=False,
        empty_value=None,
        help_text=gettext_lazy("The case goes to the Vice-Chair and the specialist in charge of it."),
    )

    def __init__(
        self, *args: Any, agencies: AgencyChoices, fields_of_work: Sequence[Field] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        groups, coerce = agencies.groups(), _chosen_from(agencies)
        lead: Any = self.fields["lead"]
        lead.choices, lead.coerce = [("", _("None: to all addressees")), *groups], coerce
        field: Any = self.fields["field"]
        by_key = {str(each.pk): each for each in fields_of_work}
        field.choices = [
            ("", _("None: whoever is free")),
            *((key, each.name) for key, each in by_key.items()),
        ]
        field.coerce = by_key.get
        coordinating: Any = self.fields["coordinating"]
        coordinating.choices, coordinating.coerce = groups, coerce

    def clean(self) -> dict[str, Any]:
        """Check what one field says against another, each fault on its own field."""
        data = super().clean() or {}
        lead, coordinating = data.get("lead"), data.get("coordinating") or ()
        if lead is None:
            self._check_umbrella(data, is_coordinated=bool(coordinating))
        elif data.get("addressees"):
            self.add_error("addressees", _("Leave this empty where a lead agency is named."))
        if lead is not None and lead in coordinating:
            self.add_error("coordinating", _("The lead agency cannot also coordinate."))
        if data.get("due_on") and load_calendar().end_of(data["due_on"]) <= timezone.now():
            self.add_error("due_on", _("The due date must be after today."))
        return data

    def _check_umbrella(self, data: dict[str, Any], *, is_coordinated: bool) -> None:
        if not data.get("addressees") and not {"lead", "addressees"} & set(self.errors):
            self.add_error("lead", _("Name the lead agency, or whom the assignment is addressed to."))
        if is_coordinated and "lead" not in self.errors:
            self.add_error("coordinating", _("Only an assignment with a lead agency is coordinated."))

    def given(self) -> AssignmentInput:
        """Return the cleaned input; a due date ends when the office closes."""
        data = self.cleaned_data
        due_on = data["due_on"]
        return AssignmentInput(
            title=" ".join(data["title"].split()),
            text=data["text"] or data["title"],
            lead=data["lead"],
            coordinating=tuple(data["coordinating"]),
            product=Product(data["product"]),
            modality=Modality(data["modality"]),
            addressees=data["addressees"],
            basis=data["basis"],
            target=data["target"],
            due_at=load_calendar().end_of(due_on) if due_on else None,
            due_phrase=data["due_phrase"],
            field=data["field"],
        )


def _chosen_from(agencies: AgencyChoices) -> Callable[[str], Agency]:
    """Return what turns a choice into its agency; an unknown one is a wrong value, not a fault."""

    def coerce(value: str) -> Agency:
        try:
            return agencies.get(value)
        except KeyError as error:
            raise ValueError(value) from error

    return coerce


class BaseAssignmentFormSet(forms.BaseFormSet):  # type: ignore[type-arg]  # not generic at run time
    """The assignments of a new directive; rows left blank are no assignments, but the first one must be filled."""

    def initial_form_count(self) -> int:
        """Return none: every row is new."""
        return 0

    def total_form_count(self) -> int:
        """Return as many rows as were sent, or as there is text to show."""
        if self.is_bound:
            return int(super().total_form_count())
        return min(max(len(self.initial or ()), 1), MOST_ROWS)

    def given(self) -> list[AssignmentInput]:
        """Return the assignments that were filled in."""
        return [form.given() for form in self.forms if form.has_changed()]


AssignmentFormSet = forms.formset_factory(
    AssignmentForm,
    formset=BaseAssignmentFormSet,
    extra=0,
    min_num=1,
    validate_min=True,
    max_num=MOST_ROWS,
    absolute_max=MOST_ROWS,
    validate_max=True,
)


def typed_rows(data: Any, prefix: str) -> list[dict[str, Any]]:
    """Return what was typed into each row, as initial values: nothing is judged, nothing is lost."""
    total = data.get(f"{prefix}-TOTAL_FORMS", "")
    count = min(int(total), MOST_ROWS) if total.isascii() and total.isdigit() and len(total) < 4 else 1
    return [_typed(data, f"{prefix}-{number}-") for number in range(count)]


def typed(data: Any) -> dict[str, Any]:
    """Return what was typed about the directive itself, as initial values."""
    return {name: data[name] for name in DirectiveCorrectionForm.base_fields if name in data}


def read_back(entry: EnteredDirective) -> dict[str, Any]:
    """Return what was entered about the directive itself, as initial values of its correction."""
    given = entry.given
    return {
        "number": given.number,
        "symbol": given.symbol,
        "issued_on": given.issued_on,
        "urgency": given.urgency,
        "subject": given.subject,
        "bases": given.bases,
        "seen": entry.stamp,
    }


def rows_read_back(entry: EnteredDirective) -> list[dict[str, Any]]:
    """Return what was entered about each assignment, as initial values."""
    return [_row_read_back(row) for row in entry.assignments]


def _row_read_back(row: AssignmentInput) -> dict[str, Any]:
    """Return one row. A text that was left empty is left empty: where the title is put right, so is the text."""
    return {
        "title": row.title,
        "text": "" if row.text == row.title else row.text,
        "lead": str(row.lead.pk) if row.lead else "",
        "addressees": row.addressees,
        "coordinating": [str(agency.pk) for agency in row.coordinating],
        "product": row.product,
        "modality": row.modality,
        "due_on": timezone.localtime(row.due_at).date() if row.due_at else None,
        "due_phrase": row.due_phrase,
        "basis": row.basis,
        "target": row.target,
        "field": str(row.field.pk) if row.field else "",
    }


def _typed(data: Any, prefix: str) -> dict[str, Any]:
    given = {name: data[prefix + name] for name in AssignmentForm.base_fields if prefix + name in data}
    if prefix + "coordinating" in data:
        given["coordinating"] = data.getlist(prefix + "coordinating")
    return given
