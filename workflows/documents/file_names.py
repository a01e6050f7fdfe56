"""What files of documents are called."""

import re

from .wording import one_line

LONGEST_TITLE = 60  # letters in a file's name: file systems take 255 bytes, a Vietnamese letter up to three
FORBIDDEN = re.compile(r'[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069<>:"/\\|?*]+')


def named(what: str, title: str, extension: str) -> str:
    """Return a file's name that every system takes: no separators, no marks that turn the direction of writing."""
    said = one_line(FORBIDDEN.sub(" ", title))
    if len(said) > LONGEST_TITLE:
        said = f"{said[:LONGEST_TITLE].rsplit(' ', 1)[0]}…"
    return f"{what} - {said.strip(' .')}.{extension}"
