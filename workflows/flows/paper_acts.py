"""Having a paper made again that was given up: beside the tasks, by whoever may decide, review or issue."""

from django.db.models import Model

from workflows.domain import papers, phases
from workflows.domain.errors import NotAllowedError
from workflows.models import Assignment, Participation, Phase, Role

from . import steps
from .steps import Answer, Attempt

AGAIN = {Role.APPROVE: ("decide",), Role.REVIEW: ("issue_plan", "sign_review", "review_plan")}


def make_again(assignment: Assignment, attempt: Attempt) -> Answer:
    """Have the paper of the approval made again, once.

    Raises:
        HandedOnError: the case is no longer approved.
        NotAllowedError: the person neither decides on the case, nor reviews it, nor issues the plan.
        DomainError: as `papers.retry`.
    """

    def act() -> Model:
        phases.hold(assignment, Phase.ISSUING, Phase.ISSUED)
        parts = Participation.objects.current().filter(assignment=assignment, role__in=AGAIN)
        refusal: NotAllowedError | None = None
        for part in parts.select_related("agency").order_by("id"):
            part.assignment = assignment
            try:
                actor = steps.actor_with(AGAIN[Role(part.role)], part, attempt)
            except NotAllowedError as error:
                refusal = error
                continue
            return papers.retry(assignment, actor=actor)
        raise refusal or NotAllowedError("")

    return steps.once(attempt, "paper.retry", [assignment.pk], act)
