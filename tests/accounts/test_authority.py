from dataclasses import replace
from datetime import date, datetime
from uuid import uuid4

import pytest
from django.utils import timezone, translation

from accounts.authority import LABEL_LENGTH, SYSTEM, Actor, Hat, Lent, buckets, choose_hat, hats
from accounts.models import AgencyKind, AgencyName, Membership, Position
from tests.factories import LONG_AGO, make_agency, make_member, make_position, make_user


def at(year, month, day):
    return datetime(year, month, day, 9, tzinfo=timezone.get_default_timezone())


def hold(user, agency, position, valid_from=LONG_AGO, valid_to=None):
    return Membership.objects.create(
        user=user, agency_position=make_position(agency, position), valid_from=valid_from, valid_to=valid_to
    )


def hat(kind, position, short="Sở Tài chính"):
    return Hat(
        membership_id=1,
        user_id=1,
        agency_id=1,
        agency_code="stc",
        agency_symbol="STC",
        agency_kind=kind,
        agency_short=short,
        agency_full=short,
        position=position,
        bucket=1,
        group_id=1,
    )


@pytest.mark.parametrize("count", [1, 3])
def test_hats_cost_one_statement(db, django_assert_num_queries, count):
    user = make_user("an")
    for number in range(count):
        hold(user, make_agency(f"s{number}"), Position.HEAD)

    with django_assert_num_queries(1):
        found = hats(user)
        titles = [each.title for each in found]

    assert len(titles) == count


def test_hats_tell_everything_of_a_membership(db):
    agency = make_agency("stc", symbol="STC")
    user = make_member(agency, Position.HEAD)
    membership = user.memberships.get()
    place = membership.agency_position

    assert hats(user) == [
        Hat(
            membership_id=membership.pk,
            user_id=user.pk,
            agency_id=agency.pk,
            agency_code="stc",
            agency_symbol="STC",
            agency_kind="DEPARTMENT",
            agency_short="STC",
            agency_full="Cơ quan stc",
            position="HEAD",
            bucket=place.pk,
            group_id=place.group_id,
        )
    ]


def test_hats_come_in_the_order_of_agencies(db):
    user = make_user("an")
    last, first = make_agency("a-last"), make_agency("b-first")
    for agency, order in ((last, 20), (first, 10)):
        agency.order = order
        agency.save(update_fields=["order"])
        hold(user, agency, Position.HEAD)

    assert [each.agency_code for each in hats(user)] == ["b-first", "a-last"]


def test_a_hat_is_gone_on_the_day_its_membership_ends(db):
    user = make_user("an")
    hold(user, make_agency("stc"), Position.HEAD, date(2020, 6, 1), date(2020, 7, 1))

    assert [
        len(hats(user, at=moment))
        for moment in (at(2020, 5, 31), at(2020, 6, 1), at(2020, 6, 30), at(2020, 7, 1))
    ] == [
        0,
        1,
        1,
        0,
    ]


def test_hats_of_others_stay_theirs(db):
    make_member(make_agency("stc"), Position.HEAD)

    assert hats(make_user("an")) == []


def test_a_hat_carries_the_name_its_agency_had_then(db):
    agency = make_agency("sxd")
    user = make_member(agency, Position.HEAD)
    agency.names.update(valid_to=date(2025, 3, 1), short_name="Sở GTVT")
    AgencyName.objects.create(
        agency=agency, full_name="Sở Xây dựng", short_name="Sở Xây dựng", valid_from=date(2025, 3, 1)
    )

    then, now = hats(user, at=at(2025, 2, 28)), hats(user, at=at(2025, 3, 1))

    assert (then[0].agency_short, now[0].agency_short) == ("Sở GTVT", "Sở Xây dựng")


def test_choose_hat_takes_the_chosen_one_or_the_first(db):
    user = make_user("an")
    for code in ("a", "b"):
        hold(user, make_agency(code), Position.HEAD)
    first, second = hats(user)

    assert choose_hat([first, second], second.membership_id) == second
    assert choose_hat([first, second], None) == first
    assert choose_hat([first, second], 0) == first
    assert choose_hat([], second.membership_id) is None
    assert buckets([first, second]) == [
        *(first.bucket, -first.membership_id),
        *(second.bucket, -second.membership_id),
    ]


