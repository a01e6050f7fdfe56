"""Asking other agencies for their opinion on a revision, and closing the round."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.authority import SYSTEM, Actor
from workflows.domain import calendars, grants, phases, plans
from workflows.domain.errors import DomainError
from workflows.domain.events import record, record_many
from workflows.models import (
    Assignment,
    Closing,
    Consultation,
    Opinion,
    OpinionState,
    Participation,
    Phase,
    PlanRevision,
    SilencePolicy,
    Stance,
)


@transaction.atomic
def send_request(
    participation: Participation,
    *,
    actor: Actor,
    due_at: datetime | None = None,
    request_number: str = "",
    note: str = "",
) -> Consultation:
    """Sign the request for opinions: freeze the revision, open a round, give the agencies their rights.

    `due_at` is aware; without it the working regulation's term for opinions counts from now, in working days.

    Raises:
        DomainError: the due moment has passed, or nobody is asked.
    Source: Decree 30/2020/NĐ-CP; terms and silence from the working regulation, domain notes 2.1 and 2.4.
    """
    assignment = participation.assignment
    now = timezone.now()
    due_at = due_at or calendars.due_after("opinion", now)
    if due_at <= now:
        raise DomainError(_("The due moment must be in the future."), field="due_at")
    asked = list(assignment.participations.coordinating().select_related("agency"))
    if not asked:
        raise DomainError(_("Choose at least one agency to consult."))

    revision = plans.current_revision(assignment)
    plans.freeze(revision)
    consultation = _open(
        revision,
        asked,
        assignment=assignment,
        opened_at=now,
        due_at=due_at,
        signed_by=actor.person,
        signed_as=actor.label,
        request_number=request_number,
        note=note,
    )
    grants.grant(asked)
    phases.enter(assignment, Phase.CONSULTING)

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
    )
    return consultation


def _open(
    revision: PlanRevision, asked: Sequence[Participation], *, assignment: Assignment, **fields: Any
) -> Consultation:
    """Write the round and what it waits for, with the silence policy as the regulation has it now."""
    consultation = Consultation.objects.create(
        assignment=assignment,
        round=assignment.consultations.count() + 1,
        revision=revision,
        silence=settings.SILENCE["policy"],
        silence_citation=settings.SILENCE["citation"],
        **fields,
    )
    Opinion.objects.bulk_create(Opinion(consultation=consultation, participation=part) for part in asked)
    consultation.asked = asked
    return consultation


def open_round(assignment: Assignment) -> Consultation:
    """Return the assignment's open round."""
    return Consultation.objects.get(assignment=assignment, closed_at=None)


@transaction.atomic
def close_answered(assignment: Assignment) -> Consultation:
    """Close the round because every agency has answered; the lead goes on to disposition."""
    consultation = open_round(assignment)
    _close(consultation, Closing.ALL_ANSWERED, at=timezone.now())
    plans.open_revision(assignment, actor=SYSTEM)
    phases.enter(assignment, Phase.DISPOSING)

    record(
        "consultation.closed",
        assignment,
        subject=consultation,
        actor=SYSTEM,
        round=consultation.round,
        closing=consultation.closing,
        silent=[],
    )
    return consultation


@transaction.atomic
def close_due(assignment: Assignment, *, at: datetime) -> Consultation:
    """Close the round at its due moment: the clock records silence as the regulation says.

    What an agency prepared but its head did not sign is no answer. Nothing is written as if the agency had said it.
    Statements do not grow with the number of silent agencies.
    """
    consultation = open_round(assignment)
    silent = list(consultation.opinions.unanswered().select_related("participation__agency").order_by("id"))
    stance = Stance.DEEMED_AGREED if consultation.silence == SilencePolicy.DEEMED_AGREED else Stance.NO_REPLY
    consultation.opinions.unanswered().update(state=OpinionState.SILENT, stance=stance, answered_at=at)
    _close(consultation, Closing.DUE, at=at)
    plans.open_revision(assignment, actor=SYSTEM)
    phases.enter(assignment, Phase.DISPOSING)

    entries = [
        (opinion, {"agency": opinion.participation.agency.code, "citation": consultation.silence_citation})
        for opinion in silent
    ]
    record_many(
        "opinion.deemed" if stance == Stance.DEEMED_AGREED else "opinion.silent",
        assignment,
        actor=SYSTEM,
        entries=entries,
    )
    record(
        "consultation.closed",
        assignment,
        subject=consultation,
        actor=SYSTEM,
        round=consultation.round,
        closing=consultation.closing,
        silent=[opinion.participation.agency.code for opinion in silent],
    )
    return consultation


def _close(consultation: Consultation, closing: Closing, *, at: datetime) -> None:
    consultation.closed_at = at
    consultation.closing = closing
    consultation.save(update_fields=["closed_at", "closing"])
