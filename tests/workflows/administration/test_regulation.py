"""Deciding a rule of the working regulation on its page: from tomorrow on, with a citation, one at a time."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.conf import settings as office
from django.db import IntegrityError, connection
from django.urls import reverse
from django.utils import timezone

from accounts import regulation as reader
from accounts.domain import delegations as lending_acts
from accounts.domain.errors import DomainError, NotAllowedError
from accounts.models import AgencyKind, Position, RegulationRule
from tests.administering import browser_of, errors, make_administrator, recorded, send
from tests.factories import actor, make_agency, make_member
from tests.lending import loan_of
from workflows.domain import calendars, regulation
from workflows.domain.regulation import DecidedMeanwhileError
from workflows.domain.regulation_entries import BY_KEY, ENTRIES, Number, Numbers, One, Some

pytestmark = pytest.mark.django_db
LIST = reverse("administration-regulation")
COST = 5  # SQL statements of the page of all rules: session, person, hats, bell, every decision
MORNING = datetime(2026, 3, 10, 3, tzinfo=UTC)


@pytest.fixture(autouse=True)
def day():
    with time_machine.travel(MORNING, tick=False) as clock:
        yield clock


@pytest.fixture
def administrator():
    return make_administrator()


@pytest.fixture
def client(administrator):
    return browser_of(administrator)


def page_of(key):
    return reverse("administration-rule", args=[key])


def decide(client, key, value, *, seen=None, **typed):
    given = {"valid_from": "11/03/2026", "citation": "QĐ 12/2026/QĐ-UBND Điều 7"} | typed
    return send(client, page_of(key), "decide", seen, value=value, **given)


def decided():
    rows = RegulationRule.objects.order_by("pk")
    return [(row.key, row.number, row.value, row.valid_from) for row in rows]


def tomorrow(clock):
    """Let a day pass; another process would read the table at its first question."""
    clock.shift(timedelta(days=1))
    reader.forget()


def test_every_rule_stands_for_a_setting_and_its_default_is_allowed():
    found = regulation.standings(on=timezone.localdate())

    assert len({entry.key for entry in ENTRIES}) == len(ENTRIES) == len(found)
    assert [each.entry.key for each in found if each.entry.kind.refusal(each.value)] == []
    terms = {f"TERMS.{name}.days" for name in office.TERMS}
    assert terms == {entry.key for entry in ENTRIES if entry.key.startswith("TERMS.")}


def test_decision_holds_from_the_day_that_was_given_and_moves_due_moments(client, day):
    answer = decide(client, "TERMS.opinion.days", "8")

    assert answer.status_code == 302
    assert reader.rules("TERMS")["opinion"]["days"] == office.TERMS["opinion"]["days"] == 5
    tomorrow(day)
    now = timezone.now()
    assert calendars.due_after("opinion", now) == calendars.load_calendar().add_working_days(now, 8)
    assert reader.rules("TERMS")["opinion"]["citation"] == "QĐ 12/2026/QĐ-UBND Điều 7"


def test_decision_is_recorded_with_what_stood_there(client):
    decide(client, "ABSENCE.days", "5")

    assert recorded("regulation") == [
        (
            "regulation.decided",
            {
                "key": "ABSENCE.days",
                "number": 1,
                "valid_from": "2026-03-11",
                "before": {"value": 3, "citation": office.ABSENCE["citation"]},
                "after": {"value": 5, "citation": "QĐ 12/2026/QĐ-UBND Điều 7"},
            },
        )
    ]


def test_longest_delegation_follows_the_rule(client, day):
    decide(client, "DELEGATION.max_days", "5")
    stc = make_agency("stc")
    head, specialist = make_member(stc, Position.HEAD), make_member(stc, Position.SPECIALIST)
    tomorrow(day)
    loan = loan_of(head, specialist, ends_at=timezone.now() + timedelta(days=6))

    with pytest.raises(DomainError, match="5"):
        lending_acts.propose(loan, actor=actor(head))


@pytest.mark.parametrize(
    ("key", "value", "kept"),
    [
        ("CONSULTATION.remind_days", "3, 1", [3, 1]),
        ("CONSULTATION.remind_days", "", []),
        ("CONSULTATION.remind_gap_hours", "0", 0),
        ("SILENCE.policy", "NO_REPLY", "NO_REPLY"),
        ("BALLOT.choices", ["FOR", "AGAINST"], ["FOR", "AGAINST"]),
        ("OPINIONS_SEEN.before", "ALL", "ALL"),
        ("SIGNING.by_order.papers", ["CV"], ["CV"]),
        ("SIGNING.by_order.papers", [], []),
        ("SIGNING.collective.kinds", ["COMMITTEE"], ["COMMITTEE"]),
    ],
)
def test_value_of_each_kind_is_kept_as_the_setting_has_it(client, day, key, value, kept):
    assert decide(client, key, value).status_code == 302

    assert decided() == [(key, 1, kept, date(2026, 3, 11))]
    tomorrow(day)
    group, *way = key.split(".")
    place = reader.rules(group)
    for step in way:
        place = place[step]
    assert place == (tuple(kept) if isinstance(kept, list) else kept)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("TERMS.opinion.days", "0"),
        ("TERMS.opinion.days", "61"),
        ("TERMS.opinion.days", "-1"),
        ("TERMS.opinion.days", "5.5"),
        ("TERMS.opinion.days", "năm"),
        ("BALLOT.choices", ["AGAINST", "ABSTAIN"]),
        ("BALLOT.choices", ["FOR", "ABSTAIN"]),
        ("BALLOT.choices", ["FOR", "AGAINST", "MAYBE"]),
        ("BALLOT.choices", []),
        ("BALLOT.silence", "AGAINST"),
        ("SILENCE.policy", "AGREE"),
        ("OPINIONS_SEEN.after", "NOBODY"),
        ("CONSULTATION.remind_days", "0"),
        ("CONSULTATION.remind_days", "2, 2"),
        ("CONSULTATION.remind_days", "1, x"),
        ("CONSULTATION.remind_days", "1,2,3,4,5,6"),
        ("SIGNING.by_order.papers", ["XX"]),
        ("SIGNING.collective.kinds", ["NATION"]),
    ],
)
def test_value_that_is_none_for_the_rule_is_refused(client, key, value):
    answer = decide(client, key, value)

    assert answer.status_code == 422
    assert decided() == []


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        (Number(1, 60), [0, 61, "5", 5.0, True, None]),
        (Numbers(1, 30), [[0], [31], [1, 1], "1", None, [True], [1, 2, 3, 4, 5, 6]]),
        (One({"A": "a"}), ["B", None, ["A"]]),
        (Some({"A": "a", "B": "b"}, needed=("A",)), [["B"], ["A", "A"], ["A", "C"], "A", None, []]),
    ],
)
def test_rule_itself_refuses_what_no_form_would_send(kind, wrong):
    assert [value for value in wrong if not kind.refusal(value)] == []


@pytest.mark.parametrize("valid_from", ["10/03/2026", "09/03/2026"])
def test_rule_does_not_change_today_or_backwards(client, valid_from):
    answer = decide(client, "ABSENCE.days", "5", valid_from=valid_from)

    assert "at the earliest from 11/03/2026 on" in errors(answer)
    assert decided() == []


def test_rule_without_a_citation_is_refused(client, administrator):
    assert decide(client, "ABSENCE.days", "5", citation=" ").status_code == 422
    with pytest.raises(DomainError) as refused:
        regulation.decide(
            BY_KEY["ABSENCE.days"],
            5,
            citation=" ",
            valid_from=date(2026, 3, 11),
            seen=0,
            actor=actor(administrator),
        )
    assert refused.value.field == "citation"
    assert decided() == []


def test_form_sent_twice_decides_once(client):
    first = decide(client, "ABSENCE.days", "5", seen="0")
    second = decide(client, "ABSENCE.days", "5", seen="0")

    assert (first.status_code, second.status_code) == (302, 409)
    assert len(decided()) == 1


@pytest.mark.parametrize("seen", ["", "x", "-1", "9" * 30, "²"])
def test_form_that_does_not_say_what_was_shown_is_refused(client, seen):
    assert decide(client, "ABSENCE.days", "5", seen=seen).status_code == 409
    assert decided() == []


def test_second_administrator_is_told_who_decided_what_meanwhile(client):
    other = browser_of(make_administrator("quantri2", full_name="Trần Thị Hai"))
    seen = client.get(page_of("ABSENCE.days")).context["seen"]
    decide(other, "ABSENCE.days", "4", valid_from="01/04/2026")

    answer = decide(client, "ABSENCE.days", "5", seen=seen)

    assert answer.status_code == 409
    said = "Trần Thị Hai decided at 10:00 10/03/2026: 4 working days, from 01/04/2026 on"
    assert said in errors(answer)
    assert decide(client, "ABSENCE.days", "5").status_code == 302


def test_two_decisions_that_saw_the_same_leave_one(administrator, client):
    entry, how = BY_KEY["ABSENCE.days"], {"citation": "QĐ", "valid_from": date(2026, 3, 11)}
    regulation.decide(entry, 4, **how, seen=0, actor=actor(administrator))

    with pytest.raises(DecidedMeanwhileError):
        regulation.decide(entry, 5, **how, seen=0, actor=actor(administrator))

    assert decided() == [("ABSENCE.days", 1, 4, date(2026, 3, 11))]


def test_decision_the_database_takes_for_a_second_is_refused_and_leaves_nothing(client):
    def refuses(execute, sql, params, many, context):
        if sql.startswith('INSERT INTO "accounts_regulationrule"'):
            raise IntegrityError
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuses):
        answer = decide(client, "ABSENCE.days", "5")

    assert answer.status_code == 409
    assert (decided(), recorded("regulation")) == ([], [])


def test_rule_is_decided_by_administrators_alone(administrator):
    chair = make_member(make_agency("ubnd", AgencyKind.COMMITTEE), Position.CHAIR)

    with pytest.raises(NotAllowedError):
        regulation.decide(
            BY_KEY["ABSENCE.days"],
            4,
            citation="QĐ",
            valid_from=date(2026, 3, 11),
            seen=0,
            actor=actor(chair),
        )


@pytest.mark.parametrize("number", [1, 3])
def test_page_of_all_rules_costs_the_same_whatever_was_decided(client, number, django_assert_num_queries):
    for n in range(number):
        decide(client, "ABSENCE.days", str(4 + n), valid_from=f"{11 + n}/03/2026")

    with django_assert_num_queries(COST):
        answer = client.get(LIST)

    rows = {row["key"]: row for group in answer.context["groups"] for row in group["rows"]}
    assert set(rows) == set(BY_KEY)
    assert rows["ABSENCE.days"]["words"] == "3 working days"
    assert [words for _rule, words in rows["ABSENCE.days"]["ahead"]] == [
        f"{4 + n} working days" for n in range(number)
    ]
    assert rows["TERMS.opinion.days"]["citation"] == office.TERMS["opinion"]["citation"]


def test_page_of_a_rule_shows_what_holds_what_comes_and_what_was(client, administrator, day):
    decide(client, "SILENCE.policy", "NO_REPLY", citation="QĐ 1")
    decide(client, "SILENCE.policy", "DEEMED_AGREED", valid_from="01/04/2026", citation="QĐ 2")
    tomorrow(day)

    shown = browser_of(administrator).get(page_of("SILENCE.policy")).context

    assert (shown["rule"]["words"], shown["rule"]["citation"]) == ("noted as no reply", "QĐ 1")
    assert [words for _rule, words in shown["rule"]["ahead"]] == ["deemed agreed"]
    assert [(each["row"].number, each["row"].citation) for each in shown["history"]] == [
        (2, "QĐ 2"),
        (1, "QĐ 1"),
    ]


def test_history_of_a_rule_is_paged(client):
    for n in range(31):
        decide(client, "ABSENCE.days", str(1 + n))

    first = client.get(page_of("ABSENCE.days"))
    second = client.get(first.context["next_url"])

    assert [each["row"].number for each in first.context["history"]] == list(range(31, 1, -1))
    assert [each["row"].number for each in second.context["history"]] == [1]
