from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.authority import SYSTEM, hats
from accounts.domain.memberships import appoint, end_membership, sync_groups
from accounts.models import Membership, Position
from notifications.models import Event
from tests.factories import LONG_AGO, make_agency, make_user


def groups_of(user):
    return set(user.groups.values_list("name", flat=True))


def events():
    return list(Event.objects.order_by("seq").values_list("kind", "data"))


def test_appoint_gives_the_hat_and_the_group(db):
    user, agency = make_user("an"), make_agency("stc")

    membership = appoint(user, agency, Position.HEAD, valid_from=LONG_AGO, actor=SYSTEM)

    assert [(hat.agency_code, hat.position) for hat in hats(user)] == [("stc", "HEAD")]
    assert groups_of(user) == {"stc:HEAD"}
    assert events() == [
        (
            "membership.started",
            {"user": "an", "agency": "stc", "position": "HEAD", "valid_from": "2016-01-01", "valid_to": None},
        )
    ]
    assert membership.agency_position.group.name == "stc:HEAD"


def test_appoint_twice_is_one_membership_and_one_event(db):
    user, agency = make_user("an"), make_agency("stc")

    first = appoint(user, agency, Position.HEAD, valid_from=LONG_AGO, actor=SYSTEM)
    second = appoint(user, agency, Position.HEAD, valid_from=LONG_AGO, actor=SYSTEM)

    assert first == second
    assert len(events()) == 1


def test_appoint_for_a_later_day_gives_nothing_yet(db):
    user = make_user("an")
    tomorrow = timezone.localdate() + timedelta(days=1)

    appoint(user, make_agency("stc"), Position.HEAD, valid_from=tomorrow, actor=SYSTEM)

    assert hats(user) == []
    assert groups_of(user) == set()
    sync_groups(user, on=tomorrow)
    assert groups_of(user) == {"stc:HEAD"}


def test_end_membership_takes_the_hat_and_the_group_that_day(db):
    user, agency = make_user("an"), make_agency("stc")
    kept = appoint(user, agency, Position.SPECIALIST, valid_from=LONG_AGO, actor=SYSTEM)
    ended = appoint(user, agency, Position.HEAD, valid_from=LONG_AGO, actor=SYSTEM)

    end_membership(ended, on=timezone.localdate(), actor=SYSTEM)

    assert [hat.membership_id for hat in hats(user)] == [kept.pk]
    assert groups_of(user) == {"stc:SPECIALIST"}
    assert events()[-1] == (
        "membership.ended",
        {
            "user": "an",
            "agency": "stc",
            "position": "HEAD",
            "valid_from": "2016-01-01",
            "valid_to": timezone.localdate().isoformat(),
        },
    )


def test_end_before_the_start_is_refused_and_changes_nothing(db):
    user = make_user("an")
    membership = appoint(user, make_agency("stc"), Position.HEAD, valid_from=date(2020, 6, 1), actor=SYSTEM)

    with pytest.raises(IntegrityError, match="membership_ends_after_it_starts"), transaction.atomic():
        end_membership(membership, on=date(2020, 5, 31), actor=SYSTEM)

    assert Membership.objects.get().valid_to is None
    assert groups_of(user) == {"stc:HEAD"}
    assert len(events()) == 1


def test_one_start_of_a_position_is_one_row(db):
    membership = appoint(
        make_user("an"), make_agency("stc"), Position.HEAD, valid_from=LONG_AGO, actor=SYSTEM
    )

    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(
            user=membership.user, agency_position=membership.agency_position, valid_from=LONG_AGO
        )


def test_sync_groups_leaves_foreign_groups_and_other_people_alone(db):
    user, other, agency = make_user("an"), make_user("binh"), make_agency("stc")
    appoint(user, agency, Position.HEAD, valid_from=LONG_AGO, actor=SYSTEM)
    appoint(other, agency, Position.CLERK, valid_from=LONG_AGO, actor=SYSTEM)
    user.groups.add(Group.objects.create(name="chorus"), Group.objects.get(name="stc:CLERK"))

    sync_groups(user, on=timezone.localdate())

    assert groups_of(user) == {"chorus", "stc:HEAD"}
    assert groups_of(other) == {"stc:CLERK"}
