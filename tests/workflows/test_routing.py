"""A case goes to the one in charge of its field."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.authority import hats
from accounts.domain import fields
from accounts.models import Field, Position
from tests.factories import act, actor, advance, make_member, make_world, start, write_plan
from workflows import holding, inbox
from workflows.domain.directives import AssignmentInput
from workflows.domain.errors import NotAllowedError
from workflows.models import InboxEntry, Participation, Product, Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return make_world(1)


@pytest.fixture
def field():
    return Field.objects.create(code="kinh-te", name="Kinh tế")


@pytest.fixture
def second(world):
    return make_member(world.committee, Position.VICE_CHAIR, "ubnd.vice_chair2")


def charge(user, field, *, since=-30, until=None):
    today = timezone.localdate()
    return fields.put_in_charge(
        user.memberships.select_related("agency_position__agency", "user").get(),
        field,
        basis="12/TB-UBND",
        valid_from=today + timedelta(days=since),
        valid_to=today + timedelta(days=until) if until is not None else None,
        actor=actor(user),
    )


def begin(world, field=None):
    row = AssignmentInput(
        title="Kế hoạch",
        text="Xây dựng kế hoạch",
        lead=world.lead,
        coordinating=tuple(world.others),
        product=Product.PLAN,
        field=field,
    )
    return start(world, row)


def rights(user, assignment, role):
    part = Participation.objects.current().get(assignment=assignment, role=role)
    return holding.rights_on(hats(user), part)


def buckets_at(assignment, node):
    found = InboxEntry.objects.open().filter(task__process__assignment=assignment, node=node)
    return set(found.values_list("bucket", flat=True))


def bucket_of(user):
    return -user.memberships.get().pk


def position_bucket(user):
    return user.memberships.get().agency_position_id


def test_case_goes_to_the_vice_chair_in_charge_alone(world, field, second):
    first = world.who("ubnd.vice_chair")
    charge(second, field)
    assignment = begin(world, field)
    advance(world, assignment, "decide")

    assert buckets_at(assignment, "decide") == {bucket_of(second)}
    assert "decide" in rights(second, assignment, Role.APPROVE)
    assert "decide" not in rights(first, assignment, Role.APPROVE)
    with pytest.raises(NotAllowedError):
        act(first, assignment, "decide", "approve")
    act(second, assignment, "decide", "approve")
    assert list(inbox.check()) == []


def test_chair_reads_and_may_take_over_what_went_to_another(world, field, second):
    charge(second, field)
    assignment = begin(world, field)
    advance(world, assignment, "decide")

    held = rights(world.who("ubnd.chair"), assignment, Role.APPROVE)

    assert {"view_case", "take_over"} <= held
    assert "decide" not in held


@pytest.mark.parametrize(
    "case", ["no field", "nobody in charge", "ended yesterday", "begins tomorrow", "post ended"]
)
def test_case_goes_to_all_where_nobody_is_in_charge(world, field, second, case):
    if case == "ended yesterday":
        charge(second, field, until=0)
    elif case == "begins tomorrow":
        charge(second, field, since=1)
    elif case == "post ended":
        charge(second, field)
        second.memberships.update(valid_to=timezone.localdate())
    assignment = begin(world, None if case == "no field" else field)
    advance(world, assignment, "decide")

    first, chair = world.who("ubnd.vice_chair"), world.who("ubnd.chair")
    assert buckets_at(assignment, "decide") == {position_bucket(first), position_bucket(chair)}
    assert "decide" in rights(first, assignment, Role.APPROVE)
    assert list(inbox.check()) == []


def test_specialist_in_charge_reviews_beside_the_offices_leaders(world, field):
    mine = world.who("vp.specialist")
    other = make_member(world.office, Position.SPECIALIST, "vp.specialist2")
    charge(other, field)
    assignment = begin(world, field)
    advance(world, assignment, "review")

    assert bucket_of(other) in buckets_at(assignment, "review")
    assert position_bucket(mine) not in buckets_at(assignment, "review")
    assert position_bucket(world.who("vp.head")) in buckets_at(assignment, "review")
    assert "review_plan" not in rights(mine, assignment, Role.REVIEW)
    with pytest.raises(NotAllowedError):
        act(mine, assignment, "review", "clear", text="Đủ")
    act(other, assignment, "review", "clear", text="Đủ điều kiện")
    assert list(inbox.check()) == []


def test_second_submission_after_the_charge_ended_goes_to_all_again(world, field, second):
    """Whoever decided on the first one is no longer in charge, and nobody follows her."""
    held = charge(second, field)
    assignment = begin(world, field)
    advance(world, assignment, "decide")
    act(second, assignment, "decide", "return", requirements="Bổ sung")
    fields.end(held, on=timezone.localdate(), actor=actor(second))
    from workflows.domain import dispositions

    for requirement in dispositions.open_requirements(assignment):
        dispositions.answer_requirement(
            requirement, actor=actor(world.who("skhdt.specialist")), answer="Đã bổ sung"
        )
    write_plan(assignment, "Bổ sung")
    advance_again(world, assignment)

    first, chair = world.who("ubnd.vice_chair"), world.who("ubnd.chair")
    assert buckets_at(assignment, "decide") == {position_bucket(first), position_bucket(chair)}
    assert list(inbox.check()) == []


def advance_again(world, assignment):
    act(world.who("skhdt.specialist"), assignment, "dispose", "finish")
    act(world.who("skhdt.head"), assignment, "sign_submission", "submit")
    act(world.who("vp.head"), assignment, "review", "sign", text="Đủ điều kiện")
