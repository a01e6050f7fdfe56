"""The page before a bulk act: which of the chosen tasks can go, and why each of the others cannot."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Delegation, DocumentKind
from tests.factories import act, advance, make_agency, make_member, make_world, open_task, start
from tests.workflows.bulk_desk import NUMBER, TEXT, BulkDesk, fit_case, submitted_with
from workflows.domain import routing
from workflows.domain.answering import RemarkInput
from workflows.flows import bulk
from workflows.models import Ballot, BulkAct, GrantSource, Inquiry, Outcome, Phase, PlanRevision, Stance

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return make_world(2)


@pytest.fixture
def desk(world):
    return BulkDesk(world.who("ubnd.chair"))


def reasons(response):
    """Return why the tasks of the page cannot go."""
    return [list(row.reasons) for row in response.context["unable"]]


def able(response):
    return [row.task for row in response.context["able"]]


# --- what can go


def test_look_at_fit_case_says_what_would_be_approved(world, desk):
    assignment = fit_case(world)

    page = desk.look(desk.task(assignment))

    row = page.context["able"][0]
    assert (row.title, row.code, row.agency, row.facts.number, row.reasons) == (
        assignment.title,
        assignment.directive.code,
        "SKHDT",
        NUMBER,
        (),
    )
    assert row.facts.figures == "answered 2/2 · 1 task in the plan"
    assert page.context["capacities"] == ["Chair of UBND"]
    assert "Approve 1 plan" in page.content.decode()
    assert row.stamp in page.content.decode()


def test_look_changes_nothing(world, desk):
    assignment = fit_case(world)

    desk.look(desk.task(assignment))

    assignment.refresh_from_db()
    assert (assignment.phase, BulkAct.objects.count()) == (Phase.DECIDING, 0)


def test_chosen_twice_is_listed_once_and_in_the_order_chosen(world, desk):
    first, second = fit_case(world), fit_case(world)
    tasks = [desk.task(second), desk.task(first), desk.task(second)]

    assert able(desk.look(*tasks)) == tasks[:2]


def desk_task(world, membership):
    """Return the task of a case that waits for this leader alone."""
    assignment = fit_case(world)
    task = open_task(assignment, "decide")
    routing.entrust(task.participation, membership, source=GrantSource.FIELD)
    return task


def test_delegate_signs_for_the_leader(world):
    deputy = make_member(world.committee, "VICE_CHAIR", "deputy")
    membership = world.who("ubnd.vice_chair").memberships.get()
    now = timezone.now()
    Delegation.objects.create(
        membership=membership,
        delegate=deputy,
        form="KT",
        basis="QĐ 12/QĐ-UBND",
        kinds=[DocumentKind.PLAN],
        starts_at=now - timedelta(days=1),
        ends_at=now + timedelta(days=1),
        proposed_by=membership.user,
        proposed_at=now - timedelta(days=1),
        confirmed_at=now - timedelta(days=1),
        accepted_at=now - timedelta(days=1),
    )
    desk, task = BulkDesk(deputy), desk_task(world, membership)
    page = desk.look(task)

    assert page.context["capacities"] == ["for Người ubnd.vice_chair, Vice-Chair of UBND"]
    assert desk.results(desk.go(page)) == [(True, "")]


def test_review_is_signed_as_it_was_prepared(world):
    desk = BulkDesk(world.who("vp.head"), "sign_review", "sign_review")
    assignment = fit_case(world, "sign_review")

    page = desk.look(desk.task(assignment))

    assert page.context["able"][0].facts.words == TEXT
    assert desk.results(desk.go(page)) == [(True, "")]
    review = assignment.submissions.get().review
    assert (review.text, review.signed_by) == (TEXT, world.who("vp.head"))


def prepared(world, **given):
    """Return a case in which the first agency's specialist has prepared an answer."""
    assignment = start(world)
    advance(world, assignment, "prepare_opinion")
    specialist = world.who("s01.specialist")
    act(specialist, assignment, "prepare_opinion", "prepare", agency=world.others[0], **given)
    return assignment


