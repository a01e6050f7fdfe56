"""Taking something back: a submission before the leader has opened it, an approval before it is numbered.

Each holds the case's lock, asks the right on fresh rows, closes the task that waits and opens the one before.
"""

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from accounts.authority import Actor
from workflows.domain import decisions, phases, submissions
from workflows.domain.errors import NotAllowedError
from workflows.domain.phases import HandedOnError
from workflows.models import Assignment, CaseProcess, CaseTask, Participation, Phase, Role

from . import steps
from .activation import within
from .nodes import AgencyTaskActivation
from .steps import Answer, Attempt

BEFORE_DECISION = (Phase.REVIEWING, Phase.DECIDING)
# The nodes at which a case stands while it may be recalled; what else waits then is beside its way.
ON_THE_WAY = ("review", "sign_review", "decide", "issue")


def recall_approval(assignment: Assignment, attempt: Attempt, *, reason: str) -> Answer:
    """Take an approval back; the case is before the Committee again.

    Raises:
        HandedOnError: the plan has been numbered, or the approval taken back.
        NotAllowedError, DomainError: as `decisions.recall`.
    """

    def act() -> Model:
        _hold(assignment, (Phase.ISSUING,), _no_approval())
        part = part_of(assignment, Role.APPROVE)
        actor, takes_over = _approver(part, attempt)
        decision = within(decisions.recall)(part, actor=actor, reason=reason, takes_over=takes_over)
        _go_back(assignment, "decide", actor, decision)
        return decision  # type: ignore[no-any-return]

    return steps.once(attempt, "decision.recall", [assignment.pk, reason], act)


def recall_submission(assignment: Assignment, attempt: Attempt, *, reason: str) -> Answer:
    """Take a submission back, until the leader who decides has opened it; the lead answers and submits anew.

    Raises:
        HandedOnError: it is neither in review nor before the Committee.
        OpenedError, NotAllowedError, DomainError: as `submissions.recall`.
    """

    def act() -> Model:
        _hold(assignment, BEFORE_DECISION, _no_submission())
        part = part_of(assignment, Role.LEAD)
        actor = steps.actor_with(["sign_plan"], part, attempt)
        _keep_unopened(assignment)
        submission = within(submissions.recall)(part, actor=actor, reason=reason)
        _go_back(assignment, "dispose", actor, submission)
        return submission  # type: ignore[no-any-return]

    return steps.once(attempt, "submission.recall", [assignment.pk, reason], act)


def part_of(assignment: Assignment, role: Role) -> Participation:
    """Return the part of the one agency that has the role; one statement."""
    part = Participation.objects.current().select_related("agency").get(assignment=assignment, role=role)
    part.assignment = assignment
    return part


def _no_approval() -> str:
    return _("No approval waits for its number now: the plan was issued, or the approval taken back.")


def _no_submission() -> str:
    return _("No submission waits for a decision now. Nothing was changed.")


def _hold(assignment: Assignment, wanted: tuple[Phase, ...], message: str) -> None:
    try:
        phases.hold(assignment, *wanted)
    except HandedOnError as error:
        raise HandedOnError(message) from error


def _approver(part: Participation, attempt: Attempt) -> tuple[Actor, bool]:
    """Return the actor under the hat that decides, or takes over; and whether she may take over."""
    try:
        return steps.actor_with(["take_over"], part, attempt), True
    except NotAllowedError:
        return steps.actor_with(["decide"], part, attempt), False


def _keep_unopened(assignment: Assignment) -> None:
    """Keep the tasks that wait from being opened until commit: opening one waits, then finds it closed."""
    list(_waiting(assignment).select_for_update().values_list("pk", flat=True))


def _waiting(assignment: Assignment) -> "QuerySet[CaseTask]":
    return CaseTask.objects.open().human().filter(process__assignment=assignment).order_by("id")


def _go_back(assignment: Assignment, node: str, actor: Actor, subject: Model) -> None:
    """Close whatever waits for people and open the task at a node, in place of the one on the case's way."""
    process = CaseProcess.objects.get(assignment=assignment, finished=None)
    process.assignment = assignment
    waiting = _waiting(assignment).select_related("participation__agency")
    closed = [_close(task, process, actor, subject) for task in waiting]
    last = next(each for each in closed if each.task.flow_task.name in ON_THE_WAY)
    following = getattr(last.flow_class.instance, node)
    last._activate_next({following._create(last, last.task.token)})  # noqa: SLF001 - the engine's own way


def _close(task: CaseTask, process: CaseProcess, actor: Actor, subject: Model) -> AgencyTaskActivation:
    task.process = process
    activation: AgencyTaskActivation = task.flow_task.activation_class(task)
    activation.actor, activation.subject = actor, subject
    activation.cancel()
    return activation
