"""Search without diacritics, as everywhere in the house."""

from accounts.search import fold

__all__ = ["fold"]
