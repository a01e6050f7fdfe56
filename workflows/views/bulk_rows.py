"""Before a bulk act: which of the chosen tasks can go, and why each of the others cannot.

Everything is asked for all tasks at once: as many statements for five hundred as for one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.authority import Actor, Hat
from workflows import holding, policies
from workflows.domain.errors import AlreadyDoneError, StaleError
from workflows.flows import bulk
from workflows.models import CaseTask
from workflows.presenting import DueLabel

from . import bulk_facts, vocabulary
from .base import CaseRequest
from .bulk_facts import Facts
from .pages.acting import due_of
from .pages.names import AgencyNames

FACTS = {
    "approve": bulk_facts.of_decisions,
    "sign_review": bulk_facts.of_reviews,
    "sign_opinion": bulk_facts.of_answers,
}
STAMP_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Row:
    """One chosen task as the page prints it; `reasons` say why it cannot go."""

    task: CaseTask
    title: str
    code: str
    agency: str
    url: str
    due: DueLabel
    capacity: str
    facts: Facts
    reasons: tuple[str, ...]

    @property
    def value(self) -> str:
        """What the form sends: the task, and what the row was drawn from."""
        return f"{self.task.public_id}~{self.facts.seen}"

    @property
    def stamp(self) -> str:
        """The beginning of what the row was drawn from."""
        return self.facts.seen[:STAMP_SHOWN]

    def item(self, seen: str) -> bulk.Item:
        """Return the task for the act, refused where it cannot go or is not what was seen."""
        refusal = " · ".join(self.reasons)
        if not refusal and seen != self.facts.seen:
            refusal = StaleError().message
        return bulk.Item(self.task, self.facts.seen, self.facts.given, refusal)


class Preflight:
    """The chosen tasks the person may read, in the order given."""

    def __init__(self, asker: CaseRequest, name: str, chosen: Sequence[UUID]) -> None:
        self.asker = asker
        self.name, self.kind = name, bulk.KINDS[name]
        self.chosen = list(dict.fromkeys(chosen))
        self.names = AgencyNames()

    @cached_property
    def rows(self) -> list[Row]:
        """Every chosen task that may be seen."""
        tasks = self._tasks()
        at_hand = [task for task in tasks if task.is_open and task.flow_task.name == self.kind.node]
        hats = self._hats(at_hand)
        hers = [task for task in at_hand if task.pk in hats]
        facts = FACTS[self.name](hers, self.names) if hers else {}
        return [self._row(task, hats.get(task.pk), facts.get(task.pk, Facts())) for task in tasks]

    @property
    def able(self) -> list[Row]:
        """The tasks that can go."""
        return [row for row in self.rows if not row.reasons]

    @property
    def unable(self) -> list[Row]:
        """The tasks that cannot."""
        return [row for row in self.rows if row.reasons]

    @property
    def missing(self) -> int:
        """How many of the chosen tasks are not to be seen."""
        return len(self.chosen) - len(self.rows)

    def _tasks(self) -> list[CaseTask]:
        visible = policies.visible_assignments(self.asker.hats, self.asker.user)
        found = CaseTask.objects.human().with_case().filter(process__assignment__in=visible)
        tasks = {task.public_id: task for task in found.filter(public_id__in=self.chosen)}
        for task in tasks.values():
            if task.participation is not None:
                task.participation.assignment = task.process.assignment
        return [tasks[key] for key in self.chosen if key in tasks]

    def _hats(self, tasks: Sequence[CaseTask]) -> dict[int, Hat]:
        """Return under which hat the person would do each task; those she may not do are left out."""
        if not tasks:
            return {}
        right = tasks[0].flow_task.verb(self.kind.verb).right
        hers = {task.pk: task.participation for task in tasks if holding.is_hers(self.asker.hats, task)}
        parts = [part for part in hers.values() if part is not None]
        found = holding.hats_for(self.asker.hats, self.asker.actor.hat, right, parts)
        return {key: found[part.pk] for key, part in hers.items() if part is not None and part.pk in found}

    def _row(self, task: CaseTask, hat: Hat | None, facts: Facts) -> Row:
        assignment = task.process.assignment
        return Row(
            task=task,
            title=assignment.title,
            code=assignment.directive.code,
            agency=self.names.short(assignment.lead) if assignment.lead else "",
            url=reverse("task", args=[task.public_id]),
            due=due_of(task),
            capacity=hat.capacity if hat else "",
            facts=facts,
            reasons=tuple(self._reasons(task, hat, facts)),
        )

    def _reasons(self, task: CaseTask, hat: Hat | None, facts: Facts) -> Iterator[str]:
        if not task.is_open:
            what = str(task.flow_task.task_title)
            yield AlreadyDoneError(who=task.done_as, what=what, when=task.finished).message
        elif task.flow_task.name != self.kind.node:
            yield _("At another stage: %(what)s.") % {"what": vocabulary.to_do(task.flow_task.name)}
        elif hat is None:
            yield _("Your position does not allow this act.")
        else:
            yield from facts.against
            if Actor(self.asker.user, hat).persons & set(facts.writers):
                yield _("You wrote part of this plan, so another person must decide.")
