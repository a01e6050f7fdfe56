"""What is explained is what the policies say: for everybody, every case, plan, opinion and right, by chance."""

from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.authority import hats, hats_of
from accounts.models import User
from tests.lending import lend
from tests.workflows.explaining import generated_world
from workflows import holding, policies
from workflows.explaining.answers import explain, explain_all, readers_of
from workflows.explaining.grounds import Thing
from workflows.models import Assignment, GrantSource, Participation
from workflows.models.grant import permission_ids

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def kept_generated(kept):
    return generated_world.make()


@pytest.fixture(params=[None, 1, 2], ids=["as made", "shaken 1", "shaken 2"])
def cases(request, db, kept_generated):
    """Every case of the world, as the acts left it and after chance has changed it."""
    permission_ids()
    if request.param is not None:
        generated_world.shake(Random(request.param))
    return generated_world.every_case()


def seen_by_policy(user, own, assignment):
    if not user.is_active:
        return False
    return policies.visible_assignments(own, user).filter(pk=assignment.pk).exists()


def things_by_policy(user, own, assignment):
    return {
        Thing.PLAN: policies.visible_revisions(own, user, assignment).exists(),
        Thing.OPINIONS: policies.accounted_opinions(own, user, assignment).exists(),
    }


def rights_by_policy(own, assignment):
    parts = Participation.objects.filter(assignment=assignment).select_related("assignment")
    return {part.pk: set(holding.carriers(own, part)) for part in parts}


def test_explanation_agrees_with_the_policies_for_everybody(cases):
    answers = {True: 0, False: 0}
    for user in User.objects.order_by("pk"):
        own = hats(user)
        for assignment in cases:
            told = explain(user, assignment)
            where = (user.username, assignment.pk)
            answers[told.sees] += 1
            assert told.sees == seen_by_policy(user, own, assignment), where
            if not told.sees:
                assert told.obstacles, where
                continue
            by_rule = {thing: rule is not None for thing, rule in told.things}
            assert by_rule == things_by_policy(user, own, assignment), where
            held = rights_by_policy(own, assignment)
            assert {part: told.rights_on(part) for part in held} == held, where
    assert min(answers.values()) > 50


def test_everybody_listed_sees_the_case_and_nobody_else_does(cases):
    people = list(User.objects.order_by("pk"))
    for assignment in cases:
        seen = {user for user in people if seen_by_policy(user, hats(user), assignment)}
        assert set(readers_of(assignment)) == seen
        assert {each.person for each in explain_all(people, assignment) if each.sees} == seen


def test_hats_of_many_are_those_of_each(cases):
    people = list(User.objects.order_by("pk"))
    assert hats_of(people) == {user.pk: hats(user) for user in people}


def test_everybody_is_explained_in_as_many_statements_as_one_person(kept_generated):
    permission_ids()
    assignment = Assignment.objects.select_related("directive").get(
        participations__user_grants__source=GrantSource.HANDOVER
    )
    lend(kept_generated.who("ubnd.chair"), kept_generated.who("s02.head"))
    people = list(User.objects.order_by("pk"))
    counts = []
    for some in (people[-8:], people):
        with CaptureQueriesContext(connection) as statements:
            explain_all(some, assignment)
        counts.append(len(statements))
    assert counts == [9, 9]
