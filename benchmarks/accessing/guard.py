"""One check of the source that a test must miss when it is gone."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Guard:
    """One check: where it stands, what stands there without it, and the tests that must miss it."""

    name: str
    path: str
    check: str
    without: str
    tests: tuple[str, ...]
    needs_postgresql: bool = False
