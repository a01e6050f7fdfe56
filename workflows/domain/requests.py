"""Preparing the request for opinions: whom to ask, until when, with which questions, until the head signs it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.authority import Actor
from accounts.models import Agency
from workflows.domain import calendars, consultations, phases, plans
from workflows.domain.errors import DomainError
from workflows.domain.events import record
from workflows.models import (
    Assignment,
    Opinion,
    OpinionState,
    Participation,
    Phase,
    RequestDraft,
    Role,
    Stance,
)

MAX_QUESTIONS = 20
MAX_QUESTION = 1_000
MIN_OPTIONS, MAX_OPTIONS, MAX_OPTION = 2, 12, 500


@dataclass(frozen=True, slots=True)
class QuestionInput:
    """A question as it is prepared: choose `picks` of the options."""

    text: str
    options: tuple[str, ...]
    picks: int = 1


@dataclass(frozen=True, slots=True)
class RequestInput:
    """The request as it is prepared; `optional` holds the keys of the agencies whose answer is not required.

    Without `due_on` the working regulation's term counts from the signature; without `silence` its own rule holds.
    """

    agencies: Sequence[Agency]
    optional: frozenset[int] = frozenset()
    due_on: date | None = None
    silence: str = ""
    note: str = ""
    questions: Sequence[QuestionInput] = field(default_factory=tuple)


class RequestChangedError(DomainError):
    """Somebody else changed the prepared request after the page was opened; `draft` is what is stored now, if any."""

    def __init__(self, draft: RequestDraft | None) -> None:
        if draft is None:
            super().__init__(_("The prepared request was sent or dropped after this page was opened."))
        else:
            message = _("%(who)s changed the prepared request at %(when)s, after this page was opened.")
            when = date_format(timezone.localtime(draft.saved_at), "H:i d/m/Y")
            super().__init__(message % {"who": draft.saved_by.full_name, "when": when})
        self.draft = draft


@transaction.atomic
def save_request(assignment: Assignment, *, given: RequestInput, version: int, actor: Actor) -> RequestDraft:
    """Store what the drafter prepares of the next request, with the choice of agencies, if nobody changed it since.

    `version` is that of the prepared request on the page, 0 where there was none; it counts the agencies' choice too.
    Saving what is stored already changes nothing.

    Raises:
        HandedOnError: the plan is neither being drafted nor being revised.
        RequestChangedError: the prepared request has another version now.
        DomainError: a question cannot be put so, the lead is among the agencies, or the due day does not fit.
    Source: a question may ask for a choice (chọn 01 trong 02 phương án), domain notes 2.1.
    """
    phases.hold(assignment, Phase.DRAFTING, Phase.DISPOSING)
    draft = prepared_request(assignment)
    if version != (draft.version if draft else 0):
        raise RequestChangedError(draft)
    _check(assignment, given)

    asked_before = choice_of(assignment)
    plans.choose_coordinators(assignment, given.agencies, optional=given.optional, actor=actor)
    wanted = _columns(given)
    if draft and asked_before == choice_of(assignment) and wanted == _stored(draft):
        return draft
    saved = _store(assignment, draft, wanted, actor)

    record(
        "request.prepared",
        assignment,
        subject=saved,
        actor=actor,
        version=saved.version,
        due=given.due_on.isoformat() if given.due_on else "",
        silence=given.silence,
        questions=len(given.questions),
        asked=len(given.agencies),
    )
    return saved


def prepared_request(assignment: Assignment) -> RequestDraft | None:
    """Return what is prepared of the next request, with who saved it last; one statement."""
    return RequestDraft.objects.select_related("saved_by").filter(assignment=assignment).first()


def choice_of(assignment: Assignment) -> dict[int, bool]:
    """Return which agencies the next request asks, by key, and whether the answer is required; one statement."""
    return dict(assignment.participations.to_be_asked().values_list("agency", "is_required"))


def named_in_directive(assignment: Assignment) -> set[int]:
    """Return the keys of the agencies the directive gave a part, in whichever assignment; two statements.

    Those a drafter chose later are not among them, nor is the lead of this assignment.
    """
    directive = assignment.directive
    coordinating = Participation.objects.filter(assignment__directive=directive, role=Role.COORDINATE)
    if directive.released_at is not None:
        coordinating = coordinating.filter(added_at__lte=directive.released_at)
    leads = directive.assignments.exclude(lead=None).values_list("lead", flat=True)
    return {*coordinating.values_list("agency", flat=True), *leads} - {assignment.lead_id}


def last_answers(assignment: Assignment) -> dict[int, Opinion]:
    """Return the newest opinion of each agency asked before, by its key, the round loaded; one statement."""
    found = Opinion.objects.filter(consultation__assignment=assignment)
    related = found.exclude(state=OpinionState.WITHDRAWN).select_related("consultation", "participation")
    in_order = related.order_by("consultation__round", "id")
    return {opinion.participation.agency_id: opinion for opinion in in_order}


def has_remarks(opinion: Opinion) -> bool:
    """Tell whether an agency said more than plain agreement."""
    return opinion.state == OpinionState.GIVEN and opinion.stance != Stance.AGREE


def check_question(question: QuestionInput) -> None:
    """Refuse a question that cannot be answered; `field` of the error says where: text, option or picks.

    Raises:
        DomainError: too long, no text, too few, too many or equal options, or a number to choose that is no choice.
    """
    if not question.text:
        raise DomainError(_("Write the question."), field="text")
    if len(question.text) > MAX_QUESTION:
        message = _("A question holds at most %(n)s characters; this one has %(m)s.")
        raise DomainError(message % {"n": MAX_QUESTION, "m": len(question.text)}, field="text")
    _check_options(question.options)
    if not 1 <= question.picks < len(question.options):
        message = _("Of %(n)s options, between 1 and %(most)s may be chosen.")
        said = {"n": len(question.options), "most": len(question.options) - 1}
        raise DomainError(message % said, field="picks")


def _check_options(options: Sequence[str]) -> None:
    if not MIN_OPTIONS <= len(options) <= MAX_OPTIONS:
        message = _("Give between %(least)s and %(most)s options.")
        raise DomainError(message % {"least": MIN_OPTIONS, "most": MAX_OPTIONS}, field="option")
    if any(len(option) > MAX_OPTION for option in options):
        raise DomainError(_("An option holds at most %(n)s characters.") % {"n": MAX_OPTION}, field="option")
    if len({option.casefold() for option in options}) < len(options):
        raise DomainError(_("Two options say the same. Every option must differ."), field="option")


def _check(assignment: Assignment, given: RequestInput) -> None:
    if len(given.questions) > MAX_QUESTIONS:
        raise DomainError(_("A request puts at most %(n)s questions.") % {"n": MAX_QUESTIONS})
    for question in given.questions:
        check_question(question)
    if given.due_on is not None:
        due_at = calendars.load_calendar().end_of(given.due_on)
        consultations.check_due(assignment, due_at, now=timezone.now(), accepts_short_reserve=True)


def _columns(given: RequestInput) -> dict[str, Any]:
    questions = [{"text": q.text, "options": list(q.options), "picks": q.picks} for q in given.questions]
    return {"due_on": given.due_on, "silence": given.silence, "note": given.note, "questions": questions}


def _stored(draft: RequestDraft) -> dict[str, Any]:
    return {name: getattr(draft, name) for name in ("due_on", "silence", "note", "questions")}


def _store(
    assignment: Assignment, draft: RequestDraft | None, wanted: dict[str, Any], actor: Actor
) -> RequestDraft:
    now = timezone.now()
    if draft is None:
        return RequestDraft.objects.create(
            assignment=assignment, saved_by=actor.person, saved_at=now, **wanted
        )
    for name, value in wanted.items():
        setattr(draft, name, value)
    draft.version += 1
    draft.saved_by, draft.saved_at = actor.person, now
    draft.save(update_fields=[*wanted, "version", "saved_by", "saved_at"])
    return draft
