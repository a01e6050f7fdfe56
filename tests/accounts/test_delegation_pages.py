"""The pages of lending: lists, form, answers, refusals that are seen."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.authority import hats, lent_hats
from accounts.domain import delegations
from accounts.models import Delegation, Field, Position
from notifications import relay
from tests.factories import actor, make_agency, make_member, make_user
from tests.lending import lend, loan_of, offer, over

pytestmark = pytest.mark.django_db
COST = {"given": 10, "held": 12, "past": 10}  # SQL statements of each list
LIST, NEW = reverse("delegations"), reverse("delegation-new")


@pytest.fixture
def stc():
    return make_agency("stc")


@pytest.fixture
def head(stc):
    return make_member(stc, Position.HEAD)


@pytest.fixture
def specialist(stc):
    return make_member(stc, Position.SPECIALIST)


def browser_of(user):
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    client.force_login(user)
    return client


def typed(head, person, **changes):
    today = timezone.localdate()
    given = {
        "delegate": f"TUQ-{person.pk}-{person.memberships.get().pk}",
        "basis": "45/GUQ-STC",
        "kinds": ["OPINION"],
        "starts_on": f"{today:%d/%m/%Y}",
        "starts_time": "07:30",
        "ends_on": f"{today + timedelta(days=7):%d/%m/%Y}",
        "ends_time": "17:00",
        "note": "",
    }
    return given | changes


def answer(user, delegation, word, **more):
    url = reverse("delegation-answer", args=[delegation.public_id])
    return browser_of(user).post(url, {"answer": word, **more}, follow=True)


def test_leader_lends_and_the_other_accepts_on_the_pages(head, specialist):
    field = Field.objects.create(code="kinh-te", name="Kinh tế")

    sent = browser_of(head).post(NEW, typed(head, specialist, fields_lent=[str(field.pk)]))
    delegation = Delegation.objects.get()
    given = browser_of(head).get(f"{LIST}?list=given")
    held = browser_of(specialist).get(LIST)
    accepted = answer(specialist, delegation, "accept")

    assert sent.status_code == 302
    assert [row.acts for row in given.context["rows"]] == [["revoke"]]
    assert [row.acts for row in held.context["rows"]] == [["accept", "decline"]]
    assert "You act for the leader" in accepted.content.decode()
    assert [hat.lent.fields for hat in lent_hats(hats(specialist))] == [{field.pk}]


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"basis": ""}, "basis"),
        ({"kinds": []}, "kinds"),
        ({"kinds": ["PLAN"]}, "kinds"),
        ({"delegate": "KT-1-1"}, "delegate"),
        ({"starts_on": "31/02/2026"}, "starts_on"),
        ({"ends_time": "25:00"}, "ends_time"),
        ({"ends_on": "01/01/2020"}, "ends_on"),
        ({"ends_on": "01/01/2099"}, "ends_on"),
    ],
)
def test_form_says_what_is_wrong_on_the_field(head, specialist, changes, name):
    page = browser_of(head).post(NEW, typed(head, specialist, **changes))

    assert page.status_code == 422
    assert list(page.context["form"].errors) == [name]
    assert "This was not accepted" in page.content.decode()
    assert not Delegation.objects.exists()


def test_form_says_to_whom_the_same_is_lent(head, specialist, stc):
    lend(head, specialist)
    third = make_member(stc, Position.SPECIALIST, "stc.third")

    page = browser_of(head).post(NEW, typed(head, third))

    assert page.status_code == 422
    assert f"already lent to {specialist.full_name}" in page.content.decode()


def test_form_is_nothing_for_those_who_lend_nothing(specialist):
    client = browser_of(specialist)

    assert client.get(NEW).status_code == 404
    assert client.post(NEW, {}).status_code == 404
    assert client.get(LIST).context["can_lend"] is False


def test_form_of_another_agencys_position_is_404(head):
    other = make_member(make_agency("sct"), Position.HEAD)

    url = f"{NEW}?position={other.memberships.get().pk}"

    assert browser_of(head).get(url).status_code == 404
    assert browser_of(head).get(f"{NEW}?position=x").status_code == 404


def test_clerk_chooses_whose_position_is_lent(stc, head, specialist):
    deputy = make_member(stc, Position.DEPUTY_HEAD)
    clerk = make_member(stc, Position.CLERK)
    client = browser_of(clerk)

    choices = client.get(NEW).context["positions"]
    sent = client.post(f"{NEW}?position={head.memberships.get().pk}", typed(head, specialist), follow=True)

    assert {name for _key, name, _title in choices} == {head.full_name, deputy.full_name}
    assert "waits for the leader to confirm" in sent.content.decode()
    [row] = browser_of(head).get(f"{LIST}?list=given").context["rows"]
    assert row.acts == ["confirm", "revoke"]
    assert browser_of(specialist).get(f"{LIST}?list=held").context["rows"] == []


def test_answers_that_come_too_late_are_refused_in_words(head, specialist):
    delegation = lend(head, specialist)

    twice = answer(specialist, delegation, "accept")
    answer(head, delegation, "revoke")
    after = answer(specialist, delegation, "decline")

    assert "This delegation was accepted at" in twice.content.decode()
    assert "This delegation was taken back at" in after.content.decode()


def test_decline_keeps_the_reason(head, specialist):
    delegation = offer(head, specialist)

    answer(specialist, delegation, "decline", reason="Đi công tác")

    delegation.refresh_from_db()
    assert delegation.decline_reason == "Đi công tác"
    assert "Đi công tác" in browser_of(head).get(f"{LIST}?list=past").content.decode()


def test_delegation_of_others_is_invisible(head, specialist):
    delegation = lend(head, specialist)
    stranger = make_member(make_agency("sct"), Position.HEAD)

    for word in ("accept", "decline", "revoke", "confirm"):
        url = reverse("delegation-answer", args=[delegation.public_id])
        assert browser_of(stranger).post(url, {"answer": word}).status_code == 404
    for name in ("given", "held", "past"):
        assert browser_of(stranger).get(f"{LIST}?list={name}").context["rows"] == []
    delegation.refresh_from_db()
    assert delegation.revoked_at is None


def test_unknown_answer_and_unknown_delegation_are_404(head, specialist):
    delegation = lend(head, specialist)
    client = browser_of(head)

    assert (
        client.post(reverse("delegation-answer", args=[delegation.public_id]), {"answer": "x"}).status_code
        == 404
    )
    assert client.post(reverse("delegation-answer", args=[uuid4()]), {"answer": "revoke"}).status_code == 404


@pytest.mark.parametrize(("name", "count"), [(name, count) for name in COST for count in (1, 3)])
def test_list_costs_the_same_however_long(head, specialist, name, count, django_assert_num_queries):
    stc = make_agency("stc")
    reader = head if name == "given" else specialist
    for number in range(count):
        leader = head if name == "given" else make_member(stc, Position.HEAD, f"h{number}")
        other = make_member(stc, Position.SPECIALIST, f"s{number}") if name == "given" else specialist
        now = timezone.now()
        field = Field.objects.create(code=f"f{number}", name=f"Lĩnh vực {number}")
        delegation = lend(leader, other, fields=(field,), ends_at=now + timedelta(days=2))
        if name == "past":
            over(delegation)
    client = browser_of(reader)
    client.get(f"{LIST}?list={name}")

    with django_assert_num_queries(COST[name]):
        page = client.get(f"{LIST}?list={name}")

    assert len(page.context["rows"]) == count


def test_list_is_paged_by_key(stc, head, specialist):
    now = timezone.now()
    membership = head.memberships.get()
    Delegation.objects.bulk_create(
        Delegation(
            membership=membership,
            delegate=specialist,
            form="TUQ",
            basis=f"{number}/GUQ",
            kinds=["OPINION"],
            starts_at=now - timedelta(days=3),
            ends_at=now - timedelta(days=2),
            proposed_by=head,
            proposed_at=now,
        )
        for number in range(31)
    )
    client = browser_of(head)

    first = client.get(f"{LIST}?list=past")
    second = client.get(first.context["next_url"])

    assert [len(page.context["rows"]) for page in (first, second)] == [30, 1]
    assert second.context["next_url"] == ""
    assert client.get(f"{LIST}?list=past&before=99999999999999999999").status_code == 200


def test_menu_leads_to_the_page(head):
    assert f'href="{LIST}"' in browser_of(head).get(LIST).content.decode()


def test_both_sides_are_told(stc, head, specialist):
    clerk = make_member(stc, Position.CLERK)
    prepared = delegations.propose(loan_of(head, specialist), actor=actor(clerk))
    relay.dispatch_pending()

    def told(user):
        items = browser_of(user).get(reverse("feed"), {"after": 0}).json()["items"]
        return [item["kind"] for item in items if "kind" in item]

    assert (told(head), told(specialist)) == (["delegation.proposed"], [])
    delegations.confirm(prepared, actor=actor(head))
    delegations.accept(prepared, actor=actor(specialist))
    delegations.revoke(prepared, actor=actor(head))
    relay.dispatch_pending()

    assert told(head) == ["delegation.proposed", "delegation.accepted"]
    assert told(specialist) == ["delegation.confirmed", "delegation.revoked"]
    assert told(clerk) == ["delegation.confirmed", "delegation.accepted", "delegation.revoked"]
    assert told(make_user("ngoai")) == []
