"""The inbox and the list of what was done: what they show, to whom, at which cost."""

import re
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.authority import buckets, hats
from accounts.models import AgencyPosition, Membership
from tests.factories import LONG_AGO, act, advance, make_user, start
from workflows import inbox
from workflows.domain.calendars import load_calendar
from workflows.flows.plan_approval import PlanApprovalFlow
from workflows.flows.report import ReportFlow
from workflows.models import CaseTask, InboxEntry, Participation, ParticipationGroupGrant, Role
from workflows.views import stages, vocabulary
from workflows.views.inbox import borders
from workflows.views.keyset import PAGE
from workflows.working_days import Calendar

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
TUESDAY = datetime(2020, 6, 30, 9, 0, tzinfo=HANOI)
URL = reverse("inbox")

pytestmark = pytest.mark.django_db


@pytest.fixture
def drafter(world, client):
    """Sign the lead's specialist in, with the calendar read already."""
    user = world.who("skhdt.specialist")
    client.force_login(user)
    load_calendar()
    return user


def due(assignment, moment):
    InboxEntry.objects.filter(task__process__assignment=assignment).update(due_at=moment)


def rows(response):
    return [row for group in response.context["groups"] for row in group["rows"]]


def titles(response):
    return [row.title for row in rows(response)]


def crowd(assignment, number, *, first=TUESDAY):
    """Copy the assignment's open entry of the drafter: more waiting tasks, an hour apart."""
    entry = InboxEntry.objects.open().filter(task__process__assignment=assignment).first()
    task = entry.task
    for n in range(number):
        copy = CaseTask.objects.create(
            process=task.process,
            flow_task=task.flow_task,
            flow_task_type="HUMAN",
            participation=task.participation,
        )
        InboxEntry.objects.create(
            bucket=entry.bucket,
            task=copy,
            task_public_id=copy.public_id,
            due_at=first + timedelta(hours=n),
            opened_at=entry.opened_at,
            node=entry.node,
            role=entry.role,
            phase=entry.phase,
            title=f"Việc {n:03d}",
            directive_code=entry.directive_code,
            directive_subject=entry.directive_subject,
            agency=entry.agency,
            sender=entry.sender,
            search_text=f"viec {n:03d}",
        )


# --- what a row says ------------------------------------------------------------------------------------------------


def test_row_says_what_is_to_be_done_and_where_it_stands(world, drafter, client):
    assignment = start(world)

    (row,) = rows(client.get(URL))

    assert (row.verb, row.title) == (vocabulary.to_do("receive"), assignment.title)
    assert row.number == assignment.directive.code
    assert (row.role, row.stage, row.agency, row.sender) == ("lead", 1, "VP", "Người vp.clerk")
    assert row.url == reverse("task", args=[InboxEntry.objects.filter(task_id=row.id)[0].task_public_id])


def test_row_is_a_real_link_and_the_page_names_regions_that_refresh(world, drafter, client):
    start(world)

    response = client.get(URL)
    html = response.content.decode()

    assert f'href="{rows(response)[0].url}"' in html
    for region in ("n-todo", "list-bar", "work"):
        assert re.search(rf'id="{region}"[^>]*data-live-refresh="/"', html)
    assert re.search(r'id="work"[^>]*data-live-hold', html)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2020, 6, 25, 17, tzinfo=HANOI), ("late", "3")),
        (datetime(2020, 6, 30, 8, tzinfo=HANOI), ("late", "1")),
        (datetime(2020, 6, 30, 17, tzinfo=HANOI), ("today", "")),
        (datetime(2020, 7, 1, 17, tzinfo=HANOI), ("soon", "1")),
        (datetime(2020, 7, 3, 17, tzinfo=HANOI), ("soon", "3")),
        (datetime(2020, 7, 6, 17, tzinfo=HANOI), ("later", "4")),
    ],
)
def test_due_group_and_days_count_working_days(world, client, time_machine, moment, expected):
    assignment, drafter = start(world), world.who("skhdt.specialist")
    due(assignment, moment)
    time_machine.move_to(TUESDAY, tick=False)
    client.force_login(drafter)

    response = client.get(URL)

    (row,) = rows(response)
    assert (row.group, "".join(re.findall(r"\d", row.due.words))) == expected
    assert {tab["name"]: tab["count"] for tab in response.context["tabs"]} == {
        "all": "1",
        "late": "0",
        "today": "0",
        "soon": "0",
        "later": "0",
        expected[0]: "1",
    }


