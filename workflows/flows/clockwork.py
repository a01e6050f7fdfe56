"""Our nodes on viewflow's engine for what no person does: timers, functions, start and end of a case.

Same meaning as the engine's own TimerBoundary, Function, StartHandle and End; each row is written once, in its final
state, and a failure always rolls the whole act or firing back.
"""

from datetime import datetime
from typing import Any

from django.utils import timezone
from viewflow.workflow import nodes
from viewflow.workflow.activation import Activation
from viewflow.workflow.base import Node
from viewflow.workflow.nodes.boundary import TimerBoundary, TimerBoundaryActivation
from viewflow.workflow.nodes.mixins import NextNodeActivationMixin
from viewflow.workflow.signals import flow_finished, flow_started
from viewflow.workflow.status import PROCESS, STATUS
from viewflow.workflow.token import Token

from accounts.authority import Actor
from workflows.models import OPEN_STATUSES, Assignment, CaseTask

from .activation import CaseActivation


class DueBoundaryActivation(CaseActivation, TimerBoundaryActivation):
    """The timer at the border of a for-each task. A failure propagates, so the whole firing rolls back."""

    @classmethod
    def create(
        cls,
        flow_task: "DueBoundary",
        prev_activation: CaseActivation,
        token: Token,
        data: Any = None,
        seed: Any = None,
    ) -> "CaseActivation":
        """Insert the timer, scheduled."""
        activation = cls.follow(flow_task, prev_activation, token, status=STATUS.SCHEDULED)
        activation.task.scheduled = flow_task.moment(activation)
        activation.task.save(force_insert=True)
        return activation

    @Activation.status.transition(source=STATUS.SCHEDULED, target=STATUS.STARTED)
    def start(self) -> None:
        """Claim the timer under the process lock."""

    @Activation.status.transition(source=STATUS.STARTED)
    def execute(self) -> None:
        """Interrupt the branches and go on."""
        self.cancel_host_tasks()
        self.complete()
        self.activate_next()


class DueBoundary(TimerBoundary):
    """`TimerBoundary` that is armed and disarmed with one row each."""

    activation_class = DueBoundaryActivation

    def moment(self, activation: CaseActivation) -> datetime:
        """Return when the timer fires."""
        return self._delay(activation)  # type: ignore[no-any-return]

    def _arm(self, host_activation: CaseActivation) -> None:
        host_activation.timer = self.activation_class.create(
            self, host_activation, host_activation.task.token
        ).task

    def _on_host_finished(self, **signal: Any) -> None:
        host = signal["task"]
        if host.flow_task == self._attached_to:
            CaseTask.objects.open().filter(flow_task=self, process_id=host.process_id, previous=host).update(
                status=STATUS.CANCELED, finished=timezone.now()
            )


class ClockworkActivation(NextNodeActivationMixin, CaseActivation):
    """Runs a domain function as part of the act or timer that led here."""

    @classmethod
    def create(
        cls,
        flow_task: "Clockwork",
        prev_activation: CaseActivation,
        token: Token,
        data: Any = None,
        seed: Any = None,
    ) -> "CaseActivation":
        """Return the activation, unsaved: the row is written once the function has run."""
        return cls.follow(flow_task, prev_activation, token)

    @Activation.status.super()
    def activate(self) -> None:
        """Run the function; a failure rolls the whole act back."""
        self.flow_task._func(self)  # noqa: SLF001 - the engine's own field

    @Activation.status.transition(source=STATUS.NEW, target=STATUS.DONE)
    def complete(self) -> None:
        """Write the task, done."""
        self.write(finished=True)


class Clockwork(nodes.Function):
    """A step the system does: writes to the database only."""

    activation_class = ClockworkActivation


class CaseEndActivation(CaseActivation):
    """Finishes the process."""

    @classmethod
    def create(
        cls,
        flow_task: Node,
        prev_activation: CaseActivation,
        token: Token,
        data: Any = None,
        seed: Any = None,
    ) -> "CaseActivation":
        """Return the activation, unsaved."""
        return cls.follow(flow_task, prev_activation, token)

    @Activation.status.super()
    def activate(self) -> None:
        """Close the process where nothing else of it is open."""
        if CaseTask.objects.filter(process=self.process, status__in=OPEN_STATUSES).exists():
            return
        self.process.status, self.process.finished = PROCESS.DONE, timezone.now()
        self.process.save(update_fields=["status", "finished"])

    @Activation.status.transition(source=STATUS.NEW, target=STATUS.DONE)
    def complete(self) -> None:
        """Write the task, done."""
        self.write(finished=True)
        flow_finished.send(sender=self.flow_class, process=self.process, task=self.task)

    @Activation.status.super()
    def create_next(self) -> list[Activation]:
        """Nothing follows."""
        return []


class CaseEnd(nodes.End):
    """The end of a case."""

    activation_class = CaseEndActivation


class BranchEndActivation(CaseEndActivation):
    """Ends a branch beside the case's main line; the case goes on."""

    @Activation.status.super()
    def activate(self) -> None:
        """The process stays open."""

    @Activation.status.transition(source=STATUS.NEW, target=STATUS.DONE)
    def complete(self) -> None:
        """Write the task, done."""
        self.write(finished=True)


class BranchEnd(nodes.End):
    """The end of a branch beside the main line."""

    activation_class = BranchEndActivation


class CaseStartActivation(NextNodeActivationMixin, CaseActivation):
    """Starts the process of one assignment."""

    @Activation.status.transition(source=STATUS.NEW, target=STATUS.DONE)
    def complete(self) -> None:
        """Write process and start task."""
        self.process.save(force_insert=True)
        self.task.process = self.process
        self.task.started = self.task.finished = timezone.now()
        self.task.save(force_insert=True)
        flow_started.send(sender=self.flow_class, process=self.process, task=self.task)


class CaseStart(nodes.StartHandle):
    """The start of a case: run by `starting.start_case`, never by a URL."""

    activation_class = CaseStartActivation

    def begin(self, assignment: Assignment, *, actor: Actor) -> Any:
        """Start a process for an assignment and open its first task; returns the process."""
        process = self.flow_class.process_class(flow_class=self.flow_class, assignment=assignment)
        task = CaseTask(process=process, flow_task=self, flow_task_type=self.task_type)
        activation = self.activation_class(task)
        activation.actor = actor
        activation.complete()
        activation.activate_next()
        return activation.process
