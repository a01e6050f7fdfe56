"""Acting for somebody else: the list, the bar, the act, and how all of it ends at its minute."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.authority import hats
from accounts.domain import delegations
from accounts.models import DocumentKind, Field, Position
from notifications import relay
from notifications.models import Event
from tests.factories import act, actor, advance, make_member, make_world, open_task, stamp, start, write_plan
from tests.lending import ONLY_OPINIONS, ONLY_SUBMISSIONS, lend, over
from workflows import holding, inbox, policies
from workflows.domain.calendars import load_calendar
from workflows.domain.directives import AssignmentInput
from workflows.domain.errors import NotAllowedError
from workflows.flows import steps
from workflows.flows.steps import Attempt
from workflows.models import Assignment, CaseTask, InboxEntry, Participation, Product, Role

pytestmark = pytest.mark.django_db
INBOX = reverse("inbox")


@pytest.fixture
def world():
    load_calendar()
    return make_world()


@pytest.fixture
def head(world):
    return world.who("skhdt.head")


@pytest.fixture
def helper(world):
    """A clerk: she reads the cases of her agency and signs nothing by herself."""
    return world.who("skhdt.clerk")


@pytest.fixture
def stranger(world):
    """Somebody of a coordinating agency that has not been asked yet: nothing is hers to read."""
    return make_member(world.others[0], Position.DIVISION_HEAD)


@pytest.fixture
def browser(helper):
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    client.force_login(helper)
    return client


def at_signature(world):
    assignment = start(world)
    advance(world, assignment, "sign_request")
    return assignment


def list_of(delegation):
    return f"{INBOX}?for={delegation.public_id}"


def titles(response):
    return [(row.verb, row.title) for group in response.context["groups"] for row in group["rows"]]


def sign_up(user, assignment, node="sign_request", verb="send"):
    """Return what is needed to act later: the task, and an attempt with the hats of now."""
    task = open_task(assignment, node)
    seen = stamp(assignment) if task.flow_task.verb(verb).binds else ""
    return task, Attempt(actor=actor(user), hats=hats(user), key=uuid4(), seen=seen)


# --- the list ---


def test_own_inbox_stays_her_own_and_the_rail_counts_the_other(world, head, helper, browser):
    assignment = at_signature(world)
    delegation = lend(head, helper)

    page = browser.get(INBOX)

    assert titles(page) == []
    [lender] = page.context["lenders"]
    assert (lender.count, lender.url, lender.is_current) == ("1", list_of(delegation), False)
    assert head.full_name in page.content.decode()
    assert [title for _verb, title in titles(browser.get(list_of(delegation)))] == [assignment.title]


def test_list_of_the_other_has_the_bar_and_every_link_keeps_it(world, head, helper, browser):
    at_signature(world)
    delegation = lend(head, helper)

    page = browser.get(list_of(delegation))

    [bar] = page.context["acting"]
    assert (bar.principal, bar.basis) == (head.full_name, "45/GUQ-UBND")
    html = page.content.decode()
    assert 'class="acting"' in html
    assert page.context["total"] == "0"
    assert {tab["url"].split("&")[0] for tab in page.context["tabs"]} == {list_of(delegation)}
    assert 'name="for"' in html


@pytest.mark.parametrize("lent", [1, 3])
def test_inbox_costs_the_same_however_many_lend(world, helper, browser, django_assert_num_queries, lent):
    for number in range(lent):
        leader = make_member(world.lead, Position.HEAD, f"skhdt.head{number}")
        last = lend(leader, helper)
    at_signature(world)
    browser.get(INBOX)

    with django_assert_num_queries(9):
        browser.get(INBOX)
    with django_assert_num_queries(9):
        browser.get(list_of(last))


def test_inbox_of_somebody_without_a_loan_costs_no_more(world, browser, django_assert_num_queries):
    browser.get(INBOX)

    with django_assert_num_queries(6):
        browser.get(INBOX)


@pytest.mark.parametrize("key", ["", "x", "7a347d57-b4a9-47d9-a269-cd2a9e8bf6fa"])
def test_list_of_nobody_is_404(browser, key):
    status = browser.get(f"{INBOX}?for={key}").status_code

    assert status == (404 if key else 200)


def test_list_of_somebody_elses_delegation_is_404(world, head, helper, browser):
    delegation = lend(head, world.who("skhdt.specialist"))

    assert browser.get(list_of(delegation)).status_code == 404


def test_list_holds_the_kinds_lent_alone(world, head, helper, browser):
    at_signature(world)
    opinions = lend(head, helper, kinds=ONLY_OPINIONS)
    submissions = lend(head, helper, kinds=ONLY_SUBMISSIONS)

    assert titles(browser.get(list_of(opinions))) == []
    assert len(titles(browser.get(list_of(submissions)))) == 1


def test_list_holds_the_fields_lent_alone(world, head, helper, browser):
    mine, other = (Field.objects.create(code=code, name=code) for code in ("kinh-te", "do-thi"))
    row = {"text": "Chủ trì", "lead": world.lead, "product": Product.REPORT}
    first = start(world, AssignmentInput(title="Kinh tế", field=mine, **row))
    start(world, AssignmentInput(title="Đô thị", field=other, **row))
    start(world, AssignmentInput(title="Không lĩnh vực", **row))
    delegation = lend(head, helper, fields=(mine,))

    page = browser.get(list_of(delegation))

    assert [title for _verb, title in titles(page)] == ["Kinh tế"]
    assert page.context["lenders"][0].count == "1"
    part = Participation.objects.get(assignment=first, role=Role.LEAD)
    others = Participation.objects.filter(role=Role.LEAD).exclude(pk=part.pk)
    assert holding.may(hats(helper), helper, "receive", part)
    assert not any(holding.may(hats(helper), helper, "receive", other) for other in others)


def test_nothing_is_seen_under_a_delegation_without_kinds(world, head, helper, browser):
    at_signature(world)
    delegation = lend(head, helper)
    delegation.kinds = []
    delegation.save(update_fields=["kinds"])

    assert titles(browser.get(list_of(delegation))) == []
    assert browser.get(INBOX).context["lenders"][0].count == "0"


# --- the page and the act ---


def test_case_lists_the_task_among_hers(world, head, helper, browser):
    assignment = at_signature(world)
    url = reverse("assignment", args=[assignment.public_id])

    before = browser.get(url).context["mine"]
    lend(head, helper)

    assert before == []
    assert len(browser.get(url).context["mine"]) == 1


def test_task_page_has_the_bar_and_names_both(world, head, helper, browser):
    assignment = at_signature(world)
    lend(head, helper)
    task = open_task(assignment, "sign_request")

    page = browser.get(reverse("task", args=[task.public_id]))

    html = page.content.decode()
    assert page.status_code == 200
    assert [bar.principal for bar in page.context["acting"]] == [head.full_name]
    assert 'class="acting"' in html
    acts = page.context["acts"]
    assert all(helper.full_name in each.consequence and head.full_name in each.consequence for each in acts)


def test_task_page_of_the_leader_has_no_bar(world, head, helper):
    assignment = at_signature(world)
    lend(head, helper)
    client = Client()
    client.force_login(head)

    page = client.get(reverse("task", args=[open_task(assignment, "sign_request").public_id]))

    assert page.context["acting"] == []
    assert 'class="acting"' not in page.content.decode()


def test_act_is_on_record_under_both_names(world, head, helper):
    assignment = at_signature(world)
    lend(head, helper)

    act(helper, assignment, "sign_request", "send")

    event = Event.objects.get(kind="consultation.requested")
    done = CaseTask.objects.get(process__assignment=assignment, verb="send")
    assert (event.actor_id, event.on_behalf_of_id) == (helper.pk, head.pk)
    assert helper.full_name in event.actor_label
    assert head.full_name in event.actor_label
    assert head.full_name in done.done_as


def test_own_hat_comes_before_the_lent_one(world, head):
    deputy = make_member(world.lead, Position.DEPUTY_HEAD)
    assignment = at_signature(world)
    lend(head, deputy)

    act(deputy, assignment, "sign_request", "send")

    assert Event.objects.get(kind="consultation.requested").on_behalf_of_id is None


def test_kind_that_was_not_lent_is_refused(world, head, helper):
    assignment = at_signature(world)
    lend(head, helper, kinds=ONLY_OPINIONS)

    with pytest.raises(NotAllowedError):
        act(helper, assignment, "sign_request", "send")


def test_vote_is_never_lent():
    assert "vote" not in holding.LENDABLE
    assert {"draft_plan", "issue_plan", "take_over", "call_ballot"} & set(holding.LENDABLE) == set()


def test_drafting_is_not_lent(world, head, helper):
    assignment = start(world)
    advance(world, assignment, "draft")
    lend(head, helper)

    with pytest.raises(NotAllowedError):
        act(helper, assignment, "draft", "finish")


def test_lent_hat_cannot_be_chosen(world, head, helper, browser):
    lend(head, helper)
    membership = head.memberships.get()

    assert browser.post(reverse("choose-hat"), {"membership": membership.pk}).status_code == 404


def test_lent_hat_of_the_committee_opens_nothing_beyond_its_scope(world):
    """Her own post would open every directive; lent for one field, it opens that field's cases alone."""
    field = Field.objects.create(code="kinh-te", name="Kinh tế")
    within, beyond = start(world), start(world)
    Assignment.objects.filter(pk=within.pk).update(field=field)
    reader = world.who("s01.head")  # has not been asked yet
    lend(world.who("ubnd.chair"), reader, fields=(field,))
    lent = hats(reader)

    assert [hat.position for hat in lent if hat.lent] == [Position.CHAIR]
    assert not holding.is_office_wide(lent)
    assert list(policies.visible_assignments(lent, reader)) == [within]
    assert list(policies.visible_directives(lent, reader)) == [within.directive]
    assert beyond.directive != within.directive


