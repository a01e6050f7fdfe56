"""What pages of lists read from an address, and write into one."""

from urllib.parse import urlencode

LARGEST_KEY = 2**63 - 1


def key_of(text: str) -> int | None:
    """Return the key a link names, None for anything else a URL may hold."""
    if not (text.isascii() and text.isdigit()) or len(text) > len(str(LARGEST_KEY)):
        return None
    return int(text) if int(text) <= LARGEST_KEY else None


def clean_text(text: str, *, longest: int = 200) -> str:
    """Return searched text without what no database takes, of bounded length."""
    return " ".join(text.replace("\x00", "").split())[:longest]


def link(address: str, **query: object) -> str:
    """Return an address with the parts of the query that are not empty."""
    given = {name: str(value) for name, value in query.items() if value}
    return f"{address}?{urlencode(given)}" if given else address
