"""Doing a verb to many tasks: each by itself, once, whatever happens in between."""

from unittest import mock
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from notifications.models import Event
from tests.factories import act, actor, make_world
from tests.workflows.bulk_desk import BulkDesk, fit_case, submitted_with
from workflows.domain import decisions, dispositions
from workflows.domain.errors import BusyError
from workflows.flows import bulk, steps
from workflows.models import BulkAct, Decision, Disposition, Phase

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return make_world(2)


@pytest.fixture
def desk(world):
    return BulkDesk(world.who("ubnd.chair"))


def decided():
    """Return how many decisions stand, by case."""
    return sorted(Decision.objects.values_list("submission__assignment", flat=True))


def phases(*cases):
    for case in cases:
        case.refresh_from_db()
    return [case.phase for case in cases]


def test_go_approves_every_ticked_case_and_leaves_the_others(world, desk):
    cases = [fit_case(world) for _number in range(3)]
    tasks = [desk.task(case) for case in cases]

    answer = desk.go(desk.look(*tasks), leave=[tasks[1]])

    assert desk.results(answer) == [(True, ""), (True, "")]
    assert phases(*cases) == [Phase.ISSUING, Phase.DECIDING, Phase.ISSUING]


def test_each_act_is_bound_to_what_the_row_showed(world, desk):
    assignment = fit_case(world)
    page = desk.look(desk.task(assignment))

    desk.go(page)

    assert Decision.objects.get().content_sha256 == page.context["able"][0].facts.seen


def test_case_that_changed_since_the_page_was_drawn_is_left_alone(world, desk):
    kept = fit_case(world)
    changed = submitted_with(world, {"stance": "AGREE_WITH_REMARKS"}, remarks=["Ghi rõ nguồn."])
    page = desk.look(desk.task(kept), desk.task(changed))
    answer = Disposition.objects.get()
    Disposition.objects.filter(pk=answer.pk).update(text="Giải trình khác.")

    done = desk.results(desk.go(page))

    assert [ok for ok, _why in done] == [False, True]
    assert done[0][1].startswith("The plan has changed since this page was opened.")
    assert phases(kept, changed) == [Phase.ISSUING, Phase.DECIDING]


def test_disagreement_upheld_since_the_page_was_drawn_is_not_gone_over(world, desk):
    assignment = submitted_with(world, {"stance": "AGREE_WITH_REMARKS"}, remarks=["Ghi rõ nguồn."])
    page = desk.look(desk.task(assignment))
    assert len(page.context["able"]) == 1
    disposition = Disposition.objects.select_related(
        "remark__opinion__consultation__assignment__directive", "remark__opinion__participation__agency"
    ).get()
    dispositions.uphold(
        disposition, version=disposition.version, text="Bảo lưu.", actor=actor(world.who("s01.head"))
    )

    [(ok, why)] = desk.results(desk.go(page))

    assert (ok, decided()) == (False, [])
    assert why.startswith("Open disagreement: S01.")


def test_sent_by_hand_an_open_disagreement_is_refused_by_the_domain_as_well(world, desk):
    assignment = submitted_with(world, {"stance": "DISAGREE", "reason": "Chưa rõ vốn."})
    task = desk.task(assignment)
    item = bulk.Item(task, seen=task.flow_task.stamp(assignment))

    act_ = bulk.begin(desk.user, uuid4(), "approve", [item])
    act_ = bulk.proceed(act_, actor(desk.user), [actor(desk.user).hat])

    assert act_.results[0]["ok"] is False
    assert act_.results[0]["why"].startswith("S01: open disagreement.")


def test_item_sent_by_hand_that_cannot_go_is_refused(world, desk):
    assignment = submitted_with(world, {"stance": "DISAGREE", "reason": "Chưa rõ vốn."})
    task = desk.task(assignment)
    sent = {"verb": "approve", "go": "1", "key": str(uuid4()), "item": [f"{task.public_id}~x"]}

    answer = desk.client.post(reverse("bulk"), sent)

    assert [ok for ok, _why in desk.results(answer)] == [False]
    assert decided() == []


def test_task_of_somebody_else_sent_by_hand_is_refused(world):
    assignment = fit_case(world)
    page = BulkDesk(world.who("ubnd.chair")).look(BulkDesk(world.who("ubnd.chair")).task(assignment))
    desk = BulkDesk(world.who("vp.head"))

    answer = desk.go(page, csrfmiddlewaretoken="")

    assert desk.results(answer) == [(False, "Your position does not allow this act.")]
    assert decided() == []


def test_refused_one_does_not_hold_the_others(world, desk):
    cases = [fit_case(world) for _number in range(3)]
    page = desk.look(*map(desk.task, cases))
    act(world.who("ubnd.vice_chair"), cases[1], "decide", "reject", reason="Trùng lắp.")

    done = desk.results(desk.go(page))

    assert [ok for ok, _why in done] == [False, True, True]
    assert "ubnd.vice_chair" in done[0][1]
    assert phases(*cases) == [Phase.ISSUING, Phase.REJECTED, Phase.ISSUING]


# --- once


def test_repeat_with_the_same_key_shows_the_first_results(world, desk):
    cases = [fit_case(world) for _number in range(2)]
    page = desk.look(*map(desk.task, cases))

    first, second = desk.go(page), desk.go(page)

    assert (first.url, BulkAct.objects.count()) == (second.url, 1)
    assert desk.results(second) == [(True, ""), (True, "")]
    assert decided() == sorted(case.pk for case in cases)
    assert Event.objects.filter(kind="plan.approved").count() == 2


