import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.authority import SYSTEM
from accounts.domain.credentials import invitation, reset_factors
from accounts.domain.people import deactivate
from accounts.domain.sessions import clear_expired
from notifications.models import Event
from tests.accounts.second_factors import (
    code_now,
    give_app,
    is_signed_in,
    prove,
    recovery_code,
    second_step,
    sign_in,
)
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db
SECURITY = "/security/"
NEW = "mot-cau-dai-de-nho-2026"


@pytest.fixture
def an():
    return make_user("an")


@pytest.fixture
def signed_in(client, an):
    sign_in(client, "an")
    return client


@pytest.fixture
def elsewhere(an):
    other = Client(REMOTE_ADDR="10.9.8.7", HTTP_USER_AGENT="Điện thoại".encode().decode("latin-1"))
    sign_in(other, "an")
    return other


def opens(client):
    return client.get(SECURITY).status_code == 200


def kinds():
    return list(Event.objects.order_by("pk").values_list("kind", flat=True))


def add_app(client):
    prove(client)
    page = client.get(reverse("mfa_activate_totp"))
    secret = re.search(r'class="secret">([A-Z2-7]+)<', page.text)[1]
    return client.post(reverse("mfa_activate_totp"), {"code": code_now(secret)})


def test_page_shows_what_one_has_and_where_one_is_signed_in(signed_in, elsewhere, django_assert_num_queries):
    with django_assert_num_queries(7):
        page = signed_in.get(SECURITY)

    assert page.status_code == 200
    assert "10.9.8.7" in page.text
    assert page.text.count('name="session"') == 1


def test_one_session_is_ended_and_the_others_go_on(signed_in, elsewhere, an):
    third = Client()
    sign_in(third, "an")
    chosen = UserSession.objects.get(ip="10.9.8.7")

    signed_in.post(reverse("sessions-end"), {"session": chosen.pk})

    assert [opens(each) for each in (signed_in, elsewhere, third)] == [True, False, True]
    assert kinds() == ["user.sessions_ended"]


def test_all_other_sessions_are_ended_at_once(signed_in, elsewhere):
    signed_in.post(reverse("sessions-end"))

    assert [opens(signed_in), opens(elsewhere)] == [True, False]


@pytest.mark.parametrize("chosen", ["0", "-1", "x", "٣", "9" * 30])
def test_unknown_session_is_not_found(signed_in, chosen):
    assert signed_in.post(reverse("sessions-end"), {"session": chosen}).status_code == 404


def test_session_of_somebody_else_is_not_found_and_goes_on(signed_in):
    make_user("binh")
    binh = Client()
    sign_in(binh, "binh")
    hers = UserSession.objects.get(user__username="binh")

    assert signed_in.post(reverse("sessions-end"), {"session": hers.pk}).status_code == 404
    assert opens(binh)


def test_sessions_whose_end_has_come_are_forgotten_and_the_others_stay(signed_in, elsewhere, an):
    old = UserSession.objects.get(ip="10.9.8.7")
    Session.objects.filter(session_key=old.session_key).update(expire_date=timezone.now())

    assert [clear_expired(), clear_expired()] == [1, 0]
    assert UserSession.objects.filter(user=an).count() == 1
    assert opens(signed_in)


def test_changed_password_ends_the_other_sessions_and_is_on_record(signed_in, elsewhere, an):
    given = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}

    response = signed_in.post(reverse("account_change_password"), given)

    assert response["Location"] == SECURITY
    assert [opens(signed_in), opens(elsewhere)] == [True, False]
    assert kinds() == ["user.password_changed", "user.sessions_ended"]
    an.refresh_from_db()
    assert an.check_password(NEW)


@pytest.mark.parametrize(
    ("old", "new", "again"),
    [
        ("sai", NEW, NEW),
        (PASSWORD, "ngan", "ngan"),
        (PASSWORD, "1234567890123", "1234567890123"),
        (PASSWORD, "password1234", "password1234"),
        (PASSWORD, NEW, NEW + "x"),
        (PASSWORD, "", ""),
    ],
)
def test_bad_password_is_refused_with_a_reason_and_changes_nothing(signed_in, an, old, new, again):
    given = {"oldpassword": old, "password1": new, "password2": again}

    response = signed_in.post(reverse("account_change_password"), given)

    assert response.status_code == 200
    assert response.context["form"].errors
    an.refresh_from_db()
    assert an.check_password(PASSWORD)


def test_long_sentence_without_digits_or_capitals_is_a_password(signed_in, an):
    long = "con đường từ nhà đến cơ quan có hàng cây xà cừ " * 2
    given = {"oldpassword": PASSWORD, "password1": long, "password2": long}

    assert signed_in.post(reverse("account_change_password"), given).status_code == 302


