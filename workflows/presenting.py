"""What the templates show, prepared in Python: due labels, the stage line, redlines, dates.

Templates neither count days nor compare texts. Words follow docs/glossary.md; dates follow dd/mm/yyyy.
"""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.forms import BaseForm
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

# A word with the space after it, so that no lone space counts as kept; 15/2020/QĐ-TTg and 1.234,5% are one word.
WORD = re.compile(r"^\s+|(?:\w+(?:[/.,&-]\w+)*%?|[^\w\s])\s*")
SOON_DAYS = 3
WORKING_DAY = timedelta(hours=8)

STAGES: tuple[Promise, ...] = (
    gettext_lazy("Received"),
    gettext_lazy("Assigned"),
    gettext_lazy("Drafting"),
    gettext_lazy("Consultation"),
    gettext_lazy("Disposition"),
    gettext_lazy("Office review"),
    gettext_lazy("Approval"),
    gettext_lazy("Issued"),
)


class DueState(StrEnum):
    """How a due moment stands; the value is the CSS class, and each has its own glyph."""

    LATE = "late"
    TODAY = "today"
    SOON = "soon"
    OK = "ok"
    MET = "met"
    NONE = "none"


@dataclass(frozen=True)
class DueLabel:
    """A due moment ready to print: glyph state, words, date in words, share of the time used (0-100), ISO moment."""

    state: DueState
    words: str
    date: str = ""
    frac: int = 0
    iso: str = ""


@dataclass(frozen=True)
class Stage:
    """One station of the line: its 1-based number, name, and how it stands (ok, cur or next)."""

    number: int
    name: str
    state: str
    when: str = ""
    duration: str = ""
    late: bool = False


class Change(StrEnum):
    """What a piece of text did between two versions."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True)
class Segment:
    """A piece of text in a redline."""

    change: Change
    text: str


@dataclass(frozen=True)
class Act:
    """An act offered on a page: the name of its dialog, the words of its button, its look, consequence and form.

    `kind` is a button class (primary, return, refuse, quiet or none): a quiet act stands in a second row. `title` and
    `submit` repeat the label where not given, `short` too, which is for the narrow bar of a phone.
    `verb` goes out as the field of that name, where one URL takes several acts. Forms that share a page need ids of
    their own (`auto_id`), or a label would belong to two fields.
    """

    name: str
    label: str
    form: BaseForm
    icon: str = ""
    kind: str = ""
    title: str = ""
    consequence: str = ""
    submit: str = ""
    verb: str = ""
    url: str = ""
    short: str = ""

    @property
    def is_quiet(self) -> bool:
        """Tell whether the act stands in the second row, beside what is decided."""
        return self.kind == "quiet"


def day_month_year(value: date | datetime | None) -> str:
    """Return dd/mm/yyyy in local time, or nothing where there is no date."""
    return f"{_local(value):%d/%m/%Y}" if value else ""


def short_date(value: date | datetime, *, now: datetime) -> str:
    """Return dd/mm, with the year only where it is not the current one."""
    local = _local(value)
    return f"{local:%d/%m}" if local.year == timezone.localtime(now).year else f"{local:%d/%m/%Y}"


def date_and_time(value: datetime | None) -> str:
    """Return dd/mm/yyyy hh:mm in local time, or nothing."""
    return f"{_local(value):%d/%m/%Y %H:%M}" if value else ""


def _local(value: date | datetime) -> date | datetime:
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value


def due_label(
    due_at: datetime | None,
    *,
    now: datetime,
    days: int,
    started_at: datetime | None = None,
    done_at: datetime | None = None,
) -> DueLabel:
    """Say how a due moment stands.

    `days` is the count of working days between the due moment and now (or the end of the work, where it is done); the
    caller takes it from the working-day calendar and the sign does not matter.
    """
    if due_at is None:
        return DueLabel(DueState.NONE, _("No due date"))
    end = done_at or now
    state, words = _finished(due_at, done_at, abs(days)) if done_at else _open(due_at, now, abs(days))
    return DueLabel(
        state, words, _due_date(due_at, now), _share_used(started_at, due_at, end), due_at.isoformat()
    )


def _finished(due_at: datetime, done_at: datetime, days: int) -> tuple[DueState, str]:
    if done_at <= due_at:
        return DueState.MET, _("On time")
    late = max(days, 1)
    return DueState.LATE, ngettext("%(days)d day late", "%(days)d days late", late) % {"days": late}


def _open(due_at: datetime, now: datetime, days: int) -> tuple[DueState, str]:
    if due_at < now:
        over = max(days, 1)
        return DueState.LATE, ngettext("%(days)d day overdue", "%(days)d days overdue", over) % {"days": over}
    if timezone.localdate(due_at) == timezone.localdate(now):
        return DueState.TODAY, _("Today")
    left = max(days, 1)
    state = DueState.SOON if left <= SOON_DAYS else DueState.OK
    return state, ngettext("%(days)d day left", "%(days)d days left", left) % {"days": left}


def _due_date(due_at: datetime, now: datetime) -> str:
    if timezone.localdate(due_at) == timezone.localdate(now):
        return pgettext("due moment", "before %(time)s") % {"time": f"{_local(due_at):%H:%M}"}
    return pgettext("due moment", "due %(date)s") % {"date": short_date(due_at, now=now)}


def stopped_label(look_again_at: datetime | None, *, now: datetime) -> DueLabel:
    """Say that the clock stands still, and when the case is looked at again where that is known; never in colours."""
    if look_again_at is None:
        return DueLabel(DueState.NONE, _("Clock stopped"))
    words = pgettext("due moment", "look again %(date)s") % {"date": short_date(look_again_at, now=now)}
    return DueLabel(DueState.NONE, _("Clock stopped"), words, iso=look_again_at.isoformat())


def _share_used(started_at: datetime | None, due_at: datetime, end: datetime) -> int:
    if started_at is None or started_at >= due_at:
        return 100 if end >= due_at else 50
    return round(100 * min(1.0, max(0.0, (end - started_at) / (due_at - started_at))))


def held_label(worked: timedelta) -> str:
    """Say how long somebody has held a task, in working time: days from one working day on, else hours or minutes."""
    days, rest = divmod(worked, WORKING_DAY)
    if days:
        return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}
    hours, rest = divmod(rest, timedelta(hours=1))
    if hours:
        return ngettext("%(hours)d hour", "%(hours)d hours", hours) % {"hours": hours}
    minutes = rest // timedelta(minutes=1)
    if minutes:
        return ngettext("%(minutes)d minute", "%(minutes)d minutes", minutes) % {"minutes": minutes}
    return _("just now")


def stage_line(current: int) -> list[Stage]:
    """Return the eight stages with `current` (1-based) marked; 9 says that all are behind."""
    return [
        Stage(number, str(name), "ok" if number < current else "cur" if number == current else "next")
        for number, name in enumerate(STAGES, start=1)
    ]


def redline(old: str, new: str) -> list[Segment]:
    """Compare two texts word by word and return the pieces in reading order, removals before additions."""
    before, after = WORD.findall(old), WORD.findall(new)
    matcher = difflib.SequenceMatcher(a=before, b=after, autojunk=False)
    pieces: list[Segment] = []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            pieces.append(Segment(Change.SAME, "".join(before[i1:i2])))
            continue
        pieces.extend(_changed(before[i1:i2], after[j1:j2]))
    return pieces


def _changed(removed: Iterable[str], added: Iterable[str]) -> list[Segment]:
    pair = (Segment(Change.REMOVED, "".join(removed)), Segment(Change.ADDED, "".join(added)))
    return [piece for piece in pair if piece.text]
