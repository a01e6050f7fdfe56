"""Asking the members of the Committee by ballot slip (phiếu lấy ý kiến): called, cast in person, counted once.

Source: Law 77/2015/QH13 art. 117, 118; Decree 191/2026/NĐ-CP art. 3; domain notes, section 4. The rules a province sets
for itself are in the working regulation (`BALLOT`), each with its citation.
"""

from datetime import datetime, time
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts import regulation
from accounts.authority import SYSTEM, TITLES, Actor
from accounts.models import Membership, Position
from workflows.domain import binding, calendars, grants, phases, tally
from workflows.domain.errors import AlreadyDoneError, DomainError, NotAllowedError
from workflows.domain.events import record
from workflows.models import (
    Assignment,
    Ballot,
    BallotSilence,
    BallotSlip,
    Bound,
    GrantSource,
    Outcome,
    Participation,
    Phase,
    Requirement,
    Role,
    Submission,
    Vote,
)

# Who is a member, in the order of the tally sheet; somebody with two of these positions has one slip.
MEMBERS = (Position.CHAIR, Position.VICE_CHAIR, Position.MEMBER)
RIGHTS = ("view_case", "vote")
MAX_LINE = Requirement._meta.get_field("text").max_length or 0
REMIND_FROM = time(8)  # the hour at which a reminder goes out


class BallotNotCarriedError(DomainError):
    """The members were asked about this submission and did not carry it, or were asked about another dossier."""


# --- calling ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def call(
    participation: Participation, *, actor: Actor, question: str, due_at: datetime | None = None
) -> Ballot:
    """Ask every member about the submitted dossier; without `due_at` the working regulation's term counts from now.

    Who is a member is settled now: a slip for each person who holds a position of the Committee today. The ballot is
    bound to the dossier as it is.

    Raises:
        DomainError: no question, or the due moment has passed.
    """
    assignment, now = participation.assignment, timezone.now()
    due = due_at or calendars.load_calendar().add_working_days(now, regulation.rules("BALLOT")["days"])
    if not question.strip():
        raise DomainError(_("Say what the members are asked."), field="question")
    if due <= now:
        raise DomainError(_("The due moment must be in the future."), field="due_on")

    members = _members(participation)
    ballot = _open(binding.in_hand(assignment), question, due, actor, members=len(members))
    ballot.handed_out = BallotSlip.objects.bulk_create(_slip(ballot, member, actor) for member in members)
    _let_vote(participation, members, ballot)
    phases.enter(assignment, Phase.VOTING)

    record(
        "ballot.called",
        assignment,
        subject=ballot,
        actor=actor,
        number=ballot.number,
        members=len(members),
        due=due.isoformat(),
        sha256=ballot.content_sha256,
    )
    return ballot


def _members(part: Participation) -> list[Membership]:
    """Return the members of today, the Chair first, each person once under her highest position; one statement."""
    held = Membership.objects.valid(on=timezone.localdate()).filter(
        agency_position__agency=part.agency_id,
        agency_position__position__in=MEMBERS,
        user__is_active=True,
    )
    rows = held.select_related("user", "agency_position").order_by("pk")
    by_person: dict[int, Membership] = {}
    for row in sorted(rows, key=lambda row: MEMBERS.index(Position(row.agency_position.position))):
        by_person.setdefault(row.user_id, row)
    return list(by_person.values())


def _open(dossier: Bound, question: str, due: datetime, actor: Actor, *, members: int) -> Ballot:
    rule = regulation.rules("BALLOT")
    return Ballot.objects.create(
        submission=dossier.submission,
        number=dossier.submission.ballots.count() + 1,
        question=question.strip(),
        choices=list(rule["choices"]),
        silence=rule["silence"],
        citation=rule["citations"][rule["silence"]],
        due_at=due,
        called_by=actor.person,
        called_as=actor.label,
        called_at=timezone.now(),
        members=members,
        content_sha256=dossier.sha256,
        remind_at=_reminder_before(due),
    )


def _slip(ballot: Ballot, member: Membership, actor: Actor) -> BallotSlip:
    """Return the slip of a member, in the office's language; the Chair is the one who calls."""
    with translation.override(settings.LANGUAGE_CODE):
        agency = actor.hat.agency_short if actor.hat else ""
        title = str(TITLES["", member.agency_position.position]) % {"agency": agency}
    return BallotSlip(
        ballot=ballot,
        membership=member,
        member_as=f"{member.user}, {title}",
        is_chair=member.user_id == actor.user_id,
    )


