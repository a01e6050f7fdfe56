"""A question to those who submitted, and their answer: the sign-off stays open meanwhile.

Source: domain notes 3.5 and 7 (hỏi cơ quan trình).
"""

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.authority import Actor
from workflows.domain.errors import DomainError
from workflows.domain.events import record
from workflows.domain.submissions import last_submission
from workflows.models import Assignment, Inquiry, Participation


@transaction.atomic
def ask(participation: Participation, *, actor: Actor, text: str) -> Inquiry:
    """Ask the submitting agency a question about what it put forward.

    Raises:
        DomainError: nothing is asked, the submission is decided, or there are too many questions already.
    """
    assignment = participation.assignment
    submission = last_submission(assignment)
    asked = submission.inquiries.count()
    if not text.strip():
        raise DomainError(_("Write the question."), field="text")
    if submission.decision is not None:
        raise DomainError(_("This submission has already been decided."))
    if asked >= settings.INQUIRIES_MOST:
        words = _("At most %(n)s questions on one submission. Return the plan instead, with what is missing.")
        raise DomainError(words % {"n": settings.INQUIRIES_MOST})

    inquiry = Inquiry.objects.create(
        submission=submission,
        number=asked + 1,
        text=text.strip(),
        asked_by=actor.person,
        asked_as=actor.label,
        asked_at=timezone.now(),
    )

    _record("inquiry.asked", assignment, inquiry, actor, text=inquiry.text)
    return inquiry


@transaction.atomic
def answer(participation: Participation, *, actor: Actor, inquiry: int, text: str) -> Inquiry:
    """Answer the question with this key.

    Raises:
        DomainError: nothing is said, or the question no longer waits.
    """
    assignment = participation.assignment
    if not text.strip():
        raise DomainError(_("Write the answer."), field="text")
    found = open_ones(assignment).select_related("submission").filter(pk=inquiry).first()
    if found is None:
        raise DomainError(_("This question no longer waits for an answer."))

    found.answer, found.answered_by = text.strip(), actor.person
    found.answered_as, found.answered_at = actor.label, timezone.now()
    found.save(update_fields=["answer", "answered_by", "answered_as", "answered_at"])

    _record("inquiry.answered", assignment, found, actor, text=found.answer)
    return found


def open_ones(assignment: Assignment) -> QuerySet[Inquiry]:
    """Return the questions that wait for an answer: on a submission that is neither decided nor recalled."""
    return Inquiry.objects.filter(
        submission__assignment=assignment,
        submission__decision=None,
        submission__recalled_at=None,
        answered_at=None,
    )


def _record(kind: str, assignment: Assignment, inquiry: Inquiry, actor: Actor, *, text: str) -> None:
    record(kind, assignment, subject=inquiry, actor=actor, number=inquiry.number, text=text)
