"""Numbering and issuing an approved plan: the clerk's act, after the leader's."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.authority import Actor
from workflows.domain import binding, decisions, phases
from workflows.domain.diverted import Diverted
from workflows.domain.errors import DomainError
from workflows.domain.events import record
from workflows.domain.submissions import last_submission
from workflows.models import (
    Assignment,
    DecisionVerb,
    IssuedDocument,
    Participation,
    Phase,
    Register,
)

PLAN_TYPE = "KH"


@transaction.atomic
def issue_plan(
    participation: Participation, *, actor: Actor, recipients: str = "", on: date | None = None
) -> IssuedDocument | Diverted:
    """Give the approved plan the next number of its series and issue it.

    Where what was approved has been changed since, the approval is void and the case goes back to the approver.

    The series row stays locked until commit, so numbers are unique and without a gap. A plan is issued on the day it
    is numbered, never earlier.

    Raises:
        DomainError: the plan is not approved.
    Source: Decree 30/2020/NĐ-CP art. 15 (numbers by issuer, type and year), art. 32.2 (only signed documents).
    """
    assignment = participation.assignment
    submission = last_submission(assignment)
    decision = submission.decision
    if decision is None or decision.verb != DecisionVerb.APPROVED:
        raise DomainError(_("Only an approved plan can be numbered."))
    changed = binding.changed_since(decision, submission)
    if changed:
        return Diverted("void", decisions.void(assignment, actor=actor, changed=changed))

    issued_on = on or timezone.localdate()
    register = _locked_series(assignment, issued_on.year)
    register.last_number += 1
    register.save(update_fields=["last_number"])
    issuer = assignment.directive.issuer
    document = IssuedDocument.objects.create(
        register=register,
        number=register.last_number,
        symbol=f"{PLAN_TYPE}-{issuer.symbol}",
        issued_on=issued_on,
        decision=decision,
        recipients=recipients,
        issued_by=actor.person,
        issued_at=timezone.now(),
    )
    phases.enter(assignment, Phase.ISSUED)

    record(
        "plan.issued",
        assignment,
        subject=document,
        actor=actor,
        issued=document.code,
        on=issued_on.isoformat(),
    )
    return document


def _locked_series(assignment: Assignment, year: int) -> Register:
    series: dict[str, Any] = {
        "issuer_id": assignment.directive.issuer_id,
        "type_group": PLAN_TYPE,
        "year": year,
    }
    Register.objects.get_or_create(**series)
    return Register.objects.select_for_update().get(**series)
