"""What the pages of all nodes share: acts in dialogs, a page that has moved on, and how long there is left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise

from accounts.authority import Hat
from workflows import holding
from workflows.domain import comparing, plans
from workflows.domain.calendars import load_calendar
from workflows.forms.base import ActForm
from workflows.models import CaseTask, PlanRevision
from workflows.presenting import Act, DueLabel, due_label, stopped_label
from workflows.views import lending
from workflows.views.base import Context
from workflows.views.history import Line
from workflows.views.stages import STOPPED
from workflows.views.tasks import TaskPage

from .changes import ChangeRow, row_of
from .names import AgencyNames

Words = str | Promise


@dataclass(frozen=True, slots=True)
class ActWords:
    """How an act is offered: the button, its icon and look, the title of its dialog and the button inside.

    The kind `quiet` puts it into the second row; `short` is for a phone.
    """

    label: Words
    icon: str = ""
    kind: str = ""
    title: Words = ""
    submit: Words = ""
    short: Words = ""


@dataclass(frozen=True, slots=True)
class MovedOn:
    """The plan changed after the page was opened: who changed it, when, and what, where that is on record.

    `parts` names the parts of a submitted dossier that changed, `lines` says what happened since.
    """

    revision: PlanRevision
    rows: list[ChangeRow]
    parts: str = ""
    lines: Sequence[Line] = ()


class ActPage(TaskPage):
    """A page whose verbs are offered as dialogs; `acts` gives each its words, in the order of the buttons."""

    acts: ClassVar[Mapping[str, ActWords]]
    heading: ClassVar[Words]

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.made: dict[str, ActForm] = {}
        self.names = AgencyNames()

    def make_form(self, verb: str, data: Any = None, files: Any = None) -> ActForm:
        """Return the form of a verb with ids of its own, and remember it for its dialog."""
        form = super().make_form(verb, data, files)
        form.auto_id = f"{verb}-%s"
        self.made[verb] = form
        return form

    def context(self) -> Context:
        """Return the acts, how long there is left, what has moved on, and what the page itself shows."""
        moved_on = self._moved_on()
        if moved_on is not None:
            self._renew()
        acts = [self._act(verb) for verb in self.acts if verb in self.made]
        return {
            "nav": "inbox",
            "heading": self.heading,
            "acts": acts,
            "quiet_acts": [act for act in acts if act.is_quiet],
            "due": due_of(self.task),
            "moved_on": moved_on,
            **self.facts(),
        }

    def facts(self) -> Context:
        """Return what this node's template shows."""
        return {}

    def consequence(self, verb: str) -> str:
        """Return what follows from an act, said in its dialog."""
        return ""

    def acting_hat(self, verb: str) -> Hat | None:
        """Return the hat under which the person would do an act; one statement."""
        asker, part = self.view.asker, self.task.participation
        right = self.task.flow_task.verb(verb).right
        return holding.hat_for(asker.hats, asker.actor.hat, right, part) if part else None

    def _act(self, verb: str) -> Act:
        words = self.acts[verb]
        return Act(
            name=verb,
            label=str(words.label),
            form=self.made[verb],
            icon=words.icon,
            kind=words.kind,
            verb=verb,
            title=str(words.title),
            submit=str(words.submit),
            consequence=" ".join(filter(None, [self._for_whom(verb), self.consequence(verb)])),
            url=reverse("task", args=[self.task.public_id]),
            short=str(words.short),
        )

    def _for_whom(self, verb: str) -> str:
        return lending.sentence(self.hat_of(verb), str(self.view.asker.user))

    # --- a page that was drawn from something else than what is there now

    def _moved_on(self) -> MovedOn | None:
        return None

    def _renew(self) -> None:
        """Draw every form anew from what is there now; what was typed stays, the look has to be taken again."""
        for verb, form in list(self.made.items()):
            if form.is_bound:
                dropped = {*form.own_fields, *form.looked_at}
                typed = {name: form[name].data for name in form.fields if name not in dropped}
                self.make_form(verb)
                self.made[verb].initial.update(typed)


class PlanPage(ActPage):
    """A page about a plan: its forms carry the stamp of the revision that was on the screen."""

    @cached_property
    def revision(self) -> PlanRevision:
        """The newest revision of the plan."""
        return plans.current_revision(self.assignment)

    def stamp(self) -> str:
        """Return what the page was drawn from."""
        return self.revision.stamp

    def _moved_on(self) -> MovedOn | None:
        seen = next((form.data.get("seen", "") for form in self.made.values() if form.is_bound), None)
        if seen is None or seen == self.stamp():
            return None
        earlier = (
            PlanRevision.objects.filter(plan=self.revision.plan_id, sha256=seen).exclude(sha256="").first()
        )
        differences = comparing.compare(earlier, self.revision) if earlier else []
        return MovedOn(self.revision, [row_of(difference, []) for difference in differences])


def due_of(task: CaseTask) -> DueLabel:
    """Say how long a task has left, in working days."""
    now = timezone.now()
    if task.flow_task.name in STOPPED:
        return stopped_label(task.due_at, now=now)
    days = load_calendar().working_days_between(now, task.due_at) if task.due_at else 0
    return due_label(task.due_at, now=now, days=days, started_at=task.created)
