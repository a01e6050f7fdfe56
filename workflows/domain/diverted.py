"""An act that turned into another: what the person wanted no longer holds, and that itself is on record."""

from dataclasses import dataclass

from django.db.models import Model


@dataclass(frozen=True, slots=True)
class Diverted:
    """What an act returns instead of its subject where the case goes another way: as if `verb` had been used."""

    verb: str
    subject: Model
