from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.test import Client
from django.urls import include, path, reverse
from django.utils import timezone

from accounts.authority import SYSTEM
from accounts.domain.lockout import LIMIT, hash_of
from accounts.domain.people import deactivate
from accounts.models import Membership, Position, SignInAttempt
from accounts.policy import policy
from tests.factories import LONG_AGO, PASSWORD, make_agency, make_member, make_position, make_user

urlpatterns = [
    path("inbox/", policy("inbox")(lambda _request: HttpResponse("inbox")), name="inbox"),
    path("", include("accounts.urls")),
]
pytestmark = pytest.mark.urls(__name__)

SIGN_IN, SIGN_OUT, HAT = "/sign-in/", "/sign-out/", "/hat/"
ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "http:///evil.example/",
    "/\\evil.example/",
    "\\\\evil.example/",
    "javascript:alert(1)",
    "data:text/html,x",
    "https:evil.example",
    "http://testserver@evil.example/",
    "http://testserver.evil.example/",
    "\x08//evil.example/",
    " //evil.example/",
    "ftp://testserver/",
]


def sign_in(client, username="an", password=PASSWORD, **extra):
    return client.post(SIGN_IN, {"username": username, "password": password, **extra})


def is_signed_in(client):
    return "_auth_user_id" in client.session


def errors(response):
    return response.context["form"].non_field_errors().as_data()


def codes(response):
    return [error.code for error in errors(response)]


def test_urls_have_their_names():
    assert [reverse(name) for name in ("sign-in", "sign-out", "choose-hat")] == [SIGN_IN, SIGN_OUT, HAT]


def test_sign_in_page_gives_no_hint(client, db):
    response = client.get(SIGN_IN)

    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    assert 'autocomplete="username"' in response.text
    assert 'autocomplete="current-password"' in response.text


def test_sign_in_opens_the_inbox_and_changes_the_session_key(client, db):
    make_user("an")
    session = client.session
    session["hat"] = 7
    session.save()

    response = sign_in(client)

    assert (response.status_code, response["Location"]) == (302, reverse("inbox"))
    assert is_signed_in(client)
    assert client.session.session_key != session.session_key


@pytest.mark.parametrize("typed", ["an", "AN", " An "])
def test_sign_in_reads_the_user_name_as_it_is_kept(client, db, typed):
    make_user("an")

    assert sign_in(client, typed).status_code == 302


def test_sign_in_leads_back_to_the_page_asked_for(client, db):
    make_user("an")

    assert sign_in(client, next="/directives/?q=84")["Location"] == "/directives/?q=84"


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_sign_in_never_leads_to_another_site(client, db, wanted):
    make_user("an")

    assert sign_in(client, next=wanted)["Location"] == reverse("inbox")


def test_sign_in_does_not_lead_in_a_circle(client, db):
    client.force_login(make_user("an"))

    for wanted in ("/sign-in/", "/sign-in/?next=/sign-in/"):
        assert client.get(SIGN_IN, {"next": wanted})["Location"] == reverse("inbox")


def test_wrong_password_unknown_and_closed_account_get_the_same_answer(client, db):
    make_user("an")
    closed = make_user("closed")
    deactivate(closed, actor=SYSTEM)
    closed.set_password(PASSWORD)
    closed.save(update_fields=["password"])

    answers = [sign_in(client, "an", "wrong"), sign_in(client, "nobody"), sign_in(client, "closed")]

    assert {answer.status_code for answer in answers} == {200}
    assert [codes(answer) for answer in answers] == [["invalid_login"]] * 3
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"username": "an"},
        {"username": "a\x00n", "password": "x"},
        {"username": "a" * 81, "password": "x"},
        {"username": "\ufdfa" * 80, "password": "x"},
    ],
)
def test_unreadable_sign_in_is_refused_and_costs_no_try(client, db, data):
    make_user("an")

    response = client.post(SIGN_IN, data)

    assert response.status_code == 200
    assert response.context["form"].errors
    assert not SignInAttempt.objects.exists()


