import time

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from accounts.domain.lockout import LIMIT
from tests.accounts.second_factors import (
    SECRET,
    code_now,
    give_app,
    is_signed_in,
    recovery_code,
    second_step,
    sign_in,
)
from tests.factories import make_user

pytestmark = pytest.mark.django_db
SECOND_STEP = "/sign-in/second-step/"


@pytest.fixture
def an():
    return give_app(make_user("an"))


def test_password_alone_does_not_sign_in_whoever_has_a_second_factor(client, an):
    response = sign_in(client, "an")

    assert response["Location"] == SECOND_STEP
    assert not is_signed_in(client)
    assert client.get(reverse("inbox"))["Location"].startswith(reverse("sign-in"))


def test_code_of_the_app_completes_the_sign_in_and_leads_to_the_wanted_page(client, an):
    sign_in(client, "an", next="/directives/?q=84")

    assert second_step(client, code_now())["Location"] == "/directives/?q=84"
    assert is_signed_in(client)


@pytest.mark.parametrize("code", ["", "000000", "12345", "a" * 500, "\x00", "٠١٢٣٤٥"])
def test_wrong_code_signs_nobody_in_and_says_so(client, an, code):
    sign_in(client, "an")

    response = second_step(client, code)

    assert response.status_code == 200
    assert response.context["form"].errors["code"]
    assert not is_signed_in(client)


def test_code_of_two_steps_ago_is_refused(client, an):
    sign_in(client, "an")

    assert second_step(client, code_now(steps=-2)).status_code == 200
    assert not is_signed_in(client)


def test_code_works_once(client, an):
    with time_machine.travel(time.time(), tick=False):
        sign_in(client, "an")
        code = code_now()
        second_step(client, code)
        other = Client()
        sign_in(other, "an")

        assert second_step(other, code).status_code == 200
        assert not is_signed_in(other)


def test_recovery_code_works_once(client, an):
    code = recovery_code(an)
    sign_in(client, "an")
    assert second_step(client, code).status_code == 302
    other = Client()
    sign_in(other, "an")

    assert second_step(other, code).status_code == 200
    assert not is_signed_in(other)


def test_ten_wrong_codes_lock_the_second_step_even_for_the_right_one(client, an):
    sign_in(client, "an")
    for _ in range(LIMIT):
        second_step(client, "000000")

    response = second_step(client, code_now())

    assert response.context["form"].errors.as_data()["code"][0].code == "locked"
    assert not is_signed_in(client)


def test_right_code_gives_the_tries_back(client, an):
    sign_in(client, "an")
    for _ in range(LIMIT - 1):
        second_step(client, "000000")

    assert second_step(client, code_now()).status_code == 302
    again = Client()
    sign_in(again, "an")
    assert second_step(again, "000000").context["form"].errors.as_data()["code"][0].code != "locked"


def test_second_step_without_the_first_leads_to_the_beginning(client, an):
    assert client.get(SECOND_STEP)["Location"] == reverse("sign-in")
    assert second_step(client, code_now())["Location"] == reverse("sign-in")
    assert not is_signed_in(client)


def test_second_step_waits_for_fifteen_minutes_and_no_longer(client, an):
    with time_machine.travel(time.time(), tick=False) as clock:
        sign_in(client, "an")
        clock.shift(15 * 60 + 1)

        assert second_step(client, code_now())["Location"] == reverse("sign-in")
        assert not is_signed_in(client)


def test_secrets_are_not_readable_in_the_database(an):
    rows = Authenticator.objects.filter(user=an)

    assert len(rows) == 2
    assert all(SECRET not in str(row.data) for row in rows)


def test_key_that_was_replaced_still_opens_what_it_had_closed(client, an, settings):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key-that-nobody-knows"
    sign_in(client, "an")

    assert second_step(client, code_now()).status_code == 302


def test_person_who_was_closed_between_the_steps_does_not_get_in(client, an):
    sign_in(client, "an")
    an.is_active = False
    an.save(update_fields=["is_active"])

    second_step(client, code_now())

    assert client.get(reverse("inbox")).status_code == 302
