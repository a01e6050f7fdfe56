"""What every form of an act carries: the key made when it was drawn, and what the page showed."""

from typing import Any, ClassVar
from uuid import uuid4

from django import forms

from workflows.models import CaseTask

SHORT_TEXT = 2_000
LONG_TEXT = 20_000


class ActForm(forms.Form):
    """An act on a task. `given()` is what the verb's domain function takes.

    `key` makes a repeat harmless; `seen` is the stamp of the revision on the page. Of a page that says what changed
    since it was drawn, `drawn` tells what that was.
    """

    key = forms.UUIDField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=80)

    drawn = forms.CharField(widget=forms.HiddenInput, required=False, max_length=200)

    own_fields: ClassVar[tuple[str, ...]] = ("key", "seen", "drawn")
    # What says that something was looked at: it has to be said again of what is there now.
    looked_at: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self, *args: Any, task: CaseTask, seen: str = "", drawn: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.task = task
        self.fields["key"].initial = uuid4
        self.fields["seen"].initial = seen
        if drawn is None:
            del self.fields["drawn"]
        else:
            self.fields["drawn"].initial = drawn

    def given(self) -> dict[str, Any]:
        """Return the cleaned input as the domain function's keyword arguments."""
        return {name: value for name, value in self.cleaned_data.items() if name not in self.own_fields}


class KeyForm(forms.Form):
    """An act beside the tasks that needs nothing but its key."""

    key = forms.UUIDField(widget=forms.HiddenInput)


class NoInputForm(ActForm):
    """An act that needs no words."""


class NoteForm(ActForm):
    """An act with an optional message to the next person."""

    note = forms.CharField(required=False, max_length=SHORT_TEXT, widget=forms.Textarea(attrs={"rows": 3}))


class ReasonForm(ActForm):
    """An act that needs a reason."""

    reason = forms.CharField(max_length=SHORT_TEXT, widget=forms.Textarea(attrs={"rows": 4}))
