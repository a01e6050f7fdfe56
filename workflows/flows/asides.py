"""Tasks beside the main line: a verb opens one and the line goes on; they end when the matter is settled."""

from typing import Any

from django.db.models import Exists, OuterRef, Value
from django.utils import timezone
from viewflow.workflow.status import STATUS

from workflows import inbox
from workflows.models import CaseTask

from .nodes import AgencyTask, AgencyTaskActivation, Verb


def are_waiting(node: AgencyTask) -> Any:
    """Return the question, for the row of a task at a node, whether something opened aside has to be closed with it."""
    beside = _nodes(node)
    if not beside or not any(verb.settles for verb in node.verbs):
        return Value(value=False)
    return Exists(CaseTask.objects.open().filter(process=OuterRef("process"), flow_task__in=beside))


def begin(activation: AgencyTaskActivation, verb: Verb) -> None:
    """Open the task a verb leads to beside the line; the task it was done with stays open."""
    verb.then._create(activation, activation.task.token)  # noqa: SLF001 - the engine's own way


def end(activation: AgencyTaskActivation) -> None:
    """Close what was opened aside and still waits: the matter is settled; three statements."""
    beside = _nodes(activation.flow_task)
    waiting = list(CaseTask.objects.open().filter(process=activation.process, flow_task__in=beside))
    inbox.close_entries(waiting)
    CaseTask.objects.filter(pk__in=[task.pk for task in waiting]).update(
        status=STATUS.CANCELED, finished=timezone.now()
    )


def _nodes(node: AgencyTask) -> list[AgencyTask]:
    """Return the nodes of the same flow that are opened aside."""
    flow: Any = node.flow_class
    people = [each for each in flow.instance.nodes() if isinstance(each, AgencyTask)]
    return [verb.then for each in people for verb in each.verbs if verb.aside]
