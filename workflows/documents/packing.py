"""Office Open XML packages: text that XML can hold, and the same bytes for the same content."""

import re
from datetime import date
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

# What XML 1.0 cannot hold (section 2.2), with the lone surrogates that UTF-8 cannot.
ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
CORE = "docProps/core.xml"
MOMENTS = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(<)")
OLDEST = (1980, 1, 1, 0, 0, 0)  # the first moment a ZIP entry can bear


def clean(text: str) -> str:
    """Return the text with plain line feeds and without the characters XML cannot hold."""
    return ILLEGAL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def repacked(package: bytes, *, on: date) -> bytes:
    """Return an OOXML package whose bytes depend on its content alone: nothing in it bears the hour it was written."""
    stamp = rf"\g<1>{on.isoformat()}T00:00:00Z\g<2>".encode()
    out = BytesIO()
    with ZipFile(BytesIO(package)) as source, ZipFile(out, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            part = source.read(name)
            entry = ZipInfo(name, OLDEST)
            entry.compress_type = ZIP_DEFLATED
            target.writestr(entry, MOMENTS.sub(stamp, part) if name == CORE else part)
    return out.getvalue()
