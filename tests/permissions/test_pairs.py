"""Each question of the policy and its list agree, for everybody, on everything, in a generated world."""

import pytest

from accounts.authority import hats
from accounts.models import Position
from tests.factories import advance, make_agency, make_directive, make_member, make_user, make_world, start
from workflows import inbox, policies
from workflows.models import (
    Assignment,
    CaseTask,
    Consultation,
    Directive,
    InboxEntry,
    Opinion,
    Participation,
)

pytestmark = pytest.mark.django_db

RIGHTS = ("view_case", "draft_plan", "sign_opinion", "review_plan", "decide")


@pytest.fixture
def world():
    world = make_world(2)
    for node in ("draft", "prepare_opinion", "decide", "issued"):
        advance(world, start(world), node)
    make_directive(world)
    outside = make_agency("ngoai")
    world.people["outsider"] = make_member(outside, Position.HEAD)
    world.people["nobody"] = make_user("nobody")
    return world


def test_may_agrees_with_participations_with(world):
    for user in world.people.values():
        own = hats(user)
        for right in RIGHTS:
            listed = set(policies.participations_with(own, user, right))
            asked = {p for p in Participation.objects.all() if policies.may(own, user, right, p)}
            assert listed == asked, (user.username, right)
            by_hat = {p for p in Participation.objects.all() if policies.hat_for(own, None, right, p)}
            assert listed == by_hat, (user.username, right)
            by_rights = {p for p in Participation.objects.all() if right in policies.rights_on(own, user, p)}
            assert listed == by_rights, (user.username, right)


def test_can_view_assignment_agrees_with_visible_assignments(world):
    for user in world.people.values():
        own = hats(user)
        listed = set(policies.visible_assignments(own, user))
        assert listed == {a for a in Assignment.objects.all() if policies.can_view_assignment(own, user, a)}


ROUND_PAIRS = [
    (policies.may_run_round, policies.rounds_to_run),
    (policies.may_remind, policies.rounds_to_remind),
    (policies.can_read_request, policies.readable_requests),
]


@pytest.mark.parametrize(("asked", "listed"), ROUND_PAIRS, ids=lambda each: each.__name__)
def test_questions_about_a_round_agree_with_their_lists(world, asked, listed):
    found = set()
    for user in world.people.values():
        own = hats(user)
        answers = {each for each in Consultation.objects.all() if asked(own, user, each)}
        assert set(listed(own, user)) == answers, user.username
        found |= answers
    assert found


def test_can_prepare_opinion_agrees_with_opinions_to_prepare(world):
    found = set()
    for user in world.people.values():
        own = hats(user)
        answers = {each for each in Opinion.objects.all() if policies.can_prepare_opinion(own, user, each)}
        assert set(policies.opinions_to_prepare(own, user)) == answers, user.username
        assert answers <= set(policies.opinions_asked_of(own, user))
        found |= answers
    assert found


def test_nobody_outside_sees_a_directive(world):
    for username in ("outsider", "nobody"):
        user = world.who(username)
        assert list(policies.visible_directives(hats(user), user)) == []
    clerk = world.who("vp.clerk")
    assert set(policies.visible_directives(hats(clerk), clerk)) == set(Directive.objects.all())
    chair = world.who("ubnd.chair")
    assert set(policies.visible_directives(hats(chair), chair)) == set(Directive.objects.issued())


def test_inbox_holds_what_may_be_done_and_nothing_else(world):
    assert list(inbox.check()) == []
    for user in world.people.values():
        own = hats(user)
        shown = set(
            InboxEntry.objects.open()
            .filter(bucket__in=[h.bucket for h in own])
            .values_list("task_id", flat=True)
        )
        doable = {
            task.pk
            for task in CaseTask.objects.open().human().with_case()
            if policies.rights_on(own, user, task.participation) & task.flow_task.rights
        }
        assert shown == doable, user.username
