"""What a table that was handed in would do, row by row; nothing is written by finding out."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import models
from django.utils.translation import gettext_lazy as _


class Effect(models.TextChoices):
    """What a row does."""

    NEW = "NEW", _("new")
    CHANGED = "CHANGED", _("changed")
    UNCHANGED = "UNCHANGED", _("unchanged")
    ERROR = "ERROR", _("error")


@dataclass(slots=True)
class Outcome:
    """One row: whom it concerns, what changes (label, before, after), and what is wrong (column, sentence)."""

    number: int
    key: str
    name: str
    is_new: bool = False
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    faults: list[tuple[str, str]] = field(default_factory=list)

    @property
    def effect(self) -> Effect:
        """What the row does."""
        if self.faults:
            return Effect.ERROR
        if self.is_new:
            return Effect.NEW
        return Effect.CHANGED if self.changes else Effect.UNCHANGED


@dataclass(frozen=True, slots=True)
class Examination:
    """Every row of a table against what is in the database now."""

    outcomes: Sequence[Outcome]

    @property
    def digest(self) -> str:
        """Return what identifies the whole outcome: another one means that something changed since."""
        said = [(each.number, each.key, each.is_new, each.changes, each.faults) for each in self.outcomes]
        return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()

    @property
    def counts(self) -> dict[str, int]:
        """How many rows have each effect."""
        return {effect.value: sum(each.effect == effect for each in self.outcomes) for effect in Effect}

    @property
    def is_clean(self) -> bool:
        """Tell whether no row is wrong."""
        return not any(each.faults for each in self.outcomes)

    @property
    def does_something(self) -> bool:
        """Tell whether confirming would change anything."""
        return any(each.effect in {Effect.NEW, Effect.CHANGED} for each in self.outcomes)
