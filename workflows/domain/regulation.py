"""How each rule of the working regulation stands, and deciding it anew from a day on.

A decision is a row that is never changed; it holds at the earliest from the next day, so that no paper of a day rests
on two rules.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts import regulation
from accounts.authority import Actor
from accounts.domain.administering import ChangedMeanwhileError, check_administrator
from accounts.models import RegulationRule
from notifications.outbox import emit

from .errors import DomainError
from .regulation_entries import ENTRIES, Entry

CHAIN = "regulation"
LONGEST_CITATION = 300  # characters


class DecidedMeanwhileError(ChangedMeanwhileError):
    """Somebody else decided on the rule since the page was opened; says who and what."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One rule on a day: its value with what it rests on, and every decision on it, as they take their turns."""

    entry: Entry
    value: Any
    citation: str
    in_force: RegulationRule | None
    decided: tuple[RegulationRule, ...]
    on: date

    @property
    def words(self) -> str:
        """The value in words."""
        return self.entry.kind.words(self.value)

    @property
    def last(self) -> int:
        """Number of the decision that came last; a page is held to it."""
        return max((each.number for each in self.decided), default=0)

    @property
    def ahead(self) -> list[RegulationRule]:
        """What was decided for later days."""
        return [each for each in self.decided if each.valid_from > self.on]


def standings(*, on: date) -> list[Standing]:
    """Return every rule as it stands on a day, in the order of the page; one statement."""
    return _standings(ENTRIES, on)


def standing(entry: Entry, *, on: date) -> Standing:
    """Return one rule as it stands on a day; one statement."""
    return _standings([entry], on)[0]


@transaction.atomic
def decide(
    entry: Entry, value: Any, *, citation: str, valid_from: date, seen: int, actor: Actor
) -> RegulationRule:
    """Decide a rule anew from a day on; `seen` is the number of the last decision that was on the screen.

    Raises:
        NotAllowedError: the actor is no administrator.
        DomainError: no value of this rule, no citation, or a day that comes too soon.
        DecidedMeanwhileError: another decision on the rule was made since.
    """
    check_administrator(actor)
    if refusal := entry.kind.refusal(value):
        raise DomainError(refusal, field="value")
    citation = citation.strip()
    if not citation:
        raise DomainError(_("Name the document by which this was decided."), field="citation")
    if valid_from < (first := regulation.earliest()):
        words = _("A rule holds at the earliest from %(day)s on.")
        raise DomainError(words % {"day": f"{first:%d/%m/%Y}"}, field="valid_from")
    before = standing(entry, on=valid_from)
    if before.last != seen:
        raise _decided_meanwhile(before)

    given = {"value": value, "citation": citation[:LONGEST_CITATION], "valid_from": valid_from}
    rule = _add(entry, seen + 1, actor, given)

    emit("regulation.decided", chain=CHAIN, subject=rule, actor=actor, data=_facts(rule, before))
    return rule


def _add(entry: Entry, number: int, actor: Actor, given: dict[str, Any]) -> RegulationRule:
    """Write the decision; another with the same number came first where the database refuses it."""
    key, now = entry.key, timezone.now()
    try:
        with transaction.atomic():
            return RegulationRule.objects.create(
                key=key, number=number, decided_by=actor.person, created_at=now, **given
            )
    except IntegrityError:
        raise _decided_meanwhile(standing(entry, on=given["valid_from"])) from None


def _decided_meanwhile(now: Standing) -> DecidedMeanwhileError:
    last = max(now.decided, key=lambda each: each.number, default=None)
    if last is None:
        return DecidedMeanwhileError(_("This page is out of date. Open it again."))
    words = _("Since this page was opened %(who)s decided at %(when)s: %(value)s, from %(day)s on.")
    return DecidedMeanwhileError(
        words
        % {
            "who": last.decided_by,
            "when": date_format(timezone.localtime(last.created_at), "H:i d/m/Y"),
            "value": now.entry.kind.words(last.value),
            "day": f"{last.valid_from:%d/%m/%Y}",
        }
    )


def _standings(entries: Sequence[Entry], on: date) -> list[Standing]:
    keys = [entry.key for entry in entries]
    rows = list(RegulationRule.objects.filter(key__in=keys).select_related("decided_by").in_time())
    return [_standing(entry, tuple(row for row in rows if row.key == entry.key), on) for entry in entries]


def _standing(entry: Entry, decided: tuple[RegulationRule, ...], on: date) -> Standing:
    begun = [each for each in decided if each.valid_from <= on]
    if begun:
        return Standing(entry, begun[-1].value, begun[-1].citation, begun[-1], decided, on)
    value, citation = _default(entry)
    return Standing(entry, value, citation, None, decided, on)


def _default(entry: Entry) -> tuple[Any, str]:
    """Return what the settings say, and the citation they print with it; none for some."""
    group, *way, name = entry.key.split(".")
    place: Any = getattr(settings, group)
    for step in way:
        place = place[step]
    value = place[name]
    by_value = place.get("citations", {}).get(value, "") if isinstance(value, str) else ""
    return value, place.get("citation", by_value)


def _facts(rule: RegulationRule, before: Standing) -> dict[str, object]:
    value = list(before.value) if isinstance(before.value, tuple) else before.value
    return {
        "key": rule.key,
        "number": rule.number,
        "valid_from": rule.valid_from.isoformat(),
        "before": {"value": value, "citation": before.citation},
        "after": {"value": rule.value, "citation": rule.citation},
    }
