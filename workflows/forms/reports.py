"""Forms of reporting a result and of the Office's answer to it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.authority import Actor
from workflows.domain import file_kinds, files
from workflows.forms.base import LONG_TEXT, SHORT_TEXT, ActForm
from workflows.models import StoredFile


class ReportForm(ActForm):
    """What was done, and the document that shows it: its number, or the file itself.

    The file is stored only for somebody who `may_store` it; otherwise an earlier copy of the same upload is looked up,
    so that a repeated report is recognised as the repeat it is.
    """

    text = forms.CharField(
        label=_("Result"),
        help_text=_("What was done, what was reached, what is left."),
        max_length=LONG_TEXT,
        error_messages={"required": _("Say what was done.")},
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    document_number = forms.CharField(
        label=_("Number of the document"),
        help_text=_("For example 1250/BC-SLĐTBXH. Give the number or attach the file."),
        required=False,
        max_length=60,
    )
    file = forms.FileField(
        label=_("File"),
        help_text=_("PDF, DOCX, XLSX, PNG or JPG, at most 25 MB."),
        required=False,
        max_length=255,
        error_messages={
            "empty": _("The file is empty."),
            "max_length": _("The name of the file is too long."),
        },
        widget=forms.FileInput(attrs={"accept": file_kinds.ACCEPT}),
    )

    def __init__(self, *args: Any, actor: Actor, may_store: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor, self.may_store = actor, may_store

    def given(self) -> dict[str, Any]:
        """Return the input with the stored file."""
        return super().given() | {"file": self._stored()}

    def _stored(self) -> StoredFile | None:
        upload = self.cleaned_data["file"]
        if not upload:
            return None
        keep = files.store_file if self.may_store else files.find_stored
        return keep(upload, self.task.process.assignment, actor=self.actor)


class ConfirmForm(ActForm):
    """The Office confirms, with a word where it has one."""

    answer = forms.CharField(
        label=_("The Office's answer"),
        required=False,
        max_length=SHORT_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class SendBackForm(ActForm):
    """What is missing in a reported result."""

    reason = forms.CharField(
        label=_("What is missing"),
        max_length=SHORT_TEXT,
        error_messages={"required": _("Say what is missing in the result.")},
        widget=forms.Textarea(attrs={"rows": 4}),
    )
