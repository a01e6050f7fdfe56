"""The choice of a hat."""

from collections.abc import Sequence
from typing import Any

from django import forms

from accounts.authority import Hat, own_hats


class HatForm(forms.Form):
    """One of the person's own memberships; one that is lent to her is never worn by choice."""

    membership = forms.TypedChoiceField(coerce=int)

    def __init__(self, *args: Any, hats: Sequence[Hat], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["membership"].choices = [(hat.membership_id, hat.title) for hat in own_hats(hats)]  # type: ignore[attr-defined]