@pytest.mark.parametrize("username", ["an", "nobody"])
def test_ten_wrong_tries_lock_the_user_name_even_for_the_right_password(client, db, username):
    make_user("an")

    answers = [codes(sign_in(client, username, "wrong")) for _ in range(LIMIT)]

    assert answers == [["invalid_login"]] * 9 + [["locked"]]
    assert codes(sign_in(Client(), username, PASSWORD)) == ["locked"]
    assert SignInAttempt.objects.filter(username_hash=hash_of(username)).count() == LIMIT


def test_somebody_elsewhere_cannot_keep_a_person_out(client, db):
    make_user("an")
    for _ in range(LIMIT):
        sign_in(Client(REMOTE_ADDR="10.6.6.6"), password="wrong")

    assert codes(sign_in(Client(REMOTE_ADDR="10.6.6.6"))) == ["locked"]
    assert sign_in(client).status_code == 302


def test_sign_in_believes_no_forwarding_header(client, db):
    make_user("an")

    for number in range(LIMIT):
        client.post(
            SIGN_IN,
            {"username": "an", "password": "wrong"},
            headers={"X-Forwarded-For": f"10.0.0.{number}"},
        )

    assert codes(sign_in(client)) == ["locked"]


def test_session_ends_at_a_fixed_moment_whatever_it_keeps(client, two_hats):
    client.logout()
    sign_in(client)
    ends = Session.objects.get().expire_date

    with time_machine.travel(timezone.now() + timedelta(minutes=20), tick=False):
        client.post(HAT, {"membership": two_hats.memberships.latest("pk").pk})

    assert client.session["hat"]
    assert abs(Session.objects.get().expire_date - ends) < timedelta(seconds=1)


def test_sign_in_gives_all_tries_back(client, db):
    make_user("an")
    for _ in range(LIMIT - 1):
        sign_in(client, password="wrong")

    assert sign_in(client).status_code == 302

    assert not SignInAttempt.objects.exists()


def test_sign_in_asks_for_its_protection_key(db):
    make_user("an")

    assert sign_in(Client(enforce_csrf_checks=True)).status_code == 403


def test_sign_out_ends_the_session_by_post_alone(client, db):
    client.force_login(make_user("an"))

    assert client.get(SIGN_OUT).status_code == 405
    assert is_signed_in(client)
    assert client.post(SIGN_OUT)["Location"] == SIGN_IN
    assert not is_signed_in(client)


def test_sign_out_of_a_stranger_leads_to_sign_in(client, db):
    assert client.post(SIGN_OUT)["Location"] == SIGN_IN


@pytest.fixture
def two_hats(client, db):
    user = make_member(make_agency("stc"), Position.HEAD, "an")
    place = make_position(make_agency("syt"), Position.SPECIALIST)
    Membership.objects.create(user=user, agency_position=place, valid_from=LONG_AGO)
    client.force_login(user)
    return user


def test_choose_hat_keeps_the_choice_and_leads_back(client, two_hats):
    chosen = two_hats.memberships.latest("pk").pk

    response = client.post(HAT, {"membership": chosen, "next": "/directives/"})

    assert (response.status_code, response["Location"]) == (302, "/directives/")
    assert client.session["hat"] == chosen


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_choose_hat_never_leads_to_another_site(client, two_hats, wanted):
    chosen = two_hats.memberships.latest("pk").pk

    assert client.post(HAT, {"membership": chosen, "next": wanted})["Location"] == reverse("inbox")


def test_choose_hat_of_somebody_else_is_not_found(client, two_hats):
    foreign = make_member(make_agency("stc"), Position.CLERK).memberships.get().pk

    for bad in (foreign, "", "x", 0, "9" * 30):
        assert client.post(HAT, {"membership": bad}).status_code == 404
    assert client.post(HAT).status_code == 404
    assert "hat" not in client.session


def test_choose_hat_asks_for_a_post_and_a_sign_in(client, two_hats):
    assert client.get(HAT).status_code == 405
    assert Client().post(HAT, {"membership": 1})["Location"] == SIGN_IN


def test_a_new_person_does_not_inherit_the_hat(client, two_hats):
    client.post(HAT, {"membership": two_hats.memberships.latest("pk").pk})
    client.post(SIGN_OUT)
    make_user("binh")

    sign_in(client, "binh")

    assert "hat" not in client.session
