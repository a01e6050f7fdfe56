"""How the domain writes to the record: every event names its case."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from accounts.authority import Actor
from notifications.outbox import Draft, emit, emit_many
from workflows.models import Assignment, Directive


def record(kind: str, assignment: Assignment, *, subject: Model, actor: Actor, **data: Any) -> None:
    """Write one event of an assignment to its directive's chain."""
    emit(
        kind,
        chain=assignment.directive.chain,
        subject=subject,
        actor=actor,
        data=case_data(assignment) | data,
    )


def record_directive(kind: str, directive: Directive, *, actor: Actor, **data: Any) -> None:
    """Write one event of a directive as a whole to its chain."""
    emit(kind, chain=directive.chain, subject=directive, actor=actor, data=directive_data(directive) | data)


@dataclass(frozen=True, slots=True)
class Entry:
    """One event among many of an assignment."""

    kind: str
    subject: Model
    actor: Actor
    data: dict[str, Any]


def record_all(assignment: Assignment, entries: Iterable[Entry]) -> None:
    """Write many events of one assignment, in order, in as few statements as one."""
    base, chain = case_data(assignment), assignment.directive.chain
    emit_many(
        [
            Draft(
                kind=entry.kind,
                chain=chain,
                subject=entry.subject,
                actor=entry.actor,
                data=base | entry.data,
            )
            for entry in entries
        ]
    )


def record_each(kind: str, cases: Iterable[Assignment], *, actor: Actor, **data: Any) -> None:
    """Write one event for each of many cases to its own chain, their directives loaded; as few statements as one."""
    emit_many(
        [
            Draft(
                kind=kind, chain=case.directive.chain, subject=case, actor=actor, data=case_data(case) | data
            )
            for case in cases
        ]
    )


def directive_data(directive: Directive) -> dict[str, Any]:
    """Return what an event of a directive says about it."""
    return {"directive": str(directive.public_id), "code": directive.code, "subject": directive.subject}


def case_data(assignment: Assignment) -> dict[str, Any]:
    """Return what an event of an assignment says about its case."""
    return directive_data(assignment.directive) | {
        "assignment": str(assignment.public_id),
        "title": assignment.title,
        "phase": assignment.phase,
    }
