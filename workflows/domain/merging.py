"""Merging two changes of one paragraph by word; nothing is stored here."""

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

# A word with the space before it; a number or a symbol (15/2020/QĐ-TTg, 60%) is one word, punctuation stands alone.
WORD = re.compile(r"\s*(?:\w+(?:[/.,&-]\w+)*%?|[^\w\s])|\s+$")
MAX_WORDS = 4_000  # comparing grows with the square of the words; longer texts a person merges by hand


@dataclass(frozen=True, slots=True)
class Merged:
    """Both changes in one text, or no text where they touch each other."""

    text: str
    overlaps: bool


@dataclass(frozen=True, slots=True)
class Change:
    """The words `start` to `end` (half-open) of the base give way to others."""

    start: int
    end: int
    words: tuple[str, ...]


def merge(base: str, theirs: str, mine: str) -> Merged:
    """Merge two texts that were both written over `base`.

    The same change made twice counts once. Changes that share or border on a word overlap: then a person must
    choose, and `text` is empty. So it is with texts longer than MAX_WORDS.
    """
    words = WORD.findall(base)
    if any(len(WORD.findall(text)) > MAX_WORDS for text in (base, theirs, mine)):
        return Merged("", overlaps=True)
    made = sorted(
        {*_changes(words, theirs), *_changes(words, mine)}, key=lambda change: (change.start, change.end)
    )
    if any(later.start <= earlier.end for earlier, later in pairwise(made)):
        return Merged("", overlaps=True)
    return Merged("".join(_applied(words, made)), overlaps=False)


def _changes(base: Sequence[str], text: str) -> list[Change]:
    words = WORD.findall(text)
    matcher = difflib.SequenceMatcher(a=base, b=words, autojunk=False)
    return [
        Change(i1, i2, tuple(words[j1:j2])) for tag, i1, i2, j1, j2 in matcher.get_opcodes() if tag != "equal"
    ]


def _applied(base: Sequence[str], changes: Sequence[Change]) -> Iterator[str]:
    at = 0
    for change in changes:
        yield from base[at : change.start]
        yield from change.words
        at = change.end
    yield from base[at:]
