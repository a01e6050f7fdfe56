"""Rights end: with the hour they were given until, and with the hand that gave them on."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.authority import hats
from accounts.models import Field, Position
from tests.factories import act, actor, advance, make_agency, make_member
from tests.workflows.ballot_desk import make_committee
from tests.workflows.test_routing import begin, charge, rights
from workflows import holding, inbox, policies
from workflows.domain import assignments, grants, routing
from workflows.models import (
    GrantSource,
    Participation,
    ParticipationGroupGrant,
    ParticipationUserGrant,
    Role,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def kept_world(kept):
    """A Committee with two members, for rights that are given to one person."""
    return make_committee(2)


@pytest.fixture
def second(world):
    return make_member(world.committee, Position.VICE_CHAIR, "ubnd.vice_chair2")


@pytest.fixture
def entrusted(world, second):
    """A case before the Committee that waits for the second Vice-Chair alone."""
    field = Field.objects.create(code="kinh-te", name="Kinh tế")
    charge(second, field)
    assignment = begin(world, field)
    advance(world, assignment, "decide")
    return assignment


def test_whoever_hands_a_case_over_can_no_longer_decide_on_it(world, entrusted, second):
    first = world.who("ubnd.vice_chair")
    to = first.memberships.get().pk
    act(second, entrusted, "decide", "hand_over", to=to, note="Lĩnh vực khác")

    assert "decide" in rights(first, entrusted, Role.APPROVE)
    assert "decide" not in rights(second, entrusted, Role.APPROVE)
    held = ParticipationUserGrant.objects.filter(permission__codename="decide")
    assert list(held.values_list("user__username", "source")) == [("ubnd.vice_chair", GrantSource.HANDOVER)]
    assert list(inbox.check()) == []


def test_case_sent_to_another_in_charge_leaves_the_one_before_without_the_right(world, entrusted, second):
    third = make_member(world.committee, Position.VICE_CHAIR, "ubnd.vice_chair3")
    part = Participation.objects.current().get(assignment=entrusted, role=Role.APPROVE)

    routing.entrust(part, third.memberships.get(), source=GrantSource.FIELD)

    assert "decide" in rights(third, entrusted, Role.APPROVE)
    assert "decide" not in rights(second, entrusted, Role.APPROVE)


@pytest.mark.parametrize(("hours", "is_held"), [(-1, False), (1, True)])
def test_right_of_one_person_holds_until_its_hour(world, entrusted, hours, is_held):
    """Read in every way a right is asked: of one part, in a list, by hat, for the inbox, and as what is seen."""
    member = world.who("ubnd.uv1")
    part = Participation.objects.current().get(assignment=entrusted, role=Role.APPROVE)
    grants.give(
        part,
        [member.memberships.get()],
        ("view_case", "vote"),
        source=GrantSource.BALLOT,
        expires_at=timezone.now() + timedelta(hours=hours),
    )
    own = hats(member)

    assert holding.may(own, member, "vote", part) is is_held
    assert (part in holding.participations_with(own, member, "view_case")) is is_held
    assert holding.rights_on(own, part) == ({"view_case", "vote"} if is_held else set())
    assert (holding.hat_for(own, None, "vote", part) is not None) is is_held
    assert holding.judges(own, entrusted) is is_held
    assert (entrusted in policies.visible_assignments(own, member)) is is_held
    assert (-own[0].membership_id in inbox.buckets_for([part.pk], ["vote"]).get(part.pk, [])) is is_held


@pytest.mark.parametrize(("hours", "is_held"), [(-1, False), (1, True)])
def test_right_of_a_position_holds_until_its_hour(world, entrusted, hours, is_held):
    lead = world.who("skhdt.specialist")
    part = Participation.objects.current().get(assignment=entrusted, role=Role.LEAD)
    end = timezone.now() + timedelta(hours=hours)
    ParticipationGroupGrant.objects.filter(content_object=part).update(expires_at=end)
    own = hats(lead)

    assert holding.may(own, lead, "draft_plan", part) is is_held
    assert ("draft_plan" in holding.rights_on(own, part)) is is_held
    assert (entrusted in policies.visible_assignments(own, lead)) is is_held
    assert policies.sees_draft(own, lead, entrusted) is is_held
    assert bool(inbox.buckets_for([part.pk], ["draft_plan"])) is is_held


def test_lead_that_was_replaced_keeps_nothing(world):
    assignment = begin(world)
    advance(world, assignment, "draft")
    part = Participation.objects.current().get(assignment=assignment, role=Role.LEAD)
    own = hats(world.who("skhdt.head"))

    assignments.replace_lead(assignment, make_agency("s02"), actor=actor(world.who("vp.head")))

    assert not ParticipationGroupGrant.objects.filter(content_object=part).exists()
    assert assignment not in policies.visible_assignments(own, world.who("skhdt.head"))


def test_part_that_ended_carries_nothing_whatever_rows_it_has_left(world):
    assignment = begin(world)
    advance(world, assignment, "draft")
    part = Participation.objects.current().get(assignment=assignment, role=Role.LEAD)
    Participation.objects.filter(pk=part.pk).update(ended_at=timezone.now())
    head = world.who("skhdt.head")
    own = hats(head)

    assert ParticipationGroupGrant.objects.filter(content_object=part).exists()
    assert assignment not in policies.visible_assignments(own, head)
    assert holding.rights_on(own, part) == set()
    assert inbox.buckets_for([part.pk], ["draft_plan"]) == {}
