"""Django's own administration: closed to everybody but a superuser who has proved a second factor."""

import pytest
from django.test import Client
from django.urls import get_resolver

from accounts.models import AgencyKind, Position, User
from accounts.policy import policy_of
from notifications.models import Event
from tests.accounts.second_factors import code_now, give_app, second_step, sign_in
from tests.factories import make_agency, make_member, make_user

pytestmark = pytest.mark.django_db
ROOT = "/operation/"
PAGES = [
    "",
    "accounts/user/",
    "accounts/user/1/change/",
    "mfa/authenticator/",
    "notifications/event/",
    "jsi18n/",
    "autocomplete/",
    "password_change/",
    "no/such/page/",
]


@pytest.fixture
def root(client):
    give_app(make_user("root", is_superuser=True, is_staff=True))
    sign_in(client, "root")
    second_step(client, code_now())
    return client


def patterns():
    def walk(entries, inside):
        for entry in entries:
            if hasattr(entry, "url_patterns"):
                yield from walk(entry.url_patterns, inside or entry.app_name == "admin")
            elif inside:
                yield entry

    return list(walk(get_resolver().url_patterns, inside=False))


def test_every_page_is_marked():
    assert len(patterns()) > 20
    assert {policy_of(each.callback) for each in patterns()} == {"operation"}
    assert "login" not in {each.name for each in patterns()}


@pytest.mark.parametrize("page", PAGES)
def test_nobody_else_finds_a_page(page):
    office = make_member(make_agency("vp", AgencyKind.OFFICE), Position.HEAD)
    admin = give_app(make_user("admin", is_staff=True))
    without = make_user("bare", is_superuser=True, is_staff=True)
    for user in (office, admin, without):
        client = Client()
        client.force_login(user)
        assert client.get(ROOT + page).status_code == 404, user
        assert client.post(ROOT + page).status_code == 404, user
    assert Client().get(ROOT + page)["Location"].startswith("/sign-in/")


def test_superuser_with_a_second_factor_looks_at_rows(root):
    assert [root.get(ROOT + page).status_code for page in PAGES[:2]] == [200, 200]


def test_powers_are_changed_on_record_and_end_her_sessions(root):
    an = make_user("an")
    other = Client()
    sign_in(other, "an")

    answer = root.post(f"{ROOT}accounts/user/{an.pk}/change/", {"is_staff": "on"})

    assert answer.status_code == 302
    an.refresh_from_db()
    assert (an.is_staff, an.is_superuser) == (True, False)
    event = Event.objects.get(kind="user.powers_changed")
    assert event.data == {
        "user": "an",
        "before": {"administrator": False, "superuser": False},
        "after": {"administrator": True, "superuser": False},
    }
    assert event.actor_label.startswith("Người root")
    assert other.get("/security/").status_code == 302


def test_name_and_password_are_not_changed_here(root):
    an = make_user("an")
    before = an.password

    root.post(f"{ROOT}accounts/user/{an.pk}/change/", {"username": "x", "password": "x", "is_active": ""})

    an.refresh_from_db()
    assert (an.username, an.password, an.is_active) == ("an", before, True)


def test_nobody_changes_her_own_powers(root):
    user = User.objects.get(username="root")
    assert root.post(f"{ROOT}accounts/user/{user.pk}/change/", {}).status_code == 403


@pytest.mark.parametrize("model", ["accounts/user", "mfa/authenticator", "notifications/event"])
def test_nothing_is_added_or_deleted(root, model):
    assert root.get(f"{ROOT}{model}/add/").status_code == 403
    assert root.post(f"{ROOT}{model}/1/delete/", {"post": "yes"}).status_code in {302, 403}
