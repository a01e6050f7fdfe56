from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import kept
from tests.accounts.second_factors import code_now, give_app, second_step, sign_in
from tests.factories import make_user

pytestmark = pytest.mark.django_db
PAGE = "/delegations/"
FROM = {"Referer": f"http://testserver{PAGE}?membership=7"}
TYPED = {
    "note": "Đi công tác tại Hà Nội\nđến hết tuần <b>sau</b>",
    "csrfmiddlewaretoken": "t" * 64,
    "key": "k",
    "verb": "return",
    "items-TOTAL_FORMS": "1",
    "password": "bi-mat",
}


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield traveller


@pytest.fixture
def left(client, clock):
    """The browser of somebody whose session ended while she wrote, with her form sent."""
    make_user("an")
    sign_in(client, "an")
    clock.shift(timedelta(minutes=31))
    client.late = client.post(PAGE, TYPED, headers=FROM)
    return client


def test_form_that_came_too_late_leads_to_the_sign_in_and_back_to_its_page(left):
    assert left.late["Location"] == "/sign-in/?next=%2Fdelegations%2F%3Fmembership%3D7"
    assert sign_in(left, "an", next=f"{PAGE}?membership=7")["Location"] == f"{PAGE}?membership=7"


def test_text_is_on_its_page_once_escaped_and_without_what_nobody_typed(left):
    sign_in(left, "an")

    first, second = left.get(PAGE), left.get(PAGE)

    assert first.context["kept"] == kept.Kept(PAGE, [("note", TYPED["note"])])
    assert "tuần &lt;b&gt;sau&lt;/b&gt;" in first.text
    assert "bi-mat" not in first.text
    assert second.context["kept"] is None


def test_text_waits_for_its_page(left):
    sign_in(left, "an")

    assert left.get(reverse("notifications")).context["kept"] is None
    assert left.get(PAGE).context["kept"] is not None


def test_text_survives_the_end_of_the_cookie_and_of_the_session(client, clock):
    make_user("an")
    sign_in(client, "an")
    del client.cookies["session"]
    client.post(PAGE, TYPED, headers=FROM)
    sign_in(client, "an")

    assert client.get(PAGE).context["kept"].fields == [("note", TYPED["note"])]


def test_text_survives_the_second_step(client, clock):
    give_app(make_user("an"))
    sign_in(client, "an")
    second_step(client, code_now())
    clock.shift(timedelta(minutes=31))
    client.post(PAGE, TYPED, headers=FROM)
    sign_in(client, "an")
    second_step(client, code_now())

    assert client.get(PAGE).context["kept"].fields == [("note", TYPED["note"])]


def test_somebody_else_at_the_same_browser_reads_nothing(left):
    make_user("binh")
    sign_in(left, "binh")

    page = left.get(PAGE)

    assert page.context["kept"] is None
    assert "công tác" not in page.text
    assert kept.KEY not in left.session


@pytest.mark.parametrize(
    "headers",
    [{}, {"Referer": "https://evil.example/delegations/"}, {"Referer": "//evil.example/x"}],
    ids=["unknown page", "other site", "other host"],
)
def test_form_of_no_page_of_ours_is_not_kept(client, clock, headers):
    make_user("an")
    sign_in(client, "an")
    clock.shift(timedelta(minutes=31))

    late = client.post(PAGE, TYPED, headers=headers)

    assert late["Location"] == "/sign-in/"
    assert kept.KEY not in client.session


def test_stranger_leaves_nothing_in_the_database():
    stranger = Client()

    stranger.post(PAGE, TYPED, headers=FROM)

    assert kept.KEY not in stranger.session


def test_forged_mark_keeps_nothing():
    stranger = Client()
    stranger.cookies[kept.MARK] = "1:forged:signature"

    stranger.post(PAGE, TYPED, headers=FROM)

    assert kept.KEY not in stranger.session


def test_form_that_is_too_long_is_not_kept(client, clock):
    make_user("an")
    sign_in(client, "an")
    clock.shift(timedelta(minutes=31))

    client.post(PAGE, {"note": "d" * (kept.LONGEST + 1)}, headers=FROM)

    assert kept.KEY not in client.session


def test_script_is_told_and_nothing_is_kept(client, clock):
    make_user("an")
    sign_in(client, "an")
    clock.shift(timedelta(minutes=31))

    answer = client.post(PAGE, TYPED, headers=FROM | {"HX-Request": "true"})

    assert answer.status_code == 401
    assert kept.KEY not in client.session
