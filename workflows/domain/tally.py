"""What a ballot of the members yields: a function of the law, and of nothing else."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from workflows.models import BallotSilence, Outcome, Vote


@dataclass(frozen=True, slots=True)
class Cast:
    """What one member did: her vote, empty where her slip did not come back; whether she is the Chair."""

    vote: str = ""
    is_chair: bool = False


@dataclass(frozen=True, slots=True)
class Count:
    """A ballot in figures. `members` is all of them, whether they voted or not; silent slips stand by themselves."""

    members: int
    votes_for: int
    votes_against: int
    abstained: int
    silent: int
    outcome: Outcome
    tie_broken: bool


def count(slips: Iterable[Cast], *, silence: BallotSilence) -> Count:
    """Count one slip for every member, in any order.

    Carried is what more than half of all members vote for; those who abstain or stay silent are among all. Where as
    many vote for as against, the side on which the Chair voted decides: a vote she has cast, never one deemed.
    `silence` says whether a slip that did not come back counts in favour.

    Source: Law 77/2015/QH13 art. 117, 118; domain notes 4.1 (the working regulation rules on silence).
    """
    cast = list(slips)
    votes = Counter(slip.vote for slip in cast)
    in_favour = votes[Vote.FOR] + (votes[""] if silence == BallotSilence.FOR else 0)
    side = _side_of_the_chair(cast) if in_favour == votes[Vote.AGAINST] else ""
    is_carried = side == Vote.FOR if side else 2 * in_favour > len(cast)
    return Count(
        members=len(cast),
        votes_for=votes[Vote.FOR],
        votes_against=votes[Vote.AGAINST],
        abstained=votes[Vote.ABSTAIN],
        silent=votes[""],
        outcome=Outcome.CARRIED if is_carried else Outcome.NOT_CARRIED,
        tie_broken=bool(side),
    )


def _side_of_the_chair(slips: Iterable[Cast]) -> str:
    """Return how the Chair voted; nothing where she abstained or did not vote."""
    sides = (slip.vote for slip in slips if slip.is_chair and slip.vote in {Vote.FOR, Vote.AGAINST})
    return next(sides, "")
