"""What our activations on viewflow's engine share: the case, who acts, and rows that are written once."""

import inspect
from collections.abc import Callable
from typing import Any

from django.utils import timezone
from viewflow.workflow.activation import Activation
from viewflow.workflow.base import Node
from viewflow.workflow.signals import task_finished
from viewflow.workflow.token import Token

from accounts.authority import SYSTEM, Actor
from workflows.models import Assignment, CaseTask


def link(*pairs: tuple[CaseTask, CaseTask]) -> None:
    """Record which task led to which, as (earlier, later) pairs; one statement."""
    through = CaseTask.previous.through
    through.objects.bulk_create(
        through(from_casetask_id=later.pk, to_casetask_id=earlier.pk) for earlier, later in pairs
    )


def within(act: Callable[..., Any]) -> Callable[..., Any]:
    """Return a domain act without its own transaction: the caller holds one, and fails as a whole."""
    bare: Callable[..., Any] = inspect.unwrap(act)
    return bare


class CaseActivation(Activation):
    """What our activations share: the case, and who acts."""

    actor: Actor = SYSTEM
    subject: Any = None  # what the act that moves the token has just written

    @property
    def assignment(self) -> Assignment:
        """The assignment the process is about."""
        return self.process.assignment  # type: ignore[no-any-return]

    @classmethod
    def follow(cls, node: Node, previous: "CaseActivation", token: Token, **fields: Any) -> "CaseActivation":
        """Return an activation on a new, unsaved task that follows `previous` and is done by the same actor's act."""
        task = CaseTask(
            process=previous.process, flow_task=node, flow_task_type=node.task_type, token=token, **fields
        )
        activation = cls(task)
        activation.actor = previous.actor
        activation.previous = previous.task
        activation.subject = previous.subject
        return activation

    previous: CaseTask

    def __eq__(self, other: object) -> bool:
        """An activation is itself alone: its task may have no row yet."""
        return self is other

    def __hash__(self) -> int:
        return id(self)

    def write(self, *, finished: bool) -> None:
        """Insert the task in the state it has, and its link to the one before; two statements."""
        now = timezone.now()
        self.task.started = self.task.started or now
        if finished:
            self.task.finished = now
        self.task.save(force_insert=True)
        link((self.previous, self.task))

    def announce(self) -> None:
        """Tell the engine's boundary events that the task is finished."""
        task_finished.send(sender=self.flow_class, process=self.process, task=self.task)
