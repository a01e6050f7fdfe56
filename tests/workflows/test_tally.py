"""The tally against a reference written from the law's text, for any members, votes, absences and orders.

Law 77/2015/QH13: a decision of the Committee must be voted for by more than half of all its members; where those for
and those against are equal in number, it follows the side on which the Chair voted (domain notes 4.1).
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.domain.tally import Cast, Count, count
from workflows.models import BallotSilence, Outcome, Vote

VOTES = st.sampled_from([*Vote.values, ""])
SILENCES = st.sampled_from(list(BallotSilence))


@st.composite
def committees(draw):
    """A Committee of one to sixty members, at most one of them the Chair, wherever she sits."""
    votes = draw(st.lists(VOTES, min_size=1, max_size=60))
    chair = draw(st.one_of(st.none(), st.integers(0, len(votes) - 1)))
    return [Cast(vote, is_chair=seat == chair) for seat, vote in enumerate(votes)]


def by_the_law(slips, silence):
    """Read the law's sentences one after the other; no arithmetic shared with the code."""
    in_favour = [s for s in slips if s.vote == "FOR" or (s.vote == "" and silence == "FOR")]
    opposed = [s for s in slips if s.vote == "AGAINST"]
    everybody_else = [s for s in slips if s not in in_favour]
    if len(in_favour) == len(opposed):
        for member in slips:
            if member.is_chair and member.vote == "FOR":
                return "CARRIED", True
            if member.is_chair and member.vote == "AGAINST":
                return "NOT_CARRIED", True
    # More than half of all: those in favour outnumber all the others together.
    return ("CARRIED" if len(in_favour) > len(everybody_else) else "NOT_CARRIED"), False


@given(committees(), SILENCES)
def test_tally_agrees_with_the_law(slips, silence):
    counted = count(slips, silence=silence)

    assert (counted.outcome.value, counted.tie_broken) == by_the_law(slips, silence.value)


@given(committees(), SILENCES, st.randoms(use_true_random=False))
def test_tally_does_not_know_the_order(slips, silence, random):
    mixed = list(slips)
    random.shuffle(mixed)

    assert count(mixed, silence=silence) == count(slips, silence=silence)


@given(committees(), SILENCES)
def test_every_member_is_counted_once(slips, silence):
    counted = count(slips, silence=silence)

    figures = (counted.votes_for, counted.votes_against, counted.abstained, counted.silent)
    assert figures == tuple(
        sum(slip.vote == vote for slip in slips) for vote in ("FOR", "AGAINST", "ABSTAIN", "")
    )
    assert counted.members == sum(figures) == len(slips)


@given(committees(), st.integers(0, 59))
def test_a_further_vote_in_favour_never_loses_a_ballot(slips, seat):
    """A member who was silent or abstained and now votes for cannot turn carried into not carried."""
    seat %= len(slips)
    before = count(slips, silence=BallotSilence.NOT_COUNTED)
    changed = [Cast("FOR", slip.is_chair) if n == seat else slip for n, slip in enumerate(slips)]
    after = count(changed, silence=BallotSilence.NOT_COUNTED)

    # The one exception is the law's own: a tie the Chair's side had carried is a tie no more.
    assert before.outcome == Outcome.NOT_CARRIED or after.outcome == Outcome.CARRIED or before.tie_broken


CHAIR = True
FOR, AGAINST, ABSTAIN = Vote.FOR, Vote.AGAINST, Vote.ABSTAIN


@pytest.mark.parametrize(
    ("votes", "chair", "silence", "outcome", "tie_broken"),
    [
        ([FOR, FOR, AGAINST], None, "NOT_COUNTED", "CARRIED", False),
        ([FOR, FOR, "", ""], None, "NOT_COUNTED", "NOT_CARRIED", False),  # half is not more than half
        ([FOR, FOR, "", "", ""], None, "NOT_COUNTED", "NOT_CARRIED", False),  # of all, not of those who voted
        ([FOR, FOR, "", "", ""], None, "FOR", "CARRIED", False),
        ([FOR, AGAINST, AGAINST], None, "FOR", "NOT_CARRIED", False),
        ([FOR, FOR, AGAINST, AGAINST], 0, "NOT_COUNTED", "CARRIED", True),
        ([FOR, FOR, AGAINST, AGAINST], 2, "NOT_COUNTED", "NOT_CARRIED", True),
        ([FOR, AGAINST, ABSTAIN], 2, "NOT_COUNTED", "NOT_CARRIED", False),  # the Chair took no side
        ([FOR, AGAINST, ""], 2, "NOT_COUNTED", "NOT_CARRIED", False),
        (
            [AGAINST, ""],
            1,
            "FOR",
            "NOT_CARRIED",
            False,
        ),  # a side is what she voted, not what silence is deemed
        ([AGAINST, ""], 0, "FOR", "NOT_CARRIED", True),
        (["", ""], 0, "NOT_COUNTED", "NOT_CARRIED", False),
        (["", ""], 0, "FOR", "CARRIED", False),
        ([FOR], 0, "NOT_COUNTED", "CARRIED", False),
    ],
)
def test_tally_of(votes, chair, silence, outcome, tie_broken):
    slips = [Cast(vote, is_chair=seat == chair) for seat, vote in enumerate(votes)]

    counted = count(slips, silence=BallotSilence(silence))

    assert counted == Count(
        members=len(votes),
        votes_for=votes.count("FOR"),
        votes_against=votes.count("AGAINST"),
        abstained=votes.count("ABSTAIN"),
        silent=votes.count(""),
        outcome=Outcome(outcome),
        tie_broken=tie_broken,
    )