def test_lent_hat_out_of_scope_tells_nothing_of_the_case(world):
    """The Chair lends one field; the case has none, so its history stays what the reader's own agency may know."""
    assignment = start(world)
    advance(world, assignment, "prepare_opinion")
    reader = world.who("s01.head")
    client = Client()
    client.force_login(reader)
    url = reverse("assignment", args=[assignment.public_id])
    before = [line.text for line in client.get(url).context["trail"]]
    lend(world.who("ubnd.chair"), reader, fields=(Field.objects.create(code="kinh-te", name="Kinh tế"),))
    lend(world.who("vp.head"), world.who("vp.clerk"), fields=(Field.objects.get(),))

    assert [line.text for line in client.get(url).context["trail"]] == before
    assert not holding.judges(hats(reader), assignment)


# --- its end ---


ENDS = ["over", "revoked", "post ended", "deactivated"]


def end(delegation, how):
    leader = delegation.membership.user
    if how == "over":
        over(delegation, ago=1)
    elif how == "revoked":
        delegations.revoke(delegation, actor=actor(leader))
    elif how == "post ended":
        leader.memberships.update(valid_to=timezone.localdate())
    else:
        type(leader).objects.filter(pk=leader.pk).update(is_active=False)


@pytest.mark.parametrize("how", ENDS)
def test_a_second_after_the_end_all_of_it_is_gone(world, how):
    """A member of another agency who signs for the lead's head: nothing of the case is hers without the loan."""
    chair = world.who("ubnd.chair")
    delegate = make_member(world.others[0], Position.HEAD, "s01.delegate")
    world.others = world.others[1:]
    assignment = start(world)
    advance(world, assignment, "decide")
    delegation = lend(chair, delegate)
    task, attempt = sign_up(delegate, assignment, "decide", "approve")
    client = Client()
    client.force_login(delegate)
    urls = [
        list_of(delegation),
        reverse("task", args=[task.public_id]),
        reverse("assignment", args=[assignment.public_id]),
    ]
    told = Event.objects.get(kind="review.signed")
    assert [client.get(url).status_code for url in urls] == [200, 200, 200]
    relay.dispatch_pending()
    feed = client.get(reverse("feed"), {"after": 0}).json()["items"]
    assert "review.signed" in {item.get("kind") for item in feed}

    end(delegation, how)

    assert [client.get(url).status_code for url in urls] == [404, 404, 404]
    assert client.get(INBOX).context["lenders"] == []
    feed = client.get(reverse("feed"), {"after": 0}).json()["items"]
    assert "review.signed" not in {item.get("kind") for item in feed}
    assert all(item.get("withdrawn") for item in feed if not item.get("kind", "").startswith("delegation"))
    with pytest.raises(NotAllowedError):
        steps.perform(task, "approve", attempt, {"overrides": False})
    task.refresh_from_db()
    assert task.is_open
    assert told.pk
    assert not Event.objects.filter(kind="plan.approved").exists()