def test_three_days_reach_over_the_week_end(client):
    friday = datetime(2020, 7, 3, 9, 0, tzinfo=HANOI)

    limits = {name: (start, end) for name, start, end in borders(Calendar(days={}), friday)}

    assert limits["soon"] == (datetime(2020, 7, 4, tzinfo=HANOI), datetime(2020, 7, 9, tzinfo=HANOI))


@pytest.mark.parametrize("flow", [PlanApprovalFlow, ReportFlow])
def test_every_node_and_verb_has_its_words_and_its_stage(flow):
    people = [node for node in flow.instance.nodes() if node.task_type == "HUMAN"]

    assert {node.name for node in people} - set(vocabulary.TO_DO) == set()
    assert {node.name for node in people} - set(stages.NODES) == set()
    assert {f"{node.name}.{verb.name}" for node in people for verb in node.verbs} - set(
        vocabulary.DONE
    ) == set()


# --- whose rows -----------------------------------------------------------------------------------------------------


def test_nobody_sees_what_waits_for_others(world, client):
    start(world)
    client.force_login(world.who("s01.head"))

    response = client.get(URL)

    assert rows(response) == []
    assert 'class="empty"' in response.content.decode()


def test_person_without_a_position_is_told_so(world, client):
    start(world)
    client.force_login(make_user("nobody"))

    response = client.get(URL)

    assert response.context["groups"] == []
    assert [tab["count"] for tab in response.context["tabs"]] == ["0"] * 5


def test_task_that_reaches_her_through_two_hats_is_listed_once(world, drafter, client):

    start(world)
    head = AgencyPosition.objects.get(agency=world.lead, position="HEAD")
    Membership.objects.create(user=drafter, agency_position=head, valid_from=LONG_AGO)

    response = client.get(URL)

    assert len(hats(drafter)) == 2
    assert len(rows(response)) == 1
    assert response.context["total"] == "1"


def test_closed_task_leaves_the_list(world, drafter, client):
    assignment = start(world)
    act(drafter, assignment, "receive", "accept")

    (row,) = rows(client.get(URL))

    assert row.verb == vocabulary.to_do("draft")


# --- filters and pages ----------------------------------------------------------------------------------------------


def test_filter_by_due_group_shows_that_group_alone(world, drafter, client, time_machine):
    crowd(start(world), 3, first=datetime(2020, 7, 1, 17, tzinfo=HANOI))
    time_machine.move_to(TUESDAY, tick=False)
    client.force_login(drafter)

    response = client.get(URL, {"due": "soon"})

    assert {row.group for row in rows(response)} == {"soon"}
    assert [tab["name"] for tab in response.context["tabs"] if tab["current"]] == ["soon"]


def test_filter_by_role_and_text_without_diacritics(world, drafter, client):
    assignment = start(world)

    assert titles(client.get(URL, {"text": "ke hoach thuc hien"})) == [assignment.title]
    assert titles(client.get(URL, {"text": "KẾ HOẠCH", "role": "LEAD"})) == [assignment.title]
    assert titles(client.get(URL, {"role": "COORDINATE"})) == []
    assert titles(client.get(URL, {"text": "100%_không có"})) == []


@pytest.mark.parametrize(
    "query",
    [
        {"due": "x", "role": "x", "text": "\x00", "after": "x"},
        {"after": "0001-01-01T00:00:00+14:00~1"},
        {"after": "2020-06-30T09:00:00~1"},
        {"after": f"2020-06-30T09:00:00+07:00~{10**30}"},
        {"after": "2020-06-30T09:00:00+07:00~-1"},
    ],
)
def test_nonsense_in_the_address_is_left_out(world, drafter, client, query):
    start(world)

    response = client.get(URL, query)

    assert (response.status_code, len(rows(response))) == (200, 1)


def test_pages_hold_thirty_and_lose_nothing(world, drafter, client):
    assignment = start(world)
    crowd(assignment, 2 * PAGE)
    seen, url = [], URL

    while url:
        response = client.get(url)
        seen += [row.id for row in rows(response)]
        assert len(rows(response)) <= PAGE
        url = response.context["next_url"]

    assert len(seen) == len(set(seen)) == 2 * PAGE + 1


