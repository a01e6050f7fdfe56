"""What the list sends of a choice of tasks, and what the page before a bulk act sends back."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from workflows.flows import bulk


class GoForm(forms.Form):
    """The key made when the page was drawn; the items as ticked, one field each."""

    key = forms.UUIDField()

    def __init__(self, data: MultiValueDict[str, Any]) -> None:
        super().__init__(data)
        sent = map(read_item, data.getlist("item"))
        self.items: dict[UUID, str] = dict(item for item in sent if item is not None)

    def clean(self) -> None:
        """Refuse a choice of none, or of too many."""
        check_count(len(self.items))


def read_item(text: str) -> tuple[UUID, str] | None:
    """Return the task and the stamp that an item of the form names; None for anything else."""
    task, _tilde, seen = text.partition("~")
    found = read_task(task)
    return (found, seen) if found else None


def read_task(text: str) -> UUID | None:
    """Return the task that a box of the list names; None for anything else."""
    try:
        return UUID(text)
    except ValueError:
        return None


def check_count(count: int) -> None:
    """Refuse a choice of none, or of more than go at once.

    Raises:
        ValidationError: says how many were chosen.
    """
    if not count:
        raise ValidationError(_("Choose at least one task."))
    if count > bulk.LIMIT:
        words = _("At most %(limit)s tasks at once; you chose %(n)s. Choose fewer, or do them in two goes.")
        raise ValidationError(words % {"limit": bulk.LIMIT, "n": count})
