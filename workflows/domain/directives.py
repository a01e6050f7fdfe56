"""Entering a directive with its assignments, correcting what was entered, and issuing it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.authority import Actor
from accounts.models import Agency, AgencyKind
from notifications.models import Event
from workflows.domain import grants, phases
from workflows.domain.entries import (
    AssignmentInput,
    DirectiveInput,
    EnteredDirective,
    assignment_columns,
    directive_columns,
    entered,
    search_text,
)
from workflows.domain.errors import DomainError
from workflows.domain.events import record_directive
from workflows.models import (
    Assignment,
    Directive,
    DirectiveState,
    Participation,
    Phase,
    Product,
    Role,
)


class DirectiveIssuedError(DomainError):
    """The directive has been issued, so what was entered stays as it is; says who issued it and when."""

    def __init__(self, directive: Directive) -> None:
        said = _last_said("directive.issued", directive)
        super().__init__(
            _("%(who)s issued this directive at %(when)s. What was entered can no longer be corrected.")
            % said
            if said
            else _("This directive has already been issued.")
        )


class EntryChangedError(DomainError):
    """What was entered has been corrected since the person's page was drawn; says who did it and when."""

    def __init__(self, directive: Directive) -> None:
        said = _last_said("directive.corrected", directive)
        super().__init__(
            _(
                "%(who)s corrected this directive at %(when)s, after this page was opened. "
                "Read it again before you go on."
            )
            % said
            if said
            else _("This directive is no longer as this page showed it. Read it again before you go on.")
        )


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
    with _one_number_a_year():
        directive = Directive.objects.create(
            **directive_columns(given),
            registered_by=actor.person,
            registered_at=timezone.now(),
            search_text=search_text(given, assignments),
        )
    _add_all(directive, assignments, actor)

    record_directive("directive.registered", directive, actor=actor, assignments=len(assignments))
    return directive


@transaction.atomic
def correct_directive(
    directive: Directive,
    given: DirectiveInput,
    assignments: Sequence[AssignmentInput],
    *,
    seen: str,
    actor: Actor,
) -> Directive:
    """Replace what was entered of a directive that is not issued yet; where nothing differs, nothing is written.

    `seen` is the stamp of what the person's page showed (`entered(directive).stamp`). The event keeps what was
    replaced.

    Raises:
        DirectiveIssuedError: it was issued meanwhile.
        EntryChangedError: somebody else corrected it since the page was drawn.
        DomainError: as in registering.
    Source: Decree 30/2020/NĐ-CP art. 15 (number and symbol unique in the year).
    """
    locked = _locked(directive)
    check_is_draft(locked)
    before, after = _seen_entry(locked, seen), EnteredDirective(given, tuple(assignments))
    _check_directive(given, assignments)
    changed = before.differences(after)
    if not changed:
        return locked

    _overwrite(locked, after)
    if "assignments" in changed:
        _take_off_all(locked)
        _add_all(locked, assignments, actor)

    replaced = {name: before.facts[name] for name in changed}
    data = {"changed": changed, "before": replaced, "assignments": len(assignments)}
    record_directive("directive.corrected", locked, actor=actor, **data)
    return locked


def check_is_draft(directive: Directive) -> None:
    """Refuse what is done to a directive before it is issued.

    Raises:
        DirectiveIssuedError: it has been issued.
    """
    if directive.state != DirectiveState.DRAFT:
        raise DirectiveIssuedError(directive)


@transaction.atomic
def issue_directive(directive: Directive, *, actor: Actor, seen: str | None = None) -> list[Assignment]:
    """Issue the directive: leads, reviewers and approvers get their rights; returns the assignments to start.

    An umbrella assignment starts nothing; the Office follows it. `seen` is the stamp of what the person's page
    showed; None where there was no page.

    Raises:
        DomainError: it was issued before.
        EntryChangedError: it was corrected since the page was drawn.
    """
    locked = _locked(directive)
    if locked.state != DirectiveState.DRAFT:
        raise DomainError(_("This directive has already been issued."))
    if seen is not None:
        _seen_entry(locked, seen)

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


def _locked(directive: Directive) -> Directive:
    return Directive.objects.select_for_update(of=("self",)).select_related("issuer").get(pk=directive.pk)


def _seen_entry(locked: Directive, seen: str) -> EnteredDirective:
    """Return what is entered, where it is still what the person saw."""
    current = entered(locked)
    if seen != current.stamp:
        raise EntryChangedError(locked)
    return current


def _last_said(kind: str, directive: Directive) -> dict[str, str]:
    """Return who did the last act of a kind and when, as a refusal names them; empty where there was none."""
    event = Event.objects.filter(chain=directive.chain, kind=kind).order_by("-seq").first()
    if event is None:
        return {}
    return {
        "who": event.actor_label,
        "when": date_format(timezone.localtime(event.occurred_at), "H:i d/m/Y"),
    }


@contextmanager
def _one_number_a_year() -> Iterator[None]:
    """Turn a number that is taken into a refusal; what was done before it stays."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise DomainError(_("This number is already registered for that year."), field="number") from error


def _overwrite(locked: Directive, entry: EnteredDirective) -> None:
    columns = directive_columns(entry.given)
    columns["search_text"] = search_text(entry.given, entry.assignments)
    for name, value in columns.items():
        setattr(locked, name, value)
    with _one_number_a_year():
        locked.save(update_fields=list(columns))


def _take_off_all(directive: Directive) -> None:
    """Remove the assignments of a directive that has started nothing, with their parts."""
    Participation.objects.filter(assignment__directive=directive).delete()
    directive.assignments.all().delete()


def _add_all(directive: Directive, assignments: Sequence[AssignmentInput], actor: Actor) -> None:
    for number, row in enumerate(assignments, start=1):
        _add(directive, number, row, actor)


def _add(directive: Directive, number: int, row: AssignmentInput, actor: Actor) -> None:
    assignment = Assignment.objects.create(directive=directive, number=number, **assignment_columns(row))
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
