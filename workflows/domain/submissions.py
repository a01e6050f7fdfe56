"""Putting a plan forward to the Office, and the Office's review."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.authority import Actor
from workflows import policies
from workflows.domain import dispositions, phases, plans, routing, signing
from workflows.domain.errors import DomainError, NotAllowedError
from workflows.domain.events import record
from workflows.models import (
    Assignment,
    Ballot,
    CaseTask,
    Decision,
    Participation,
    Phase,
    PlanRevision,
    ReturnGround,
    Review,
    Role,
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
        signature=signing.signed(actor, signing.Paper.SUBMISSION),
    )
    dispositions.publish(assignment)
    routing.route(assignment, Role.REVIEW)
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


class OpenedError(DomainError):
    """The leader who decides has opened the file, so it can no longer be recalled; says who and when."""

    def __init__(self, submission: Submission) -> None:
        task = (
            opening_of(submission).select_related("first_opened_by").order_by("first_opened_at", "id").first()
        )
        message = _("The Committee has begun to decide on the file, so it can no longer be recalled.")
        if task is not None and task.first_opened_by is not None:
            moment = date_format(timezone.localtime(task.first_opened_at), "H:i d/m/Y")
            words = _("%(who)s opened the file at %(when)s, so it can no longer be recalled.")
            message = words % {"who": task.first_opened_by.full_name, "when": moment}
        super().__init__(message)


def opening_of(submission: Submission) -> "QuerySet[CaseTask]":
    """Return the tasks of deciding on a submission, closed ones too, that somebody who decides has opened."""
    return _opened(submission.assignment_id, submission.submitted_at)


def opened() -> Q:
    """Return the condition that the leader who decides has opened a submission, decided on it, or asked the members."""
    decided = Decision.objects.filter(submission=OuterRef("pk"))
    asked = Ballot.objects.filter(submission=OuterRef("pk"))
    return Q(
        Exists(_opened(OuterRef("assignment"), OuterRef("submitted_at"))) | Exists(decided) | Exists(asked)
    )


def _opened(assignment: Any, since: Any) -> "QuerySet[CaseTask]":
    tasks = CaseTask.objects.human().filter(process__assignment=assignment, created__gte=since)
    was_opened = Q(first_opened_at__isnull=False) | Q(
        verb__gt=""
    )  # whoever acted, by a page or not, had it in hand
    return tasks.filter(was_opened, participation__role=Role.APPROVE)


def note_opened(task: CaseTask, *, actor: Actor) -> bool:
    """Note that somebody who decides reads the file, which the lead can no longer recall from then on.

    One statement the first time, another where somebody was faster. Tells whether the task still waits.
    """
    if task.first_opened_at is not None:
        return True
    waiting = CaseTask.objects.open().filter(pk=task.pk, first_opened_at=None)
    if waiting.update(first_opened_at=timezone.now(), first_opened_by=actor.person):
        return True
    return CaseTask.objects.open().filter(pk=task.pk).exists()


@transaction.atomic
def recall(participation: Participation, *, actor: Actor, reason: str) -> Submission:
    """Take a submission back: it stays on record, and the next revision is open.

    Raises:
        DomainError: no reason, or it has been decided.
        OpenedError: the leader who decides has opened it.
    """
    assignment = participation.assignment
    if not reason.strip():
        raise DomainError(_("Say why the submission is recalled."), field="reason")
    submission = last_submission(assignment, opened=opened())
    submission.assignment = assignment
    if submission.decision is not None:
        raise DomainError(_("This submission has already been decided."))
    if submission.opened:
        raise OpenedError(submission)
    submission.recalled_at, submission.recalled_by = timezone.now(), actor.person
    submission.recalled_as, submission.recall_reason = actor.label, reason.strip()
    submission.save(update_fields=["recalled_at", "recalled_by", "recalled_as", "recall_reason"])
    plans.open_revision(assignment, actor=actor)
    phases.enter(assignment, Phase.DISPOSING)

    record(
        "submission.recalled",
        assignment,
        subject=submission,
        actor=actor,
        number=submission.number,
        reason=reason,
    )
    return submission


@transaction.atomic
def clear(participation: Participation, *, actor: Actor, text: str) -> Review:
    """Find the dossier complete and put the Office's opinion before its leader."""
    submission = _reviewable(participation, actor)
    review = _write(submission, actor, verdict=Verdict.CLEARED, grounds=[], text=text)

    record("review.prepared", participation.assignment, subject=review, actor=actor, number=submission.number)
    return review


@transaction.atomic
def clear_and_sign(participation: Participation, *, actor: Actor, text: str) -> Review:
    """Review and sign in one act: the Office's leader may do both."""
    submission = _reviewable(participation, actor)
    review = _write(submission, actor, verdict=Verdict.CLEARED, grounds=[], text=text, **_signature(actor))
    return _signed(participation.assignment, review, actor)


@transaction.atomic
def sign_review(participation: Participation, *, actor: Actor, text: str) -> Review:
    """Sign the Office's opinion and put the case before the Committee."""
    review = _reviewable(participation, actor).review
    review.text = text
    for name, value in _signature(actor).items():
        setattr(review, name, value)
    review.save(update_fields=["text", "signed_by", "signed_as", "signed_at", "signature"])
    return _signed(participation.assignment, review, actor)


def _signature(actor: Actor) -> dict[str, Any]:
    return {
        "signed_by": actor.user,
        "signed_as": actor.label,
        "signed_at": timezone.now(),
        "signature": signing.signed(actor, signing.Paper.REVIEW),
    }


def _signed(assignment: Assignment, review: Review, actor: Actor) -> Review:
    routing.route(assignment, Role.APPROVE)
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
    participation: Participation, *, actor: Actor, grounds: Sequence[ReturnGround], text: str
) -> Review:
    """Return an incomplete dossier to the lead with the grounds and what is missing.

    Raises:
        DomainError: no ground.
    Source: grounds of return, domain notes 3.3.
    """
    assignment = participation.assignment
    if not grounds:
        raise DomainError(_("Choose at least one ground."), field="grounds")
    submission = _reviewable(participation, actor)
    review = _write(submission, actor, verdict=Verdict.RETURNED, grounds=list(grounds), text=text)
    plans.open_revision(assignment, actor=actor)
    phases.enter(assignment, Phase.DISPOSING)

    record("review.refused", assignment, subject=review, actor=actor, grounds=list(grounds), reason=text)
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
    submission = last_submission(participation.assignment, by_actor=policies.wrote(actor.persons, "revision"))
    if submission.by_actor:
        raise NotAllowedError(_("You wrote part of this plan, so another person must review it."))
    if submission.decision is not None:
        raise DomainError(_("This submission has already been decided."))
    return submission