def _let_vote(part: Participation, members: list[Membership], ballot: Ballot) -> None:
    """Let each member read the case and vote, under the position of her slip and no other; two statements."""
    grants.take_back(part, RIGHTS, source=GrantSource.BALLOT)
    grants.give(part, members, RIGHTS, source=GrantSource.BALLOT, source_id=ballot.pk)


def _reminder_before(due: datetime) -> datetime | None:
    """Return when those are reminded whose slips are missing, or None where that has passed or is not wished."""
    days, calendar = regulation.rules("BALLOT")["remind_days"], calendars.load_calendar()
    if not days:
        return None
    day = calendar.working_day_before(timezone.localdate(due), days)
    moment = timezone.make_aware(datetime.combine(day, REMIND_FROM))
    return moment if moment > timezone.now() else None


# --- voting ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def cast(
    participation: Participation, *, actor: Actor, vote: str, reason: str = "", amendment: str = ""
) -> BallotSlip:
    """Hand in the actor's own slip: once, in person; each line of `amendment` is one amendment.

    The event says that the member voted, and never how.

    Raises:
        NotAllowedError: the actor is no member who was asked, or acts for one.
        AlreadyDoneError: the slip has been handed in.
        DomainError: the choice is not on the slip, a vote against has no reason, the time is up, or the dossier has
            changed since the members were asked.
    Source: domain notes 4.2 (the reason), 4.5 (a vote is personal).
    """
    assignment = participation.assignment
    slip = _own_slip(assignment, actor)
    _check_takes(slip.ballot, assignment)
    _check_vote(slip.ballot, vote, reason)
    _check_lines(amendment)

    slip.vote, slip.amendment = vote, amendment.strip()
    slip.reason = "" if vote == Vote.FOR else reason.strip()
    slip.cast_by, slip.cast_at = actor.person, timezone.now()
    slip.save(update_fields=["vote", "reason", "amendment", "cast_by", "cast_at"])

    record("ballot.cast", assignment, subject=slip, actor=actor, number=slip.ballot.number)
    return slip


def _own_slip(assignment: Assignment, actor: Actor) -> BallotSlip:
    if actor.hat is None or actor.hat.lent is not None:
        raise NotAllowedError(_("A vote is personal: nobody votes for another member."))
    running = BallotSlip.objects.filter(
        ballot__submission__assignment=assignment,
        ballot__closed_at=None,
        membership=actor.hat.membership_id,
        membership__user=actor.user_id,
    )
    slip = running.select_related("ballot").first()
    if slip is None:
        raise NotAllowedError(_("You are not among the members who are asked."))
    if slip.cast_at is not None:
        raise AlreadyDoneError(who=slip.member_as, what=_("Ballot slip"), when=slip.cast_at)
    return slip


def _check_takes(ballot: Ballot, assignment: Assignment) -> None:
    if timezone.now() >= ballot.due_at:
        raise DomainError(_("The time for this ballot is up."))
    if binding.in_hand(assignment).sha256 != ballot.content_sha256:
        raise DomainError(
            _("The dossier has been changed since the members were asked, so this ballot no longer counts.")
        )


def _check_vote(ballot: Ballot, vote: str, reason: str) -> None:
    if vote not in ballot.choices:
        raise DomainError(_("Choose one of the answers on the slip."), field="vote")
    if vote == Vote.AGAINST and not reason.strip():
        raise DomainError(_("A vote against needs its reason."), field="reason")


def _check_lines(amendment: str) -> None:
    """Refuse a line that would not fit into a requirement of a return."""
    if any(len(line.strip()) > MAX_LINE for line in amendment.splitlines()):
        words = _("One line of an amendment holds at most %(n)s characters. Split the longest line.")
        raise DomainError(words % {"n": MAX_LINE}, field="amendment")


# --- counting --------------------------------------------------------------------------------------------------------


@transaction.atomic
def close(assignment: Assignment, *, at: datetime) -> Ballot:
    """Count the running ballot and put the case back before the Committee; done by the clock or the last slip.

    A ballot on a dossier that was changed meanwhile is void, whatever the votes. The Chair reports the result at the
    Committee's next meeting (`BALLOT`, `report`).
    """
    ballot = Ballot.objects.get(submission__assignment=assignment, closed_at=None)
    slips = ballot.slips.values_list("vote", "is_chair")
    counted = tally.count(
        (tally.Cast(vote, is_chair) for vote, is_chair in slips), silence=BallotSilence(ballot.silence)
    )
    is_bound = binding.in_hand(assignment).sha256 == ballot.content_sha256
    _write(ballot, counted, at, outcome=counted.outcome if is_bound else Outcome.VOID)
    part = Participation.objects.current().get(assignment=assignment, role=Role.APPROVE)
    grants.take(part, ["vote"])
    phases.enter(assignment, Phase.DECIDING)

    record("ballot.closed", assignment, subject=ballot, actor=SYSTEM, **figures_of(ballot))
    return ballot


