"""The files an agency attaches to its answer: any number at once, judged by the domain."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from workflows.domain import file_kinds


class FilesInput(forms.FileInput):
    """A file field that takes several files."""

    allow_multiple_selected = True


class FilesField(forms.Field):
    """The uploads as they came; what they are is told by their content, which the domain reads."""

    widget = FilesInput

    def clean(self, value: Any) -> list[Any]:
        """Return the uploads in a list."""
        return list(value or ())


class AttachForm(forms.Form):
    """What is attached; it shares its page with the answer, so its key has a name of its own."""

    file_key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    uploads = FilesField(
        label=_("Files to attach"),
        help_text=_("PDF, DOCX, XLSX, PNG or JPG, at most 25 MB."),
        widget=FilesInput(attrs={"accept": file_kinds.ACCEPT, "multiple": True}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file_key"].initial = uuid4