def test_key_of_one_person_says_nothing_to_another(world, desk):
    case, key = fit_case(world), uuid4()
    page = desk.look(desk.task(case))
    other = BulkDesk(world.who("ubnd.vice_chair"))

    mine, hers = desk.go(page, key=key), other.go(page, key=key)

    assert mine.url != hers.url
    assert [ok for ok, _why in other.results(hers)] == [False]


def test_process_killed_between_items_and_repeated_does_each_once(world, desk):
    cases = [fit_case(world) for _number in range(3)]
    page = desk.look(*map(desk.task, cases))
    real, calls = steps.perform, []

    def dies_at_the_third(*given):
        calls.append(given)
        if len(calls) == 3:
            raise SystemExit
        return real(*given)

    with mock.patch.object(steps, "perform", dies_at_the_third), pytest.raises(SystemExit):
        desk.go(page)
    assert phases(*cases) == [Phase.ISSUING, Phase.ISSUING, Phase.DECIDING]
    assert [entry["ok"] for entry in BulkAct.objects.get().results] == [None, None, None]

    answer = desk.go(page)

    assert desk.results(answer) == [(True, "")] * 3
    assert decided() == sorted(case.pk for case in cases)
    assert Event.objects.filter(kind="plan.approved").count() == 3
    assert BulkAct.objects.get().finished_at is not None


def test_long_act_goes_on_by_its_page(world, desk, monkeypatch):
    monkeypatch.setattr(bulk.proceed, "__kwdefaults__", {"size": 1})
    cases = [fit_case(world) for _number in range(2)]

    answer = desk.go(desk.look(*map(desk.task, cases)))
    page = desk.client.get(answer.url)

    assert (page.context["waiting"], page.context["settled"]) == (1, 1)
    assert "data-goes-on" in page.content.decode()

    again = desk.client.post(answer.url)

    assert desk.results(again) == [(True, ""), (True, "")]
    assert "data-goes-on" not in desk.client.get(answer.url).content.decode()


def test_busy_one_can_be_tried_again(world, desk):
    case = fit_case(world)
    page = desk.look(desk.task(case))

    with mock.patch.object(steps, "perform", side_effect=BusyError):
        answer = desk.go(page)
    shown = desk.client.get(answer.url)
    assert (shown.context["busy"], phases(case)) == (1, [Phase.DECIDING])

    desk.client.post(answer.url, {"again": "1"})

    assert desk.results(answer) == [(True, "")]
    assert phases(case) == [Phase.ISSUING]


def test_what_breaks_at_one_is_told_and_the_others_go_on(world, desk):
    cases = [fit_case(world) for _number in range(2)]
    page = desk.look(*map(desk.task, cases))
    real, broken = decisions.approve.__wrapped__, cases[0].pk

    def breaks(participation, **given):
        if participation.assignment_id == broken:
            raise ZeroDivisionError
        return real(participation, **given)

    with mock.patch.object(decisions.approve, "__wrapped__", breaks):
        answer = desk.go(page)

    done = desk.results(answer)
    assert [ok for ok, _why in done] == [False, True]
    assert done[0][1].startswith("Something went wrong with this file; nothing was done to it.")
    assert phases(*cases) == [Phase.DECIDING, Phase.ISSUING]


def test_late_writer_of_results_does_not_undo_what_was_done(world, desk):
    page = desk.look(desk.task(fit_case(world)))
    desk.go(page)
    act_ = BulkAct.objects.get()

    kept = bulk._keep(act_, {act_.results[0]["task"]: {"ok": False, "why": "x", "busy": True}})

    assert (kept.results[0]["ok"], kept.results[0]["why"]) == (True, "")


# --- the page after


def test_results_are_hers_alone(world, desk):
    answer = desk.go(desk.look(desk.task(fit_case(world))))

    for username in ("ubnd.vice_chair", "vp.head", "skhdt.head"):
        other = BulkDesk(world.who(username)).client
        assert (other.get(answer.url).status_code, other.post(answer.url).status_code) == (404, 404)


def test_results_link_only_to_cases_she_may_read(world, desk):
    case = fit_case(world)
    answer = desk.go(desk.look(desk.task(case)))
    assert desk.client.get(answer.url).context["rows"][0]["url"] == reverse(
        "assignment", args=[case.public_id]
    )

    desk.user.memberships.update(valid_to=desk.user.memberships.get().valid_from)

    assert desk.client.get(answer.url).context["rows"][0]["url"] == ""


def test_nothing_ticked_shows_the_page_again(world, desk):
    task = desk.task(fit_case(world))
    page = desk.look(task)

    again = desk.go(page, leave=[task], viec=[str(task.public_id)])

    assert (again.status_code, again.context["error"]) == (422, "Choose at least one task.")
    assert [row.task for row in again.context["able"]] == [task]
    assert BulkAct.objects.count() == 0


@pytest.mark.parametrize("count", [1, 3])
def test_page_of_results_costs_the_same_for_one_and_three(world, desk, count):
    answer = desk.go(desk.look(*(desk.task(fit_case(world)) for _number in range(count))))

    with CaptureQueriesContext(connection) as captured:
        desk.client.get(answer.url)

    assert len(captured) == 6


def test_results_come_in_pages(world, desk, monkeypatch):
    monkeypatch.setattr("workflows.views.bulk.PAGE", 1)
    answer = desk.go(desk.look(*(desk.task(fit_case(world)) for _number in range(2))))

    first = desk.client.get(answer.url)
    second = desk.client.get(first.context["next_url"])

    assert [len(page.context["rows"]) for page in (first, second)] == [1, 1]
    assert first.context["rows"] != second.context["rows"]
    assert desk.client.get(f"{answer.url}?page=99999999999999").status_code == 200
