"""A membership ends: no right is left, and what waited for its holder alone waits for the agency again."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.authority import SYSTEM, hats
from accounts.domain import fields
from accounts.domain.memberships import appoint, end_membership, sync_those_of
from accounts.domain.people import deactivate
from accounts.models import Field, Membership, User
from notifications.models import Event
from tests.factories import actor, advance, make_member, make_world, open_task, start
from workflows import holding, inbox, policies
from workflows.flows.leaving import hand_back_ended
from workflows.models import ParticipationUserGrant

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    world = make_world(1)
    world.who("ubnd.vice_chair")
    make_member(world.committee, "VICE_CHAIR", "ubnd.other")
    return world


@pytest.fixture
def case(world):
    """A case before the Committee, in the hands of the Vice-Chair in charge of its field."""
    field = Field.objects.create(code="kt", name="Kinh tế", order=1)
    membership = Membership.objects.get(user__username="ubnd.vice_chair")
    fields.put_in_charge(
        membership, field, basis="QĐ 1", valid_from=timezone.localdate() - timedelta(days=9), actor=SYSTEM
    )
    assignment = start(world)
    assignment.field = field
    assignment.save(update_fields=["field"])
    advance(world, assignment, "decide")
    return assignment


def hers():
    return Membership.objects.get(user__username="ubnd.vice_chair", valid_to=None)


def person(username):
    return User.objects.get(username=username)


def in_inbox(username, task):
    buckets = [bucket for hat in hats(person(username)) for bucket in hat.buckets]
    return task.inbox_entries.filter(closed_at=None, bucket__in=buckets).exists()


def may_decide(username, case):
    part = case.participations.get(role="APPROVE")
    return "decide" in holding.rights_on(hats(person(username)), part)


def test_end_of_a_membership_ends_every_right_at_once(case):
    user = hers().user
    client = Client()
    client.force_login(user)
    page = reverse("assignment", args=[case.public_id])
    assert client.get(page).status_code == 200

    end_membership(hers(), on=timezone.localdate(), actor=SYSTEM)

    assert client.get(page).status_code == 404
    assert not policies.visible_assignments(hats(user), user).exists()
    assert client.get(reverse("inbox")).context["hat"] is None


def test_what_waited_for_her_alone_waits_for_the_position_again(case):
    task = open_task(case, "decide")
    assert [in_inbox(name, task) for name in ("ubnd.vice_chair", "ubnd.other", "ubnd.chair")] == [
        True,
        False,
        False,
    ]
    end_membership(hers(), on=timezone.localdate(), actor=SYSTEM)

    assert hand_back_ended() == 1

    assert [in_inbox(name, task) for name in ("ubnd.vice_chair", "ubnd.other", "ubnd.chair")] == [
        False,
        True,
        True,
    ]
    assert may_decide("ubnd.other", case)
    assert may_decide("ubnd.chair", case)
    assert not ParticipationUserGrant.objects.exists()
    assert list(inbox.check()) == []


def test_handing_back_is_on_record_once(case):
    end_membership(hers(), on=timezone.localdate(), actor=SYSTEM)

    assert [hand_back_ended(), hand_back_ended()] == [1, 0]

    event = Event.objects.get(kind="work.handed_back")
    assert event.data["from"] == "ubnd.vice_chair"
    assert event.data["assignment"] == str(case.public_id)
    client = Client()
    client.force_login(person("ubnd.chair"))
    page = client.get(reverse("assignment", args=[case.public_id])).text
    assert "Người ubnd.vice_chair thôi giữ chức danh" in page


def test_membership_that_ends_tomorrow_hands_nothing_back_today(case):
    end_membership(hers(), on=timezone.localdate() + timedelta(days=1), actor=SYSTEM)

    assert hand_back_ended() == 0
    assert hand_back_ended(at=timezone.now() + timedelta(days=1)) == 1


def test_closed_account_hands_back_too(case):
    deactivate(hers().user, actor=SYSTEM)

    assert hand_back_ended() == 1
    assert may_decide("ubnd.other", case)


def test_new_appointment_of_the_same_person_keeps_her_work(case):
    old, task = hers(), open_task(case, "decide")
    user, place = old.user, old.agency_position
    today = timezone.localdate()
    end_membership(old, on=today, actor=SYSTEM)
    appoint(user, place.agency, place.position, valid_from=today, actor=SYSTEM)

    assert hand_back_ended() == 1

    assert in_inbox("ubnd.vice_chair", task)
    assert not in_inbox("ubnd.other", task)
    assert may_decide("ubnd.vice_chair", case)


def test_decision_by_somebody_else_goes_through_afterwards(case, world):
    end_membership(hers(), on=timezone.localdate(), actor=SYSTEM)
    hand_back_ended()
    task = open_task(case, "decide")
    other = Client()
    other.force_login(world.who("ubnd.chair"))
    form = other.get(reverse("task", args=[task.public_id])).context["forms"]["approve"]
    given = {name: form[name].value() or "" for name in form.fields}

    other.post(reverse("task", args=[task.public_id]), given | {"verb": "approve"})

    task.refresh_from_db()
    assert task.verb == "approve"
    assert actor(world.who("ubnd.chair")).label in task.done_as


def test_groups_turn_with_the_day(world):
    today = timezone.localdate()
    membership = Membership.objects.get(user__username="ubnd.other")
    user, group = membership.user, membership.agency_position.group
    user.groups.add(group)
    membership.valid_to = today
    membership.save(update_fields=["valid_to"])

    assert [sync_those_of(today), sync_those_of(today)] == [1, 0]
    assert group not in user.groups.all()


def test_nothing_to_hand_back_costs_two_statements(case, django_assert_num_queries):
    with django_assert_num_queries(2):
        assert hand_back_ended() == 0
