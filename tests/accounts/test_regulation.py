"""Reading the working regulation: the settings, and what was decided over them, once a day."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.conf import settings as office
from django.db import DatabaseError, transaction

from accounts import regulation
from accounts.models import RegulationRule
from tests.factories import make_user

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 10)


@pytest.fixture(autouse=True)
def day():
    with time_machine.travel(datetime(2026, 3, 10, 3, tzinfo=UTC), tick=False) as clock:
        regulation.forget()
        yield clock
    regulation.forget()


def decided(key, value, valid_from, *, number=1, citation="QĐ 1/QĐ-UBND"):
    user = make_user(f"{key}-{number}".lower())
    return RegulationRule.objects.create(
        key=key,
        number=number,
        value=value,
        citation=citation,
        valid_from=valid_from,
        decided_by=user,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


def test_rules_without_a_decision_are_the_settings():
    assert regulation.rules("TERMS") is office.TERMS


def test_rules_take_the_newest_decision_that_holds_with_its_citation():
    decided("TERMS.opinion.days", 7, date(2026, 1, 1), number=1)
    decided("TERMS.opinion.days", 9, TODAY, number=2, citation="QĐ 2/QĐ-UBND Điều 5")
    decided("TERMS.opinion.days", 11, TODAY + timedelta(days=1), number=3)

    assert regulation.rules("TERMS")["opinion"] == {"days": 9, "citation": "QĐ 2/QĐ-UBND Điều 5"}
    assert regulation.rules("TERMS")["review"] == office.TERMS["review"]
    assert regulation.rules("TERMS", on=date(2026, 2, 1))["opinion"]["days"] == 7
    assert office.TERMS["opinion"]["days"] == 5


def test_rules_of_two_decisions_for_one_day_take_the_later():
    decided("ABSENCE.days", 4, TODAY, number=2)
    decided("ABSENCE.days", 8, TODAY, number=1)

    assert regulation.rules("ABSENCE")["days"] == 4


def test_rules_put_the_citation_where_the_chosen_word_has_its_own():
    decided("SILENCE.policy", "NO_REPLY", TODAY, citation="QĐ 3")
    decided("BALLOT.choices", ["FOR", "AGAINST"], TODAY, citation="QĐ 4")

    assert regulation.rules("SILENCE")["policy"] == "NO_REPLY"
    assert regulation.rules("SILENCE")["citations"] == office.SILENCE["citations"] | {"NO_REPLY": "QĐ 3"}
    assert regulation.rules("BALLOT")["choices"] == ("FOR", "AGAINST")
    assert regulation.rules("BALLOT")["citations"] == office.BALLOT["citations"]


def test_rules_of_a_setting_that_is_no_more_are_left_alone():
    decided("TERMS.gone.days", 7, TODAY)

    assert regulation.rules("TERMS") == office.TERMS


def test_rules_are_read_once_a_day_also_where_there_are_none(day, django_assert_num_queries):
    with django_assert_num_queries(1):
        for group in ("TERMS", "SILENCE", "BALLOT", "SIGNING", "TERMS"):
            regulation.rules(group)

    day.shift(timedelta(days=1))
    with django_assert_num_queries(1):
        regulation.rules("TERMS")
        regulation.rules("ABSENCE")


def test_rules_of_a_new_day_are_read_at_its_first_minute(day):
    decided("ABSENCE.days", 9, TODAY + timedelta(days=1))
    assert regulation.rules("ABSENCE")["days"] == office.ABSENCE["days"]

    day.move_to(datetime(2026, 3, 10, 17, 0, 1, tzinfo=UTC))  # 00:00:01 in Viet Nam

    assert regulation.rules("ABSENCE")["days"] == 9


@pytest.mark.parametrize(
    ("hour", "minute", "first"),
    [(10, 0, date(2026, 3, 11)), (16, 44, date(2026, 3, 11)), (16, 46, date(2026, 3, 12))],
)
def test_decision_holds_from_the_next_day_and_a_late_one_from_the_day_after(hour, minute, first):
    assert regulation.earliest(datetime(2026, 3, 10, hour, minute, tzinfo=UTC)) == first


def test_decided_rule_is_neither_changed_nor_deleted_by_the_database():
    rule = decided("ABSENCE.days", 9, TODAY)

    with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
        RegulationRule.objects.update(value=1)
    with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
        rule.delete()

    assert RegulationRule.objects.get().value == 9
