"""The choice of a hat."""

from collections.abc import Sequence
from typing import Any

from django import forms

from accounts.authority import Hat


class HatForm(forms.Form):
    """One of the person's own memberships."""

    membership = forms.TypedChoiceField(coerce=int)

    def __init__(self, *args: Any, hats: Sequence[Hat], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["membership"].choices = [(hat.membership_id, hat.title) for hat in hats]  # type: ignore[attr-defined]
