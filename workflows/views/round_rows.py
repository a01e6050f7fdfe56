"""One agency of a round as the list prints it: what it said or did not say, and what proves that it was asked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from workflows.models import (
    Closing,
    EarlierAnswer,
    Extension,
    ExtensionState,
    Opinion,
    OpinionState,
    ReminderKind,
    Stance,
)
from workflows.presenting import DueLabel, date_and_time, day_month_year, due_label

from .round_page import RoundPage, sorted_reminders

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Mark:
    """A state as a word with a shape and a colour: icon and CSS class."""

    word: Words
    icon: str
    look: str = ""


STANCES: dict[str, Mark] = {
    Stance.AGREE: Mark(Stance.AGREE.label, "check", "done"),
    Stance.AGREE_WITH_REMARKS: Mark(Stance.AGREE_WITH_REMARKS.label, "comment", "here"),
    Stance.DISAGREE: Mark(Stance.DISAGREE.label, "x", "late"),
    Stance.DEEMED_AGREED: Mark(gettext_lazy("Deemed agreed"), "pause", "soon"),
    Stance.NO_REPLY: Mark(pgettext_lazy("silence", "No reply"), "pause", ""),
}
STATES: dict[str, Mark] = {
    OpinionState.ASKED: Mark(OpinionState.ASKED.label, "clock", "line"),
    OpinionState.GIVEN: Mark(OpinionState.GIVEN.label, "check", "done"),
    OpinionState.SILENT: Mark(pgettext_lazy("silence", "No reply"), "pause", ""),
    OpinionState.WITHDRAWN: Mark(OpinionState.WITHDRAWN.label, "ban", ""),
}
WISHES: dict[str, Words] = {
    ExtensionState.ASKED: gettext_lazy("Asked for more time until %(until)s: %(reason)s"),
    ExtensionState.GRANTED: gettext_lazy("More time given until %(until)s, before: %(earlier)s. %(answer)s"),
    ExtensionState.REFUSED: gettext_lazy("More time until %(until)s was not given: %(answer)s"),
}


@dataclass(frozen=True, slots=True)
class EarlierRow:
    """An answer, or a recorded silence, that another one has replaced; it stays as it was."""

    number: int
    mark: Mark
    what: str
    replaced: str
    reason: str
    remarks: Sequence[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """One agency of the list. What is empty is not there, or not for this reader."""

    id: int
    agency: str
    is_own: bool
    is_required: bool
    asked_before: bool
    mark: Mark
    is_waiting: bool
    due: DueLabel | None = None
    extended: str = ""
    answer: str = ""
    is_late: bool = False
    silence: str = ""
    reason: str = ""
    withdrawn: str = ""
    remarks: str = ""
    choices: Sequence[str] = ()
    proof: Sequence[str] = ()
    wishes: Sequence[str] = ()
    earlier: Sequence[EarlierRow] = ()
    withdraw_url: str = ""
    extend_url: str = ""


def rows_of(page: RoundPage) -> list[AgencyRow]:
    """Return the rows of this page of the list."""
    return [row_of(page, opinion) for opinion in page.rows]


def row_of(page: RoundPage, opinion: Opinion) -> AgencyRow:
    """Return one row, with what the reader may know of it."""
    own = page.is_own(opinion)
    known = _known(page, opinion) if page.knows(opinion) else {}
    whole = _whole(page, opinion) if own or page.sees_all else {}
    return AgencyRow(
        id=opinion.pk,
        agency=page.names.full(opinion.participation.agency),
        is_own=own,
        is_required=opinion.is_required,
        asked_before=vars(opinion)["asked_before"],
        mark=mark_of(opinion, is_known=page.knows(opinion) or own),
        is_waiting=opinion.state == OpinionState.ASKED,
        **known | whole | _acts(page, opinion),
    )


def mark_of(opinion: Opinion, *, is_known: bool) -> Mark:
    """Return how an opinion stands: by its stance for those who may know it."""
    return STANCES[opinion.stance] if is_known and opinion.stance else STATES[opinion.state]


def _known(page: RoundPage, opinion: Opinion) -> dict[str, Any]:
    """Return what everybody reads who may know what the agency said."""
    if opinion.state != OpinionState.GIVEN:
        return {"silence": _silence(page, opinion)} if opinion.state == OpinionState.SILENT else {}
    return {
        "answer": _answer(opinion),
        "is_late": opinion.is_late,
        "remarks": _remarks(vars(opinion)["remarks_count"]),
        "choices": _choices(page, opinion),
    }


def _whole(page: RoundPage, opinion: Opinion) -> dict[str, Any]:
    """Return what the agency itself and those who see everything read besides: terms, reasons, the proof."""
    return {
        "due": _due(page, opinion),
        "extended": _extended(opinion),
        "reason": opinion.reason,
        "withdrawn": _withdrawn(opinion),
        "proof": proof_of(opinion),
        "wishes": [wish_of(each) for each in _sorted(opinion.extensions.all())],
        "earlier": [_earlier(each) for each in _sorted(opinion.earlier.all())],
    }


def _acts(page: RoundPage, opinion: Opinion) -> dict[str, Any]:
    if not page.can_run or opinion.state != OpinionState.ASKED:
        return {}
    return {
        "withdraw_url": page.here(act="withdraw", opinion=opinion.pk),
        "extend_url": page.here(act="extend", opinion=opinion.pk),
    }


def _sorted(rows: Iterable[Any]) -> list[Any]:
    return sorted(rows, key=lambda each: each.pk)


def _due(page: RoundPage, opinion: Opinion) -> DueLabel | None:
    started = opinion.delivered_at or opinion.consultation.opened_at
    if opinion.state == OpinionState.ASKED:
        return page.reader.due(opinion.due, started_at=started)
    if opinion.state != OpinionState.GIVEN or opinion.answered_at is None:
        return None
    days = page.reader.calendar.working_days_between(opinion.due, opinion.answered_at)
    return due_label(opinion.due, now=page.now, days=days, started_at=started, done_at=opinion.answered_at)


def _extended(opinion: Opinion) -> str:
    if opinion.extended_to is None:
        return ""
    words = _("extended to %(until)s, first due %(first)s")
    first = day_month_year(opinion.consultation.due_at)
    return words % {"until": day_month_year(opinion.extended_to), "first": first}


def _answer(opinion: Opinion) -> str:
    number = _("No. %(number)s") % {"number": opinion.document_number} if opinion.document_number else ""
    return ", ".join(part for part in (number, opinion.signed_as, date_and_time(opinion.answered_at)) if part)


def _remarks(count: int) -> str:
    return ngettext("%(n)d remark", "%(n)d remarks", count) % {"n": count} if count else ""


def _choices(page: RoundPage, opinion: Opinion) -> list[str]:
    """Return what the agency chose, question by question."""
    words = _("Question %(n)s: %(options)s")
    options = {question.pk: question.options for question in page.questions}
    return [
        words
        % {
            "n": each.question.number,
            "options": "; ".join(options[each.question_id][number - 1] for number in each.chosen),
        }
        for each in page.choices
        if each.opinion_id == opinion.pk
    ]


def _silence(page: RoundPage, opinion: Opinion) -> str:
    """Say that nothing came, and what that counts as under which rule; who could not be reached is a proof."""
    consultation = opinion.consultation
    if consultation.closing == Closing.EARLY:
        return _("No comments before the lead closed the round early; noted as no reply")
    if opinion.stance == Stance.DEEMED_AGREED:
        words = _("No comments, overdue, deemed to agree under %(citation)s")
    elif opinion.delivered_at is None and not (page.sees_all or page.is_own(opinion)):
        return _("No comments by the due moment, noted as no reply")
    elif opinion.delivered_at is None:
        return _("No comments; noted as no reply, because nobody of the agency could receive the request")
    else:
        words = _("No comments, overdue, noted as no reply under %(citation)s")
    return words % {"citation": consultation.silence_citation}


def _withdrawn(opinion: Opinion) -> str:
    if opinion.state != OpinionState.WITHDRAWN:
        return ""
    who = opinion.withdrawn_by.full_name if opinion.withdrawn_by else ""
    return _("Withdrawn by %(who)s: %(reason)s") % {"who": who, "reason": opinion.withdrawn_reason}


def proof_of(opinion: Opinion) -> list[str]:
    """Return, line by line, what proves that the agency was asked."""
    if opinion.delivered_at is None:
        delivered = _("Not delivered: nobody of the agency holds a position that may answer")
    else:
        delivered = _("Delivered %(when)s") % {"when": date_and_time(opinion.delivered_at)}
    return [delivered, _opened(opinion), *_reminded(opinion)]


def _opened(opinion: Opinion) -> str:
    if opinion.first_opened_at is None:
        return _("Not opened")
    who = opinion.first_opened_by.full_name if opinion.first_opened_by else ""
    words = _("First opened %(when)s by %(who)s")
    return words % {"when": date_and_time(opinion.first_opened_at), "who": who}


def _reminded(opinion: Opinion) -> list[str]:
    words: dict[str, str] = {
        ReminderKind.CLOCK: _("Reminded %(when)s by the system"),
        ReminderKind.LEAD: _("Reminded %(when)s by the lead"),
    }
    return [words[each.kind] % {"when": date_and_time(each.sent_at)} for each in sorted_reminders(opinion)]


def wish_of(extension: Extension) -> str:
    """Say what an agency wished, or was given, and what was answered."""
    until = extension.granted_until or extension.wanted_at
    said = {
        "until": day_month_year(timezone.localtime(until)),
        "earlier": day_month_year(timezone.localtime(extension.earlier_due)),
        "reason": extension.reason,
        "answer": extension.answer,
    }
    return str(WISHES[extension.state]) % said


def _earlier(earlier: EarlierAnswer) -> EarlierRow:
    content = earlier.content
    number = content.get("document_number") or ""
    parts = (
        _("No. %(number)s") % {"number": number} if number else "",
        earlier.signed_as,
        date_and_time(earlier.answered_at),
    )
    return EarlierRow(
        number=earlier.number,
        mark=STANCES[earlier.stance],
        what=", ".join(part for part in parts if part),
        replaced=_("replaced %(when)s") % {"when": date_and_time(earlier.replaced_at)},
        reason=content.get("reason") or "",
        remarks=content.get("remarks") or (),
    )
