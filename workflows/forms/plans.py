"""What the plan pages take: typed paragraphs, tasks of the plan, answers to remarks."""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from workflows.domain.editing import ItemInput
from workflows.domain.kept_texts import Typed
from workflows.forms.base import NoteForm
from workflows.forms.fields import AgencyChoices, Check, VietnameseDateField, checks_by_group
from workflows.models import ActionItem, Level


def clean_text(text: str) -> str:
    """Return a text as it is stored: composed letters, one kind of line end, no blank ends, nothing unprintable."""
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(letter for letter in composed if letter >= " " or letter in "\n\t").strip()


def key_of(text: str) -> UUID | None:
    """Return the key a field's name or a button carries, or None where it is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def number_of(text: str) -> int:
    """Return the version a page carries; 0, which is no version, where it is no number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def typed_paragraphs(posted: Mapping[str, str]) -> Iterator[Typed]:
    """Yield the paragraphs of a whole page: p-<key> the text, b-<key> what it was typed over, v-<key> the version.

    A paragraph that still says what it said when the page was drawn is left out.
    """
    for name, value in posted.items():
        key = key_of(name[2:]) if name.startswith("p-") else None
        if key is None:
            continue
        typed = typed_paragraph(
            key, text=value, base=posted.get(f"b-{key}", ""), version=posted.get(f"v-{key}", "")
        )
        if typed.text != typed.base:
            yield typed


def typed_paragraph(key: UUID, *, text: str, base: str, version: str) -> Typed:
    """Return one paragraph as it is stored, from what was sent."""
    return Typed(key, clean_text(text), clean_text(base), number_of(version))


@dataclass(frozen=True, slots=True)
class Op:
    """A button of the editor: what to do with which paragraph; `value` of the button is name:key or level:key:LEVEL."""

    name: str
    key: UUID | None = None
    level: Level | None = None

    NAMES = ("save", "add", "remove", "up", "down", "level", "split")

    @classmethod
    def parse(cls, text: str) -> "Op | None":
        """Return the op, or None where the button is not one of ours."""
        name, _colon, rest = (text or "save").partition(":")
        key, _colon, level = rest.partition(":")
        found = cls(name, key_of(key), Level(level) if level in Level.values else None)
        known = name in cls.NAMES and (name in {"save", "add"} or found.key is not None)
        return found if known and (name != "level" or found.level is not None) else None


class FinishForm(NoteForm):
    """Handing the plan on to the head of the agency; sent to the page of the open task."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].label = _("Message to the head")


def _words(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "class": "textarea"})


def _line() -> forms.TextInput:
    return forms.TextInput(attrs={"class": "input"})


def _max_length(field: str) -> int:
    return getattr(ActionItem._meta.get_field(field), "max_length", 0) or 0


class ItemForm(forms.Form):
    """One task of the plan. `version` is that of the row it was drawn from; a new task has no key."""

    key = forms.UUIDField(required=False, widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    task = forms.CharField(label=_("Task of the plan"), max_length=_max_length("task"), widget=_words(2))
    lead = forms.ChoiceField(label=_("Lead"), widget=forms.Select(attrs={"class": "input"}))
    coordinating = forms.MultipleChoiceField(
        label=_("Coordinating"), required=False, widget=forms.CheckboxSelectMultiple
    )
    due_on = VietnameseDateField(label=_("Due date"), required=False)
    product = forms.CharField(
        label=_("Product"), required=False, max_length=_max_length("product"), widget=_line()
    )
    target = forms.CharField(
        label=_("Target"), required=False, max_length=_max_length("target"), widget=_line()
    )

    def __init__(self, *args: Any, choices: AgencyChoices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choices = choices
        lead, coordinating = self.fields["lead"], self.fields["coordinating"]
        assert isinstance(lead, forms.ChoiceField)
        assert isinstance(coordinating, forms.MultipleChoiceField)
        lead.choices = [("", _("Choose")), *choices.groups()]
        coordinating.choices = choices.groups()

    def groups(self) -> list[tuple[str, list[Check]]]:
        """Return the check boxes of the coordinating agencies by kind."""
        return checks_by_group(self["coordinating"])

    @property
    def chosen(self) -> list[str]:
        """The names of the coordinating agencies ticked on the page."""
        return [check.name for _kind, checks in self.groups() for check in checks if check.is_checked]

    @staticmethod
    def initial_of(item: ActionItem) -> dict[str, Any]:
        """Return what the form shows of a stored task."""
        return {
            "key": item.key,
            "version": item.version,
            "task": item.task,
            "lead": str(item.lead_id),
            "coordinating": [str(agency.pk) for agency in item.coordinating.all()],
            "due_on": item.due_on,
            "product": item.product,
            "target": item.target,
        }

    def item(self) -> ItemInput:
        """Return the task as the domain takes it."""
        given = self.cleaned_data
        return ItemInput(
            task=clean_text(given["task"]),
            lead=self.choices.get(given["lead"]),
            coordinating=tuple(self.choices.get(value) for value in given["coordinating"]),
            due_on=given["due_on"],
            product=clean_text(given["product"]),
            target=clean_text(given["target"]),
        )
