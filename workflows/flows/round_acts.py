"""What people do on the page of a round: once for each press, the right asked with the case's lock held."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from accounts.authority import Actor
from accounts.models import Agency
from workflows import policies
from workflows.domain import open_rounds, reminders
from workflows.domain import rounds as domain
from workflows.domain.errors import AlreadyDoneError
from workflows.models import (
    CaseTask,
    Consultation,
    Extension,
    ExtensionState,
    Opinion,
    Participation,
    Role,
)

from . import rounds, steps
from .steps import Answer, Attempt

Given = Sequence[object]


def add_agencies(
    consultation: Consultation, agencies: Sequence[Agency], attempt: Attempt, *, is_required: bool
) -> Answer:
    """Ask further agencies.

    Raises:
        NotAllowedError, DomainError: as `rounds.add_agencies`.
    """

    def act(held: Consultation, actor: Actor) -> Model:
        return rounds.add_agencies(held.assignment, agencies, actor=actor, is_required=is_required)

    given = [sorted(agency.code for agency in agencies), is_required]
    return _run(consultation, attempt, "round.add", given, act)


def withdraw(opinion: Opinion, attempt: Attempt, *, reason: str) -> Answer:
    """Withdraw the request to one agency.

    Raises:
        NotAllowedError, DomainError: as `rounds.withdraw`.
    """

    def act(held: Consultation, actor: Actor) -> Model:
        opinion.consultation = held
        return rounds.withdraw(opinion, reason=reason, actor=actor)

    return _run(opinion.consultation, attempt, "round.withdraw", [opinion.pk, reason], act)


def remind(consultation: Consultation, attempt: Attempt) -> Answer:
    """Remind the silent agencies.

    Raises:
        NotAllowedError, DomainError: as `domain.reminders.remind`.
    """

    def act(held: Consultation, actor: Actor) -> Model:
        return reminders.remind(held.assignment, actor=actor)

    return _run(consultation, attempt, "round.remind", [], act, rights=policies.REMIND)


def extend(
    consultation: Consultation, opinions: Sequence[Opinion] | None, attempt: Attempt, **given: Any
) -> Answer:
    """Give agencies more time; without `opinions` all that have not answered and whose time ends before `until`.

    `given` is what `rounds.extend` takes.

    Raises:
        NotAllowedError, ShortReserveError, DomainError: as `rounds.extend`.
    """

    def act(held: Consultation, actor: Actor) -> Model:
        chosen = _of(held, opinions) if opinions is not None else _whose_time_ends(held, given["until"])
        return rounds.extend(chosen, actor=actor, **given)

    wanted = None if opinions is None else sorted(opinion.pk for opinion in opinions)
    return _run(consultation, attempt, "round.extend", [wanted, given], act)


def grant(extension: Extension, attempt: Attempt, **given: Any) -> Answer:
    """Give an agency the time it asked for, or another day.

    Raises:
        AlreadyDoneError: somebody else answered the wish.
        NotAllowedError, ShortReserveError, DomainError: as `rounds.extend`.
    """

    def act(held: Consultation, actor: Actor) -> Model:
        _check_open(extension)
        return rounds.extend(_of(held, [extension.opinion]), actor=actor, **given)

    return _run(extension.opinion.consultation, attempt, "round.grant", [extension.pk, given], act)


def refuse(extension: Extension, attempt: Attempt, *, answer: str) -> Answer:
    """Refuse an agency more time.

    Raises:
        AlreadyDoneError: somebody else answered the wish.
        NotAllowedError, DomainError: as `domain.rounds.refuse_extension`.
    """

    def act(held: Consultation, actor: Actor) -> Model:
        _check_open(extension)
        extension.opinion.consultation = held
        return domain.refuse_extension(extension, answer=answer, actor=actor)

    return _run(extension.opinion.consultation, attempt, "round.refuse", [extension.pk, answer], act)


def close_early(consultation: Consultation, attempt: Attempt) -> Answer:
    """Close the round before its due moment.

    Raises:
        NotAllowedError, DomainError: as `rounds.close_early`.
    """

    def act(held: Consultation, actor: Actor) -> Model:
        return rounds.close_early(held.assignment, actor=actor)

    return _run(consultation, attempt, "round.close", [], act)


def ask_extension(opinion: Opinion, attempt: Attempt, *, until: datetime, reason: str) -> Answer:
    """Ask the lead for more time.

    Raises:
        NotAllowedError, DomainError: as `domain.rounds.ask_extension`.
    """
    consultation = opinion.consultation

    def act() -> Model:
        opinion.consultation = open_rounds.hold(consultation.assignment, number=consultation.round)
        actor = steps.actor_with(["prepare_opinion"], opinion.participation, attempt)
        return domain.ask_extension(opinion, until=until, reason=reason, actor=actor)

    return steps.once(attempt, "round.ask", [opinion.pk, until, reason], act)


def answer_again(opinion: Opinion, attempt: Attempt) -> CaseTask:
    """Open the task of replacing an answer, or of answering late, and return it.

    Raises:
        NotAllowedError, DomainError: as `rounds.answer_again`.
    """
    part = opinion.participation

    def act() -> Model:
        return rounds.answer_again(part, actor=steps.actor_with(["prepare_opinion"], part, attempt))

    answer = steps.once(attempt, "round.again", [opinion.pk], act)
    return CaseTask.objects.get(pk=answer.subject_id)


def _run(
    consultation: Consultation,
    attempt: Attempt,
    name: str,
    given: Given,
    act: Any,
    *,
    rights: Sequence[str] = policies.RUN_ROUND,
) -> Answer:
    """Do an act of the lead on the round the person looked at: the lock, the right, then the act."""
    assignment, number = consultation.assignment, consultation.round

    def work() -> Model:
        held = open_rounds.hold(assignment, number=number)
        lead = Participation.objects.select_related("agency").get(
            assignment=assignment, role=Role.LEAD, ended_at=None
        )
        return act(held, steps.actor_with(rights, lead, attempt))  # type: ignore[no-any-return]

    return steps.once(attempt, name, [consultation.pk, *given], work)


def _of(held: Consultation, opinions: Collection[Opinion]) -> list[Opinion]:
    for opinion in opinions:
        opinion.consultation = held
    return list(opinions)


def _whose_time_ends(held: Consultation, until: datetime) -> list[Opinion]:
    waiting = _of(held, held.opinions.unanswered())
    return [opinion for opinion in waiting if opinion.due < until] or waiting


def _check_open(extension: Extension) -> None:
    extension.refresh_from_db(fields=["state", "decided_as", "decided_at"])
    if extension.state != ExtensionState.ASKED:
        raise AlreadyDoneError(
            who=extension.decided_as, what=_("Answer to a wish for more time"), when=extension.decided_at
        )