def _write(ballot: Ballot, counted: tally.Count, at: datetime, *, outcome: Outcome) -> None:
    ballot.closed_at, ballot.outcome, ballot.tie_broken = at, outcome, counted.tie_broken
    ballot.votes_for, ballot.votes_against = counted.votes_for, counted.votes_against
    ballot.abstained, ballot.silent = counted.abstained, counted.silent
    ballot.remind_at = None
    ballot.save(
        update_fields=[
            "closed_at",
            "outcome",
            "tie_broken",
            "votes_for",
            "votes_against",
            "abstained",
            "silent",
            "remind_at",
        ]
    )


def figures_of(ballot: Ballot) -> dict[str, Any]:
    """Return what the event of a closed ballot says: the sum, and nobody's vote."""
    return {
        "number": ballot.number,
        "outcome": ballot.outcome,
        "members": ballot.members,
        "for": ballot.votes_for,
        "against": ballot.votes_against,
        "abstained": ballot.abstained,
        "silent": ballot.silent,
        "tie_broken": ballot.tie_broken,
        "sha256": ballot.content_sha256,
    }


# --- what follows from it --------------------------------------------------------------------------------------------


def asked_of_submission() -> dict[str, Any]:
    """Return the annotations that tell of a submission what its last ballot yielded, and on which dossier."""
    last = Ballot.objects.filter(submission=OuterRef("pk"), closed_at__isnull=False).order_by("-number")
    return {
        "ballot_outcome": Subquery(last.values("outcome")[:1]),
        "ballot_sha256": Subquery(last.values("content_sha256")[:1]),
    }


def check_carried(submission: Submission, dossier: Bound) -> None:
    """Refuse to approve against the members; asks nothing, where the submission was read with `asked_of_submission`.

    Raises:
        BallotNotCarriedError: the last ballot was not carried, or was about another dossier than the one in hand.
    """
    if submission.ballot_outcome is None:
        return
    if submission.ballot_outcome == Outcome.NOT_CARRIED:
        raise BallotNotCarriedError(
            _("The members did not carry this plan, so it cannot be approved. Return or refuse it.")
        )
    if submission.ballot_outcome == Outcome.VOID or submission.ballot_sha256 != dossier.sha256:
        raise BallotNotCarriedError(
            _("The dossier has been changed since the members voted on it. Ask them again, or return it.")
        )


def amendments_of(submission: Submission) -> dict[str, BallotSlip]:
    """Return the written amendments of the last ballot on a submission with their slips, in order; one statement.

    What several members wrote alike stands once.
    """
    last = Ballot.objects.filter(submission=submission, closed_at__isnull=False).order_by("-number")
    slips = BallotSlip.objects.filter(ballot=Subquery(last.values("pk")[:1])).exclude(amendment="")
    found: dict[str, BallotSlip] = {}
    for slip in slips.order_by("id"):
        for line in slip.amendments:
            found.setdefault(line, slip)
    return found


# --- reminding -------------------------------------------------------------------------------------------------------


def cases_to_remind(*, at: datetime) -> list[Assignment]:
    """Return the assignments whose running ballot has its reminder due at a moment; one statement."""
    due = Assignment.objects.filter(
        submissions__ballots__closed_at=None, submissions__ballots__remind_at__lte=at
    )
    return list(due.select_related("directive").order_by("id").distinct())


@transaction.atomic
def remind_by_clock(assignment: Assignment, *, at: datetime) -> bool:
    """Remind the members whose slips have not come back, once; tells whether there were any.

    Raises:
        HandedOnError: the ballot is over.
    """
    phases.hold(assignment, Phase.VOTING)
    ballot = Ballot.objects.get(submission__assignment=assignment, closed_at=None)
    if ballot.remind_at is None or ballot.remind_at > at:
        return False
    missing = ballot.slips.filter(cast_at=None).count()

    ballot.remind_at = None
    ballot.save(update_fields=["remind_at"])

    if missing:
        record(
            "ballot.reminded",
            assignment,
            subject=ballot,
            actor=SYSTEM,
            number=ballot.number,
            missing=missing,
            due=ballot.due_at.isoformat(),
        )
    return bool(missing)
