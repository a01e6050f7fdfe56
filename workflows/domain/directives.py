"""Entering a directive with its assignments, and issuing it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.authority import Actor
from accounts.models import Agency, AgencyKind
from workflows.domain import grants, phases
from workflows.domain.errors import DomainError
from workflows.domain.events import record_directive
from workflows.domain.search import fold
from workflows.models import (
    Assignment,
    Directive,
    DirectiveState,
    Modality,
    Participation,
    Phase,
    Product,
    Role,
    Urgency,
)


@dataclass(frozen=True, slots=True)
class DirectiveInput:
    """What the clerk reads off the document."""

    number: int
    symbol: str
    issued_on: date
    subject: str
    issuer: Agency
    urgency: Urgency = Urgency.NORMAL
    bases: str = ""


@dataclass(frozen=True, slots=True)
class AssignmentInput:
    """One assignment as read off the document; without a lead it goes to all addressees."""

    title: str
    text: str
    lead: Agency | None = None
    coordinating: tuple[Agency, ...] = ()
    product: Product = Product.REPORT
    modality: Modality = Modality.ORDER
    addressees: str = ""
    basis: str = ""
    target: str = ""
    due_at: datetime | None = None
    due_phrase: str = ""


@transaction.atomic
def register_directive(
    given: DirectiveInput, assignments: Sequence[AssignmentInput], *, actor: Actor
) -> Directive:
    """Enter a directive with its assignments; nothing starts before it is issued.

    Raises:
        DomainError: its number is already registered, it has no assignment, or an assignment is not well formed.
    Source: Decree 30/2020/NĐ-CP art. 15 (number and symbol unique in the year).
    """
    _check_directive(given, assignments)
    try:
        with transaction.atomic():
            directive = Directive.objects.create(
                number=given.number,
                symbol=given.symbol,
                issued_on=given.issued_on,
                subject=given.subject,
                issuer=given.issuer,
                urgency=given.urgency,
                bases=given.bases,
                registered_by=actor.person,
                registered_at=timezone.now(),
                search_text=_search_text(given, assignments),
            )
    except IntegrityError as error:
        raise DomainError(_("This number is already registered for that year."), field="number") from error
    for number, row in enumerate(assignments, start=1):
        _add(directive, number, row, actor)

    record_directive("directive.registered", directive, actor=actor, assignments=len(assignments))
    return directive


@transaction.atomic
def issue_directive(directive: Directive, *, actor: Actor) -> list[Assignment]:
    """Issue the directive: leads, reviewers and approvers get their rights; returns the assignments to start.

    An umbrella assignment starts nothing; the Office follows it.

    Raises:
        DomainError: it was issued before.
    """
    locked = Directive.objects.select_for_update().get(pk=directive.pk)
    if locked.state != DirectiveState.DRAFT:
        raise DomainError(_("This directive has already been issued."))

    locked.state, locked.released_at = DirectiveState.ISSUED, timezone.now()
    locked.save(update_fields=["state", "released_at"])
    office = Agency.objects.get(kind=AgencyKind.OFFICE, valid_to=None)
    assignments = list(locked.assignments.select_related("lead", "directive__issuer").in_order())
    parts = [part for assignment in assignments for part in _parts(assignment, office, actor)]
    Participation.objects.bulk_create(parts)
    leads = Participation.objects.filter(assignment__in=assignments).exclude(role=Role.COORDINATE)
    grants.grant(list(leads))
    for assignment in assignments:
        phases.enter(assignment, Phase.MONITORED if assignment.is_umbrella else Phase.RECEIVING)

    record_directive(
        "directive.issued", locked, actor=actor, leads=[a.lead.code for a in assignments if a.lead]
    )
    return [assignment for assignment in assignments if not assignment.is_umbrella]


def _check_directive(given: DirectiveInput, assignments: Sequence[AssignmentInput]) -> None:
    if given.issued_on > timezone.localdate():
        raise DomainError(_("A directive cannot be dated in the future."), field="issued_on")
    if not assignments:
        raise DomainError(_("Enter at least one assignment."))
    for row in assignments:
        _check_assignment(row)


def _check_assignment(row: AssignmentInput) -> None:
    if row.lead is None and not row.addressees:
        raise DomainError(_("Name the lead agency, or whom the assignment is addressed to."), field="lead")
    if row.lead is not None and row.lead in row.coordinating:
        raise DomainError(_("The lead agency cannot also coordinate."), field="coordinating")
    if row.due_at is not None and row.due_at <= timezone.now():
        raise DomainError(_("The due date must be after today."), field="due_at")


def _add(directive: Directive, number: int, row: AssignmentInput, actor: Actor) -> None:
    assignment = Assignment.objects.create(
        directive=directive,
        number=number,
        title=row.title,
        text=row.text,
        modality=row.modality,
        product=Product.ONGOING if row.lead is None else row.product,
        lead=row.lead,
        addressees="" if row.lead else row.addressees,
        basis=row.basis,
        target=row.target,
        due_at=row.due_at,
        due_phrase=row.due_phrase,
    )
    Participation.objects.bulk_create(
        Participation(
            assignment=assignment,
            agency=agency,
            role=Role.COORDINATE,
            added_by=actor.person,
            added_at=timezone.now(),
        )
        for agency in row.coordinating
    )


def _parts(assignment: Assignment, office: Agency, actor: Actor) -> list[Participation]:
    """Return the parts that start with the directive: lead, reviewing Office, approving Committee; or monitor."""
    if assignment.is_umbrella:
        wanted = [(office, Role.MONITOR)]
    else:
        wanted = [(office, Role.REVIEW), *((lead, Role.LEAD) for lead in [assignment.lead] if lead)]
        if assignment.product == Product.PLAN:
            wanted.append((assignment.directive.issuer, Role.APPROVE))
    return [
        Participation(
            assignment=assignment, agency=agency, role=role, added_by=actor.person, added_at=timezone.now()
        )
        for agency, role in wanted
    ]


def _search_text(given: DirectiveInput, assignments: Sequence[AssignmentInput]) -> str:
    parts = [f"{given.number:02d}/{given.symbol}", given.subject, given.bases]
    parts += [row.title for row in assignments]
    parts += [row.lead.symbol for row in assignments if row.lead]
    return fold(" ".join(parts))
