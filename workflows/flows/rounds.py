"""What changes a round of consultation while it runs: the domain's act and the move of its tokens, in one transaction.

Each takes the lock of the case's own process, as every act does, through the domain's `phases.hold`.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import OperationalError, transaction
from django.utils import timezone
from viewflow.workflow.status import STATUS

from accounts.authority import Actor
from accounts.models import Agency
from workflows import inbox
from workflows.domain import consultations, dispositions, open_rounds, opinions, phases, reminders
from workflows.domain import rounds as domain
from workflows.domain.dispositions import AnswerToRemark
from workflows.domain.phases import HandedOnError
from workflows.models import (
    Assignment,
    CaseProcess,
    CaseTask,
    Consultation,
    Disposition,
    Opinion,
    Participation,
    Phase,
    PlanRevision,
    Remark,
    Role,
)

from .activation import within
from .branching import ForEachActivation, branches_of

logger = logging.getLogger(__name__)

JOB = "reminders"
SWEEP_SECONDS = 60.0
REPLACING = ("replace_opinion", "sign_replacement")


@transaction.atomic
def add_agencies(
    assignment: Assignment, agencies: Sequence[Agency], *, actor: Actor, is_required: bool = True
) -> Consultation:
    """Ask further agencies while the round is open: their tasks join the others.

    Raises:
        DomainError: as `domain.rounds.add_agencies`.
    """
    consultation = domain.add_agencies(assignment, agencies, actor=actor, is_required=is_required)
    _host(assignment, actor).add(consultation.asked)
    return consultation


@transaction.atomic
def withdraw(opinion: Opinion, *, reason: str, actor: Actor) -> Opinion:
    """Withdraw the request to one agency: its task closes, and the round with it where it was the last.

    Raises:
        DomainError: as `domain.rounds.withdraw`.
    """
    domain.withdraw(opinion, reason=reason, actor=actor)
    host = _host(opinion.consultation.assignment, actor)
    for task in branches_of(host.task):
        if task.participation_id == opinion.participation_id:
            task.process = host.process
            host.drop(task)
    return opinion


@transaction.atomic
def extend(
    wanted: Sequence[Opinion],
    *,
    until: datetime,
    reason: str,
    actor: Actor,
    accepts_short_reserve: bool = False,
) -> Consultation:
    """Give agencies more time: their tasks are due later, and the round waits for them.

    Raises:
        DomainError: as `domain.rounds.extend`.
    """
    consultation = domain.extend(
        wanted, until=until, reason=reason, actor=actor, accepts_short_reserve=accepts_short_reserve
    )
    host = _host(consultation.assignment, actor).task
    parts = {part.pk for part in consultation.asked}
    tasks = [task for task in branches_of(host) if task.participation_id in parts]
    inbox.move(tasks, until)
    timers = CaseTask.objects.open().filter(process_id=host.process_id, previous=host, flow_task_type="TIMER")
    timers.filter(scheduled__lt=until).update(scheduled=until)
    return consultation


@transaction.atomic
def close_early(assignment: Assignment, *, actor: Actor) -> Consultation:
    """Close the round by the lead: the tasks that still wait close, and the remarks are answered next.

    Raises:
        HandedOnError: no round is open.
        DomainError: a required answer is missing.
    """
    consultation = open_rounds.hold(assignment)
    host = _host(assignment, actor)
    host.cancel()
    host.announce()
    following = host.flow_class.instance.close_early
    host._activate_next({following._create(host, host.task.token)})  # noqa: SLF001 - the engine's own way
    consultation.refresh_from_db()
    return consultation


@transaction.atomic
def answer_again(participation: Participation, *, actor: Actor) -> CaseTask:
    """Open the task of replacing an agency's answer, or of answering late; returns the one there is, if any.

    Raises:
        HandedOnError, ConsultationClosedError, RequestWithdrawnError, DomainError: such an answer is not taken.
    """
    assignment = participation.assignment
    phases.hold(assignment, Phase.CONSULTING, Phase.DISPOSING)
    process = CaseProcess.objects.get(assignment=assignment, finished=None)
    process.assignment = assignment
    waiting = _replacements(process).filter(participation=participation).first()
    if waiting is not None:
        return waiting  # type: ignore[no-any-return]
    opinions.answer_again(participation, actor=actor)
    host = _last_host(process, actor)
    node = host.flow_class.instance.replace_opinion
    return node._create(host, host.task.token, seed=participation).task  # type: ignore[no-any-return]  # noqa: SLF001 - the engine's own way


@transaction.atomic
def dispose_remarks(
    versions: Mapping[Remark, int], answer: AnswerToRemark, *, actor: Actor
) -> list[Disposition]:
    """Answer remarks; with the first answer late opinions are no longer taken and their tasks close.

    Raises:
        DomainError: as `domain.dispositions.dispose_remarks`.
    """
    disposed: list[Disposition] = within(dispositions.dispose_remarks)(versions, answer, actor=actor)
    assignment = next(iter(versions)).opinion.consultation.assignment
    drop_replacements(assignment.pk)
    return disposed


@transaction.atomic
def finish_dispositions(participation: Participation, **given: Any) -> PlanRevision:
    """Hand the answered plan to the head; late opinions are no longer taken.

    Raises:
        DomainError: as `domain.dispositions.finish_dispositions`.
    """
    revision: PlanRevision = within(dispositions.finish_dispositions)(participation, **given)
    drop_replacements(participation.assignment_id)
    return revision


@transaction.atomic
def ask_again(participation: Participation, **given: Any) -> PlanRevision:
    """Put another round before the head; late opinions on the last one are no longer taken.

    Raises:
        DomainError: as `domain.consultations.ask_again`.
    """
    revision: PlanRevision = within(consultations.ask_again)(participation, **given)
    drop_replacements(participation.assignment_id)
    return revision


def remind_due(*, at: datetime | None = None) -> int:
    """Send the reminders that are due in every open round; returns in how many rounds somebody was reminded.

    A case that is busy, or whose round has just closed, is left for the next time.
    """
    moment = at or timezone.now()
    return sum(_remind(assignment, moment) for assignment in reminders.rounds_to_remind(at=moment))


def _remind(assignment: Assignment, moment: datetime) -> bool:
    try:
        return reminders.remind_by_clock(assignment, at=moment)
    except (HandedOnError, OperationalError):
        logger.warning("reminder left for later", extra={"assignment": assignment.pk}, exc_info=True)
        return False


def drop_replacements(assignment_id: int) -> None:
    """Close the tasks of replacing an answer: what is open of coordinating agencies once the round is over."""
    waiting = CaseTask.objects.open().human().filter(process__assignment=assignment_id)
    tasks = list(waiting.filter(participation__role=Role.COORDINATE).order_by("id"))
    if tasks:
        inbox.close_entries(tasks)
        CaseTask.objects.filter(pk__in=[task.pk for task in tasks]).update(
            status=STATUS.CANCELED, finished=timezone.now()
        )


def _replacements(process: CaseProcess) -> Any:
    instance = process.flow_class.instance
    nodes = [getattr(instance, name) for name in REPLACING]
    return CaseTask.objects.open().filter(process=process, flow_task__in=nodes).order_by("id")


def _host(assignment: Assignment, actor: Actor) -> ForEachActivation:
    """Return the running for-each task of the case's round, its process loaded."""
    process = CaseProcess.objects.get(assignment=assignment, finished=None)
    process.assignment = assignment
    task = _rounds_of(process).get(status=STATUS.STARTED)
    return _activation(task, process, actor)


def _last_host(process: CaseProcess, actor: Actor) -> ForEachActivation:
    return _activation(_rounds_of(process).order_by("-id")[:1].get(), process, actor)


def _rounds_of(process: CaseProcess) -> Any:
    """Return the for-each tasks of the case's rounds; a ballot of the members is another one."""
    return CaseTask.objects.filter(process=process, flow_task=process.flow_class.instance.consult)


def _activation(task: CaseTask, process: CaseProcess, actor: Actor) -> ForEachActivation:
    task.process = process
    activation = ForEachActivation(task)
    activation.actor = actor
    return activation
