"""Fields, and who is in charge of them."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from accounts.domain import fields
from accounts.domain.errors import DomainError
from accounts.models import AgencyKind, Field, Position, Responsibility
from notifications.models import Event
from tests.factories import actor, make_agency, make_member

pytestmark = pytest.mark.django_db

DAY = date(2026, 1, 1)


@pytest.fixture
def committee():
    return make_agency("ubnd", AgencyKind.COMMITTEE)


@pytest.fixture
def field():
    return Field.objects.create(code="kinh-te", name="Kinh tế")


def charge(user, field, valid_from=DAY, valid_to=None):
    post = user.memberships.select_related("agency_position__agency", "user").get()
    return fields.put_in_charge(
        post, field, basis="12/TB-UBND", valid_from=valid_from, valid_to=valid_to, actor=actor(user)
    )


def test_load_fields_twice_changes_nothing_the_second_time():
    out = StringIO()
    call_command("load_fields", stdout=out)
    call_command("load_fields", stdout=out)

    assert Field.objects.count() == 6
    assert Event.objects.filter(kind="fields.loaded").count() == 1


def test_two_vice_chairs_are_never_in_charge_of_one_field_on_one_day(committee, field):
    first = make_member(committee, Position.VICE_CHAIR)
    second = make_member(committee, Position.VICE_CHAIR, "ubnd.vice_chair2")
    held = charge(first, field)

    with pytest.raises(DomainError) as caught:
        charge(second, field, valid_from=DAY + timedelta(days=30))
    fields.end(held, on=DAY + timedelta(days=30), actor=actor(first))
    charge(second, field, valid_from=DAY + timedelta(days=30))

    assert first.full_name in caught.value.message
    assert Responsibility.objects.count() == 2


def test_days_that_only_touch_do_not_overlap(committee, field):
    first = make_member(committee, Position.VICE_CHAIR)
    second = make_member(committee, Position.VICE_CHAIR, "ubnd.vice_chair2")
    charge(first, field, valid_from=DAY + timedelta(days=10))

    charge(second, field, valid_from=DAY, valid_to=DAY + timedelta(days=10))

    with pytest.raises(DomainError):
        charge(second, field, valid_from=DAY + timedelta(days=9), valid_to=DAY + timedelta(days=11))


def test_vice_chair_and_office_specialist_share_a_field(committee, field):
    office = make_agency("vp", AgencyKind.OFFICE)

    charge(make_member(committee, Position.VICE_CHAIR), field)
    charge(make_member(office, Position.SPECIALIST), field)

    assert Responsibility.objects.count() == 2


@pytest.mark.parametrize(
    ("kind", "position"),
    [
        (AgencyKind.COMMITTEE, Position.CHAIR),
        (AgencyKind.OFFICE, Position.CLERK),
        (AgencyKind.DEPARTMENT, Position.SPECIALIST),
    ],
)
def test_nobody_else_is_put_in_charge(field, kind, position):
    with pytest.raises(DomainError):
        charge(make_member(make_agency("x", kind), position), field)


def test_put_in_charge_names_its_document(committee, field):
    user = make_member(committee, Position.VICE_CHAIR)
    post = user.memberships.select_related("agency_position__agency", "user").get()

    with pytest.raises(DomainError) as caught:
        fields.put_in_charge(post, field, basis=" ", valid_from=DAY, actor=actor(user))

    assert caught.value.field == "basis"
