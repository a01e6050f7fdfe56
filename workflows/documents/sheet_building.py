"""Reading the Office's sheet from what is on record: nothing in it but the Office's opinion is written by hand."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Value
from django.utils import timezone

from accounts.models import Position
from workflows.domain import content
from workflows.domain.numbering import roman
from workflows.models import (
    ActionItem,
    Annex,
    Decision,
    Opinion,
    Participation,
    ParticipationUserGrant,
    Requirement,
    Review,
    Role,
    Submission,
    Verdict,
)
from workflows.models.grant import alive, permission_ids

from .building import NamesOn, Reader, build_table
from .letterhead import letterhead_of
from .sheet import Direction, Earlier, Sheet, Signer
from .sheet_wording import GROUNDS, POSTS, RECALLED, VERBS, points_of, post_of
from .table import Line, Table
from .wording import in_figures


def build_sheet(submission: Submission, *, names: NamesOn) -> Sheet:
    """Return the sheet of a submission, its revision, review and decision loaded; at most 20 statements."""
    assignment, on = submission.assignment, timezone.localdate(submission.submitted_at)
    committee, lead = assignment.directive.issuer, assignment.lead
    office = _part(submission, Role.REVIEW).agency
    called = names(on, ids={committee.pk, office.pk} | ({lead.pk} if lead else set()))
    opinions = Opinion.objects.filter(consultation__assignment=assignment)
    table = build_table(
        assignment,
        revision=submission.revision,
        opinions=opinions.annotate(answer_known=Value(value=True)),
        reader=Reader(sees_all=True),
        names=names,
        on=on,
    )
    review: Review | None = getattr(submission, "review", None)
    post, person = _leader(submission)
    place = called.full(committee)
    return Sheet(
        head=letterhead_of(office, committee, called.full),
        on=_day(review.signed_at or review.reviewed_at) if review else None,
        number=submission.number,
        to=f"Đồng chí {person}, {post} {place}" if person else f"Lãnh đạo {place}",
        leader=post or "lãnh đạo Ủy ban nhân dân",
        agency=called.full(lead) if lead else "",
        document_number=submission.document_number,
        submitted_on=on,
        title=submission.revision.plan.title,
        directive=f"{assignment.directive.code} ngày {in_figures(assignment.directive.issued_on)}",
        dossier=_annexes(submission),
        points=points_of(*_figures(content.items_of(submission.revision))),
        note=submission.note.strip(),
        table=table,
        disputes=_disputes(table),
        earlier=_earlier(submission),
        grounds=tuple(GROUNDS[ground] for ground in review.grounds) if review else (),
        opinion=review.text.strip() if review else "",
        specialist=_specialist(review),
        signed=_signed(review),
        direction=_direction(submission.decision),
    )


def _day(moment: datetime) -> date:
    return timezone.localdate(moment)


def _part(submission: Submission, role: Role) -> Participation:
    return (
        Participation.objects.current()
        .select_related("agency")
        .get(assignment=submission.assignment_id, role=role)
    )


def _leader(submission: Submission) -> tuple[str, str]:
    """Return post and name of who decided, else of the one to whom the case was entrusted; empty where it is nobody."""
    decision = submission.decision
    if decision is not None:
        return post_of(decision.signature.get("lines") or [""]), decision.decided_by.full_name
    part = _part(submission, Role.APPROVE)
    entrusted = ParticipationUserGrant.objects.filter(
        alive(), content_object=part, permission=permission_ids()["decide"]
    )
    rows = list(
        entrusted.select_related("membership__user", "membership__agency_position").order_by("id")[:2]
    )
    if len(rows) != 1:
        return "", ""
    membership = rows[0].membership
    return POSTS.get(Position(membership.agency_position.position), ""), membership.user.full_name


def _annexes(submission: Submission) -> tuple[str, ...]:
    titles = Annex.objects.filter(revision=submission.revision_id).order_by("position", "id")
    return tuple(
        f"Phụ lục {roman(number)}: {title}"
        for number, title in enumerate(titles.values_list("title", flat=True), start=1)
    )


def _figures(items: Sequence[ActionItem]) -> tuple[int, int, list[date]]:
    due = sorted(item.due_on for item in items if item.due_on)
    return len(items), len({item.lead_id for item in items}), due


def _disputes(table: Table) -> tuple[Line, ...]:
    """Return what agencies still hold against the draft: upheld in any round, disagreed with in the last."""
    last = max((each.number for each in table.rounds), default=0)
    return tuple(line for line in table.lines if line.upheld or (line.disagrees and line.round == last))


def _earlier(submission: Submission) -> tuple[Earlier, ...]:
    """Return the submissions before this one and how each ended; two statements."""
    before = Submission.objects.filter(assignment=submission.assignment_id, number__lt=submission.number)
    rows = list(before.select_related("review", "decision").order_by("number"))
    wanted: dict[int, list[str]] = {}
    found = Requirement.objects.filter(decision__in=[row.decision_id for row in rows if row.decision_id])
    for decision_id, text in found.order_by("decision_id", "number").values_list("decision_id", "text"):
        wanted.setdefault(decision_id, []).append(text)
    return tuple(ended for row in rows if (ended := _ended(row, wanted)) is not None)


def _ended(submission: Submission, wanted: dict[int, list[str]]) -> Earlier | None:
    number, on = submission.number, _day(submission.submitted_at)
    decision, review = submission.decision, getattr(submission, "review", None)
    if decision is not None:
        reasons = wanted.get(decision.pk) or ([decision.text] if decision.text else [])
        return Earlier(number, on, VERBS[decision.verb], _day(decision.decided_at), tuple(reasons))
    if submission.recalled_at is not None:
        return Earlier(number, on, RECALLED, _day(submission.recalled_at), (submission.recall_reason,))
    if review is not None and review.verdict == Verdict.RETURNED:
        grounds = [GROUNDS[ground] for ground in review.grounds]
        return Earlier(number, on, GROUNDS[""], _day(review.reviewed_at), (*grounds, review.text))
    return None


def _specialist(review: Review | None) -> Signer:
    if review is None:
        return Signer()
    return Signer(review.reviewed_by.full_name, _day(review.reviewed_at))


def _signed(review: Review | None) -> Signer:
    if review is None or review.signed_at is None:
        return Signer()
    signature = review.signature
    name = signature.get("name") or (review.signed_by.full_name if review.signed_by else "")
    return Signer(name, _day(review.signed_at), tuple(signature.get("lines", ())))


def _direction(decision: Decision | None) -> Direction | None:
    if decision is None:
        return None
    signer = Signer(
        decision.decided_by.full_name, _day(decision.decided_at), tuple(decision.signature.get("lines", ()))
    )
    reasons = tuple(line.strip() for line in decision.text.splitlines() if line.strip())
    return Direction(VERBS[decision.verb], reasons, signer)
