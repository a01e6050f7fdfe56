"""The annexes of a plan as its page takes them: files to add, titles typed, and the button that was pressed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from workflows.domain import annexes, file_kinds
from workflows.forms.opinion_files import FilesField, FilesInput
from workflows.forms.plans import clean_text, key_of


class AnnexForm(forms.Form):
    """The files that become annexes."""

    uploads = FilesField(
        label=_("Files to add as annexes"),
        help_text=_("PDF, DOCX, XLSX, PNG or JPG, at most 20 MB each, at most 20 annexes."),
        required=False,
        widget=FilesInput(attrs={"accept": file_kinds.ACCEPT, "multiple": True}),
    )


@dataclass(frozen=True, slots=True)
class AnnexOp:
    """A button of the page: what to do, and with which annex."""

    name: str
    key: UUID | None = None

    OF_ONE: ClassVar[tuple[str, ...]] = ("up", "down", "remove")
    NAMES: ClassVar[tuple[str, ...]] = ("save", "add", *OF_ONE)

    @classmethod
    def parse(cls, text: str) -> "AnnexOp | None":
        """Return the op, or None where the button is not one of ours."""
        name, _colon, key = text.partition(":")
        found = cls(name, key_of(key))
        return found if name in cls.NAMES and (name not in cls.OF_ONE or found.key is not None) else None


def typed_titles(posted: Mapping[str, str]) -> Iterator[tuple[UUID, str]]:
    """Yield the titles that were typed over: t-<key> the title, b-<key> what it was when the page was drawn."""
    for name, value in posted.items():
        key = key_of(name[2:]) if name.startswith("t-") else None
        title = clean_text(value)[: annexes.MAX_TITLE + 1]
        if key is not None and title != clean_text(posted.get(f"b-{key}", "")):
            yield key, title
