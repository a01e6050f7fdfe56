"""The file of a case: what it shows, and what each reader must not learn from it."""

import re
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from notifications.models import Event
from tests.factories import act, actor, advance, make_agency, make_member, make_world, start
from workflows.domain import plans
from workflows.domain.calendars import load_calendar
from workflows.domain.directives import AssignmentInput
from workflows.models import Product
from workflows.presenting import WORKING_DAY, held_label
from workflows.views import history
from workflows.views.history import PAGE, SENTENCES

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
DOMAIN = Path(history.__file__).parents[1] / "domain"

pytestmark = pytest.mark.django_db


def see(client, user, assignment, **query):
    client.force_login(user)
    return client.get(reverse("assignment", args=[assignment.public_id]), query)


def kinds(client, user, assignment):
    """Return the kinds of the events the person reads of, oldest first."""
    shown = {line.iso: line for line in reversed(see(client, user, assignment).context["trail"])}
    events = Event.objects.filter(data__assignment=str(assignment.public_id)).order_by("seq")
    return [event.kind for event in events if event.occurred_at.isoformat() in shown]


def detail(client, user, assignment, word):
    return [line.detail for line in see(client, user, assignment).context["trail"] if word in line.text]


# --- what it shows --------------------------------------------------------------------------------------------------


def test_file_shows_facts_stage_holder_and_parts(world, client):
    assignment = start(world)
    advance(world, assignment, "review")

    context = see(client, world.who("skhdt.specialist"), assignment).context

    assert [holder.full for holder in context["holders"]] == ["Cơ quan vp"]
    assert [stage.state for stage in context["line"]] == ["ok"] * 5 + ["cur"] + ["next"] * 2
    agencies = {f"Cơ quan {code}" for code in ("skhdt", "vp", "ubnd", "s01", "s02")}
    assert {part["agency"] for part in context["parts"]} == agencies
    assert context["plan_url"] == reverse("plan", args=[assignment.plan.public_id])


def test_own_open_task_is_linked_and_no_other(world, client):
    assignment = start(world)
    advance(world, assignment, "prepare_opinion")

    (task,) = see(client, world.who("s01.specialist"), assignment).context["mine"]

    assert task["url"] in see(client, world.who("s01.specialist"), assignment).content.decode()
    assert see(client, world.who("skhdt.head"), assignment).context["mine"] == []


def test_issued_document_is_shown(world, client):
    assignment = start(world)
    advance(world, assignment, "issued")

    context = see(client, world.who("s01.clerk"), assignment).context

    assert context["issued"]["code"].startswith("01/")
    assert (context["holders"], [stage.state for stage in context["line"]]) == ([], ["ok"] * 8)


def test_case_without_a_plan_has_fewer_stages(world, client):
    assignment = start(
        world, AssignmentInput(title="Báo cáo", text="Việc", lead=world.lead, product=Product.REPORT)
    )
    act(world.who("skhdt.specialist"), assignment, "receive", "accept")

    context = see(client, world.who("skhdt.head"), assignment).context

    assert [stage.state for stage in context["line"]] == ["ok", "cur", "next", "next"]


@pytest.mark.parametrize("at", ["receive", "review"])
def test_stranger_finds_nothing(world, client, at):
    assignment = start(world)
    advance(world, assignment, at)
    stranger = make_member(make_agency("stranger"), "HEAD")

    assert see(client, stranger, assignment).status_code == 404


def test_agency_that_was_not_asked_yet_finds_nothing(world, client):
    assignment = start(world)
    advance(world, assignment, "sign_request")

    assert see(client, world.who("s01.head"), assignment).status_code == 404


# --- what happened --------------------------------------------------------------------------------------------------


def test_every_kind_of_event_of_a_case_has_its_sentence():
    source = "\n".join(path.read_text() for path in DOMAIN.glob("*.py"))
    written = set(re.findall(r'"([a-z]+\.[a-z_]+)"', source))

    of_cases = {kind for kind in written if kind.split(".")[0] not in {"directive", "calendar", "regulation"}}
    # Of a person as a whole, on no case's chain; of a directive as a whole.
    assert of_cases - set(SENTENCES) == {"work.handed_over", "case.exported"}


def test_lead_reads_its_own_drafting_and_no_opinion_in_the_making(world, client):
    assignment = start(world)
    advance(world, assignment, "prepare_opinion")
    act(
        world.who("s01.specialist"),
        assignment,
        "prepare_opinion",
        "prepare",
        agency=world.others[0],
        stance="AGREE",
    )

    seen = kinds(client, world.who("skhdt.head"), assignment)

    assert "draft.finished" in seen
    assert "opinion.prepared" not in seen


def test_opinion_in_the_making_is_read_by_its_agency_alone(world, client):
    assignment = start(world)
    advance(world, assignment, "prepare_opinion")
    act(
        world.who("s01.specialist"),
        assignment,
        "prepare_opinion",
        "prepare",
        agency=world.others[0],
        stance="AGREE",
    )
    reason = "Bổ sung căn cứ pháp lý"
    act(world.who("s01.head"), assignment, "sign_opinion", "return", agency=world.others[0], reason=reason)
    secret = {"opinion.prepared", "opinion.returned"}

    assert secret <= set(kinds(client, world.who("s01.clerk"), assignment))
    for username in ("s02.head", "skhdt.head", "vp.head", "ubnd.chair"):
        assert secret.isdisjoint(kinds(client, world.who(username), assignment)), username
        assert "Bổ sung căn cứ" not in see(client, world.who(username), assignment).content.decode()


