"""Asking other agencies for their opinion on a revision, and closing the round."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import regulation
from accounts.authority import SYSTEM, Actor
from accounts.models import Membership
from workflows.domain import calendars, dispositions, grants, phases, plans, reminders
from workflows.domain.errors import DomainError
from workflows.domain.events import Entry, record, record_all
from workflows.models import (
    Assignment,
    Closing,
    Consultation,
    Opinion,
    OpinionState,
    Participation,
    Phase,
    PlanRevision,
    Question,
    RequestDraft,
    Role,
    SilencePolicy,
    Stance,
)


class PreparedChangedError(DomainError):
    """The prepared request is not the one the signer read."""

    def __init__(self) -> None:
        super().__init__(_("The prepared request was changed after this page was opened. Read it again."))


class ShortReserveError(DomainError):
    """The agencies' due moment leaves too few days for the answers; the signer may say that it is meant so."""

    def __init__(self, days: int) -> None:
        message = _(
            "Only %(days)s working days remain between this day and the assignment's own term; "
            "%(reserve)s are kept for answering the remarks. Choose an earlier day, or confirm that it is meant so."
        )
        kept = regulation.rules("CONSULTATION")["reserve_days"]
        super().__init__(message % {"days": max(days, 0), "reserve": kept}, field="due_on")


@transaction.atomic
def send_request(  # noqa: PLR0913 - what a request carries
    participation: Participation,
    *,
    actor: Actor,
    due_at: datetime | None = None,
    request_number: str = "",
    request_on: date | None = None,
    note: str = "",
    silence: str = "",
    accepts_short_reserve: bool = False,
    draft_version: int | None = None,
) -> Consultation:
    """Sign the request for opinions: freeze the revision, open a round, give the agencies their rights.

    `due_at` is aware; without it the working regulation's term for opinions counts from now, in working days.
    `draft_version` is that of the prepared request the signer read. A later round publishes the answers given so far.

    Raises:
        ShortReserveError: too few days remain until the assignment's own term.
        DomainError: the due moment has passed or comes after that term, nobody is asked, or the questions changed.
    Source: Decree 30/2020/NĐ-CP; terms and silence from the working regulation, domain notes 1.10, 2.1 and 2.4.
    """
    assignment = participation.assignment
    now = timezone.now()
    due_at = due_at or calendars.due_after("opinion", now)
    check_due(assignment, due_at, now=now, accepts_short_reserve=accepts_short_reserve)
    asked = list(deliverable(assignment.participations.to_be_asked()).select_related("agency"))
    if not asked:
        raise DomainError(_("Choose at least one agency to consult."))
    prepared = _prepared(assignment, draft_version)

    revision = plans.current_revision(assignment)
    if not revision.is_frozen:
        plans.freeze(revision)
    signature = {"signed_by": actor.person, "signed_as": actor.label, "opened_at": now, "due_at": due_at}
    said = {"request_number": request_number, "request_on": request_on, "note": note, "silence": silence}
    consultation = _open(revision, asked, prepared, assignment=assignment, **signature, **said)
    grants.grant(asked)
    phases.enter(assignment, Phase.CONSULTING)
    if consultation.round > 1:
        dispositions.publish(assignment)

    record(
        "consultation.requested",
        assignment,
        subject=consultation,
        actor=actor,
        round=consultation.round,
        revision=revision.number,
        sha256=revision.sha256,
        due=due_at.isoformat(),
        agencies=[part.agency.code for part in asked],
        number=request_number,
        silence=consultation.silence,
    )
    return consultation


def check_due(
    assignment: Assignment, due_at: datetime, *, now: datetime, accepts_short_reserve: bool = False
) -> None:
    """Refuse a due moment that does not fit the assignment's own term; one that has run out binds nobody.

    Raises:
        ShortReserveError: fewer working days remain than are kept for the answers, and nobody said it is meant so.
        DomainError: it has passed, or comes after the assignment's own term.
    """
    if due_at <= now:
        raise DomainError(_("The due moment must be in the future."), field="due_on")
    term = assignment.due_at
    if term is None or term <= now:
        return
    if due_at >= term:
        message = _("The assignment itself is due on %(day)s. Ask for the answers before that day.")
        raise DomainError(message % {"day": f"{timezone.localdate(term):%d/%m/%Y}"}, field="due_on")
    days = calendars.load_calendar().working_days_between(due_at, term)
    if days < regulation.rules("CONSULTATION")["reserve_days"] and not accepts_short_reserve:
        raise ShortReserveError(days)


