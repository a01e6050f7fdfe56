"""Numbering and issuing an approved plan: the clerk's act, after the leader's."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.authority import Actor
from workflows.domain import phases
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
) -> IssuedDocument:
    """Give the approved plan the next number of its series and issue it.

    The series row stays locked until commit, so numbers are unique and without a gap. A plan is issued on the day it
    is numbered, never earlier.

    Raises:
        DomainError: the plan is not approved.
    Source: Decree 30/2020/NĐ-CP art. 15 (numbers by issuer, type and year), art. 32.2 (only signed documents).
    """
    assignment = participation.assignment
    decision = last_submission(assignment).decision
    if decision.verb != DecisionVerb.APPROVED:
        raise DomainError(_("Only an approved plan can be numbered."))

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
