"""ZIP as Office documents use it: every byte accounted for, bounded, and no name that means another place."""

import re
import stat
import zipfile
from io import BytesIO
from itertools import pairwise

from .verdicts import BOMB, BROKEN, DISGUISED, EMBEDDED, ENCRYPTED, MISMATCH, refuse

MOST_ENTRIES = 1_000
MOST_UNPACKED = 200 * 1024 * 1024
MOST_RATIO = 100
SMALL = 1024 * 1024  # up to this size a part may be packed as tightly as it will: a blank sheet is
STEP = 1024 * 1024
HEAD, END = b"PK\x03\x04", b"PK\x05\x06"
LOCAL_HEAD, END_SIZE = 30, 22
IS_ENCRYPTED = 0x1
# Names that lead out of the document, or mean two things on two systems.
BAD_NAME = re.compile(r"^[/\\]|\\|\x00|^[A-Za-z]:|(^|/)\.\.(/|$)|(^|/)\.(/|$)|//|[\x01-\x1f\x7f]")
ARCHIVES = (
    HEAD,
    b"Rar!\x1a",
    b"7z\xbc\xaf\x27\x1c",
    b"\x1f\x8b\x08",
    b"BZh",
    b"\xfd7zXZ",
    b"MZ",
    b"\x7fELF",
    b"\xd0\xcf\x11\xe0",
)


def opened(content: bytes) -> zipfile.ZipFile:
    """Return the archive once its entries are known to lie side by side, in plain and within bounds.

    Raises:
        RefusedError: no archive, damaged, protected, a bomb, or it is more than it seems.
    """
    refuse(MISMATCH, when=not content.startswith(HEAD))
    refuse(BROKEN, when=END not in content[-END_SIZE - 65_536 :])
    refuse(DISGUISED, when=content[-END_SIZE:][:4] != END)
    try:
        archive = zipfile.ZipFile(BytesIO(content))
    except zipfile.BadZipFile:
        refuse(BROKEN)
        raise
    entries = archive.infolist()
    _refuse_names(entries)
    _refuse_sizes(entries, len(content))
    _refuse_overlaps(entries, archive.start_dir)
    return archive


def part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """Return an entry's content, checked against its checksum.

    Raises:
        RefusedError: it is damaged, larger than it says, or itself an archive or a program.
    """
    out = BytesIO()
    try:
        with archive.open(entry) as source:
            while chunk := source.read(STEP):
                out.write(chunk)
                refuse(BOMB, when=out.tell() > entry.file_size)
    except zipfile.BadZipFile:
        refuse(BROKEN)
    content = out.getvalue()
    refuse(BROKEN, when=len(content) != entry.file_size)
    refuse(EMBEDDED, when=content.startswith(ARCHIVES))
    return content


def _refuse_names(entries: list[zipfile.ZipInfo]) -> None:
    names = [entry.orig_filename for entry in entries]
    refuse(DISGUISED, when=any(BAD_NAME.search(name) for name in names))
    refuse(DISGUISED, when=len({name.casefold() for name in names}) != len(names))
    refuse(DISGUISED, when=any(stat.S_ISLNK(entry.external_attr >> 16) for entry in entries))


def _refuse_sizes(entries: list[zipfile.ZipInfo], packed: int) -> None:
    refuse(ENCRYPTED, when=any(entry.flag_bits & IS_ENCRYPTED for entry in entries))
    total = sum(entry.file_size for entry in entries)
    refuse(BOMB, when=len(entries) > MOST_ENTRIES or total > MOST_UNPACKED)
    refuse(BOMB, when=total > max(packed * MOST_RATIO, SMALL))
    refuse(
        BOMB, when=any(entry.file_size > max(entry.compress_size * MOST_RATIO, SMALL) for entry in entries)
    )


def _refuse_overlaps(entries: list[zipfile.ZipInfo], directory: int) -> None:
    """Refuse entries that share bytes, as the tightest bombs do, and bytes before the first."""
    refuse(BROKEN, when=not entries)
    spans = sorted(
        (each.header_offset, each.header_offset + LOCAL_HEAD + len(each.orig_filename) + each.compress_size)
        for each in entries
    )
    refuse(DISGUISED, when=spans[0][0] != 0)
    refuse(BOMB, when=any(end > start for (_from, end), (start, _to) in pairwise(spans)))
    refuse(BOMB, when=spans[-1][1] > directory)