def test_app_is_added_after_a_fresh_proof_and_ends_other_sessions(signed_in, elsewhere, an):
    assert signed_in.get(reverse("mfa_activate_totp"))["Location"].startswith("/prove/")

    response = add_app(signed_in)

    assert response["Location"] == reverse("mfa_view_recovery_codes")
    assert [opens(signed_in), opens(elsewhere)] == [True, False]
    assert kinds() == ["user.factor_added", "user.sessions_ended"]
    assert Authenticator.objects.filter(user=an).count() == 2


def test_square_shows_the_key_that_is_being_added_to_its_owner_alone(signed_in, elsewhere):
    prove(signed_in)
    signed_in.get(reverse("mfa_activate_totp"))

    square = signed_in.get(reverse("factor-square"))

    assert square["Content-Type"] == "image/svg+xml"
    assert square.content.startswith(b"<?xml")
    assert elsewhere.get(reverse("factor-square")).status_code == 404


def test_recovery_codes_are_shown_once(signed_in):
    add_app(signed_in)

    first, second = (signed_in.get(reverse("mfa_view_recovery_codes")).text for _ in range(2))

    codes = re.findall(r"<code>(\d{8})</code>", first)
    assert len(codes) == 10
    assert not any(code in second for code in codes)


def test_new_recovery_codes_make_the_old_ones_worthless(signed_in, an):
    add_app(signed_in)
    old = re.findall(r"<code>(\d{8})</code>", signed_in.get(reverse("mfa_view_recovery_codes")).text)
    prove(signed_in)

    signed_in.post(reverse("mfa_generate_recovery_codes"))

    row = Authenticator.objects.get(user=an, type=Authenticator.Type.RECOVERY_CODES).wrap()
    assert not set(old) & set(row.get_unused_codes())
    assert "user.codes_renewed" in kinds()


def test_removed_app_takes_its_codes_along_and_ends_other_sessions(client, an):
    give_app(an)
    sign_in(client, "an")
    second_step(client, code_now())
    other = Client()
    sign_in(other, "an")
    second_step(other, recovery_code(an))
    prove(client)

    client.post(reverse("mfa_deactivate_totp"))

    assert not Authenticator.objects.filter(user=an).exists()
    assert [opens(client), opens(other)] == [True, False]


def test_last_factor_of_somebody_who_must_have_one_stays(client, an, settings):
    settings.SECOND_FACTOR = {"required_of": ["ALL"], "positions": []}
    give_app(an)
    sign_in(client, "an")
    second_step(client, code_now())
    prove(client)

    response = client.post(reverse("mfa_deactivate_totp"))

    assert response.status_code == 200
    assert Authenticator.objects.filter(user=an, type="totp").exists()


def test_closed_account_loses_sessions_password_and_factors(signed_in, an):
    give_app(an)

    deactivate(an, actor=SYSTEM)

    assert not opens(signed_in)
    assert not UserSession.objects.filter(user=an).exists()
    assert not Authenticator.objects.filter(user=an).exists()


def test_reset_of_the_factors_is_on_record_and_ends_every_session(signed_in, an):
    give_app(an)

    assert reset_factors(an, actor=SYSTEM) == 2
    assert not opens(signed_in)
    assert kinds() == ["user.factors_reset", "user.sessions_ended"]


def test_link_of_the_administrator_sets_a_password_once(client, an, signed_in):
    an.refresh_from_db()  # the link is bound to the last sign-in
    link = reverse("welcome", args=invitation(an))
    fresh = Client()
    page = fresh.get(link, follow=True)
    address = page.redirect_chain[-1][0]

    done = fresh.post(address, {"new_password1": NEW, "new_password2": NEW})

    assert done["Location"] == reverse("sign-in")
    assert not opens(signed_in)
    assert sign_in(fresh, "an", NEW).status_code == 302
    assert "new_password1" not in Client().get(link, follow=True).text
    assert "user.password_set" in kinds()


def test_link_does_not_pass_by_the_second_factor(an):
    give_app(an)
    fresh = Client()
    address = fresh.get(reverse("welcome", args=invitation(an)), follow=True).redirect_chain[-1][0]
    fresh.post(address, {"new_password1": NEW, "new_password2": NEW})

    assert not is_signed_in(fresh)
    assert sign_in(fresh, "an", NEW)["Location"] == reverse("mfa_authenticate")


def test_link_of_a_closed_account_opens_nothing(an):
    link = reverse("welcome", args=invitation(an))
    an.is_active = False
    an.save(update_fields=["is_active"])

    assert "new_password1" not in Client().get(link, follow=True).text


@pytest.mark.parametrize("parts", [("x", "y"), ("MQ", "set-password"), ("OTk5OTk5", "a-b")])
def test_made_up_link_opens_nothing(parts):
    page = Client().get(reverse("welcome", args=parts), follow=True)

    assert page.status_code == 200
    assert "new_password1" not in page.text
