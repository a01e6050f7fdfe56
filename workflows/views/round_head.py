"""The head of a round's page: the request, its questions, where the round stands, the figures, rounds and filters."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.views.addresses import link
from workflows import policies
from workflows.models import Closing, Consultation, Question
from workflows.presenting import DueLabel, date_and_time, day_month_year

from .base import Context
from .round_page import RoundPage


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the round; `look` is alert for what disagrees."""

    word: str
    count: int
    look: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """An option of a question, and how many chose it where the reader may know."""

    number: int
    text: str
    count: str


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A question of the request with its options."""

    number: int
    text: str
    picks: str
    options: Sequence[Option]


@dataclass(frozen=True, slots=True)
class Tab:
    """A link of the page to itself: a round, or a filter of the list."""

    label: str
    url: str
    is_current: bool
    count: int | None = None
    look: str = ""


def head_of(page: RoundPage) -> Context:
    """Return the request and where the round stands; for readers it did not go to, that it took place."""
    consultation = page.consultation
    return {
        "consultation": consultation,
        "is_readable": page.is_readable,
        "is_open": page.is_open,
        "lead": page.names.full(page.assignment.lead) if page.assignment.lead else "",
        "due": _due(page),
        "state_of": _standing(consultation),
        "late_answers": _late_answers(consultation),
        "round_tabs": _rounds(page),
    } | (_request(page) if page.is_readable else {})


def _request(page: RoundPage) -> Context:
    return {
        "due_more": _more_time(page),
        "reminded": _reminded(page),
        "questions": [_question(page, question) for question in page.questions],
        "figures": _figures(page),
        **_revision(page),
    }


def _due(page: RoundPage) -> DueLabel | None:
    consultation = page.consultation
    if not page.is_open:
        return None
    return page.reader.due(consultation.due_at, started_at=consultation.opened_at)


def _more_time(page: RoundPage) -> str:
    """Say how many have more time than the request gave, where the person may know."""
    count = page.figures["extended"]
    if not (page.sees_all and count):
        return ""
    words = ngettext(
        "%(n)s agency has time until %(until)s", "%(n)s agencies have time, at most until %(until)s", count
    )
    return words % {"n": count, "until": day_month_year(page.figures["last_due"])}


def _standing(consultation: Consultation) -> str:
    """Say when, how and by whom the round was closed; nothing while it is open."""
    if not consultation.is_closed:
        return ""
    when, how = date_and_time(consultation.closed_at), consultation.get_closing_display()
    if consultation.closing == Closing.EARLY and consultation.closed_by:
        words = _("Closed %(when)s early by %(who)s")
        return words % {"when": when, "who": consultation.closed_by.full_name}
    return _("Closed %(when)s: %(how)s") % {"when": when, "how": how}


def _late_answers(consultation: Consultation) -> str:
    if not consultation.is_closed:
        return ""
    if consultation.takes_late_answers:
        return _("Late answers are still taken, until the lead starts to answer the remarks.")
    when = date_and_time(consultation.disposition_started_at)
    return _("The lead has been answering the remarks since %(when)s; late answers are no longer taken.") % {
        "when": when
    }


def _reminded(page: RoundPage) -> str:
    """Return when the silent agencies were last reminded; for the lead's people."""
    last = page.reminded["last"] if page.is_lead else None
    return _("Last reminder: %(when)s") % {"when": date_and_time(last)} if last else ""


def _revision(page: RoundPage) -> Context:
    """Return where the judged text can be read, and what it became since, as far as the person may read it."""
    revision = page.consultation.revision
    seen = policies.visible_revisions(page.asker.hats, page.asker.user, page.assignment, is_lead=page.is_lead)
    numbers = set(seen.values_list("number", flat=True))
    if revision.number not in numbers:
        return {}
    newest, plan = max(numbers), revision.plan.public_id
    return {
        "revision_url": link(reverse("plan", args=[plan]), revision=revision.number),
        "remarks_url": reverse("plan-dispositions", args=[plan]),
        "newest": newest if newest > revision.number else 0,
        "compare_url": link(
            reverse("plan-revisions", args=[plan]), **{"from": revision.number, "to": newest}
        ),
    }


# --- questions ------------------------------------------------------------------------------------------------------


def _question(page: RoundPage, question: Question) -> QuestionRow:
    chosen = [each.chosen for each in page.choices if each.question_id == question.pk]
    picks = _("Choose %(picks)s of %(options)s.")
    return QuestionRow(
        question.number,
        question.text,
        picks % {"picks": question.picks, "options": len(question.options)},
        [
            Option(number, text, _votes(page, sum(number in each for each in chosen)))
            for number, text in enumerate(question.options, start=1)
        ],
    )


def _votes(page: RoundPage, count: int) -> str:
    """Say how many chose an option: only where the answers that are counted are more than the reader's own."""
    if not (page.sees_all or len(page.visible) > len(page.own)):
        return ""
    return ngettext("%(n)d agency", "%(n)d agencies", count) % {"n": count}


# --- figures and links ------------------------------------------------------------------------------------------------


def _figures(page: RoundPage) -> list[Figure]:
    """Return the figures; what the answers say is counted for those alone who may read them all."""
    n = page.figures
    answers = [
        Figure(pgettext("figure", "agree"), n["agree"]),
        Figure(pgettext("figure", "with comments"), n["remarks"]),
        Figure(pgettext("figure", "disagree"), n["disagree"], "alert" if n["disagree"] else ""),
    ]
    silence = [
        Figure(pgettext("figure", "deemed agreed"), n["deemed"]),
        Figure(pgettext("figure", "no reply"), n["silent"] - n["deemed"]),
    ]
    return [
        Figure(pgettext("figure", "Asked"), n["asked"], "main"),
        Figure(pgettext("figure", "Answered"), n["given"], "main"),
        *(answers if page.sees_all else []),
        *([Figure(pgettext("figure", "late"), n["late"])] if page.sees_all and n["late"] else []),
        *([Figure(pgettext("figure", "Waiting"), n["waiting"], "main")] if page.is_open else []),
        *([] if page.is_open else [Figure(pgettext("figure", "Silent"), n["silent"], "main")]),
        *(silence if page.sees_all and n["silent"] else []),
        *([Figure(pgettext("figure", "Withdrawn"), n["withdrawn"], "main")] if n["withdrawn"] else []),
    ]


def _rounds(page: RoundPage) -> list[Tab]:
    """Return the rounds where there are several, the first one first."""
    if len(page.rounds) == 1:
        return []
    address = reverse("consultation", args=[page.assignment.public_id])
    return [
        Tab(
            _("Round %(n)s") % {"n": each.round},
            link(address, round=each.round),
            each == page.consultation,
        )
        for each in reversed(page.rounds)
    ]


def filters_of(page: RoundPage) -> list[Tab]:
    """Return the filters of the list with their counts; empty ones are left out unless they are on."""
    n = page.figures
    disagree = [("disagree", _("Disagree"), n["disagree"], "late")] if page.sees_all else []
    filters = [
        ("", pgettext("agencies", "All"), n["asked"], ""),
        ("waiting", pgettext("agencies", "Waiting"), n["waiting"], "soon"),
        ("answered", pgettext("agencies", "Answered"), n["given"], ""),
        *disagree,
        ("silent", pgettext("agencies", "Silent"), n["silent"], ""),
        ("withdrawn", pgettext("agencies", "Withdrawn"), n["withdrawn"], ""),
    ]
    return [
        Tab(label, page.url(state=state), state == page.state, count, look if count else "")
        for state, label, count, look in filters
        if count or not state or state == page.state
    ]
