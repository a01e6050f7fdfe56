"""The rows of a case as plain data, to be read beside what is proved: one list a kind, in a fixed order.

What is in the making is no part of it: drafts, answers and sheets that are not signed, and how each member voted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q

from notifications.chain import plain
from workflows.models import (
    Assignment,
    Ballot,
    Consultation,
    Decision,
    Directive,
    Handover,
    Inquiry,
    IssuedDocument,
    Participation,
    Report,
    Requirement,
    Review,
    Submission,
    Suspension,
)


@dataclass(frozen=True, slots=True)
class Table:
    """A kind of rows: how they reach the directive, and which columns go out under which name."""

    name: str
    model: type[Model]
    directive: str
    columns: Mapping[str, str]
    only: Q | None = None


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


def _of(way: str) -> dict[str, str]:
    """Return the columns that say which case and which submission a row is of."""
    return {"assignment": f"{way}__assignment__number", "submission": f"{way}__number"}


SUBMISSION = "submission__assignment__directive"
TABLES = (
    Table(
        "assignments",
        Assignment,
        "directive",
        _same("number", "title", "text", "modality", "product", "phase", "addressees", "basis", "target")
        | {"lead": "lead__code", "field": "field__code", "due": "due_at", "due_phrase": "due_phrase"},
    ),
    Table(
        "participations",
        Participation,
        "assignment__directive",
        {"assignment": "assignment__number", "agency": "agency__code"}
        | _same("role", "added_at", "ended_at"),
    ),
    Table(
        "consultations",
        Consultation,
        "assignment__directive",
        {"assignment": "assignment__number", "revision": "revision__number"}
        | _same("round", "request_number", "request_on", "note", "opened_at", "due_at", "signed_as")
        | _same("silence", "silence_citation", "closed_at", "closing"),
    ),
    Table(
        "submissions",
        Submission,
        "assignment__directive",
        {"assignment": "assignment__number", "revision": "revision__number"}
        | _same("number", "document_number", "note", "signed_as", "submitted_at", "signature")
        | _same("recalled_at", "recalled_as", "recall_reason"),
    ),
    Table(
        "reviews",
        Review,
        SUBMISSION,
        _of("submission") | _same("verdict", "grounds", "text", "signed_as", "signed_at", "signature"),
        Q(signed_at__isnull=False),
    ),
    Table(
        "decisions",
        Decision,
        SUBMISSION,
        _of("submission")
        | _same("id", "verb", "text", "decided_as", "decided_at", "form", "content_sha256", "signature")
        | _same("ended_at", "ended_how", "ended_as", "end_reason"),
    ),
    Table(
        "requirements",
        Requirement,
        f"decision__{SUBMISSION}",
        {"decision": "decision_id"} | _same("number", "text"),
    ),
    Table(
        "issued",
        IssuedDocument,
        f"decision__{SUBMISSION}",
        {"decision": "decision_id"} | _same("number", "symbol", "issued_on", "recipients", "issued_at"),
    ),
    Table(
        "ballots",
        Ballot,
        SUBMISSION,
        _of("submission")
        | {"ballot": "number"}
        | _same("question", "choices", "silence", "citation", "due_at", "called_as", "called_at", "closed_at")
        | _same("outcome", "members", "votes_for", "votes_against", "abstained", "silent", "tie_broken")
        | _same("content_sha256"),
    ),
    Table(
        "inquiries",
        Inquiry,
        SUBMISSION,
        _of("submission")
        | {"question": "number"}
        | _same("text", "asked_as", "asked_at", "answer", "answered_as", "answered_at"),
    ),
    Table(
        "suspensions",
        Suspension,
        SUBMISSION,
        _of("submission")
        | _same("until_on", "event", "reason", "suspended_as", "suspended_at", "due_before", "due_after")
        | _same("resumed_at", "resumed_as", "resume_note"),
    ),
    Table("handovers", Handover, SUBMISSION, _of("submission") | _same("to_as", "handed_as", "handed_at")),
    Table(
        "reports",
        Report,
        "assignment__directive",
        {"assignment": "assignment__number", "file": "file__sha256"}
        | _same("number", "text", "document_number", "reported_as", "reported_at", "confirmed")
        | _same("answer", "answered_at"),
    ),
)


def rows_of(directive: Directive) -> dict[str, Any]:
    """Return the rows of a directive's cases by kind, plain; one statement a kind."""
    return {table.name: _rows(table, directive) for table in TABLES}


def about(directive: Directive) -> dict[str, Any]:
    """Return what the directive itself says, its issuer loaded; plain."""
    said = (
        "symbol",
        "number",
        "issued_on",
        "subject",
        "urgency",
        "bases",
        "state",
        "registered_at",
        "released_at",
    )
    values = {name: getattr(directive, name) for name in said}
    named = {"public_id": directive.public_id, "code": directive.code, "issuer": directive.issuer.code}
    return dict(plain(values | named))


def _rows(table: Table, directive: Directive) -> list[dict[str, Any]]:
    found = table.model._default_manager.filter(table.only or Q(), **{table.directive: directive}).order_by(
        "pk"
    )
    names = list(table.columns)
    return [
        dict(zip(names, plain(list(row)), strict=True)) for row in found.values_list(*table.columns.values())
    ]
