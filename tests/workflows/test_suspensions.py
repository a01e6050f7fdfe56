"""The clock stands still by decision and runs again by decision; what was left of a term stays left."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from notifications.models import Event
from tests.factories import act, actor, attempt, make_world, open_task
from tests.workflows.cases import case_at
from tests.workflows.desk import Desk, errors, nodes
from tests.workflows.office_calendar import OFFICE, at
from workflows.domain import calendars, suspensions
from workflows.domain.errors import DomainError, NotAllowedError
from workflows.flows import steps
from workflows.flows.suspending import remind_to_look_again
from workflows.models import Assignment, InboxEntry, Phase, Suspension
from workflows.views import vocabulary

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=HANOI)
REASON = "Chờ Thủ tướng Chính phủ phê duyệt kế hoạch của Trung ương"


@pytest.fixture
def world(db):
    calendars.load_calendar()
    return make_world(1)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def deciding(world, time_machine):
    time_machine.move_to(MONDAY, tick=False)
    assignment = case_at("decide", world)
    Assignment.objects.filter(pk=assignment.pk).update(due_at=datetime(2026, 3, 31, 17, tzinfo=HANOI))
    assignment.refresh_from_db()
    return assignment


def suspend(world, assignment, node="decide", username="ubnd.vice_chair", **given):
    given = {"reason": REASON, "until_on": date(2026, 3, 16)} | given
    return act(world.who(username), assignment, node, "suspend", **given)


# --- the clock ------------------------------------------------------------------------------------------------------


def test_what_was_left_of_the_term_is_left_after_the_pause(world, time_machine):
    assignment = deciding(world, time_machine)
    due = open_task(assignment, "decide").due_at
    assert due == datetime(2026, 3, 5, 17, tzinfo=HANOI)
    suspend(world, assignment)

    time_machine.move_to(datetime(2026, 3, 16, 9, 0, tzinfo=HANOI), tick=False)
    act(world.who("ubnd.vice_chair"), assignment, "suspended", "resume", note="Đã có quyết định")

    suspension = Suspension.objects.get()
    assert suspension.left == timedelta(hours=6.5 + 3 * 8)
    assert open_task(assignment, "decide").due_at == datetime(2026, 3, 19, 17, tzinfo=HANOI)
    assignment.refresh_from_db()
    assert assignment.due_at == datetime(2026, 4, 14, 17, tzinfo=HANOI)
    assert (suspension.due_before, suspension.due_after) == (
        datetime(2026, 3, 31, 17, tzinfo=HANOI), assignment.due_at,
    )  # fmt: skip
    assert (assignment.phase, suspension.resumed_by, suspension.resume_note) == (
        Phase.DECIDING, world.who("ubnd.vice_chair"), "Đã có quyết định",
    )  # fmt: skip


def test_term_that_was_missed_before_stays_missed(world, time_machine):
    assignment = deciding(world, time_machine)
    time_machine.move_to(datetime(2026, 3, 9, 9, 0, tzinfo=HANOI), tick=False)
    suspend(world, assignment)

    time_machine.move_to(datetime(2026, 3, 16, 9, 0, tzinfo=HANOI), tick=False)
    act(world.who("ubnd.vice_chair"), assignment, "suspended", "resume")

    assert Suspension.objects.get().left == -timedelta(hours=8 + 1.5)
    assert open_task(assignment, "decide").due_at == datetime(2026, 3, 12, 17, tzinfo=HANOI)


def test_case_without_a_due_date_gets_none(world, time_machine):
    assignment = deciding(world, time_machine)
    Assignment.objects.filter(pk=assignment.pk).update(due_at=None)
    suspend(world, assignment)
    act(world.who("ubnd.vice_chair"), assignment, "suspended", "resume")

    assignment.refresh_from_db()
    suspension = Suspension.objects.get()
    assert (assignment.due_at, suspension.due_before, suspension.due_after) == (None, None, None)


@given(since=st.integers(0, 9 * 365 * 24 * 60), minutes=st.integers(-60 * 400, 60 * 400))
def test_hours_of_work_added_are_the_hours_between(since, minutes):
    moment = at("2019-01-01 00:00") + timedelta(minutes=since)

    due = OFFICE.add_working_time(moment, timedelta(minutes=minutes))

    assert OFFICE.working_time_between(moment, due) == timedelta(minutes=minutes)
    assert OFFICE.is_working_day(due.date())


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-03-02 09:00", 1, "2026-03-02 10:00"),
        ("2026-03-02 11:00", 1, "2026-03-02 13:30"),
        ("2026-03-06 16:00", 2, "2026-03-09 08:30"),
        ("2026-03-07 10:00", 0, "2026-03-09 07:30"),
        ("2026-03-09 08:30", -2, "2026-03-06 16:00"),
        ("2026-02-13 16:00", 1, "2026-02-13 17:00"),
        ("2026-02-13 16:00", 2, "2026-02-23 08:30"),
    ],
)
def test_hours_of_work_run_over_noon_week_ends_and_tet(start, hours, end):
    assert OFFICE.add_working_time(at(start), timedelta(hours=hours)) == at(end)


# --- from where, by whom, until what --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("node", "username", "stands", "goes_on"),
    [
        ("review", "vp.head", "review_suspended", ("review", Phase.REVIEWING)),
        ("sign_review", "vp.head", "review_suspended", ("review", Phase.REVIEWING)),
        ("decide", "ubnd.vice_chair", "suspended", ("decide", Phase.DECIDING)),
    ],
)
def test_clock_stops_at_a_stage_and_the_stage_goes_on(world, node, username, stands, goes_on):
    assignment = case_at(node, world)
    given = {"until_on": timezone.localdate() + timedelta(days=10)}

    suspend(world, assignment, node, username, **given)
    assignment.refresh_from_db()
    assert (nodes(assignment), assignment.phase) == ([stands], Phase.SUSPENDED)

    act(world.who(username), assignment, stands, "resume")
    assignment.refresh_from_db()
    assert (*nodes(assignment), assignment.phase) == goes_on


@pytest.mark.parametrize(
    ("node", "username"),
    [("review", "vp.specialist"), ("decide", "vp.head"), ("decide", "skhdt.head")],
)
def test_nobody_else_stops_the_clock(world, node, username):
    assignment = case_at(node, world)
    task = open_task(assignment, node)
    given = {"reason": REASON, "until_on": timezone.localdate() + timedelta(days=9)}

    with pytest.raises(NotAllowedError):
        steps.perform(task, "suspend", attempt(world.who(username)), given)

    assert Suspension.objects.count() == 0


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"reason": " ", "event": "x"}, "reason", "Say why the case is suspended."),
        ({"reason": "x", "event": " "}, "until_on", "Name the day or the event the case waits for."),
        ({"reason": "x", "until_on": date(2026, 3, 2)}, "until_on", "Name a day after today."),
        ({"reason": "x", "until_on": date(2026, 2, 27)}, "until_on", "Name a day after today."),
    ],
)
def test_clock_is_not_stopped_for_nothing_or_for_a_day_that_is_past(world, time_machine, given, field, words):
    assignment = deciding(world, time_machine)
    part = open_task(assignment, "decide").participation

    with pytest.raises(DomainError) as refusal:
        suspensions.suspend(part, actor=actor(world.who("ubnd.vice_chair")), **given)

    assert (refusal.value.field, refusal.value.message) == (field, words)
    assert (Suspension.objects.count(), nodes(assignment)) == (0, ["decide"])


def test_running_clock_is_not_started(world):
    assignment = case_at("decide", world)
    part = open_task(assignment, "decide").participation
    part.assignment = assignment

    with pytest.raises(DomainError, match="is running"):
        suspensions.resume(part, actor=actor(world.who("ubnd.vice_chair")))


def test_decided_submission_is_not_suspended(world):
    assignment = case_at("issue", world)
    part = assignment.participations.get(role="APPROVE")
    part.assignment = assignment

    with pytest.raises(DomainError, match="already been decided"):
        suspensions.suspend(part, actor=actor(world.who("ubnd.chair")), reason="x", event="y")


@pytest.mark.parametrize(
    ("given", "look_again"),
    [
        ({"until_on": date(2026, 3, 14)}, datetime(2026, 3, 16, 17, tzinfo=HANOI)),
        ({"until_on": None, "event": "Có quyết định"}, datetime(2026, 3, 16, 17, tzinfo=HANOI)),
        ({"until_on": date(2026, 3, 20), "event": "Có quyết định"}, datetime(2026, 3, 20, 17, tzinfo=HANOI)),
    ],
)
def test_file_comes_back_on_the_day_or_after_the_term_of_the_office(world, time_machine, given, look_again):
    assignment = deciding(world, time_machine)

    suspend(world, assignment, **given)

    entry = InboxEntry.objects.open().filter(node="suspended").first()
    assert (open_task(assignment, "suspended").due_at, entry.due_at) == (look_again, look_again)


# --- looking again --------------------------------------------------------------------------------------------------


def test_day_that_has_come_is_told_each_working_day_and_never_counts_as_late(world, time_machine):
    assignment = deciding(world, time_machine)
    suspend(world, assignment)
    friday = datetime(2026, 3, 20, 18, tzinfo=HANOI)

    assert remind_to_look_again(at=datetime(2026, 3, 16, 16, tzinfo=HANOI)) == 0
    assert [remind_to_look_again(at=friday) for _ in range(2)] == [1, 0]

    monday = datetime(2026, 3, 23, 17, tzinfo=HANOI)
    assert open_task(assignment, "suspended").due_at == monday
    assert set(InboxEntry.objects.open().values_list("due_at", flat=True)) == {monday}
    assert Event.objects.filter(kind="case.look_again").count() == 1
    assert Suspension.objects.get().due_before == datetime(2026, 3, 31, 17, tzinfo=HANOI)


def test_clock_that_runs_again_is_not_told_of(world, time_machine):
    assignment = deciding(world, time_machine)
    suspend(world, assignment)
    act(world.who("ubnd.vice_chair"), assignment, "suspended", "resume")

    assert remind_to_look_again(at=datetime(2026, 5, 1, 18, tzinfo=HANOI)) == 0


# --- what is seen ---------------------------------------------------------------------------------------------------


def page(user, url):
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    client.force_login(user)
    return client.get(url)


def test_inbox_says_since_when_by_whom_and_until_what_and_shows_no_lateness(world, time_machine):
    assignment = deciding(world, time_machine)
    suspend(world, assignment)
    time_machine.move_to(datetime(2026, 3, 20, 9, 0, tzinfo=HANOI), tick=False)

    response = page(world.who("ubnd.vice_chair"), reverse("inbox"))

    (row,) = [row for group in response.context["groups"] for row in group["rows"]]
    assert (row.verb, row.due.state, row.due.words, row.stopped, row.stage, row.state) == (
        "Look again", "none", "Clock stopped",
        "Clock stopped 02/03 by Người ubnd.vice_chair until 16/03/2026", 7, "",
    )  # fmt: skip
    assert row.stopped in response.content.decode()


def test_file_of_the_case_says_that_the_clock_stands_still(world, time_machine):
    assignment = deciding(world, time_machine)
    suspend(world, assignment, event="Có quyết định của Thủ tướng")
    time_machine.move_to(datetime(2026, 5, 20, 9, 0, tzinfo=HANOI), tick=False)

    response = page(world.who("skhdt.head"), reverse("assignment", args=[assignment.public_id]))

    content = response.content.decode()
    assert (
        "The clock stands still since 02/03/2026 09:00, until 16/03/2026; Có quyết định của Thủ tướng."
        in content
    )
    assert (REASON in content, "Người ubnd.vice_chair" in content) == (True, True)
    context = response.context
    assert (context["due"].state, context["due"].words, context["due"].date) == (
        "none", "Clock stopped", "since 02/03",
    )  # fmt: skip
    current = next(stage for stage in context["line"] if stage.state == "cur")
    assert (current.number, current.when, current.late) == (7, "clock stopped since 02/03", False)
    assert "overdue" not in content


def test_agency_that_was_asked_does_not_read_why(world, time_machine):
    assignment = deciding(world, time_machine)
    suspend(world, assignment)

    content = page(world.who("s01.head"), reverse("assignment", args=[assignment.public_id])).content.decode()

    assert ("The clock stands still" in content, REASON in content) == (True, False)


def test_suspended_review_stands_at_the_office(world):
    assignment = case_at("review", world)
    suspend(world, assignment, "review", "vp.head", until_on=timezone.localdate() + timedelta(days=9))

    context = page(world.who("vp.head"), reverse("assignment", args=[assignment.public_id])).context

    assert next(stage.number for stage in context["line"] if stage.state == "cur") == 6
    assert [holder.short for holder in context["holders"]] == ["VP"]
    assert [task["verb"] for task in context["mine"]] == [vocabulary.to_do("review_suspended")]


def test_first_term_stays_on_record_beside_the_new_one(world, time_machine):
    assignment = deciding(world, time_machine)
    suspend(world, assignment)
    time_machine.move_to(datetime(2026, 3, 16, 9, 0, tzinfo=HANOI), tick=False)
    act(world.who("ubnd.vice_chair"), assignment, "suspended", "resume")

    content = page(
        world.who("skhdt.head"), reverse("assignment", args=[assignment.public_id])
    ).content.decode()

    assert "first due 31/03/2026 17:00" in content


def test_form_refuses_what_the_domain_refuses_and_keeps_what_was_typed(world):
    desk = Desk(world.who("ubnd.vice_chair"), case_at("decide", world), "decide")

    response = desk.post("suspend", until_on="01/02/2020", event="", reason=REASON)

    assert (response.status_code, errors(response)) == (422, {"until_on": ["Name a day after today."]})
    assert response.context["forms"]["suspend"]["reason"].value() == REASON


def test_page_of_the_suspended_file_tells_why_and_starts_the_clock(world):
    assignment = case_at("decide", world)
    suspend(world, assignment, until_on=timezone.localdate() + timedelta(days=9))
    desk = Desk(world.who("ubnd.vice_chair"), assignment, "suspended")

    shown = desk.get()

    assert (shown.status_code, list(shown.context["forms"]), REASON in shown.content.decode()) == (
        200, ["resume"], True,
    )  # fmt: skip
    assert desk.post("resume").status_code == 302
    assert nodes(assignment) == ["decide"]


def test_day_of_looking_again_is_told_once_by_whichever_process_comes_first(world, time_machine):
    """Two processes find the same case; the second finds under the lock that the day has been moved."""
    assignment = deciding(world, time_machine)
    suspend(world, assignment)
    moment = Suspension.objects.get().look_again_at
    (first,) = suspensions.to_look_at(at=moment)
    (second,) = suspensions.to_look_at(at=moment)

    assert suspensions.remind(first, at=moment) is True
    assert suspensions.remind(second, at=moment) is False

    assert Event.objects.filter(kind="case.look_again").count() == 1
    assert Suspension.objects.get().look_again_at > moment


def test_day_of_looking_again_is_not_told_once_the_clock_runs(world, time_machine):
    assignment = deciding(world, time_machine)
    suspend(world, assignment)
    moment = Suspension.objects.get().look_again_at
    (found,) = suspensions.to_look_at(at=moment)
    act(world.who("ubnd.vice_chair"), assignment, "suspended", "resume")

    with pytest.raises(DomainError):
        suspensions.remind(found, at=moment)

    assert not Event.objects.filter(kind="case.look_again").exists()
