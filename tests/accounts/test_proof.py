from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AgencyKind, Position
from tests.accounts.second_factors import code_now, give_app, prove, second_step, sign_in
from tests.factories import advance, make_agency, make_member, make_user, make_world, open_task, start
from tests.lending import lend
from workflows.models import Decision

pytestmark = pytest.mark.django_db
INBOX = "/inbox/"


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield traveller


def minutes(n):
    return timedelta(minutes=n)


def is_in(client):
    return client.get(reverse("inbox")).status_code == 200


# --- a session ends ---


def test_session_in_which_nobody_works_ends(client, clock):
    make_user("an")
    sign_in(client, "an")
    clock.shift(minutes(31))

    assert not is_in(client)
    assert "_auth_user_id" not in client.session


def test_work_keeps_a_session_open_but_not_beyond_its_end(client, clock):
    make_user("an")
    sign_in(client, "an")
    for _ in range(28):  # 28 times 25 minutes: 11 hours 40 minutes
        clock.shift(minutes(25))
        assert is_in(client)
    clock.shift(minutes(25))

    assert not is_in(client)


def test_what_a_page_asks_by_itself_keeps_no_session_open(client, clock):
    make_user("an")
    sign_in(client, "an")
    for _ in range(3):
        clock.shift(minutes(9))
        assert client.get(reverse("feed"), headers={"Accept": "application/json"}).status_code == 200
    clock.shift(minutes(9))

    answer = client.get(reverse("feed"), headers={"Accept": "application/json"})
    assert answer.status_code == 401


def test_work_writes_the_session_once_a_minute(client, clock, django_assert_num_queries):
    make_user("an")
    sign_in(client, "an")
    client.get(reverse("mfa_index"))
    with django_assert_num_queries(7):
        client.get(reverse("mfa_index"))
    clock.shift(timedelta(seconds=61))

    with django_assert_num_queries(10):  # savepoint, update, release
        client.get(reverse("mfa_index"))


# --- a second factor is wanted ---


@pytest.fixture
def wanted(settings):
    settings.SECOND_FACTOR = {
        "required_of": ["APPROVERS", "ADMINISTRATORS"],
        "positions": [Position.CHAIR, Position.VICE_CHAIR],
    }


def chair():
    return make_member(make_agency("ubnd", AgencyKind.COMMITTEE), Position.CHAIR, "chair")


@pytest.mark.parametrize(
    "who",
    [chair, lambda: make_user("admin", is_staff=True), lambda: make_user("root", is_superuser=True)],
    ids=["approver", "administrator", "superuser"],
)
def test_whoever_must_have_a_second_factor_gets_no_further_without(client, wanted, who):
    user = who()
    sign_in(client, user.username)

    assert client.get(reverse("inbox"))["Location"] == reverse("mfa_index")
    answer = client.get(reverse("feed"), headers={"Accept": "application/json"})
    assert (answer.status_code, answer["HX-Redirect"]) == (401, reverse("mfa_index"))
    assert client.get(reverse("mfa_index")).status_code == 200
    assert client.post(reverse("sign-out")).status_code == 302


def test_second_factor_opens_everything(client, wanted):
    give_app(chair())
    sign_in(client, "chair")
    second_step(client, code_now())

    assert is_in(client)


def test_factor_that_is_added_counts_in_this_session(client, wanted):
    chair()
    sign_in(client, "chair")
    prove(client)
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    client.post(reverse("mfa_activate_totp"), {"code": code_now(secret)})

    assert is_in(client)


def test_others_need_no_second_factor(client, wanted):
    make_member(make_agency("so"), Position.HEAD, "head")
    sign_in(client, "head")

    assert is_in(client)


def test_every_group_can_be_wanted(client, settings):
    settings.SECOND_FACTOR = {"required_of": ["ALL"], "positions": []}
    make_user("an")
    sign_in(client, "an")

    assert not is_in(client)


# --- a decision asks anew ---


@pytest.fixture
def case(settings):
    settings.REAUTHENTICATE_MINUTES = 15
    world = make_world(1)
    assignment = start(world)
    advance(world, assignment, "decide")
    return open_task(assignment, "decide")


def approve(client, task):
    url = reverse("task", args=[task.public_id])
    form = client.get(url).context["forms"]["approve"]
    given = {name: form[name].value() or "" for name in form.fields}
    return client.post(url, given | {"verb": "approve"})


def test_decision_soon_after_the_sign_in_asks_nothing(client, case, clock):
    sign_in(client, "ubnd.chair")
    clock.shift(minutes(14))

    assert approve(client, case)["Location"] == reverse("inbox")
    assert Decision.objects.count() == 1


def test_decision_long_after_the_sign_in_asks_who_is_there_and_then_goes_on(client, case, clock):
    sign_in(client, "ubnd.chair")
    clock.shift(minutes(16))

    asked = approve(client, case)
    assert asked["Location"].startswith(reverse("account_reauthenticate"))
    assert not Decision.objects.exists()
    refused = client.post(asked["Location"], {"password": "sai"})
    assert refused.status_code == 200
    assert not Decision.objects.exists()

    assert client.post(asked["Location"], {"password": "mat-khau-thu-nghiem-2020"}).status_code == 302
    assert Decision.objects.count() == 1


def test_proof_in_between_is_fresh_for_the_next_decision(client, case, clock):
    sign_in(client, "ubnd.chair")
    clock.shift(minutes(16))
    prove(client)
    clock.shift(minutes(14))

    approve(client, case)

    assert Decision.objects.count() == 1


def test_setting_of_none_never_asks(client, case, settings, clock):
    settings.REAUTHENTICATE_MINUTES = 0
    sign_in(client, "ubnd.chair")
    clock.shift(minutes(29))

    approve(client, case)

    assert Decision.objects.count() == 1


def test_what_binds_the_office_asks_anew_wherever_it_is_done(client, settings, clock):
    settings.REAUTHENTICATE_MINUTES = 15
    world = make_world(1)
    case = start(world)
    advance(world, case, "decide")
    chair, admin = world.who("ubnd.chair"), make_user("admin", is_staff=True)
    lent = lend(chair, world.who("ubnd.vice_chair"))
    task = open_task(case, "decide")
    item = f"{task.public_id}~{task.flow_task.stamp(case)}"
    asked = {
        "bulk": (chair, reverse("bulk"), {"verb": "approve", "go": "1", "key": str(uuid4()), "item": item}),
        "delegation": (chair, reverse("delegation-answer", args=[lent.public_id]), {"answer": "revoke"}),
        "export": (chair, reverse("case-export", args=[case.directive.public_id]), {"key": str(uuid4())}),
        "person": (admin, reverse("administration-person", args=[chair.pk]), {"act": "invite"}),
    }
    answers = {}
    for name, (user, url, given) in asked.items():
        browser = Client()
        sign_in(browser, user.username)
        clock.shift(minutes(16))
        answers[name] = browser.post(url, given).headers.get("Location", "").partition("?")[0]

    assert answers == dict.fromkeys(asked, reverse("account_reauthenticate"))


def test_preparing_asks_nothing(client, settings, clock):
    settings.REAUTHENTICATE_MINUTES = 15
    world = make_world(1)
    assignment = start(world)
    task = open_task(assignment, "receive")
    sign_in(client, world.who("skhdt.specialist").username)
    clock.shift(minutes(20))
    url = reverse("task", args=[task.public_id])
    form = client.get(url).context["forms"]["accept"]
    given = {name: form[name].value() or "" for name in form.fields}

    client.post(url, given | {"verb": "accept"})

    task.refresh_from_db()
    assert not task.is_open
