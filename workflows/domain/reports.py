"""Reporting the result of an assignment whose product is not a plan."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.authority import Actor
from workflows.domain import phases
from workflows.domain.errors import DomainError
from workflows.domain.events import record
from workflows.models import Assignment, Participation, Phase, Report, StoredFile


@transaction.atomic
def report_result(
    participation: Participation,
    *,
    actor: Actor,
    text: str,
    document_number: str = "",
    file: StoredFile | None = None,
) -> Report:
    """Report what was done, with the number of the document that shows it or the file itself.

    Raises:
        DomainError: neither a document number nor a file is given.
    """
    assignment = participation.assignment
    if not document_number and file is None:
        raise DomainError(_("Give the number of the document, or attach it."), field="document_number")

    report = Report.objects.create(
        assignment=assignment,
        number=assignment.reports.count() + 1,
        text=text,
        document_number=document_number,
        file=file,
        reported_by=actor.person,
        reported_as=actor.label,
        reported_at=timezone.now(),
    )
    phases.enter(assignment, Phase.CONFIRMING)

    record(
        "result.reported",
        assignment,
        subject=report,
        actor=actor,
        document=document_number,
        number=report.number,
    )
    return report


def last_report(assignment: Assignment) -> Report:
    """Return the newest report of an assignment."""
    return assignment.reports.select_related("file", "reported_by").order_by("-number", "-id")[:1].get()


@transaction.atomic
def confirm(participation: Participation, *, actor: Actor, answer: str = "") -> Report:
    """Confirm that the assignment is done: only the Office says so (domain notes 8.9)."""
    report = _answer(participation.assignment, confirmed=True, answer=answer, actor=actor)
    phases.enter(participation.assignment, Phase.COMPLETED)

    record("result.confirmed", participation.assignment, subject=report, actor=actor)
    return report


@transaction.atomic
def send_back(participation: Participation, *, actor: Actor, reason: str) -> Report:
    """Send the result back with what is missing."""
    report = _answer(participation.assignment, confirmed=False, answer=reason, actor=actor)
    phases.enter(participation.assignment, Phase.REPORTING)

    record("result.returned", participation.assignment, subject=report, actor=actor, reason=reason)
    return report


def _answer(assignment: Assignment, *, confirmed: bool, answer: str, actor: Actor) -> Report:
    report = last_report(assignment)
    report.confirmed, report.answer = confirmed, answer
    report.answered_by, report.answered_at = actor.user, timezone.now()
    report.save(update_fields=["confirmed", "answer", "answered_by", "answered_at"])
    return report
