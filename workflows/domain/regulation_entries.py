"""The rules of the working regulation the office decides for itself: what each is and what it may be.

Source: each province's own working regulation (domain notes 2.4, 3.3, 4, 5.3, 10.7); the settings are its defaults.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import AgencyKind
from workflows.models import BallotSilence, SilencePolicy, Vote

from . import signing

Words = str | Promise
DAYS, HOURS = gettext_lazy("working days"), gettext_lazy("hours")


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number between two others."""

    least: int
    most: int
    unit: Words = DAYS

    def refusal(self, value: Any) -> str:
        """Say why a value is none for this rule; nothing where it is one."""
        if type(value) is int and self.least <= value <= self.most:
            return ""
        return _("Give a whole number from %(least)s to %(most)s.") % {"least": self.least, "most": self.most}

    def words(self, value: Any) -> str:
        """Return a value as the page prints it."""
        return f"{value} {self.unit}"


@dataclass(frozen=True, slots=True)
class Numbers:
    """Some different whole numbers, each within bounds; none at all is a rule as well."""

    least: int
    most: int
    unit: Words = DAYS
    longest: int = 5

    def refusal(self, value: Any) -> str:
        """Say why a value is none for this rule; nothing where it is one."""
        fits = isinstance(value, list | tuple) and len(set(value)) == len(value) <= self.longest
        if fits and all(type(each) is int and self.least <= each <= self.most for each in value):
            return ""
        words = _(
            "Give at most %(count)s different whole numbers from %(least)s to %(most)s, for example 2, 1."
        )
        return words % {"count": self.longest, "least": self.least, "most": self.most}

    def words(self, value: Any) -> str:
        """Return a value as the page prints it."""
        return f"{', '.join(map(str, value))} {self.unit}" if value else _("never")


@dataclass(frozen=True, slots=True)
class One:
    """One of some words."""

    choices: Mapping[str, Words]

    def refusal(self, value: Any) -> str:
        """Say why a value is none for this rule; nothing where it is one."""
        return "" if isinstance(value, str) and value in self.choices else _("Choose from the list.")

    def words(self, value: Any) -> str:
        """Return a value as the page prints it."""
        return str(self.choices.get(value, value))


@dataclass(frozen=True, slots=True)
class Some:
    """Some of some words, those that are needed among them."""

    choices: Mapping[str, Words]
    needed: tuple[str, ...] = ()

    def refusal(self, value: Any) -> str:
        """Say why a value is none for this rule; nothing where it is one."""
        if not isinstance(value, list | tuple) or not set(value) <= set(self.choices):
            return _("Choose from the list.")
        if len(set(value)) != len(value) or not set(self.needed) <= set(value):
            words = _("These belong to it in any case: %(needed)s.")
            return words % {"needed": ", ".join(str(self.choices[each]) for each in self.needed)}
        return ""

    def words(self, value: Any) -> str:
        """Return a value as the page prints it."""
        return ", ".join(str(self.choices.get(each, each)) for each in value) or _("none")


Kind = Number | Numbers | One | Some


@dataclass(frozen=True, slots=True)
class Entry:
    """One rule: its key, under which heading it stands, what it is called and what it may be."""

    key: str
    heading: Words
    label: Words
    kind: Kind


TERMS_OF = gettext_lazy("Terms")
CONSULTING = gettext_lazy("Consultation")
BALLOTS = gettext_lazy("Ballot of the members")
LEADERS = gettext_lazy("Delegation and absence")
SIGNATURE = gettext_lazy("Signing")
SEEN = {"OWN": gettext_lazy("its own alone"), "ALL": gettext_lazy("those of all who were asked")}

ENTRIES: tuple[Entry, ...] = (
    Entry("TERMS.receive.days", TERMS_OF, gettext_lazy("Accepting an assignment"), Number(1, 60)),
    Entry("TERMS.draft.days", TERMS_OF, gettext_lazy("Drafting a plan"), Number(1, 60)),
    Entry("TERMS.opinion.days", TERMS_OF, gettext_lazy("Giving an opinion"), Number(1, 60)),
    Entry("TERMS.dispose.days", TERMS_OF, gettext_lazy("Answering the remarks"), Number(1, 60)),
    Entry("TERMS.review.days", TERMS_OF, gettext_lazy("The Office's review"), Number(1, 60)),
    Entry("TERMS.decision.days", TERMS_OF, gettext_lazy("The Committee's decision"), Number(1, 60)),
    Entry("TERMS.inquiry.days", TERMS_OF, gettext_lazy("Answering a question of the signer"), Number(1, 60)),
    Entry("TERMS.issue.days", TERMS_OF, gettext_lazy("Numbering and issuing"), Number(1, 60)),
    Entry("TERMS.report.days", TERMS_OF, gettext_lazy("Reporting a result"), Number(1, 60)),
    Entry(
        "SUSPENSION.look_again_days",
        TERMS_OF,
        gettext_lazy("Looking again at a case whose clock stands"),
        Number(1, 60),
    ),
    Entry(
        "SILENCE.policy",
        CONSULTING,
        gettext_lazy("What silence counts as"),
        One(dict(SilencePolicy.choices)),
    ),
    Entry(
        "CONSULTATION.reserve_days",
        CONSULTING,
        gettext_lazy("Kept after the opinions are due, for answers and synthesis"),
        Number(0, 60),
    ),
    Entry(
        "CONSULTATION.remind_days",
        CONSULTING,
        gettext_lazy("Silent agencies are reminded so long before"),
        Numbers(1, 30),
    ),
    Entry(
        "CONSULTATION.remind_gap_hours",
        CONSULTING,
        gettext_lazy("Between two reminders of the lead"),
        Number(0, 240, HOURS),
    ),
    Entry(
        "OPINIONS_SEEN.before",
        CONSULTING,
        gettext_lazy("Which opinions an agency reads while the round is open"),
        One(SEEN),
    ),
    Entry(
        "OPINIONS_SEEN.after",
        CONSULTING,
        gettext_lazy("Which opinions an agency reads once the round is closed"),
        One(SEEN),
    ),
    Entry(
        "BALLOT.choices",
        BALLOTS,
        gettext_lazy("What stands on a slip"),
        Some(dict(Vote.choices), needed=(Vote.FOR.value, Vote.AGAINST.value)),
    ),
    Entry("BALLOT.days", BALLOTS, gettext_lazy("Time to return a slip"), Number(1, 60)),
    Entry(
        "BALLOT.remind_days",
        BALLOTS,
        gettext_lazy("Members are reminded so long before (0: never)"),
        Number(0, 60),
    ),
    Entry(
        "BALLOT.silence",
        BALLOTS,
        gettext_lazy("What a missing slip counts as"),
        One(dict(BallotSilence.choices)),
    ),
    Entry(
        "DELEGATION.max_days",
        LEADERS,
        gettext_lazy("A delegation lasts at most"),
        Number(1, 366, gettext_lazy("days")),
    ),
    Entry("ABSENCE.days", LEADERS, gettext_lazy("A leader counts as absent after"), Number(1, 60)),
    Entry(
        "SIGNING.by_order.papers",
        SIGNATURE,
        gettext_lazy("Papers signed by order (TL.)"),
        Some({paper.value: name for paper, name in signing.NAMES.items()}),
    ),
    Entry(
        "SIGNING.collective.kinds",
        SIGNATURE,
        gettext_lazy("Agencies that sign on behalf of a collective (TM.)"),
        Some(dict(AgencyKind.choices)),
    ),
)
BY_KEY = {entry.key: entry for entry in ENTRIES}