def deliverable(parts: QuerySet[Participation]) -> QuerySet[Participation]:
    """Return the parts with `has_people`: whether somebody who may answer holds a position at the agency today."""
    positions = [position for position, rights in grants.RIGHTS[Role.COORDINATE].items() if len(rights) > 1]
    people = Membership.objects.valid(on=timezone.localdate()).filter(
        agency_position__agency=OuterRef("agency"),
        agency_position__position__in=positions,
        user__is_active=True,
    )
    return parts.annotate(has_people=Exists(people))


def _prepared(assignment: Assignment, version: int | None) -> dict[str, Any]:
    """Return the round's number and its prepared questions; one statement.

    Raises:
        PreparedChangedError: the prepared request is not the one the signer read.
    """
    draft = RequestDraft.objects.filter(assignment=OuterRef("pk"))
    facts = (
        Assignment.objects.filter(pk=assignment.pk)
        .annotate(
            rounds=Count("consultations"),
            draft=Subquery(draft.values("version")[:1]),
            questions=Subquery(draft.values("questions")[:1]),
        )
        .values("rounds", "draft", "questions")
        .get()
    )
    if version is not None and version != (facts["draft"] or 0):
        raise PreparedChangedError
    return dict(facts)


def _open(
    revision: PlanRevision, asked: Sequence[Participation], prepared: dict[str, Any], **fields: Any
) -> Consultation:
    """Write the round, its questions and what it waits for, with the citation as the regulation has it now."""
    fields["silence"] = SilencePolicy(fields["silence"] or regulation.rules("SILENCE")["policy"])
    consultation = Consultation.objects.create(
        round=prepared["rounds"] + 1,
        revision=revision,
        silence_citation=regulation.rules("SILENCE")["citations"][fields["silence"]],
        remind_at=reminders.next_reminder(fields["due_at"], after=fields["opened_at"]),
        **fields,
    )
    questions = prepared["questions"] or []
    if questions:
        Question.objects.bulk_create(
            Question(consultation=consultation, number=number, **each)
            for number, each in enumerate(questions, start=1)
        )
    if prepared["draft"] is not None:
        RequestDraft.objects.filter(assignment_id=consultation.assignment_id).delete()
    ask(consultation, asked)
    consultation.asked = asked
    return consultation


def ask(consultation: Consultation, parts: Sequence[Participation], *, at: datetime | None = None) -> None:
    """Write what the round waits for; the parts come from `deliverable`. Two statements."""
    delivered_at = at or consultation.opened_at
    Opinion.objects.bulk_create(
        Opinion(
            consultation=consultation,
            participation=part,
            is_required=part.is_required,
            delivered_at=delivered_at if vars(part)["has_people"] else None,
        )
        for part in parts
    )
    Participation.objects.filter(pk__in=[part.pk for part in parts]).update(to_be_asked=False)


@transaction.atomic
def ask_again(participation: Participation, *, actor: Actor, note: str = "") -> PlanRevision:
    """Put another round before the head: the remarks so far are answered, the revised draft goes out again.

    From here on late answers to the round before are no longer taken.

    Raises:
        OpenRemarksError: a remark has no answer.
        DomainError: nobody is chosen, or the plan has no text.
    Source: a round can repeat (lần 1, lần 2), domain notes 2.8.
    """
    assignment = participation.assignment
    dispositions.check_answered(assignment)
    revision = plans.current_revision(assignment)
    plans.check_ready(revision)
    if not assignment.participations.to_be_asked().exists():
        raise DomainError(_("Choose at least one agency to consult."), field="agencies")
    dispositions.start(assignment)

    record(
        "consultation.prepared",
        assignment,
        subject=revision,
        actor=actor,
        revision=revision.number,
        note=note,
    )
    return revision


def open_round(assignment: Assignment) -> Consultation:
    """Return the assignment's open round."""
    return Consultation.objects.get(assignment=assignment, closed_at=None)