@pytest.mark.parametrize("how", ENDS)
def test_act_in_flight_finds_the_loan_ended(world, head, helper, how):
    """The page was drawn, and the hats were read, while it still held."""
    assignment = at_signature(world)
    delegation = lend(head, helper)
    task, attempt = sign_up(helper, assignment)
    assert any(hat.lent for hat in attempt.hats)

    end(delegation, how)

    with pytest.raises(NotAllowedError):
        steps.perform(task, "send", attempt, {})
    task.refresh_from_db()
    assert task.is_open
    assert not Event.objects.filter(kind="consultation.requested").exists()


def test_post_after_the_end_changes_nothing(world, head, helper, browser):
    assignment = at_signature(world)
    delegation = lend(head, helper)
    task = open_task(assignment, "sign_request")
    over(delegation)

    answer = browser.post(
        reverse("task", args=[task.public_id]),
        {"verb": "send", "key": str(uuid4()), "seen": stamp(assignment)},
    )

    task.refresh_from_db()
    assert answer.status_code == 403
    assert task.is_open


def test_nothing_is_told_to_the_delegate_after_the_end(world, head, helper):
    assignment = start(world)
    advance(world, assignment, "draft")
    delegation = lend(head, helper)
    over(delegation)
    relay.dispatch_pending()
    write_plan(assignment)

    act(world.who("skhdt.specialist"), assignment, "draft", "finish")
    relay.dispatch_pending()

    assert not Event.objects.filter(kind="draft.finished", notifications__user=helper).exists()


def test_delegate_is_told_within_the_scope_alone(world, head, helper):
    assignment = start(world)
    advance(world, assignment, "draft")
    other = world.who("skhdt.specialist")
    lend(head, helper, kinds=ONLY_OPINIONS)
    clerk = make_member(world.lead, Position.CLERK, "skhdt.clerk2")
    lend(head, clerk, kinds=ONLY_SUBMISSIONS)
    write_plan(assignment)
    act(other, assignment, "draft", "finish")
    relay.dispatch_pending()

    told = Event.objects.get(kind="draft.finished").notifications.values_list("user__username", flat=True)

    assert sorted(told) == ["skhdt.clerk2", "skhdt.head"]


def test_inbox_stays_true_with_loans(world, head, helper):
    at_signature(world)
    lend(head, helper)

    assert list(inbox.check()) == []
    assert InboxEntry.objects.open().filter(kind=DocumentKind.SUBMISSION).exists()


def test_accepted_before_its_first_minute_opens_nothing(world, head, helper, browser):
    at_signature(world)
    tomorrow = timezone.now() + timedelta(days=1)
    delegation = lend(head, helper, starts_at=tomorrow)

    assert browser.get(list_of(delegation)).status_code == 404
