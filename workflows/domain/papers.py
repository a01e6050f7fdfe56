"""The paper of an approval: ordered with the act, made and signed after commit, once."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.authority import SYSTEM, Actor
from workflows.domain import files
from workflows.domain.errors import DomainError
from workflows.domain.events import record
from workflows.models import Assignment, Decision, PaperSignature, SigningState
from workflows.signing import jobs

LEASE = timedelta(minutes=5)
MAX_ATTEMPTS = 8
LONGEST_PAUSE = timedelta(hours=1)
ERROR_LENGTH = 500


def order(decision: Decision) -> PaperSignature:
    """Have the paper of an approval made as soon as the approval is committed; one statement."""
    paper = PaperSignature.objects.create(
        decision=decision, adapter=settings.SIGNING["adapter"], next_try_at=timezone.now()
    )
    transaction.on_commit(jobs.wake)
    return paper


def claim(limit: int, *, at: datetime) -> list[PaperSignature]:
    """Take up to `limit` papers that are due, each for nobody else until its lease ends.

    The attempt counts from now, so that a paper that ends its process is given up as well.
    """
    due = PaperSignature.objects.due(at=at).select_related(
        "decision__submission__revision__plan", "decision__submission__assignment__directive__issuer"
    )
    taken = []
    for paper in due.order_by("next_try_at", "id")[:limit]:
        claimed = PaperSignature.objects.due(at=at).filter(pk=paper.pk, attempts=paper.attempts)
        if claimed.update(attempts=F("attempts") + 1, next_try_at=at + LEASE):
            paper.attempts += 1
            taken.append(paper)
    return taken


@transaction.atomic
def finish(
    paper: PaperSignature,
    content: bytes,
    *,
    state: SigningState,
    name: str,
    signer: str = "",
    signed_at: datetime | None = None,
) -> bool:
    """Keep a paper that was made; nothing where another process did it, or the approval no longer stands."""
    decision = Decision.objects.select_for_update(of=("self",)).get(pk=paper.decision_id)
    if decision.ended_at is not None:
        _taken(paper).update(state=SigningState.DROPPED, next_try_at=None)
        return False
    if not _taken(paper).exists():
        return False

    assignment = paper.decision.submission.assignment
    stored = files.keep_made(content, name, assignment, stored_by=decision.decided_by)
    _taken(paper).update(
        state=state, file=stored, signer=signer[:300], signed_at=signed_at, error="", next_try_at=None
    )

    kind = "paper.signed" if state == SigningState.SIGNED else "paper.recorded"
    record(
        kind, assignment, subject=paper, actor=SYSTEM, sha256=stored.sha256, name=stored.name, signer=signer
    )
    return True


@transaction.atomic
def fail(paper: PaperSignature, error: str) -> None:
    """Note that a paper could not be made; it is tried again, ever more rarely, and given up visibly."""
    if paper.attempts < MAX_ATTEMPTS:
        pause = min(timedelta(seconds=10 * 2**paper.attempts), LONGEST_PAUSE)
        _taken(paper).update(error=error[:ERROR_LENGTH], next_try_at=timezone.now() + pause)
        return
    given_up = _taken(paper).update(state=SigningState.FAILED, error=error[:ERROR_LENGTH], next_try_at=None)

    if given_up:
        record(
            "paper.failed",
            paper.decision.submission.assignment,
            subject=paper,
            actor=SYSTEM,
            error=error[:200],
        )


@transaction.atomic
def retry(assignment: Assignment, *, actor: Actor) -> PaperSignature:
    """Have a paper that was given up made again, by the adapter there is now.

    Raises:
        DomainError: no paper of the case's approval was given up.
    """
    given_up = PaperSignature.objects.standing().filter(
        decision__submission__assignment=assignment, state=SigningState.FAILED
    )
    paper = given_up.order_by("-id").first()
    if paper is None:
        raise DomainError(_("There is no paper that could not be signed."))
    paper.state, paper.attempts, paper.error = SigningState.PENDING, 0, ""
    paper.adapter, paper.next_try_at = settings.SIGNING["adapter"], timezone.now()
    paper.save(update_fields=["state", "attempts", "error", "adapter", "next_try_at"])
    transaction.on_commit(jobs.wake)

    record("paper.retried", assignment, subject=paper, actor=actor)
    return paper


def _taken(paper: PaperSignature) -> QuerySet[PaperSignature]:
    """Return the paper as long as it is the one this attempt took."""
    return PaperSignature.objects.filter(pk=paper.pk, state=SigningState.PENDING, attempts=paper.attempts)