@transaction.atomic
def close_answered(assignment: Assignment, *, actor: Actor = SYSTEM) -> Consultation:
    """Close the round because every agency has answered; the lead goes on to disposition."""
    consultation = open_round(assignment)
    return _close(consultation, assignment, Closing.ALL_ANSWERED, [], at=timezone.now(), actor=actor)


@transaction.atomic
def close_due(assignment: Assignment, *, at: datetime) -> Consultation:
    """Close the round at its due moment: the clock records silence as the regulation says, with its proof.

    What an agency prepared but its head did not sign is no answer. Nothing is written as if the agency had said it,
    and an agency in which nobody could receive the request is never deemed to agree. Statements do not grow with the
    number of silent agencies.
    """
    consultation = open_round(assignment)
    silent = _silent(consultation)
    waiting = consultation.opinions.unanswered()
    deems = consultation.silence == SilencePolicy.DEEMED_AGREED
    if deems and not all(opinion.delivered_at for opinion in silent):
        _write_silence(waiting.filter(delivered_at=None), Stance.NO_REPLY, at=at)
    _write_silence(waiting, Stance.DEEMED_AGREED if deems else Stance.NO_REPLY, at=at)
    return _close(consultation, assignment, Closing.DUE, silent, at=at, actor=SYSTEM)


@transaction.atomic
def close_early(assignment: Assignment, *, actor: Actor) -> Consultation:
    """Close the round before its due moment, once every required answer is in.

    An agency that was still free to answer is noted as having given no reply: only the clock deems agreement.

    Raises:
        DomainError: a required answer is missing; names the agencies.
    """
    phases.hold(assignment, Phase.CONSULTING)
    consultation = open_round(assignment)
    silent = _silent(consultation)
    missing = [opinion.participation.agency.symbol for opinion in silent if opinion.is_required]
    if missing:
        message = _("%(n)s required answers are missing: %(agencies)s.")
        raise DomainError(message % {"n": len(missing), "agencies": ", ".join(missing[:8])})
    now = timezone.now()
    _write_silence(consultation.opinions.unanswered(), Stance.NO_REPLY, at=now)
    consultation.closed_by = actor.person
    return _close(consultation, assignment, Closing.EARLY, silent, at=now, actor=actor)


def _silent(consultation: Consultation) -> list[Opinion]:
    found = consultation.opinions.unanswered().select_related("participation__agency")
    silent = list(found.prefetch_related("reminders").order_by("id"))
    for opinion in silent:
        opinion.consultation = consultation
    return silent


def _write_silence(opinions: QuerySet[Opinion], stance: Stance, *, at: datetime) -> None:
    opinions.update(state=OpinionState.SILENT, stance=stance, answered_at=at)


def _close(
    consultation: Consultation,
    assignment: Assignment,
    closing: Closing,
    silent: Sequence[Opinion],
    *,
    at: datetime,
    actor: Actor,
) -> Consultation:
    consultation.closed_at, consultation.closing = at, closing
    consultation.save(update_fields=["closed_at", "closing", "closed_by"])
    plans.open_revision(assignment, actor=SYSTEM)
    phases.enter(assignment, Phase.DISPOSING)

    deems = closing == Closing.DUE and consultation.silence == SilencePolicy.DEEMED_AGREED
    entries = [
        Entry(
            "opinion.deemed" if deems and opinion.delivered_at else "opinion.silent",
            opinion,
            SYSTEM,
            proof_of(opinion) | {"citation": consultation.silence_citation},
        )
        for opinion in silent
    ]
    closed = {
        "round": consultation.round,
        "closing": closing,
        "silent": [opinion.participation.agency.code for opinion in silent],
    }
    record_all(assignment, [*entries, Entry("consultation.closed", consultation, actor, closed)])
    return consultation


def proof_of(opinion: Opinion) -> dict[str, Any]:
    """Return what proves that an agency was asked: when it was delivered, first opened, and of what it was reminded."""

    def stamp(moment: datetime | None) -> str:
        return moment.isoformat() if moment else ""

    return {
        "agency": opinion.participation.agency.code,
        "due": stamp(opinion.extended_to or opinion.consultation.due_at),
        "delivered": stamp(opinion.delivered_at),
        "opened": stamp(opinion.first_opened_at),
        "reminders": sorted(stamp(reminder.sent_at) for reminder in opinion.reminders.all()),
    }
