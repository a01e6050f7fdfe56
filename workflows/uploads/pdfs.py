"""PDF: whole, open to everybody, and without anything that acts when it is opened."""

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from .verdicts import (
    BOMB,
    BROKEN,
    DISGUISED,
    EMBEDDED,
    ENCRYPTED,
    EXTERNAL,
    MISMATCH,
    SCRIPT,
    refuse,
    refuse_second_face,
)

END = b"%%EOF"
MOST_OBJECTS = 500_000
DEEPEST = 60
SPACE = b"\x00\t\n\x0c\r "

SCRIPTS = {
    "/JavaScript",
    "/Launch",
    "/ImportData",
    "/SubmitForm",
    "/Rendition",
    "/RichMediaExecute",
    "/Movie",
    "/Sound",
}
ELSEWHERE = {"/GoToR", "/GoToE", "/Thread"}
MEDIA = {"/RichMedia", "/Movie", "/Screen", "/3D", "/Sound"}
WEB = re.compile(rb"\s*(https?://|mailto:|#|[^:]*$)", re.IGNORECASE)
OPENS_WITH = {"/GoTo"}


def inspect(content: bytes) -> None:
    """Read every object of a PDF.

    Raises:
        RefusedError: no PDF, damaged, protected, or it holds what acts, hides or reaches out.
    """
    refuse(MISMATCH, when=not content.startswith(b"%PDF-"))
    end = content.rfind(END)
    refuse(MISMATCH, when=end < 0)
    refuse(DISGUISED, when=content[end + len(END) :].strip(SPACE))
    refuse_second_face(content)
    refuse(DISGUISED, when=zipfile.is_zipfile(BytesIO(content)))
    _read(content)


def _read(content: bytes) -> None:
    import pikepdf  # noqa: PLC0415 - only a PDF pays for it

    try:
        with pikepdf.open(BytesIO(content), attempt_recovery=False, suppress_warnings=True) as document:
            refuse(ENCRYPTED, when=document.is_encrypted)
            refuse(BROKEN, when=not len(document.pages))
            _inspect_opening(document.Root)
            for item in _objects(document):
                _inspect_object(item)
    except pikepdf.PasswordError:
        refuse(ENCRYPTED)
    except pikepdf.PdfError:
        refuse(BROKEN)


def _objects(document: Any) -> Iterator[Any]:
    """Yield every dictionary of the file, however deep it lies."""
    count = 0
    for top in document.objects:
        waiting = [(top, 0)]
        while waiting:
            item, depth = waiting.pop()
            count += 1
            refuse(BOMB, when=count > MOST_OBJECTS or depth > DEEPEST)
            waiting += [(inner, depth + 1) for inner in _inside(item) if not _is_reference(inner)]
            if _is_dictionary(item):
                yield item


def _inside(item: Any) -> list[Any]:
    import pikepdf  # noqa: PLC0415

    if isinstance(item, pikepdf.Array):
        return list(item)
    return [value for _key, value in item.items()] if _is_dictionary(item) else []


def _is_dictionary(item: Any) -> bool:
    import pikepdf  # noqa: PLC0415

    return isinstance(item, pikepdf.Dictionary | pikepdf.Stream)


def _is_reference(item: Any) -> bool:
    return bool(getattr(item, "is_indirect", False))


def _inspect_opening(root: Any) -> None:
    """Let a file open at a page of its own, and do nothing else."""
    action = root.get("/OpenAction")
    if _is_dictionary(action):
        refuse(SCRIPT, when=str(action.get("/S", "")) not in OPENS_WITH)
    form = root.get("/AcroForm")
    refuse(SCRIPT, when=_is_dictionary(form) and "/XFA" in form)
    names = root.get("/Names")
    refuse(SCRIPT, when=_is_dictionary(names) and "/JavaScript" in names)
    refuse(EMBEDDED, when=_is_dictionary(names) and "/EmbeddedFiles" in names)
    refuse(EMBEDDED, when="/Collection" in root)


def _inspect_object(item: Any) -> None:
    kind, act = str(item.get("/Subtype", "")), str(item.get("/S", ""))
    refuse(SCRIPT, when="/JS" in item or "/XFA" in item or act in SCRIPTS or kind in MEDIA)
    refuse(EXTERNAL, when=act in ELSEWHERE)
    is_file = str(item.get("/Type", "")) == "/EmbeddedFile" or "/EF" in item or kind == "/FileAttachment"
    refuse(EMBEDDED, when=is_file)
    if act == "/URI" and "/URI" in item:
        refuse(EXTERNAL, when=not WEB.match(bytes(item["/URI"])))
