"""What the page of a prepared request shows: agencies in groups, what a due day leaves, what agencies will read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import regulation
from accounts.models import AgencyKind
from workflows.domain import calendars, consultations, requests
from workflows.domain.errors import DomainError
from workflows.forms.fields import AgencyChoices, VietnameseDateField
from workflows.forms.opinions import working_day_ahead
from workflows.forms.requests import PreparedRequestForm
from workflows.models import Assignment, Opinion, OpinionState, RequestDraft, SilencePolicy, Stance

LOOKS: dict[str, str] = {Stance.AGREE: "done", Stance.AGREE_WITH_REMARKS: "soon", Stance.DISAGREE: "late"}
WHOLE_KINDS = (AgencyKind.DEPARTMENT, AgencyKind.DISTRICT)


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """One agency of the list; `groups` are the names by which several are chosen at once."""

    value: str
    name: str
    groups: tuple[str, ...]
    is_asked: bool
    is_optional: bool
    before: str = ""
    look: str = ""


@dataclass(frozen=True, slots=True)
class AgencyGroup:
    """The agencies of one kind."""

    kind: str
    label: str
    rows: list[AgencyRow]

    @property
    def asked(self) -> int:
        """How many of them are chosen."""
        return sum(row.is_asked for row in self.rows)


@dataclass(frozen=True, slots=True)
class Quick:
    """A button that chooses several agencies; its `op` is what the button sends."""

    op: str
    label: str
    count: int


def agency_groups(
    form: PreparedRequestForm, lead_id: int | None, named: set[int], answers: Mapping[int, Opinion]
) -> list[AgencyGroup]:
    """Return the list of agencies with what is ticked in the form."""
    asked, optional = form.ticked("agencies"), form.ticked("optional")
    groups = []
    for label, choices in form.choices.groups(without=lead_id):
        kind = form.choices.get(choices[0][0]).kind
        rows = []
        for value, name in choices:
            last = answers.get(int(value))
            own = ["all", kind, *(["named"] if int(value) in named else []), *_groups_of(last)]
            before, look = _before(last)
            rows.append(AgencyRow(value, name, tuple(own), value in asked, value in optional, before, look))
        groups.append(AgencyGroup(kind, label, rows))
    return groups


def _groups_of(last: Opinion | None) -> list[str]:
    """Return the groups an agency belongs to by what it said when it was asked before."""
    if last is None:
        return []
    silent = ["silent"] if last.state == OpinionState.SILENT else []
    return ["before", *silent, *(["remarked"] if requests.has_remarks(last) else [])]


def _before(last: Opinion | None) -> tuple[str, str]:
    """Return what came of the last round an agency was asked in, with the look of its tag."""
    if last is None:
        return "", ""
    return said_before(last), LOOKS.get(last.stance, "line")


def said_before(last: Opinion) -> str:
    """Say in which round an agency was asked and what it answered."""
    stance = str(Stance(last.stance).label).lower() if last.stance else _("not answered")
    return _("round %(n)s: %(stance)s") % {"n": last.consultation.round, "stance": stance}


def quick_picks(groups: Sequence[AgencyGroup]) -> list[Quick]:
    """Return the buttons that choose several agencies, those that would choose nobody left out."""
    rows = [row for group in groups for row in group.rows]

    def count(name: str) -> int:
        return sum(name in row.groups for row in rows)

    whole = {
        AgencyKind.DEPARTMENT: _("All departments"),
        AgencyKind.DISTRICT: _("All districts"),
    }
    offered = [Quick(f"add:{kind}", whole[kind], count(kind)) for kind in WHOLE_KINDS]
    offered += [
        Quick("add:named", _("Those the directive names"), count("named")),
        Quick("only:before", _("Only those asked before"), count("before")),
        Quick("only:remarked", _("Only those that commented"), count("remarked")),
        Quick("only:silent", _("Only those that stayed silent"), count("silent")),
    ]
    return [quick for quick in offered if quick.count]


def members(groups: Sequence[AgencyGroup], name: str) -> set[str]:
    """Return the keys of the agencies of a group."""
    return {row.value for group in groups for row in group.rows if name in row.groups}


# --- what a due day leaves --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Outlook:
    """What follows from a due day: sentences, each with its look (late, soon or nothing)."""

    day: date | None
    lines: list[tuple[str, str]]


def outlook(assignment: Assignment, typed: Any) -> Outlook:
    """Say what a due day means, as it is typed or stored; without one, what the working regulation's term gives."""
    calendar, now = calendars.load_calendar(), timezone.now()
    try:
        day = VietnameseDateField(required=False).clean(typed)
        if day is None:
            due_at = calendars.due_after("opinion", now)
            words = _("Left empty, the term counts from the signature; signed today, it ends on %(day)s.")
            lines = [("", words % {"day": f"{timezone.localdate(due_at):%d/%m/%Y}"})]
        else:
            due_at = calendar.end_of(working_day_ahead(day))
            left = calendar.working_days_between(now, due_at)
            given = ngettext("From today, %(n)s working day.", "From today, %(n)s working days.", left)
            lines = [("", given % {"n": left})]
        consultations.check_due(assignment, due_at, now=now, accepts_short_reserve=True)
    except ValidationError as error:
        return Outlook(None, [("late", message) for message in error.messages])
    except DomainError as error:
        return Outlook(None, [*lines, ("late", error.message)])
    return Outlook(timezone.localdate(due_at), [*lines, _reserve(assignment, due_at, now)])