def test_choice_of_agencies_for_a_further_round_is_the_leads_own(world, client):
    assignment = start(world)
    advance(world, assignment, "dispose")
    plans.choose_coordinators(assignment, world.others[:1], actor=actor(world.who("skhdt.specialist")))

    assert "coordinators.chosen" in kinds(client, world.who("skhdt.clerk"), assignment)
    for username in ("s01.head", "vp.head", "ubnd.chair"):
        assert "coordinators.chosen" not in kinds(client, world.who(username), assignment), username


def test_drafting_is_read_by_the_lead_alone(world, client):
    assignment = start(world)
    advance(world, assignment, "review")
    secret = {"draft.finished", "dispositions.finished"}

    assert secret <= set(kinds(client, world.who("skhdt.clerk"), assignment))
    for username in ("s01.head", "vp.head", "ubnd.chair"):
        assert secret.isdisjoint(kinds(client, world.who(username), assignment)), username


def test_review_in_the_making_is_read_by_the_office_alone(world, client):
    assignment = start(world)
    advance(world, assignment, "sign_review")

    assert "review.prepared" in kinds(client, world.who("vp.head"), assignment)
    for username in ("skhdt.head", "s01.head", "ubnd.chair"):
        assert "review.prepared" not in kinds(client, world.who(username), assignment), username


def who_knows(client, world, assignment):
    """Return which of the readers are told what S01 said."""
    readers = ("skhdt.head", "s01.head", "s02.head", "vp.head")
    return {name for name in readers if any(detail(client, world.who(name), assignment, "S01"))}


def test_what_an_agency_said_is_told_as_its_opinion_may_be_read(world, client):
    assignment = start(world)
    advance(world, assignment, "prepare_opinion")

    act(world.who("s01.head"), assignment, "prepare_opinion", "sign", agency=world.others[0], stance="AGREE")
    while_open = who_knows(client, world, assignment)
    act(world.who("s02.head"), assignment, "prepare_opinion", "sign", agency=world.others[1], stance="AGREE")
    when_closed = who_knows(client, world, assignment)
    act(world.who("skhdt.specialist"), assignment, "dispose", "finish")
    act(world.who("skhdt.head"), assignment, "sign_submission", "submit")

    assert while_open == {"skhdt.head", "s01.head"}
    assert when_closed == {"skhdt.head", "s01.head", "s02.head"}
    assert who_knows(client, world, assignment) == {"skhdt.head", "s01.head", "s02.head", "vp.head"}


def test_opinion_in_the_making_does_not_move_the_clock_others_see(world, client, time_machine):
    time_machine.move_to(datetime(2020, 6, 22, 9, 0, tzinfo=HANOI), tick=False)
    assignment = start(world)
    advance(world, assignment, "prepare_opinion")
    time_machine.move_to(datetime(2020, 6, 24, 9, 0, tzinfo=HANOI), tick=False)
    first = world.others[0]
    act(world.who("s01.specialist"), assignment, "prepare_opinion", "prepare", agency=first, stance="AGREE")

    def seen_by(username):
        holders = see(client, world.who(username), assignment).context["holders"]
        return {(holder.short, holder.age, holder.due is None) for holder in holders}

    two_days = held_label(2 * WORKING_DAY)
    assert seen_by("s02.head") == {("S01", two_days, True), ("S02", two_days, False)}
    assert seen_by("s01.head") == {("S01", "", False), ("S02", two_days, True)}
    for username in ("skhdt.head", "vp.head", "ubnd.chair"):
        assert seen_by(username) == {("S01", two_days, True), ("S02", two_days, True)}, username


def test_office_reads_until_when_the_lead_must_act_and_coordinators_do_not(world, client):
    assignment = start(world)
    advance(world, assignment, "dispose")

    due = {
        username: [holder.due for holder in see(client, world.who(username), assignment).context["holders"]]
        for username in ("vp.head", "skhdt.clerk", "s01.head")
    }

    assert due["s01.head"] == [None]
    assert None not in due["vp.head"] + due["skhdt.clerk"]


def test_history_pages_lose_nothing(world, client):
    assignment = start(world)
    advance(world, assignment, "draft")
    from django.db import transaction

    from tests.factories import actor
    from workflows.domain.events import Entry, record_all

    who = actor(world.who("skhdt.head"))
    with transaction.atomic():
        entries = [Entry("result.reported", assignment, who, {"n": n}) for n in range(PAGE + 3)]
        record_all(assignment, entries)
    user = world.who("skhdt.head")

    first = see(client, user, assignment)
    second = client.get(first.context["next_url"])

    # accepted, and PAGE + 3 reports
    assert (len(first.context["trail"]), len(second.context["trail"]), second.context["next_url"]) == (
        PAGE,
        4,
        "",
    )
    assert second.context["first_url"] == reverse("assignment", args=[assignment.public_id])


@pytest.mark.parametrize("before", ["x", "-1", str(10**40)])
def test_nonsense_in_the_address_is_left_out(world, client, before):
    assignment = start(world)
    advance(world, assignment, "draft")

    assert len(see(client, world.who("skhdt.head"), assignment, before=before).context["trail"]) == 1


@pytest.mark.parametrize("coordinating", [1, 3])
def test_file_asks_eighteen_statements_once_put_forward(client, django_assert_num_queries, coordinating):
    load_calendar()
    world = make_world(coordinating)
    assignment = start(world)
    advance(world, assignment, "review")
    client.force_login(world.who("skhdt.head"))

    with django_assert_num_queries(18):
        response = client.get(reverse("assignment", args=[assignment.public_id]))

    assert len(response.context["parts"]) == coordinating + 3