def test_opinion_is_signed_as_it_was_prepared(world):
    desk = BulkDesk(world.who("s01.head"), "sign_opinion", "sign_opinion")
    remark = RemarkInput(text="Ghi rõ nguồn kinh phí.")
    assignment = prepared(world, stance=Stance.AGREE_WITH_REMARKS, remarks=[remark], document_number="7/STC")

    page = desk.look(desk.task(assignment))

    facts = page.context["able"][0].facts
    assert (facts.figures, facts.number) == ("Agree with comments · 1 remark", "7/STC")
    assert facts.words == remark.text
    assert desk.results(desk.go(page)) == [(True, "")]
    opinion = assignment.consultations.get().opinions.get(participation__agency=world.others[0])
    assert (opinion.stance, opinion.document_number) == (Stance.AGREE_WITH_REMARKS, "7/STC")
    assert [each.text for each in opinion.remarks.all()] == [remark.text]


# --- what cannot


def test_task_of_somebody_else_cannot_go(world):
    assignment = fit_case(world)
    desk = BulkDesk(world.who("vp.head"))

    page = desk.look(desk.task(assignment))

    assert reasons(page) == [["Your position does not allow this act."]]


def test_closed_task_cannot_go_and_says_who_did_it(world, desk):
    assignment = fit_case(world)
    task = desk.task(assignment)
    act(world.who("ubnd.vice_chair"), assignment, "decide", "approve")

    [[reason]] = reasons(desk.look(task))

    assert "ubnd.vice_chair" in reason
    assert "already did this" in reason


def test_task_at_another_stage_cannot_go(world, desk):
    task = open_task(fit_case(world, "sign_review"), "sign_review")

    assert reasons(desk.look(task)) == [["At another stage: Sign review."]]


def test_open_disagreement_cannot_go_and_names_the_agency(world, desk):
    assignment = submitted_with(world, {"stance": "DISAGREE", "reason": "Chưa rõ nguồn vốn."})

    assert reasons(desk.look(desk.task(assignment))) == [
        ["Open disagreement: S01. It is decided on its own page."]
    ]


def test_failed_checks_are_named_one_by_one(world, desk):
    assignment = start(world)
    advance(world, assignment, "decide")

    assert reasons(desk.look(desk.task(assignment))) == [
        ["The submission has no number", "The plan assigns no task"]
    ]


def test_remark_taken_without_a_change_cannot_go(world, desk):
    assignment = submitted_with(
        world, {"stance": "AGREE_WITH_REMARKS"}, remarks=["Ghi rõ nguồn kinh phí."], treatment="ACCEPTED"
    )

    [[reason]] = reasons(desk.look(desk.task(assignment)))

    assert reason.startswith("1 accepted remark where the text has not changed")


def test_author_cannot_decide_herself_or_through_a_delegate(world, desk):
    assignment = fit_case(world)
    PlanRevision.objects.get(submission__assignment=assignment).authors.add(world.who("ubnd.chair"))

    assert reasons(desk.look(desk.task(assignment))) == [
        ["You wrote part of this plan, so another person must decide."]
    ]


def test_ballot_that_was_not_carried_cannot_go(world, desk):
    assignment = fit_case(world)
    chair = world.who("ubnd.chair")
    now = timezone.now()
    Ballot.objects.create(
        submission=assignment.submissions.get(),
        number=1,
        question="Tán thành?",
        choices=["FOR", "AGAINST"],
        silence="NOT_COUNTED",
        citation="Quy chế",
        due_at=now,
        called_by=chair,
        called_as="x",
        called_at=now,
        closed_at=now,
        outcome=Outcome.NOT_CARRIED,
        members=5,
        content_sha256="0" * 64,
    )

    assert reasons(desk.look(desk.task(assignment))) == [["The members' ballot was not carried."]]


def test_question_without_an_answer_cannot_go(world, desk):
    assignment = fit_case(world)
    Inquiry.objects.create(
        submission=assignment.submissions.get(),
        number=1,
        text="Vốn đâu?",
        asked_by=world.who("ubnd.chair"),
        asked_as="x",
        asked_at=timezone.now(),
    )

    assert reasons(desk.look(desk.task(assignment))) == [
        ["A question to the submitter waits for its answer."]
    ]


def test_disagreeing_opinion_is_not_signed_in_bulk(world):
    desk = BulkDesk(world.who("s01.head"), "sign_opinion", "sign_opinion")
    assignment = prepared(world, stance=Stance.DISAGREE, reason="Chưa rõ nguồn vốn.")

    assert reasons(desk.look(desk.task(assignment))) == [
        ["The opinion disagrees. It is signed on its own page."]
    ]


