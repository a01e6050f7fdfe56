"""What the pages of a case share: who asks, what she may see, and 404 for everything else."""

from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.views import View

from accounts.authority import Actor, Hat
from accounts.models import User
from workflows import policies
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
        return get_object_or_404(visible.select_related("directive__issuer", "lead"), public_id=public_id)

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

    def rights_on(self, task: CaseTask) -> set[str]:
        """Return the rights the person holds on the task's part."""
        if task.participation is None:
            return set()
        return policies.rights_on(self.asker.hats, self.asker.user, task.participation)


Context = dict[str, Any]
