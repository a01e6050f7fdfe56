"""Our nodes on viewflow's engine: a task an agency does, one for each agency, and their join.

Same meaning as the engine's own View, Split and Join, with fewer statements: a row is written once, in its final
state, and a branch that arrives asks one question. A task knows its verbs: who may, what it means, what comes next.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils import timezone
from viewflow import this
from viewflow.workflow import nodes
from viewflow.workflow.activation import Activation
from viewflow.workflow.base import Edge, Node
from viewflow.workflow.status import STATUS
from viewflow.workflow.token import Token

from accounts.models import User
from workflows import inbox
from workflows.domain import calendars, plans
from workflows.models import Assignment, CaseTask, Participation, Role

from .activation import CaseActivation, link

Act = Callable[..., Any]
Stamp = Callable[[Assignment], str]
WAITING = [STATUS.NEW, STATUS.ASSIGNED]


# --- a task that people do -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Verb:
    """One thing a person can do with a task.

    `right` is the permission on the task's participation; `act` the domain function; `then` the next node; `binds`
    tells that the act is about the plan as it was on the screen, so the page's stamp must still be the current one. A
    verb that is not `listed` does not bring the task into an inbox; one that is not `chosen` is what another turned
    into. One that opens a task `aside` leaves its own open; one that `settles` the matter closes what was opened aside
    and still waits.
    """

    name: str
    right: str
    act: Act
    then: Any
    binds: bool = False
    listed: bool = True
    chosen: bool = True
    aside: bool = False
    settles: bool = False


_Verb = Verb  # the class has a method of the same name


class AgencyTaskActivation(CaseActivation):
    """A task waiting in the inboxes of one agency's positions."""

    @classmethod
    def create(
        cls,
        flow_task: "AgencyTask",
        prev_activation: CaseActivation,
        token: Token,
        data: Any = None,
        seed: Any = None,
    ) -> "CaseActivation":
        """Insert the task for the participation its role names and put it into the inboxes."""
        activation = cls.follow(flow_task, prev_activation, token)
        task = activation.task
        task.participation = seed or flow_task.participation_of(activation.assignment, prev_activation.task)
        task.due_at = flow_task.due(prev_activation)
        task.data = getattr(activation.subject, "carried", {})
        task.save(force_insert=True)
        link((prev_activation.task, task))
        inbox.open_entries([task], flow_task.rights, actor=activation.actor)
        return activation

    @Activation.status.super()
    def activate(self) -> None:
        """Wait for somebody to act."""

    @Activation.status.transition(source=WAITING, target=STATUS.DONE)
    def finish(self, user: User, verb: str, capacity: str) -> None:
        """Close the task as done by `user` and take it out of the inboxes; two statements."""
        task = self.task
        task.owner, task.verb, task.done_as, task.finished = user, verb, capacity, timezone.now()
        task.save(update_fields=["status", "owner", "verb", "done_as", "finished"])
        inbox.close_entries([task])
        self.announce()

    @Activation.status.transition(source=STATUS.STARTED, target=STATUS.DONE)
    def complete(self) -> None:
        """People's tasks never complete by themselves: `finish` closes them."""

    @Activation.status.transition(source=STATUS.DONE)
    def create_next(self) -> Iterator[Activation]:
        """Go where the verb that was used leads."""
        yield self.flow_task.verb(self.task.verb).then._create(self, self.task.token)  # noqa: SLF001 - the engine's own way

    @Activation.status.transition(source=WAITING, target=STATUS.CANCELED)
    def cancel(self) -> None:
        """Close the task undone."""
        self.task.finished = timezone.now()
        self.task.save(update_fields=["status", "finished"])
        inbox.close_entries([self.task])


class AgencyTask(Node):
    """A task for one agency's part in the assignment, done with one of its verbs.

    Without `term` it is due when the task before it was. `stamp` tells what a page drawn from the assignment now would
    carry: the verbs that bind are refused on a page that carries another.
    """

    activation_class = AgencyTaskActivation
    task_type = "HUMAN"
    shape = nodes.View.shape
    bpmn_element = "userTask"

    def __init__(self, role: Role, *, term: str = "", title: Any = "", stamp: Stamp = plans.stamp_of) -> None:
        super().__init__()
        self.role = role
        self.term = term
        self.stamp = stamp
        if title:
            self.task_title = title
        self._verbs: tuple[Any, ...] = ()

    def Verb(self, name: str, *, right: str, act: Act, then: Any, **traits: bool) -> "AgencyTask":  # noqa: N802 - reads like the engine's own
        """Add something a person can do with this task; `traits` are the flags of `Verb`."""
        self._verbs = (*self._verbs, Verb(name, right, act, then, **traits))
        return self

    def _resolve(self, instance: Any) -> None:
        super()._resolve(instance)
        self._verbs = tuple(replace(verb, then=this.resolve(instance, verb.then)) for verb in self._verbs)

    def _outgoing(self) -> Iterator[Edge]:
        targets: dict[Any, list[str]] = {}
        for verb in self._verbs:
            targets.setdefault(verb.then, []).append(verb.name)
        for target, names in targets.items():
            yield Edge(src=self, dst=target, edge_class="next", label=" / ".join(names))

    @property
    def verbs(self) -> tuple["_Verb", ...]:
        """What can be done with the task."""
        return self._verbs

    @property
    def rights(self) -> frozenset[str]:
        """The rights any of which brings the task into an inbox."""
        return frozenset(verb.right for verb in self._verbs if verb.listed)

    def verb(self, name: str) -> "_Verb":
        """Return a verb by its name; KeyError where the task has none of that name."""
        for verb in self._verbs:
            if verb.name == name:
                return verb  # type: ignore[no-any-return]
        raise KeyError(name)

    def participation_of(self, assignment: Assignment, previous: CaseTask) -> Participation:
        """Return the part that must act: the one that just acted where it has the role, else the current one."""
        last = previous.participation
        if last is not None and last.role == self.role and last.ended_at is None:
            return last
        part = (
            Participation.objects.current()
            .select_related("agency")
            .get(assignment=assignment, role=self.role)
        )
        part.assignment = assignment
        return part

    def due(self, previous: CaseActivation) -> datetime | None:
        """Return when the task is due.

        As the act before it says (a clock that starts again), else as before where the task only changes hands, else
        its own term in working days from now, or without one when the task before it was.
        """
        said: datetime | None = getattr(previous.subject, "next_due_at", None)
        if said is not None:
            return said
        keeps = not self.term or previous.task.flow_task == self
        return previous.task.due_at if keeps else calendars.due_after(self.term, timezone.now())
