"""Our nodes on viewflow's engine that branch: one branch for each seat, and the join."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, ClassVar

from django.utils import timezone
from viewflow import this
from viewflow.workflow import nodes
from viewflow.workflow.activation import Activation
from viewflow.workflow.base import Edge, Node
from viewflow.workflow.nodes.mixins import NextNodeActivationMixin, NextNodeMixin
from viewflow.workflow.status import STATUS
from viewflow.workflow.token import Token

from accounts.models import Membership
from workflows import inbox
from workflows.models import CaseTask, Participation

from .activation import CaseActivation, link
from .clockwork import DueBoundary
from .nodes import AgencyTask


@dataclass(frozen=True, slots=True)
class Seat:
    """Whom a branch waits for: an agency's part, or one holder of a position on it in person."""

    part: Participation
    membership: Membership | None = None


class ForEachActivation(CaseActivation):
    """Stays started while its branches run; a timer at its border may interrupt it."""

    timer: CaseTask | None = None

    @classmethod
    def create(
        cls,
        flow_task: "ForEach",
        prev_activation: CaseActivation,
        token: Token,
        data: Any = None,
        seed: Any = None,
    ) -> "CaseActivation":
        """Insert the task, started."""
        activation = cls.follow(flow_task, prev_activation, token, status=STATUS.STARTED)
        activation.task.due_at = flow_task.due(activation)
        activation.task.started = timezone.now()
        activation.task.save(force_insert=True)
        return activation

    @Activation.status.transition(source=STATUS.STARTED)
    def create_next(self) -> Iterable[Activation]:
        """Open one branch for each seat: a fixed number of statements, however many there are."""
        borders = [self.timer] if self.timer else []
        links = [(self.previous, self.task), *((self.task, timer) for timer in borders)]
        return self._branch(self.flow_task.items(self), links)

    def add(self, parts: Sequence[Participation]) -> None:
        """Open further branches while the others run; four statements, however many there are."""
        self._branch([Seat(part) for part in parts], [], start=len(self._branch_tokens()))

    def _branch(
        self, seats: Sequence["Seat"], links: list[tuple[CaseTask, CaseTask]], *, start: int = 0
    ) -> list[CaseActivation]:
        node = self.flow_task.branch
        tokens = islice(Token.split_token_source(self.task.token, self.task.pk), start, None)
        branches = [
            node.activation_class.follow(
                node, self, next(tokens), participation=seat.part, membership=seat.membership
            )
            for seat in seats
        ]
        tasks = [branch.task for branch in branches]
        for task in tasks:
            task.due_at = self.task.due_at
        CaseTask.objects.bulk_create(tasks)
        link(*links, *((self.task, task) for task in tasks))
        inbox.open_entries(tasks, node.rights, actor=self.actor)
        return branches

    def _branch_tokens(self) -> set[str]:
        found = CaseTask.objects.filter(
            process_id=self.task.process_id, token__startswith=f"{self.task.token}/{self.task.pk}_"
        )
        return {str(token) for token in found.values_list("token", flat=True)}

    def drop(self, branch: CaseTask) -> None:
        """End one branch undone, and go on where it was the last that was waited for."""
        activation = branch.flow_task.activation_class(branch)
        activation.actor = self.actor
        activation.cancel()
        arrival = self.flow_task.join._create(activation, branch.token)  # noqa: SLF001 - the engine's own way
        activation._activate_next({arrival})  # noqa: SLF001 - as above

    @Activation.status.transition(source=STATUS.STARTED, target=STATUS.DONE)
    def close(self) -> None:
        """Finish: every branch has arrived."""
        self.task.finished = timezone.now()
        self.task.save(update_fields=["status", "finished"])
        self.announce()

    @Activation.status.transition(source=STATUS.STARTED, target=STATUS.CANCELED)
    def cancel(self) -> None:
        """Interrupt: close the task and every branch that still waits; three statements whatever their number."""
        now = timezone.now()
        self.task.finished = now
        self.task.save(update_fields=["status", "finished"])
        waiting = branches_of(self.task)
        inbox.close_entries(waiting)
        CaseTask.objects.filter(pk__in=[task.pk for task in waiting]).update(
            status=STATUS.CANCELED, finished=now
        )


