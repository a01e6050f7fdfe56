"""The kinds of files we take, told by what a file holds and how it is built, never by its name alone."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflows.domain.errors import DomainError
from workflows.models import PDF
from workflows.uploads import child, verdicts

MAX_BYTES = 25 * 1024 * 1024


class BadFileError(DomainError):
    """The file cannot be taken; says why."""

    def __init__(self, message: str) -> None:
        super().__init__(message, field="file")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file we take: what the inspector calls it, its names' endings, its media type, its first bytes."""

    name: str
    endings: tuple[str, ...]
    content_type: str
    head: bytes


_OFFICE = "application/vnd.openxmlformats-officedocument."
KINDS = (
    Kind("pdf", (".pdf",), PDF, b"%PDF-"),
    Kind("docx", (".docx",), f"{_OFFICE}wordprocessingml.document", b"PK\x03\x04"),
    Kind("xlsx", (".xlsx",), f"{_OFFICE}spreadsheetml.sheet", b"PK\x03\x04"),
    Kind("png", (".png",), "image/png", b"\x89PNG\r\n\x1a\n"),
    Kind("jpg", (".jpg", ".jpeg"), "image/jpeg", b"\xff\xd8\xff"),
)
ACCEPT = ",".join(ending for kind in KINDS for ending in kind.endings)

WORDS = {
    verdicts.MISMATCH: gettext_lazy("The content of this file is not what its name says (%(ending)s)."),
    verdicts.BROKEN: gettext_lazy(
        "The file is broken or was cut off on the way. Open it, save it anew and hand in that copy."
    ),
    verdicts.ENCRYPTED: gettext_lazy("The file is locked with a password. Hand in a copy without one."),
    verdicts.MACROS: gettext_lazy(
        "The file holds macros or embedded controls. Save it without them and hand in that copy."
    ),
    verdicts.EMBEDDED: gettext_lazy(
        "Another file is embedded in this one. Hand in each file by itself; paste charts as pictures."
    ),
    verdicts.EXTERNAL: gettext_lazy(
        "The file fetches something from elsewhere when it is opened (a template, a linked picture or workbook). "
        "Break these links, save it and hand in that copy."
    ),
    verdicts.SCRIPT: gettext_lazy(
        "The file does something by itself when it is opened (scripts, forms, media). Print it to PDF and hand in "
        "that copy."
    ),
    verdicts.BOMB: gettext_lazy(
        "Unpacked, this file is far larger than it looks. Save it anew without what it does not need, or split it."
    ),
    verdicts.DISGUISED: gettext_lazy(
        "Something else is hidden in this file, before, behind or between its parts. Save it anew from the program "
        "it was made with and hand in that copy."
    ),
    verdicts.DIMENSIONS: gettext_lazy(
        "The picture is larger than 10,000 points on one side. Make it smaller and hand in that copy."
    ),
    verdicts.UNCHECKED: gettext_lazy(
        "This file could not be checked in time. Hand in a simpler copy, for example printed to PDF."
    ),
}
# An upload is inspected once, however many acts ask: by the view before locks are taken, by the domain again.
_known: "WeakKeyDictionary[UploadedFile[Any], Kind]" = WeakKeyDictionary()


def recognise(upload: "UploadedFile[Any]") -> Kind:
    """Return the kind of an upload, told by its content; its name must agree.

    Raises:
        BadFileError: empty, too large, of no kind we take, named as another kind, broken, or hiding something.
    """
    if not upload.size:
        raise BadFileError(_("The file is empty."))
    if upload.size > MAX_BYTES:
        raise BadFileError(_("The file is larger than %(n)s MB.") % {"n": MAX_BYTES // 1024**2})
    ending = Path(upload.name or "").suffix.lower()
    kind = next((kind for kind in KINDS if ending in kind.endings), None)
    if kind is None:
        raise BadFileError(_("Only PDF, DOCX, XLSX, PNG and JPG files are taken."))
    if _known.get(upload) != kind:
        verdict = _verdict(upload, kind)
        if verdict:
            raise BadFileError(str(WORDS[verdict]) % {"ending": ending})
        _known[upload] = kind
    return kind


def _verdict(upload: "UploadedFile[Any]", kind: Kind) -> str:
    upload.seek(0)
    if upload.read(len(kind.head)) != kind.head:
        return verdicts.MISMATCH
    return child.inspect(upload, kind.name)[0]
