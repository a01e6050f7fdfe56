"""Search without diacritics: the same folding for what is stored and what is typed."""

import unicodedata


def fold(text: str) -> str:
    """Return text without tone and vowel marks, đ as d, lower case, single spaces (NFC and NFD fold alike)."""
    decomposed = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join(bare.lower().split())