class ForEach(Node):
    """Open one branch for each item (BPMN: a multi-instance activity); `Gather` joins them.

    `items` is a callable of the activation that returns the seats, `due` one that returns the moment.
    """

    activation_class = ForEachActivation
    task_type = "FOR_EACH"
    shape = nodes.Split.shape
    bpmn_element = "parallelGateway"

    def __init__(self, branch: Any, *, items: Any, due: Any, join: Any) -> None:
        super().__init__()
        self._branch, self._items, self._due, self._join = branch, items, due, join

    def _resolve(self, instance: Any) -> None:
        super()._resolve(instance)
        self._branch = this.resolve(instance, self._branch)
        self._items = this.resolve(instance, self._items)
        self._due = this.resolve(instance, self._due)
        self._join = this.resolve(instance, self._join)

    def _outgoing(self) -> Iterator[Edge]:
        yield Edge(src=self, dst=self._branch, edge_class="next")

    @property
    def branch(self) -> AgencyTask:
        """The first node of each branch."""
        return self._branch  # type: ignore[no-any-return]

    @property
    def join(self) -> "Gather":
        """Where the branches meet."""
        return self._join  # type: ignore[no-any-return]

    def items(self, activation: CaseActivation) -> Sequence[Seat]:
        """Return whom the branches are for."""
        return self._items(activation)  # type: ignore[no-any-return]

    def due(self, activation: CaseActivation) -> datetime:
        """Return until when the branches may run."""
        return self._due(activation)  # type: ignore[no-any-return]

    def OnTimeout(  # noqa: N802 - the engine's own name
        self,
        delay: Any,
        then: Any,
        interrupting: bool = True,  # noqa: FBT001, FBT002 - the engine's own signature
        title: Any = None,
    ) -> "ForEach":
        """Attach the timer that ends the branches when `delay(activation)` has come."""
        boundary = DueBoundary(None, delay=delay, interrupting=interrupting).Next(then)
        if title is not None:
            boundary.Annotation(title=title)
        self._boundary_specs.append(("timeout", boundary))
        return self


def branches_of(for_each: CaseTask) -> list[CaseTask]:
    """Return the people's tasks that still wait in the branches of a for-each task."""
    prefix = f"{for_each.token}/{for_each.pk}_"
    return list(
        CaseTask.objects.open()
        .human()
        .filter(process_id=for_each.process_id, token__startswith=prefix)
        .order_by("id")
    )


def _is_last(activation: "GatherActivation") -> bool:
    """Tell whether no branch of the round still waits; one statement."""
    waiting = CaseTask.objects.open().filter(process=activation.process, token__startswith=activation.prefix)
    return not waiting.exists()


class GatherActivation(NextNodeActivationMixin, CaseActivation):
    """A branch has arrived; the row is written only by the last one, so there is one join for each round."""

    type = "join"
    prefix: str

    @classmethod
    def create(
        cls,
        flow_task: "Gather",
        prev_activation: CaseActivation,
        token: Token,
        data: Any = None,
        seed: Any = None,
    ) -> "CaseActivation":
        """Return the arrival, unsaved."""
        activation = cls.follow(flow_task, prev_activation, token.get_base_split_token())
        activation.prefix = f"{token.token.rsplit('_', 1)[0]}_"
        return activation

    @Activation.status.transition(source=STATUS.NEW, target=STATUS.STARTED, conditions=[_is_last])
    def activate(self) -> None:
        """Go on where this was the last branch."""

    @Activation.status.transition(source=STATUS.STARTED, target=STATUS.DONE)
    def complete(self) -> None:
        """Write the join and finish the for-each task, which disarms its timer."""
        self.write(finished=True)
        host_pk = int(self.prefix.rsplit("/", 1)[1].rstrip("_"))
        host = CaseTask.objects.get(pk=host_pk)
        host.process = self.process
        ForEachActivation(host).close()


class Gather(NextNodeMixin, Node):
    """Join the branches of a `ForEach`: fires once, when the last one has arrived."""

    activation_class = GatherActivation
    task_type = "JOIN"
    bpmn_element = "parallelGateway"
    shape: ClassVar[dict[str, Any]] = nodes.Split.shape