def test_counts_stop_at_99(world, drafter, client):
    crowd(start(world), inbox.COUNT_LIMIT + 5)

    assert client.get(URL).context["total"] == "99+"


def test_filter_stays_when_paging(world, drafter, client):
    crowd(start(world), PAGE + 5)

    query = parse_qs(urlsplit(client.get(URL, {"role": "LEAD", "text": "viec"}).context["next_url"]).query)

    assert (query["role"], query["text"], list(query)) == (["LEAD"], ["viec"], ["role", "text", "after"])


def test_script_gets_the_list_alone_from_the_same_address(world, drafter, client):
    start(world)

    html = client.get(URL, headers={"HX-Request": "true"}).content.decode()

    assert "<html" not in html
    for region in ("n-todo", "list", "list-bar", "work"):
        assert html.count(f'id="{region}"') == 1


# --- what it costs --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 3])
def test_inbox_asks_six_statements(world, drafter, client, django_assert_num_queries, number):
    for _ in range(number):
        start(world)

    with django_assert_num_queries(6):
        response = client.get(URL)

    assert len(rows(response)) == number


def test_inbox_asks_six_statements_whatever_the_rights(world, drafter, client, django_assert_num_queries):
    assignment = start(world)
    group = hats(drafter)[0].group_id
    part = Participation.objects.filter(assignment=assignment, role=Role.REVIEW)[0]
    others = [
        Participation(assignment=start(world), agency=part.agency, role=Role.MONITOR, added_at=timezone.now())
        for _ in range(10)
    ]
    Participation.objects.bulk_create(others)
    permissions = Permission.objects.filter(content_type__model="participation")[:12]
    ParticipationGroupGrant.objects.bulk_create(
        ParticipationGroupGrant(content_object=other, group_id=group, permission=permission)
        for other in others
        for permission in permissions
    )

    with django_assert_num_queries(6):
        response = client.get(URL)

    assert len(rows(response)) == 11


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="the plan is PostgreSQL's")
def test_page_reads_its_own_index(world, drafter):
    crowd(start(world), 300)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE workflows_inboxentry")
        cursor.execute("SET LOCAL enable_seqscan = off")
    bucket = buckets(hats(drafter))[0]

    plan = InboxEntry.objects.open().filter(bucket=bucket).order_by("due_at", "task_id")[:31].explain()

    assert "inbox_open" in plan
    assert "Seq Scan" not in plan
    assert "Sort" not in plan


# --- what was done --------------------------------------------------------------------------------------------------


def test_done_lists_own_acts_newest_first(world, drafter, client):
    assignment = start(world)
    advance(world, assignment, "sign_request")

    done = client.get(reverse("done")).context["rows"]

    assert [row["verb"] for row in done] == [
        str(vocabulary.DONE[what]) for what in ("draft.finish", "receive.accept")
    ]
    assert {row["url"] for row in done} == {reverse("assignment", args=[assignment.public_id])}


def test_done_keeps_no_link_to_a_case_she_may_no_longer_read(world, drafter, client):
    assignment = start(world)
    act(drafter, assignment, "receive", "accept")
    assignment.participations.filter(role=Role.LEAD).update(ended_at=timezone.now())

    (row,) = client.get(reverse("done")).context["rows"]

    assert (row["url"], row["phase"]) == ("", "")


def test_done_pages_lose_nothing(world, drafter, client):
    assignment = start(world)
    act(drafter, assignment, "receive", "accept")
    task = CaseTask.objects.get(owner=drafter)
    for _ in range(PAGE):
        CaseTask.objects.create(
            process=task.process,
            flow_task=task.flow_task,
            flow_task_type="HUMAN",
            status="DONE",
            owner=drafter,
            verb="accept",
            finished=task.finished,
        )

    first = client.get(reverse("done"))
    second = client.get(first.context["next_url"])

    assert (len(first.context["rows"]), len(second.context["rows"]), second.context["next_url"]) == (
        PAGE,
        1,
        "",
    )


@pytest.mark.parametrize("number", [1, 3])
def test_done_asks_six_statements(world, drafter, client, django_assert_num_queries, number):
    for _ in range(number):
        act(drafter, start(world), "receive", "accept")

    with django_assert_num_queries(6):
        response = client.get(reverse("done"))

    assert len(response.context["rows"]) == number
