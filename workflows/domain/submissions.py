"""Putting a plan forward to the Office, and the Office's review."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.authority import Actor
from workflows import policies
from workflows.domain import dispositions, phases, plans
from workflows.domain.errors import DomainError, NotAllowedError
from workflows.domain.events import record
from workflows.models import (
    Assignment,
    Participation,
    Phase,
    PlanRevision,
    ReturnGround,
    Review,
    Submission,
    Verdict,
)


@transaction.atomic
def put_forward(
    participation: Participation, *, actor: Actor, document_number: str = "", note: str = ""
) -> Submission:
    """Sign the plan and put it forward: the revision is frozen with its hash.

    Raises:
        OpenRemarksError: a remark has no answer.
    """
    assignment = participation.assignment
    dispositions.check_answered(assignment)

    revision = plans.current_revision(assignment)
    if not revision.is_frozen:
        plans.freeze(revision)
    submission = Submission.objects.create(
        assignment=assignment,
        number=assignment.submissions.count() + 1,
        revision=revision,
        document_number=document_number,
        note=note,
        signed_by=actor.person,
        signed_as=actor.label,
        submitted_at=timezone.now(),
    )
    dispositions.publish(assignment)
    phases.enter(assignment, Phase.REVIEWING)

    record(
        "plan.submitted",
        assignment,
        subject=submission,
        actor=actor,
        number=submission.number,
        revision=revision.number,
        sha256=revision.sha256,
        document=document_number,
    )
    return submission


@transaction.atomic
def return_to_drafter(participation: Participation, *, actor: Actor, reason: str) -> PlanRevision:
    """Send the plan back to the specialist before it is put forward."""
    revision = plans.current_revision(participation.assignment)

    record("submission.returned", participation.assignment, subject=revision, actor=actor, reason=reason)
    return revision


def last_submission(assignment: Assignment, **asked: Any) -> Submission:
    """Return the newest submission, revision, review and decision loaded; `asked` are annotations; one statement."""
    return (
        Submission.objects.filter(assignment=assignment)
        .annotate(**asked)
        .select_related("revision__plan", "review", "decision", "signed_by")
        .order_by("-number", "-id")[:1]
        .get()
    )


@transaction.atomic
def clear(participation: Participation, *, actor: Actor, text: str) -> Review:
    """Find the dossier complete and put the Office's opinion before its leader."""
    submission = _reviewable(participation, actor)
    review = _write(submission, actor, verdict=Verdict.CLEARED, ground="", text=text)

    record("review.prepared", participation.assignment, subject=review, actor=actor, number=submission.number)
    return review


@transaction.atomic
def clear_and_sign(participation: Participation, *, actor: Actor, text: str) -> Review:
    """Review and sign in one act: the Office's leader may do both."""
    submission = _reviewable(participation, actor)
    review = _write(submission, actor, verdict=Verdict.CLEARED, ground="", text=text, **_signature(actor))
    return _signed(participation.assignment, review, actor)


@transaction.atomic
def sign_review(participation: Participation, *, actor: Actor, text: str) -> Review:
    """Sign the Office's opinion and put the case before the Committee."""
    review = _reviewable(participation, actor).review
    review.text = text
    for name, value in _signature(actor).items():
        setattr(review, name, value)
    review.save(update_fields=["text", "signed_by", "signed_as", "signed_at"])
    return _signed(participation.assignment, review, actor)


def _signature(actor: Actor) -> dict[str, Any]:
    return {"signed_by": actor.user, "signed_as": actor.label, "signed_at": timezone.now()}


def _signed(assignment: Assignment, review: Review, actor: Actor) -> Review:
    phases.enter(assignment, Phase.DECIDING)

    record("review.signed", assignment, subject=review, actor=actor, verdict=review.verdict)
    return review


@transaction.atomic
def send_review_back(participation: Participation, *, actor: Actor, reason: str) -> Submission:
    """Send the Office's opinion back to its specialist."""
    submission = last_submission(participation.assignment)

    record("review.returned", participation.assignment, subject=submission, actor=actor, reason=reason)
    return submission


@transaction.atomic
def return_incomplete(
    participation: Participation, *, actor: Actor, ground: ReturnGround, text: str
) -> Review:
    """Return an incomplete dossier to the lead with the ground and what is missing.

    Source: grounds of return, domain notes 3.3.
    """
    assignment = participation.assignment
    submission = _reviewable(participation, actor)
    review = _write(submission, actor, verdict=Verdict.RETURNED, ground=ground, text=text)
    plans.open_revision(assignment, actor=actor)
    phases.enter(assignment, Phase.DISPOSING)

    record("review.refused", assignment, subject=review, actor=actor, ground=ground, reason=text)
    return review


def _write(submission: Submission, actor: Actor, **fields: Any) -> Review:
    """Write the review of a submission, the first time or over the one its leader sent back; one statement."""
    review: Review = getattr(submission, "review", None) or Review(submission=submission)
    review.reviewed_by, review.reviewed_at = actor.person, timezone.now()
    for name, value in fields.items():
        setattr(review, name, value)
    review.save()
    return review


def _reviewable(participation: Participation, actor: Actor) -> Submission:
    """Return the submission, unless the actor drafted what it holds."""
    submission = last_submission(participation.assignment, by_actor=policies.wrote(actor.user_id, "revision"))
    if submission.by_actor:
        raise NotAllowedError(_("You wrote part of this plan, so another person must review it."))
    if hasattr(submission, "decision"):
        raise DomainError(_("This submission has already been decided."))
    return submission