@pytest.mark.parametrize(
    ("kind", "position", "short", "title"),
    [
        (AgencyKind.DEPARTMENT, Position.HEAD, "Sở Tài chính", "Giám đốc Sở Tài chính"),
        (AgencyKind.DEPARTMENT, Position.DEPUTY_HEAD, "Sở Tài chính", "Phó Giám đốc Sở Tài chính"),
        (AgencyKind.DEPARTMENT, Position.DIVISION_HEAD, "Sở Tài chính", "Trưởng phòng, Sở Tài chính"),
        (AgencyKind.DEPARTMENT, Position.SPECIALIST, "Sở Tài chính", "Chuyên viên Sở Tài chính"),
        (AgencyKind.DEPARTMENT, Position.CLERK, "Sở Tài chính", "Văn thư Sở Tài chính"),
        (AgencyKind.OFFICE, Position.HEAD, "Văn phòng", "Chánh Văn phòng"),
        (AgencyKind.OFFICE, Position.DEPUTY_HEAD, "Văn phòng", "Phó Chánh Văn phòng"),
        (AgencyKind.OFFICE, Position.CLERK, "Văn phòng", "Văn thư Văn phòng"),
        (AgencyKind.COMMITTEE, Position.CHAIR, "UBND thành phố", "Chủ tịch UBND thành phố"),
        (AgencyKind.COMMITTEE, Position.VICE_CHAIR, "UBND thành phố", "Phó Chủ tịch UBND thành phố"),
        (AgencyKind.COMMITTEE, Position.MEMBER, "UBND thành phố", "Ủy viên UBND thành phố"),
        (AgencyKind.DISTRICT, Position.HEAD, "UBND quận Hải Châu", "Chủ tịch UBND quận Hải Châu"),
        (AgencyKind.DISTRICT, Position.DEPUTY_HEAD, "UBND quận Hải Châu", "Phó Chủ tịch UBND quận Hải Châu"),
        (AgencyKind.VERTICAL, Position.HEAD, "Cục Thuế", "Thủ trưởng Cục Thuế"),
        (AgencyKind.BODY, Position.DEPUTY_HEAD, "Đài PT-TH", "Phó Thủ trưởng Đài PT-TH"),
    ],
)
def test_title_names_the_post_as_the_office_says_it(kind, position, short, title):
    with translation.override("vi"):
        assert hat(kind, position, short).title == title


@pytest.mark.parametrize("kind", AgencyKind.values)
@pytest.mark.parametrize("position", Position.values)
def test_every_position_at_every_kind_has_a_title(kind, position):
    with translation.override("en"):
        assert "Sở Tài chính" in hat(kind, position).title


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_record_names_people_in_the_language_of_the_office(db, language):
    user = make_user("an", full_name="Trần Thị An")

    with translation.override(language):
        label = Actor(user, hat(AgencyKind.DEPARTMENT, Position.HEAD)).label

        assert label == "Trần Thị An, Giám đốc Sở Tài chính"
        assert translation.get_language() == language


def test_an_actor_without_a_hat_is_a_name_and_the_clock_has_none(db):
    user = make_user("an", full_name="Trần Thị An")

    assert Actor(user).label == "Trần Thị An"
    assert (Actor(user).user_id, Actor(user).on_behalf_of_id) == (user.pk, None)
    assert (SYSTEM.label, SYSTEM.user_id, SYSTEM.on_behalf_of_id) == ("", None, None)


def test_the_record_keeps_a_label_of_two_long_names_within_its_column(db):
    user = make_user("an", full_name="A" * 150)
    lent = Lent(1, uuid4(), "KT", "45/GUQ", 2, "B" * 150, frozenset(), at(2026, 1, 1))

    label = Actor(user, replace(hat(AgencyKind.DEPARTMENT, Position.HEAD), lent=lent)).label

    assert len(label) == LABEL_LENGTH
    assert label.startswith("A" * 150 + ", thay " + "B" * 100)
