"""What is entered of a directive: the input, the columns it fills, and reading it back."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Prefetch

from accounts.models import Agency, Field
from notifications.chain import plain
from workflows.domain.search import fold
from workflows.models import Assignment, Directive, Modality, Participation, Product, Urgency


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
    field: Field | None = None


@dataclass(frozen=True, slots=True)
class EnteredDirective:
    """A directive as it was entered, with its assignments in order."""

    given: DirectiveInput
    assignments: tuple[AssignmentInput, ...]

    @property
    def facts(self) -> dict[str, Any]:
        """What is entered, as plain data under the names of the columns; `assignments` is a list of such."""
        facts: dict[str, Any] = plain(
            directive_columns(self.given)
            | {
                "issuer": self.given.issuer.code,
                "bases": _lines(self.given.bases),
                "assignments": [_assignment_facts(row) for row in self.assignments],
            }
        )
        return facts

    @property
    def stamp(self) -> str:
        """The SHA-256 of what is entered: what a page drawn from it carries, to be told when it has changed."""
        return hashlib.sha256(json.dumps(self.facts, sort_keys=True).encode()).hexdigest()

    def differences(self, other: "EnteredDirective") -> list[str]:
        """Return the names of the facts in which another entry is not the same."""
        theirs = other.facts
        return [name for name, value in self.facts.items() if value != theirs[name]]


def entered(directive: Directive) -> EnteredDirective:
    """Read a directive back as it was entered; two statements."""
    coordinating = Participation.objects.coordinating().select_related("agency")
    rows = directive.assignments.select_related("lead", "field").prefetch_related(
        Prefetch("participations", coordinating)
    )
    given = DirectiveInput(
        number=directive.number,
        symbol=directive.symbol,
        issued_on=directive.issued_on,
        subject=directive.subject,
        issuer=directive.issuer,
        urgency=Urgency(directive.urgency),
        bases=directive.bases,
    )
    return EnteredDirective(given, tuple(_as_entered(row) for row in rows.in_order()))


def directive_columns(given: DirectiveInput) -> dict[str, Any]:
    """Return the columns of a directive that are read off the document."""
    return {
        "number": given.number,
        "symbol": given.symbol,
        "issued_on": given.issued_on,
        "subject": given.subject,
        "issuer": given.issuer,
        "urgency": given.urgency,
        "bases": given.bases,
    }


def assignment_columns(row: AssignmentInput) -> dict[str, Any]:
    """Return the columns of an assignment; one to all addressees has no product of its own."""
    return {
        "title": row.title,
        "text": row.text,
        "modality": row.modality,
        "product": Product.ONGOING if row.lead is None else row.product,
        "lead": row.lead,
        "addressees": "" if row.lead else row.addressees,
        "basis": row.basis,
        "target": row.target,
        "due_at": row.due_at,
        "due_phrase": row.due_phrase,
        "field": row.field,
    }


def search_text(given: DirectiveInput, assignments: Sequence[AssignmentInput]) -> str:
    """Return what a directive is found by, folded: number and symbol as printed, subject, bases, titles, leads."""
    parts = [f"{given.number:02d}/{given.symbol}", given.subject, given.bases]
    parts += [row.title for row in assignments]
    parts += [row.lead.symbol for row in assignments if row.lead]
    return fold(" ".join(parts))


def _assignment_facts(row: AssignmentInput) -> dict[str, Any]:
    """Return an assignment as plain data; in which order the coordinating agencies were ticked says nothing."""
    return assignment_columns(row) | {
        "text": _lines(row.text),
        "lead": row.lead.code if row.lead else "",
        "field": row.field.code if row.field else "",
        "coordinating": sorted(agency.code for agency in row.coordinating),
    }


def _as_entered(assignment: Assignment) -> AssignmentInput:
    return AssignmentInput(
        title=assignment.title,
        text=assignment.text,
        lead=assignment.lead,
        coordinating=tuple(part.agency for part in assignment.participations.all()),
        product=Product(assignment.product),
        modality=Modality(assignment.modality),
        addressees=assignment.addressees,
        basis=assignment.basis,
        target=assignment.target,
        due_at=assignment.due_at,
        due_phrase=assignment.due_phrase,
        field=assignment.field,
    )


def _lines(text: str) -> str:
    """Return the text with one kind of line end: a browser sends another than was stored, and nobody changed it."""
    return "\n".join(text.splitlines())
