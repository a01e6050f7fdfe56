"""DOCX and XLSX: the parts they say they are, XML without declarations, nothing that runs or reaches out.

Links a person clicks (`hyperlink` relations to http, https and mailto) are taken; every other relation to something
outside the document (templates, linked pictures, linked workbooks, frames) would be fetched on opening and is refused.
"""

import re
from io import BytesIO
from typing import Any
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler

from . import archives
from .verdicts import (
    BOMB,
    BROKEN,
    EMBEDDED,
    EXTERNAL,
    MACROS,
    MISMATCH,
    RefusedError,
    refuse,
    refuse_second_face,
)

DEEPEST = 256
MOST_XML = 100 * 1024 * 1024  # of one part
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = "[Content_Types].xml"
XML = (".xml", ".rels")
ACTIVE = re.compile(r"vbaproject|vbadata|(^|/)activex|oleobject|macrosheets|dialogsheets", re.IGNORECASE)
ACTIVE_TYPE = re.compile(r"macroenabled|vba|oleobject|activex|dialogsheet", re.IGNORECASE)
EMBEDDINGS = re.compile(r"(^|/)(embeddings|package)/", re.IGNORECASE)
LINK = re.compile(r"\s*(https?://|mailto:)", re.IGNORECASE)
DECLARATION = re.compile(rb"<!(doctype|entity)", re.IGNORECASE)
# Fields that start a program or fetch something when they are brought up to date.
RUNS, FETCHES = (
    re.compile(r"\s*DDE(AUTO)?\b", re.IGNORECASE),
    re.compile(r"\s*(INCLUDE(PICTURE|TEXT)|LINK)\b", re.IGNORECASE),
)


def inspect_docx(content: bytes) -> None:
    """Read every part of a DOCX.

    Raises:
        RefusedError: no DOCX, damaged, or it holds what runs, hides or reaches out.
    """
    _inspect(content, "word/document.xml", WORD)


def inspect_xlsx(content: bytes) -> None:
    """Read every part of an XLSX.

    Raises:
        RefusedError: no XLSX, damaged, or it holds what runs, hides or reaches out.
    """
    _inspect(content, "xl/workbook.xml", EXCEL)


def _inspect(content: bytes, main_part: str, main_type: str) -> None:
    archive = archives.opened(content)
    entries = {entry.filename: entry for entry in archive.infolist()}
    refuse(MISMATCH, when=not {main_part, TYPES} <= entries.keys())
    refuse(MACROS, when=any(ACTIVE.search(name) for name in entries))
    refuse(EMBEDDED, when=any(EMBEDDINGS.search(name) for name in entries))
    reader = PartReader()
    _read_xml(archives.part(archive, entries.pop(TYPES)), reader)
    refuse(MACROS, when=any(ACTIVE_TYPE.search(each) for each in reader.types.values()))
    refuse(MISMATCH, when=reader.types.get(f"/{main_part}", "") != f"{main_type}.main+xml")
    for name, entry in entries.items():
        part = archives.part(archive, entry)
        if name.lower().endswith(XML):
            _read_xml(part, reader)
        elif name.lower().endswith(".vml"):
            refuse(BROKEN, when=DECLARATION.search(part))  # not always XML to the letter
    refuse_second_face(content)


def _read_xml(part: bytes, reader: "PartReader") -> None:
    from defusedxml import DefusedXmlException, sax  # noqa: PLC0415 - after the limits are set

    refuse(BOMB, when=len(part) > MOST_XML)
    reader.begin()
    try:
        sax.parse(BytesIO(part), reader, forbid_dtd=True)
    except DefusedXmlException as error:
        raise RefusedError(BOMB) from error
    except (SAXParseException, LookupError, ValueError) as error:
        raise RefusedError(BROKEN) from error
    reader.end()


class PartReader(ContentHandler):
    """Looks at the elements of a part that could do something; remembers the types of parts."""

    def __init__(self) -> None:
        super().__init__()
        self.types: dict[str, str] = {}
        self._depth = 0
        self._in_field = False
        self._field: list[str] = []

    def begin(self) -> None:
        """Begin a part."""
        self._depth, self._in_field = 0, False
        self._field.clear()

    def end(self) -> None:
        """End a part.

        Raises:
            RefusedError: its last field runs or fetches something.
        """
        self._judge_field()

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802 - the library's name
        """Judge an element as it opens."""
        self._depth += 1
        refuse(BOMB, when=self._depth > DEEPEST)
        local = name.rpartition(":")[2]
        judge = getattr(self, f"_see_{local}", None)
        if judge is not None:
            judge({key.rpartition(":")[2]: value for key, value in attrs.items()})

    def endElement(self, name: str) -> None:  # noqa: N802 - the library's name
        """Count an element that closes."""
        self._depth -= 1
        if name.endswith("instrText"):
            self._in_field = False

    def characters(self, content: str) -> None:
        """Gather the instruction of a field, which may be spread over several runs."""
        if self._in_field:
            self._field.append(content)

    def _see_Override(self, given: dict[str, str]) -> None:  # noqa: N802 - named for the element
        self.types[given.get("PartName", "")] = given.get("ContentType", "")

    def _see_Default(self, given: dict[str, str]) -> None:  # noqa: N802 - named for the element
        self.types[f"*.{given.get('Extension', '')}"] = given.get("ContentType", "")

    def _see_Relationship(self, given: dict[str, str]) -> None:  # noqa: N802 - named for the element
        kind, target = given.get("Type", ""), given.get("Target", "")
        refuse(MACROS, when=ACTIVE.search(kind.rpartition("/")[2]) or kind.endswith("/control"))
        if given.get("TargetMode", "").lower() == "external":
            is_link = kind.endswith("/hyperlink") and (LINK.match(target) or target.startswith("#"))
            refuse(EXTERNAL, when=not is_link)

    def _see_altChunk(self, _given: dict[str, str]) -> None:  # noqa: N802 - named for the element
        refuse(EMBEDDED)

    def _see_ddeLink(self, _given: dict[str, str]) -> None:  # noqa: N802 - named for the element
        refuse(MACROS)

    def _see_fldChar(self, given: dict[str, str]) -> None:  # noqa: N802 - named for the element
        if given.get("fldCharType") == "begin":
            self._judge_field()

    def _see_fldSimple(self, given: dict[str, str]) -> None:  # noqa: N802 - named for the element
        self._judge_field()
        self._field.append(given.get("instr", ""))
        self._judge_field()

    def _see_instrText(self, _given: dict[str, str]) -> None:  # noqa: N802 - named for the element
        self._in_field = True

    def _judge_field(self) -> None:
        said = "".join(self._field)
        self._field.clear()
        refuse(MACROS, when=RUNS.match(said))
        refuse(EXTERNAL, when=FETCHES.match(said))