def _reserve(assignment: Assignment, due_at: Any, now: Any) -> tuple[str, str]:
    term = assignment.due_at
    if term is None:
        return "", _("The assignment has no term of its own.")
    said = {
        "day": f"{timezone.localdate(term):%d/%m/%Y}",
        "reserve": regulation.rules("CONSULTATION")["reserve_days"],
    }
    if term <= now:
        return "soon", _("The assignment's own term, %(day)s, has passed.") % said
    left = calendars.load_calendar().working_days_between(due_at, term)
    said["n"] = max(left, 0)
    if left < regulation.rules("CONSULTATION")["reserve_days"]:
        words = ngettext(
            "Only %(n)s working day remains until the assignment's own term, %(day)s; %(reserve)s are kept for "
            "answering the remarks. The head confirms it when signing, or an earlier day is chosen.",
            "Only %(n)s working days remain until the assignment's own term, %(day)s; %(reserve)s are kept for "
            "answering the remarks. The head confirms it when signing, or an earlier day is chosen.",
            left,
        )
        return "soon", words % said
    words = ngettext(
        "%(n)s working day remains until the assignment's own term, %(day)s; %(reserve)s are kept for answering.",
        "%(n)s working days remain until the assignment's own term, %(day)s; %(reserve)s are kept for answering.",
        left,
    )
    return "", words % said


def term_words() -> str:
    """Return the working regulation's term for opinions, with its citation."""
    term = regulation.rules("TERMS")["opinion"]
    words = ngettext("%(n)s working day (%(citation)s).", "%(n)s working days (%(citation)s).", term["days"])
    return words % {"n": term["days"], "citation": term["citation"]}


# --- theirs beside mine -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Clash:
    """One part of the request that two people prepared differently."""

    label: str
    theirs: str
    mine: str


def clashes(form: PreparedRequestForm, draft: RequestDraft | None, choice: Mapping[int, bool]) -> list[Clash]:
    """Return where what is stored differs from what is in the form, the form's words first looked at as typed."""
    theirs = _words(form.choices, draft, choice)
    asked, optional = form.ticked("agencies"), form.ticked("optional")
    mine = {
        "agencies": _names(form.choices, asked),
        "optional": _names(form.choices, asked & optional),
        "due_on": _day(form["due_on"].value()),
        "silence": _silence(str(form["silence"].value() or "")),
        "note": (form["note"].value() or "").replace("\r\n", "\n").strip(),
        "questions": "\n".join(_question(each["text"].value(), each.lines) for each in form.questions),
    }
    labels = {name: str(form[name].label) for name in mine if name in form.fields} | {
        "questions": _("Questions")
    }
    return [
        Clash(labels[name], theirs[name] or "–", mine[name] or "–")
        for name in mine
        if theirs[name] != mine[name]
    ]


def _words(choices: AgencyChoices, draft: RequestDraft | None, choice: Mapping[int, bool]) -> dict[str, str]:
    optional = {str(pk) for pk, is_required in choice.items() if not is_required}
    questions = draft.questions if draft else []
    return {
        "agencies": _names(choices, {str(pk) for pk in choice}),
        "optional": _names(choices, optional),
        "due_on": _day(draft.due_on if draft else None),
        "silence": _silence((draft.silence if draft else "") or regulation.rules("SILENCE")["policy"]),
        "note": draft.note if draft else "",
        "questions": "\n".join(_question(each["text"], each["options"]) for each in questions),
    }


def _names(choices: AgencyChoices, keys: set[str]) -> str:
    rows = [pair for _kind, pairs in choices.groups() for pair in pairs]
    return ", ".join(name for value, name in rows if value in keys)


def _day(value: Any) -> str:
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else str(value or "")


def _silence(value: str) -> str:
    return str(SilencePolicy(value).label) if value in SilencePolicy.values else ""


def _question(text: Any, options: Sequence[str]) -> str:
    lines = [str(text or "").strip(), *(f"– {option}" for option in options if option)]
    return "\n".join(line for line in lines if line)
