"""What the working regulation says today: the settings, and over them what was decided with a citation.

A decision begins at the earliest on the day after it was made, so a process reads the table once a day and keeps it.
"""

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from .models import RegulationRule

# A decision this close to midnight begins a day later: another process may read the new day before it is committed.
LATE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Rule:
    """A decided value as it is kept in memory."""

    key: str
    value: Any
    citation: str
    valid_from: date


@dataclass
class _Cache:
    rules: tuple[Rule, ...] = ()
    until: date = date.min  # the last day on which it may be used


_cache = _Cache()


def rules(group: str, *, on: date | None = None) -> Any:
    """Return a group of settings as it holds on a day, today by default; not to be changed.

    One statement for each process and day.

    Source: the setting of that name, each rule with its citation; rows of `RegulationRule`, the newest that holds.
    """
    day = on or timezone.localdate()
    said = getattr(settings, group)
    decided = [rule for rule in _decided(day) if rule.key.startswith(f"{group}.")]
    if not decided:
        return said
    merged = deepcopy(said)
    for rule in decided:
        _lay(merged, rule)
    return merged


def earliest(now: datetime | None = None) -> date:
    """Return the first day from which a decision made now may hold."""
    return timezone.localdate((now or timezone.now()) + LATE) + timedelta(days=1)


def forget() -> None:
    """Make the process read the table again at its next question."""
    _cache.until = date.min


def remember(decided: Iterable[Rule], *, until: date) -> None:
    """Take these rules for the table until a day; those that do not hold yet among them."""
    _cache.rules, _cache.until = tuple(decided), until


def _decided(day: date) -> list[Rule]:
    today = timezone.localdate()
    if today > _cache.until:
        rows = RegulationRule.objects.in_time().values_list("key", "value", "citation", "valid_from")
        remember([Rule(*row) for row in rows], until=today)
    return [rule for rule in _cache.rules if rule.valid_from <= day]


def _lay(group: dict[str, Any], rule: Rule) -> None:
    """Put a decided value in its place, and its citation where citations of that place are printed from."""
    *way, name = rule.key.split(".")[1:]
    place = group
    for step in way:
        place = place.get(step, {})
    if name not in place:  # a setting that is no more
        return
    place[name] = tuple(rule.value) if isinstance(rule.value, list) else rule.value
    if "citation" in place:
        place["citation"] = rule.citation
    elif isinstance(rule.value, str) and rule.value in place.get("citations", {}):
        place["citations"][rule.value] = rule.citation
