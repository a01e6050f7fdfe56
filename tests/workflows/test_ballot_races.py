"""Members who vote at the same moment, and the clock that comes with the last of them: counted once, nothing stuck."""

import pytest

from tests.factories import attempt, stamp
from tests.workflows.ballot_desk import cast, make_committee, slip_task, voting
from tests.workflows.test_round_races import race
from workflows import inbox
from workflows.domain.errors import DomainError
from workflows.flows import steps, timers
from workflows.models import Ballot, BallotSlip, CaseTask, Phase, Vote

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

ROUNDS = 4


@pytest.fixture
def world():
    return make_committee(2)


def voter(world, assignment, name, vote=Vote.FOR):
    """Return the act of a member on a page drawn now."""
    user = world.who(name)
    task, once = slip_task(assignment, user), attempt(user, stamp(assignment))
    given = {"vote": vote, "reason": "Lý do." if vote == Vote.AGAINST else "", "amendment": ""}
    return lambda: steps.perform(task, "vote", once, given)


def is_closed_once(assignment):
    """Tell whether the case is before the Committee once, its inbox sound, and the figures add up."""
    assignment.refresh_from_db()
    ballot = Ballot.objects.get(submission__assignment=assignment)
    waiting = CaseTask.objects.open().human().filter(process__assignment=assignment)
    cast_slips = BallotSlip.objects.filter(ballot=ballot).exclude(vote="").count()
    return (
        assignment.phase == Phase.DECIDING
        and [task.flow_task.name for task in waiting] == ["decide"]
        and cast_slips == ballot.votes_for + ballot.votes_against + ballot.abstained
        and cast_slips + ballot.silent == ballot.members
        and not list(inbox.check())
    )


def test_members_who_vote_at_once_are_all_counted(world):
    for _ in range(ROUNDS):
        assignment = voting(world)
        names = ("ubnd.chair", "ubnd.vice_chair", "ubnd.uv1", "ubnd.uv2")

        outcomes = race(*(voter(world, assignment, name) for name in names))

        assert not [each for each in outcomes if isinstance(each, DomainError)]
        assert is_closed_once(assignment)
        assert Ballot.objects.get(submission__assignment=assignment).votes_for == 4


def test_member_who_votes_twice_at_once_is_counted_once(world):
    for _ in range(ROUNDS):
        assignment = voting(world)
        both = (voter(world, assignment, "ubnd.uv1", vote) for vote in (Vote.FOR, Vote.AGAINST))

        outcomes = race(*both)

        assert sum(isinstance(each, DomainError) for each in outcomes) == 1
        slips = BallotSlip.objects.filter(ballot__submission__assignment=assignment).exclude(vote="")
        assert slips.count() == 1


def test_last_vote_and_the_clock_close_the_ballot_once(world):
    for _ in range(ROUNDS):
        assignment = voting(world)
        for name in ("ubnd.chair", "ubnd.vice_chair", "ubnd.uv1"):
            cast(world.who(name), assignment)
        due = Ballot.objects.get(submission__assignment=assignment).due_at

        race(voter(world, assignment, "ubnd.uv2"), lambda due=due: timers.fire_due_timers(at=due))

        assert is_closed_once(assignment)
