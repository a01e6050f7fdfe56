"""What a decision binds to: everything that lay before the leader, in a canonical form, and its SHA-256.

docs/decision-content.md describes the form field by field; a change of it gets another `FORM`.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from workflows.domain import content, table_content
from workflows.domain.errors import DomainError
from workflows.domain.submissions import last_submission
from workflows.models import Assignment, Bound, Decision, Submission

FORM = "dieu-hanh/decision/1"
TEXT_ALONE = ""  # the form of the first decisions: the SHA-256 of the revision, no parts
PARTS = ("revision", "action_items", "annexes", "dispositions")
WHOLE = "whole"  # what differs where every part is the same and the hash over them is not


class UnknownFormError(DomainError):
    """A decision names a canonical form this program does not know."""

    def __init__(self, form: str) -> None:
        super().__init__(_("The form %(form)s of this decision is not known here.") % {"form": form})


def bound(submission: Submission) -> Bound:
    """Return what a decision on the submission binds to now.

    Four statements, and one each where agencies attached files, answered questions or replaced an answer.
    """
    return bound_all([submission])[submission.pk]


def bound_all(submissions: Sequence[Submission]) -> dict[int, Bound]:
    """Return what decisions on submissions bind to now, by key; in as many statements as for one."""
    parts = parts_of_all(submissions)
    return {each.pk: bound_of(each, parts[each.pk]) for each in submissions}


def bound_of(submission: Submission, parts: dict[str, Any]) -> Bound:
    """Return the hashes over parts that have been read; asks nothing."""
    hashes = {name: _sha256(encode(part)) for name, part in parts.items()}
    return Bound(submission, hashes, _sha256(encode({"form": FORM, "parts": hashes})), FORM)


def parts_of(submission: Submission) -> dict[str, Any]:
    """Return the parts of a submission's dossier as plain data: text, tasks, annexes, table of dispositions."""
    return parts_of_all([submission])[submission.pk]


def parts_of_all(submissions: Sequence[Submission]) -> dict[int, dict[str, Any]]:
    """Return the parts of each submission's dossier, by key; in as many statements as for one."""
    revisions = content.plain_all([each.revision for each in submissions])
    tables = table_content.rounds_of_all([each.assignment_id for each in submissions])
    return {each.pk: _parts(revisions[each.revision_id], tables[each.assignment_id]) for each in submissions}


def _parts(revision: dict[str, Any], table: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "revision": {"title": revision["title"], "paragraphs": revision["paragraphs"]},
        "action_items": revision["action_items"],
        "annexes": revision["annexes"],
        "dispositions": table,
    }


def encode(part: Any) -> bytes:
    """Return plain data in canonical form: JSON, keys sorted, no spaces, UTF-8; text exactly as it is stored."""
    return json.dumps(
        part, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def stamp_of(assignment: Assignment) -> str:
    """Return what a page about the submitted dossier carries: the SHA-256 of everything it shows.

    The dossier stays in the assignment's hand for the act that follows under the same lock.
    """
    assignment.bound_in_hand = bound(last_submission(assignment))
    assignment.revision_in_hand = assignment.bound_in_hand.submission.revision
    return assignment.bound_in_hand.sha256


def in_hand(assignment: Assignment) -> Bound:
    """Return the dossier the act has in hand, read now where it has none."""
    if assignment.bound_in_hand is None:
        stamp_of(assignment)
    assert assignment.bound_in_hand is not None  # just read
    return assignment.bound_in_hand


def changed_since(decision: Decision, submission: Submission | None = None) -> list[str]:
    """Return the names of the parts that are not what was decided on; of a form without parts, the revision.

    `submission` is the decision's own where it is loaded, with its revision and plan.

    Raises:
        UnknownFormError: the decision is of a form this program does not know.
    """
    if decision.form not in FORMS:
        raise UnknownFormError(decision.form)
    now = FORMS[decision.form](submission or decision.submission)
    differing = changed_parts(decision.parts, now.parts)
    if not differing and now.sha256 != decision.content_sha256:
        return [WHOLE] if now.parts else ["revision"]
    return differing


def changed_parts(before: dict[str, str], now: dict[str, str]) -> list[str]:
    """Return the names of the parts that are not the same, in the order of the form."""
    names: Iterable[str] = dict.fromkeys((*PARTS, *sorted(before), *sorted(now)))
    return [name for name in names if before.get(name) != now.get(name)]


def _text_alone(submission: Submission) -> Bound:
    return Bound(submission, {}, content.sha256_of(submission.revision), TEXT_ALONE)


FORMS: dict[str, Callable[[Submission], Bound]] = {FORM: bound, TEXT_ALONE: _text_alone}


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
