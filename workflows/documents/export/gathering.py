"""What goes out with a case: read at one moment, between two acts on it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from notifications.sealing import proving
from notifications.sealing.line import Head
from notifications.sealing.proving import Proof
from workflows.documents.file_names import FORBIDDEN
from workflows.domain import binding, content, verifying
from workflows.models import (
    Annex,
    Decision,
    Directive,
    OpinionFile,
    PaperSignature,
    PlanRevision,
    Report,
    StoredFile,
    Submission,
)

from . import records

TEXT = "revision"  # the one part of a decision that was bound to the text alone


@dataclass(frozen=True, slots=True)
class CaseContent:
    """A case as it was at one place of its chain; documents that never change are read as they are written out."""

    directive: Directive
    head: Head
    proofs: list[Proof]
    keys: dict[str, str]
    record: dict[str, Any]
    bound: dict[str, bytes]
    revisions: list[PlanRevision]
    files: list[StoredFile]
    decisions: list[Decision] = field(default_factory=list)

    @property
    def sealed_to(self) -> int:
        """The place in the chain up to which it is sealed; 0 before the first seal."""
        return max((proof.head.seq for proof in self.proofs), default=0)


def gather(directive: Directive) -> CaseContent:
    """Read a case, its issuer loaded; acts on it wait for the reading, not for the writing.

    Raises:
        UnprovableError: the seals cannot be read.
    """
    proofs, keys = proving.proofs_of(directive.chain)  # before the head, which then is no shorter
    with transaction.atomic():
        head = proving.held_head(directive.chain)
        decisions = list(_decisions(directive))
        files = list(public_files(directive))
        return CaseContent(
            directive=directive,
            head=head,
            proofs=proofs,
            keys=keys,
            record=_record(directive, files),
            bound=dict(_bound(decisions, list(_undecided(directive)))),
            revisions=list(_frozen(directive)),
            files=files,
            decisions=decisions,
        )


def public_files(directive: Directive) -> QuerySet[StoredFile]:
    """Return the files of a directive's cases that are documents of the Committee's record.

    Reported results and papers of approvals; annexes of frozen revisions and files of signed answers once the plan
    was put forward, for until then they are internal (domain notes 10.5). What is in preparation, or was taken out
    again, is its agency's own.
    """
    this = {"file": OuterRef("pk")}
    signed = Q(Exists(OpinionFile.objects.filter(is_given=True, **this))) | Q(
        Exists(Annex.objects.filter(revision__frozen_at__isnull=False, **this))
    )
    made = Q(Exists(Report.objects.filter(**this))) | Q(Exists(PaperSignature.objects.filter(**this)))
    files = StoredFile.objects.filter(
        made | (signed & _put_forward("assignment")), assignment__directive=directive
    )
    return files.select_related("assignment").order_by("assignment__number", "name", "pk")


def _put_forward(assignment: str) -> Q:
    """Return the condition that the plan of the assignment was put before Office and Committee."""
    return Q(Exists(Submission.objects.filter(assignment=OuterRef(assignment))))


def place_of(stored: StoredFile) -> str:
    """Return where a file lies in the export: under its SHA-256, by a name every system takes."""
    name = FORBIDDEN.sub("_", stored.name).strip(" .")
    return f"files/{stored.sha256}/{name or 'tep'}"


def revision_place(revision: PlanRevision) -> str:
    """Return where a frozen revision lies in the export; its plan's assignment loaded."""
    return f"revisions/{revision.plan.assignment.number}-{revision.number}.json"


def _record(directive: Directive, files: list[StoredFile]) -> dict[str, Any]:
    withheld = StoredFile.objects.filter(assignment__directive=directive).count() - len(files)
    listed = [
        {
            "assignment": stored.assignment.number,
            "name": stored.name,
            "size": stored.size,
            "sha256": stored.sha256,
            "member": place_of(stored),
        }
        for stored in files
    ]
    said = {"directive": records.about(directive), "files": listed, "files_withheld": withheld}
    return said | records.rows_of(directive)


def _decisions(directive: Directive) -> QuerySet[Decision]:
    return verifying.loaded().filter(submission__assignment__directive=directive)


def _undecided(directive: Directive) -> QuerySet[Submission]:
    waiting = Submission.objects.filter(
        assignment__directive=directive, decisions__isnull=True, recalled_at__isnull=True
    )
    return waiting.select_related("revision__plan", "assignment").order_by("pk")


def _frozen(directive: Directive) -> QuerySet[PlanRevision]:
    """Return the revisions that left the drafter, of plans that were put forward."""
    revisions = PlanRevision.objects.filter(
        _put_forward("plan__assignment"), plan__assignment__directive=directive, frozen_at__isnull=False
    )
    return revisions.select_related("plan__assignment").order_by("plan__assignment__number", "number")


def _bound(decisions: Iterable[Decision], undecided: list[Submission]) -> Iterator[tuple[str, bytes]]:
    """Yield path and bytes of what each decision binds to, and of the dossiers that wait for one."""
    decisions = list(decisions)
    submissions = {each.submission_id: each.submission for each in decisions}
    submissions |= {each.pk: each for each in undecided}
    parts = binding.parts_of_all(list(submissions.values())) if submissions else {}
    for decision in decisions:
        yield from _decided(decision, parts[decision.submission_id])
    for submission in undecided:
        folder = f"submissions/{submission.assignment.number}-{submission.number}"
        yield from (
            (f"{folder}/{name}.json", binding.encode(part)) for name, part in parts[submission.pk].items()
        )


def _decided(decision: Decision, parts: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    folder = f"decisions/{decision.pk}"
    if decision.form == binding.TEXT_ALONE:
        now = {TEXT: content.canonical(decision.submission.revision)}
        bound = {TEXT: decision.content_sha256}
    else:
        now = {name: binding.encode(part) for name, part in parts.items()}
        bound = decision.parts
    changed = binding.changed_parts(bound, {name: sha256(part).hexdigest() for name, part in now.items()})
    moved_on = [name for name in changed if name in verifying.may_change(decision)]
    yield f"{folder}/decision.json", binding.encode(_said(decision) | {"moved_on": moved_on})
    yield from ((f"{folder}/{name}.json", part) for name, part in now.items() if name not in moved_on)


def _said(decision: Decision) -> dict[str, Any]:
    submission = decision.submission
    return {
        "id": str(decision.pk),
        "assignment": submission.assignment.number,
        "submission": submission.number,
        "verb": decision.verb,
        "form": decision.form,
        "parts": decision.parts,
        "content_sha256": decision.content_sha256,
        "ended": decision.ended_how,
    }
