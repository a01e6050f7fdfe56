"""Issuing a directive starts the process of each of its assignments, in one transaction."""

from typing import Any

from django.db import transaction

from accounts.authority import Actor
from workflows.domain import directives
from workflows.models import Assignment, Directive, Product

from .plan_approval import PlanApprovalFlow
from .report import ReportFlow


@transaction.atomic
def issue_directive(directive: Directive, *, actor: Actor, seen: str | None = None) -> Directive:
    """Issue a directive and start its assignments; all of them or none.

    `seen` is the stamp of what the person's page showed; None where there was no page.

    Raises:
        DomainError: it was issued before.
        EntryChangedError: it was corrected since the page was drawn.
    """
    for assignment in directives.issue_directive(directive, actor=actor, seen=seen):
        start_case(assignment, actor=actor)
    directive.refresh_from_db()
    return directive


def start_case(assignment: Assignment, *, actor: Actor) -> Any:
    """Start the flow that fits what the assignment must yield; returns the process."""
    flow = PlanApprovalFlow if assignment.product == Product.PLAN else ReportFlow
    return flow.start.begin(assignment, actor=actor)
