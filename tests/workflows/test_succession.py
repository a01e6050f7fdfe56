"""An abolished agency's open work passes to its successor."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from accounts.authority import SYSTEM
from accounts.models import Position, User
from notifications.models import Event
from tests.factories import advance, attempt, make_agency, make_member, make_world, open_task, start
from workflows import inbox
from workflows.domain.errors import DomainError
from workflows.explaining.answers import explain
from workflows.explaining.wording import in_words
from workflows.flows import steps
from workflows.flows.leaving import succeed
from workflows.models import Opinion

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return make_world(2)


@pytest.fixture
def heir():
    agency = make_agency("moi")
    for position in (Position.SPECIALIST, Position.HEAD, Position.CLERK):
        make_member(agency, position)
    return agency


def abolish(agency, heir):
    agency.successor, agency.valid_to = heir, timezone.localdate()
    agency.save(update_fields=["successor", "valid_to"])
    return agency


def status(username, case):
    client = Client()
    client.force_login(User.objects.get(username=username))
    return client.get(reverse("assignment", args=[case.public_id])).status_code


def buckets(task):
    return set(task.inbox_entries.filter(closed_at=None).values_list("bucket", flat=True))


def positions(agency, *names):
    return set(agency.positions.filter(position__in=names).values_list("pk", flat=True))


def test_led_case_and_its_open_task_pass_to_the_successor(world, heir):
    case = start(world)
    advance(world, case, "draft")
    old = abolish(world.lead, heir)

    estate = succeed(old, actor=SYSTEM)

    case.refresh_from_db()
    task = open_task(case, "draft")
    assert len(estate.parts) == 1
    assert case.lead == heir
    assert buckets(task) == positions(heir, Position.HEAD, Position.SPECIALIST)
    assert status("moi.specialist", case) == 200
    assert status("skhdt.specialist", case) == 404
    assert list(inbox.check()) == []


def test_successor_does_the_work(world, heir):
    case = start(world)
    abolish(world.lead, heir)
    succeed(world.lead, actor=SYSTEM)
    task = open_task(case, "receive")
    steps.perform(task, "accept", attempt(User.objects.get(username="moi.head")), {})

    assert open_task(case, "draft").participation.agency == heir


def test_unanswered_request_takes_the_successors_name_and_an_answered_one_keeps_its_own(world, heir):
    case = start(world)
    advance(world, case, "prepare_opinion")
    first, second = world.others
    abolish(first, heir)

    succeed(first, actor=SYSTEM)

    opinion = Opinion.objects.get(participation__agency=heir)
    assert opinion.participation.agency == heir
    assert buckets(open_task(case, "prepare_opinion", heir)) == positions(
        heir, Position.HEAD, Position.SPECIALIST
    )
    assert status("s01.head", case) == 404
    assert status("s02.head", case) == 200
    assert second.code == "s02"


def test_what_the_agency_has_said_stays_its_own_and_the_successor_reads_it(world, heir):
    case = start(world)
    advance(world, case, "dispose")
    first = world.others[0]
    abolish(first, heir)

    succeed(first, actor=SYSTEM)

    assert Opinion.objects.filter(participation__agency=first).exists()
    assert not Opinion.objects.filter(participation__agency=heir).exists()
    assert status("moi.specialist", case) == 200
    assert status("s01.specialist", case) == 404


def test_further_round_asks_the_successor_and_not_the_agency_that_is_gone(world, heir):
    case = start(world)
    advance(world, case, "dispose")
    case.participations.coordinating().update(to_be_asked=True)
    abolish(world.others[0], heir)

    succeed(world.others[0], actor=SYSTEM)

    asked = case.participations.to_be_asked().values_list("agency__code", flat=True)
    assert sorted(asked) == ["moi", "s02"]


def test_lead_that_follows_an_agency_is_not_asked_about_its_own_plan(world):
    case = start(world)
    advance(world, case, "dispose")
    case.participations.coordinating().update(to_be_asked=True)
    abolish(world.others[0], world.lead)

    succeed(world.others[0], actor=SYSTEM)

    assert [part.agency.code for part in case.participations.to_be_asked()] == ["s02"]


def test_page_says_why_the_successor_sees_the_case_and_why_the_agency_that_is_gone_does_not(world, heir):
    case = start(world)
    advance(world, case, "dispose")
    abolish(world.others[0], heir)
    succeed(world.others[0], actor=SYSTEM)

    with translation.override("en"):
        follows = in_words(explain(User.objects.get(username="moi.specialist"), case))
        gone = in_words(explain(User.objects.get(username="s01.specialist"), case))

    today = timezone.localdate().strftime("%d/%m/%Y")
    assert follows.sees
    assert "As successor of S01" in follows.lines[0].source
    assert not gone.sees
    assert gone.refusals == [f"Specialist, S01: S01 ended on {today}; its part passed to MOI."]


def test_successor_that_has_a_part_already_gets_the_rights_and_no_second_part(world):
    case = start(world)
    advance(world, case, "prepare_opinion")
    first = world.others[0]
    abolish(first, world.lead)

    succeed(first, actor=SYSTEM)

    assert case.participations.filter(agency=world.lead).count() == 1
    assert buckets(open_task(case, "prepare_opinion", first)) == positions(
        world.lead, Position.HEAD, Position.SPECIALIST
    )


def test_history_of_the_case_says_what_passed_to_whom(world, heir):
    case = start(world)
    abolish(world.lead, heir)
    succeed(world.lead, actor=SYSTEM)
    client = Client()
    client.force_login(world.who("vp.head"))

    page = client.get(reverse("assignment", args=[case.public_id])).text

    assert "Phần việc của SKHĐT được chuyển cho MOI" in page


def test_repeating_it_changes_nothing(world, heir):
    case = start(world)
    advance(world, case, "dispose")
    abolish(world.others[0], heir)

    assert [len(succeed(world.others[0], actor=SYSTEM).parts) for _ in range(2)] == [1, 0]
    assert Event.objects.filter(kind="agency.succeeded").count() == 1


def test_finished_cases_stay_as_they_are(world, heir):
    case = start(world)
    advance(world, case, "issued")
    abolish(world.lead, heir)

    assert succeed(world.lead, actor=SYSTEM).parts == ()
    case.refresh_from_db()
    assert case.lead == world.lead


@pytest.mark.parametrize(
    ("ends_in", "names_heir", "heir_ends"),
    [(None, True, None), (1, True, None), (0, False, None), (0, True, 0)],
    ids=["exists", "exists until tomorrow", "no successor", "successor ended"],
)
def test_agency_without_an_end_or_a_living_successor_is_refused(world, heir, ends_in, names_heir, heir_ends):
    today = timezone.localdate()
    world.lead.successor = heir if names_heir else None
    world.lead.valid_to = None if ends_in is None else today + timedelta(days=ends_in)
    world.lead.save(update_fields=["successor", "valid_to"])
    heir.valid_to = None if heir_ends is None else today
    heir.save(update_fields=["valid_to"])

    with pytest.raises(DomainError):
        succeed(world.lead, actor=SYSTEM)


def test_command_says_what_would_pass_and_passes_it(world, heir, capsys):
    start(world)
    abolish(world.lead, heir)

    call_command("succeed_agency", world.lead.code, dry_run=True)
    assert "would pass to moi: 1 parts, 1 cases" in capsys.readouterr().out
    call_command("succeed_agency", world.lead.code)
    assert "passed to moi: 1 parts, 1 cases" in capsys.readouterr().out
    with pytest.raises(CommandError, match="no such agency"):
        call_command("succeed_agency", "khong-co")