def test_invisible_task_is_counted_and_not_named(world):
    assignment = fit_case(world)
    desk = BulkDesk(make_member(make_agency("ngoai"), "HEAD"))

    page = desk.look(desk.task(assignment))

    assert (page.context["able"], page.context["unable"], page.context["missing"]) == ([], [], 1)
    assert assignment.title not in page.content.decode()


# --- the choice


def test_nothing_chosen_is_an_error(desk):
    page = desk.look()

    assert (page.status_code, page.context["error"]) == (422, "Choose at least one task.")


def test_more_than_five_hundred_is_an_error(desk):
    chosen = [str(uuid4()) for _number in range(501)]

    page = desk.client.post(reverse("bulk"), {"verb": "approve", "viec": chosen})

    assert page.status_code == 422
    assert page.context["error"].startswith("At most 500 tasks at once; you chose 501.")


@pytest.mark.parametrize("verb", ["", "reject", "submit"])
def test_verb_that_does_not_go_in_bulk_is_404(desk, verb):
    assert desk.client.post(reverse("bulk"), {"verb": verb}).status_code == 404


def test_what_is_no_task_is_passed_over(world, desk):
    page = desk.look(desk.task(fit_case(world)), query="%", junk="1")

    assert len(able(page)) == 1
    assert desk.client.post(reverse("bulk"), {"verb": "approve", "viec": ["x", "1"]}).status_code == 422


def test_all_that_match_are_looked_at_across_pages(world, desk):
    for _number in range(3):
        fit_case(world)
    fit_case(world, "sign_review")

    page = desk.look(all="1", query="")
    narrowed = desk.look(all="1", query="text=khong-co-gi")

    assert (len(page.context["able"]), page.context["unable"], page.context["is_cut"]) == (3, [], False)
    assert narrowed.status_code == 422


def test_all_that_match_are_cut_at_the_limit_and_it_says_so(world, desk, monkeypatch):
    monkeypatch.setattr(bulk, "LIMIT", 2)
    for _number in range(3):
        fit_case(world)

    page = desk.look(all="1")

    assert (len(page.context["able"]), page.context["is_cut"]) == (2, True)
    assert "More than 2 tasks match." in page.content.decode()


def test_opening_the_address_leads_to_the_list(desk):
    answer = desk.client.get(reverse("bulk"))

    assert (answer.status_code, answer.url) == (302, reverse("inbox"))


# --- the list


def test_list_offers_boxes_where_something_can_be_done_at_once(world, desk):
    task = desk.task(fit_case(world))

    html = desk.client.get(reverse("inbox")).content.decode()

    assert f'name="viec" value="{task.public_id}" form="bulk"' in html
    assert 'value="approve" data-node="decide">' in html
    assert 'value="sign_review" data-node="sign_review" hidden>' in html


def test_list_offers_no_box_where_nothing_can(world):
    start(world)
    desk = BulkDesk(world.who("skhdt.head"))

    html = desk.client.get(reverse("inbox")).content.decode()

    assert 'class="item"' in html
    assert 'name="viec"' not in html


# --- what it costs


@pytest.mark.parametrize("count", [1, 3])
def test_page_before_the_act_costs_the_same_for_one_and_three(world, desk, count):
    given = {"answer": {"stance": "DISAGREE"}, "remarks": ["Ghi rõ nguồn kinh phí."], "treatment": "ACCEPTED"}
    tasks = [desk.task(fit_case(world)) for _number in range(count)]
    tasks += [desk.task(submitted_with(world, **given)) for _number in range(count)]
    desk.look(*tasks)

    with CaptureQueriesContext(connection) as captured:
        desk.look(*tasks)

    assert len(captured) == LOOK


LOOK = 22


@pytest.mark.parametrize("count", [1, 3])
def test_page_of_opinions_costs_the_same_for_one_and_three(world, count):
    desk = BulkDesk(world.who("s01.head"), "sign_opinion", "sign_opinion")
    tasks = [desk.task(prepared(world, stance=Stance.AGREE)) for _number in range(count)]
    desk.look(*tasks)

    with CaptureQueriesContext(connection) as captured:
        desk.look(*tasks)

    assert len(captured) == LOOK_AT_OPINIONS


LOOK_AT_OPINIONS = 9
