"""The questions about ballots and slips agree with their lists, for everybody, and with the rule read off the rows."""

import pytest

from accounts.authority import hats
from accounts.models import Membership
from tests.workflows.ballot_desk import before_the_chair, cast_all, make_committee, voting
from workflows import holding, policies
from workflows.models import (
    Ballot,
    BallotSlip,
    Participation,
    ParticipationGroupGrant,
    ParticipationUserGrant,
    Vote,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    world = make_committee()
    voting(world)
    closed = voting(world)
    cast_all(world, closed, chair=Vote.FOR, vice_chair=Vote.FOR, uv1=Vote.AGAINST, uv2=Vote.FOR, uv3=Vote.FOR)
    return world


def held_by(user):
    """Return (part, right) of everything a person holds now, read off the rows."""
    own = hats(user)
    groups = ParticipationGroupGrant.objects.filter(group__in=[hat.group_id for hat in own])
    persons = ParticipationUserGrant.objects.filter(membership__in=[hat.membership_id for hat in own])
    columns = ("content_object", "permission__codename")
    parts = {part.pk: part for part in Participation.objects.current()}
    rows = [*groups.values_list(*columns), *persons.values_list(*columns)]
    return {(parts[part], right) for part, right in rows if part in parts}


def test_ballots_are_read_by_lead_office_committee_and_members(world):
    ballots = list(Ballot.objects.select_related("submission"))
    for user in world.people.values():
        own = hats(user)
        cases = {
            part.assignment_id
            for part, right in held_by(user)
            if right == "view_case" and part.role in {"LEAD", "REVIEW", "APPROVE"}
        }
        expected = {ballot for ballot in ballots if ballot.submission.assignment_id in cases}
        assert set(policies.readable_ballots(own, user)) == expected, user.username
        assert {each for each in ballots if policies.can_read_ballot(own, user, each)} == expected


def test_slips_are_read_by_their_members_the_reviewers_and_the_chair(world):
    slips = list(BallotSlip.objects.select_related("ballot__submission"))
    for user in world.people.values():
        own = hats(user)
        cases = {
            part.assignment_id
            for part, right in held_by(user)
            if right in {"review_plan", "sign_review", "call_ballot"}
        }
        mine = set(Membership.objects.filter(user=user).values_list("pk", flat=True))
        expected = {
            slip
            for slip in slips
            if slip.membership_id in mine or slip.ballot.submission.assignment_id in cases
        }
        assert set(policies.readable_slips(own, user)) == expected, user.username
        assert {each for each in slips if policies.can_read_slip(own, user, each)} == expected


def test_each_reader_is_of_one_kind(world):
    """The table in words: who reads every slip, who her own, who none."""
    total = BallotSlip.objects.count()
    counted = {
        name: policies.readable_slips(hats(user), user).count() for name, user in sorted(world.people.items())
    }
    everything = {"ubnd.chair", "vp.head", "vp.specialist"}
    own = {"ubnd.vice_chair", "ubnd.uv1", "ubnd.uv2", "ubnd.uv3"}
    assert counted == {
        name: total if name in everything else 2 if name in own else 0 for name in world.people
    }


def test_member_judges_the_case_she_is_asked_about_and_no_other(world):
    asked = Ballot.objects.order_by("id")[0].submission.assignment
    other = before_the_chair(world)
    member, chair = world.who("ubnd.uv1"), world.who("ubnd.chair")

    assert [holding.judges(hats(member), case) for case in (asked, other)] == [True, False]
    assert [holding.judges(hats(chair), case) for case in (asked, other)] == [True, True]
    assert [policies.sees_what_was_put_forward(hats(member), case) for case in (asked, other)] == [
        True,
        False,
    ]
