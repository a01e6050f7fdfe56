"""Names of files people hand in: cleaned, never refused, so that nobody loses a file over its name."""

import re
import unicodedata
from pathlib import Path

MAX_NAME = 200
MAX_NAME_BYTES = 240  # file systems take 255; a download may get a number added
NAMELESS = "tep"
FORBIDDEN = re.compile(r'[<>:"|?*]+')
# Devices of Windows: a file of that name cannot be opened there, whatever its ending.
RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|\s*$)", re.IGNORECASE)


def clean_name(name: str) -> str:
    """Return a file name fit to print and to offer for download.

    No path, no control characters, no marks that turn the direction of writing, no leading or trailing dots, no name
    of a device; at most MAX_NAME characters and MAX_NAME_BYTES bytes, the ending kept.
    """
    base = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    printable = "".join(char for char in base if not _turns_or_breaks(char))
    plain = FORBIDDEN.sub("_", printable).strip().lstrip(". ").rstrip(". ")
    path = Path(f"_{plain}" if RESERVED.match(plain) else plain or NAMELESS)
    return _shortened(path.stem, path.suffix[:20])


def _turns_or_breaks(char: str) -> bool:
    """Tell whether a character is a control, a mark of direction or a line's or paragraph's end."""
    category = unicodedata.category(char)
    return category[0] == "C" or category in {"Zl", "Zp"}


def _shortened(stem: str, suffix: str) -> str:
    kept = stem[: MAX_NAME - len(suffix)]
    while len(f"{kept}{suffix}".encode()) > MAX_NAME_BYTES:
        kept = kept[:-1]
    return kept + suffix
