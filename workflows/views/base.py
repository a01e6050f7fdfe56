"""What the pages of a case share: who asks, what she may see, and 404 for everything else."""

from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.views import View

from accounts.authority import Actor, Hat
from accounts.models import User
from workflows import holding, policies
from workflows.models import Assignment, CaseTask, Plan


class CaseRequest(HttpRequest):
    """A request of somebody who is signed in, as the middleware prepares it."""

    user: User
    hats: list[Hat]
    hat: Hat | None
    actor: Actor


class CaseView(View):
    """A view that looks things up through the policy: invisible is the same as absent."""

    request: HttpRequest

    @property
    def asker(self) -> CaseRequest:
        """The request with the person's hats."""
        return cast("CaseRequest", self.request)

    def assignment_or_404(self, public_id: UUID) -> Assignment:
        """Return an assignment the person may read, its directive and lead loaded."""
        visible = policies.visible_assignments(self.asker.hats, self.asker.user)
        return get_object_or_404(
            visible.select_related("directive__issuer", "lead", "field"), public_id=public_id
        )

    def plan_or_404(self, public_id: UUID) -> Plan:
        """Return a plan whose case the person may read, the case loaded."""
        visible = policies.visible_assignments(self.asker.hats, self.asker.user)
        plans = Plan.objects.select_related("assignment__directive__issuer", "assignment__lead")
        return get_object_or_404(plans.filter(assignment__in=visible), public_id=public_id)

    def task_or_404(self, public_id: UUID) -> CaseTask:
        """Return a people's task of a case the person may read, the case loaded."""
        visible = policies.visible_assignments(self.asker.hats, self.asker.user)
        tasks = CaseTask.objects.human().with_case().filter(process__assignment__in=visible)
        task = get_object_or_404(tasks, public_id=public_id)
        if task.participation is not None:
            task.participation.assignment = task.process.assignment
        return cast("CaseTask", task)

    def carriers_on(self, task: CaseTask) -> dict[str, list[Hat]]:
        """Return the hats that carry each right of the person on the task's part, the one she wears first.

        Nothing on what waits for somebody else in person.
        """
        if task.participation is None or not holding.is_hers(self.asker.hats, task):
            return {}
        worn = self.asker.actor.hat
        found = holding.carriers(self.asker.hats, task.participation)
        return {right: sorted(hats, key=lambda hat: hat != worn) for right, hats in found.items()}


Context = dict[str, Any]
