"""A leader who is not seen for days while work waits: somebody should act for her."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.domain import absences, delegations
from accounts.domain.errors import NotAllowedError
from accounts.models import AbsenceProposal, Position, User
from notifications import relay
from notifications.models import Event
from tests.factories import actor, make_member, make_world, start
from tests.lending import lend, loan_of
from workflows.domain.absent_leaders import absent_leaders, propose_due

pytestmark = pytest.mark.django_db
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
MONDAY = date(2026, 11, 16)
FRIDAY = datetime(2026, 11, 20, 9, tzinfo=HANOI)  # Tuesday, Wednesday and Thursday have passed


@pytest.fixture
def world():
    world = make_world(1)
    start(world)
    User.objects.update(last_active_on=date(2026, 11, 20))
    return world


@pytest.fixture
def head(world):
    return seen(world.who("skhdt.head"), MONDAY)


def seen(user, day):
    User.objects.filter(pk=user.pk).update(last_active_on=day)
    user.refresh_from_db()
    return user


def absent(at=FRIDAY):
    return [each.user.username for each in absent_leaders(at=at)]


def test_leader_is_absent_after_three_working_days(world, head):
    assert absent(FRIDAY - timedelta(days=1)) == []
    assert absent(FRIDAY) == ["skhdt.head"]


def test_weekend_does_not_count(world):
    seen(world.who("skhdt.head"), date(2026, 11, 13))  # a Friday

    assert absent(datetime(2026, 11, 18, 9, tzinfo=HANOI)) == []
    assert absent(datetime(2026, 11, 19, 9, tzinfo=HANOI)) == ["skhdt.head"]


def test_leader_for_whom_nothing_waits_is_left_alone(world):
    seen(world.who("s01.head"), MONDAY)

    assert absent() == []


def test_nobody_but_leaders_is_asked(world):
    seen(world.who("skhdt.specialist"), MONDAY)

    assert absent() == []


def test_who_was_never_seen_counts_from_the_day_she_joined(world, head):
    User.objects.filter(pk=head.pk).update(last_active_on=None, joined_at=FRIDAY - timedelta(days=4))

    assert absent(FRIDAY) == ["skhdt.head"]
    assert absent(FRIDAY - timedelta(days=2)) == []


def test_deactivated_leader_is_left_alone(world, head):
    User.objects.filter(pk=head.pk).update(is_active=False)

    assert absent() == []


def test_proposal_is_made_once_for_each_absence(world, head):
    assert propose_due(at=FRIDAY) == 1
    assert propose_due(at=FRIDAY + timedelta(days=3)) == 0
    seen(head, date(2026, 11, 23))
    propose_due(at=datetime(2026, 11, 24, 9, tzinfo=HANOI))
    assert AbsenceProposal.objects.get().closed_at is not None
    assert propose_due(at=datetime(2026, 11, 30, 9, tzinfo=HANOI)) == 1

    assert list(AbsenceProposal.objects.order_by("pk").values_list("inactive_since", flat=True)) == [
        MONDAY,
        date(2026, 11, 23),
    ]
    assert Event.objects.filter(kind="absence.noticed").count() == 2


def test_leader_deputies_and_office_head_are_told(world, head):
    deputy = make_member(world.lead, Position.DEPUTY_HEAD)
    User.objects.filter(pk=deputy.pk).update(last_active_on=date(2026, 11, 20))
    propose_due(at=FRIDAY)
    relay.dispatch_pending()

    told = Event.objects.get(kind="absence.noticed").notifications.values_list("user", flat=True)

    assert set(told) == {head.pk, deputy.pk, world.who("vp.head").pk}


def test_lending_closes_the_proposal(world, head):
    propose_due(at=FRIDAY)

    lend(head, world.who("skhdt.specialist"))

    assert AbsenceProposal.objects.get().closed_by == head
    assert absent() == []


def test_clerk_provides_for_the_absent_leader(world, head):
    propose_due(at=FRIDAY)
    clerk = world.who("skhdt.clerk")

    delegations.propose(loan_of(head, world.who("skhdt.specialist")), actor=actor(clerk))

    assert AbsenceProposal.objects.get().closed_by == clerk


def test_proposal_is_set_aside_by_whoever_provides_for_her(world, head):
    propose_due(at=FRIDAY)
    proposal = AbsenceProposal.objects.get()

    with pytest.raises(NotAllowedError):
        absences.dismiss(proposal, actor=actor(world.who("s01.head")))
    absences.dismiss(proposal, actor=actor(world.who("skhdt.clerk")))
    absences.dismiss(proposal, actor=actor(head))

    assert AbsenceProposal.objects.get().closed_by == world.who("skhdt.clerk")
    assert propose_due(at=FRIDAY) == 0
    assert Event.objects.filter(kind="absence.dismissed").count() == 1


def test_absence_is_on_the_page_with_the_way_to_lend(world, head):
    propose_due(at=FRIDAY)
    proposal = AbsenceProposal.objects.get()
    client = Client()
    client.force_login(world.who("skhdt.clerk"))

    [shown] = client.get(reverse("delegations")).context["absences"]
    form = client.get(shown["lend_url"])
    dismissed = client.post(reverse("absence-dismiss", args=[proposal.pk]))

    assert shown["name"] == head.full_name
    assert form.context["membership"] == head.memberships.get()
    assert dismissed.status_code == 302
    assert client.get(reverse("delegations")).context["absences"] == []


def test_absence_is_nobody_elses_business(world, head):
    propose_due(at=FRIDAY)
    proposal = AbsenceProposal.objects.get()
    client = Client()
    client.force_login(world.who("s01.head"))

    assert client.get(reverse("delegations")).context["absences"] == []
    assert client.post(reverse("absence-dismiss", args=[proposal.pk])).status_code == 404


# --- presence ---


def test_presence_is_written_once_a_day(world, django_assert_num_queries):
    user = seen(world.who("skhdt.clerk"), MONDAY)
    client = Client()
    client.force_login(user)

    client.get(reverse("delegations"))
    user.refresh_from_db()
    assert user.last_active_on == timezone.localdate()
    with django_assert_num_queries(9):
        client.get(reverse("delegations"))


def test_what_a_page_asks_by_itself_is_no_presence(world):
    user = seen(world.who("skhdt.clerk"), MONDAY)
    client = Client()
    client.force_login(user)

    client.get(reverse("feed"), {"after": 0}, headers={"Accept": "application/json"})
    client.get(reverse("inbox"), headers={"HX-Request": "true"})

    user.refresh_from_db()
    assert user.last_active_on == MONDAY
