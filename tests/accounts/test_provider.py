"""Signing in through the agency's identity provider: a real OpenID Connect server answers over HTTP."""

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.urls import reverse
from oidc_provider_mock import User as Identity
from oidc_provider_mock import run_server_in_thread

from accounts import proof
from notifications.models import Event
from tests.accounts.second_factors import code_now, give_app, is_signed_in, second_step
from tests.factories import make_user

pytestmark = [
    pytest.mark.django_db,
    # What the test's own server warns of is not ours to mend.
    pytest.mark.filterwarnings("ignore::Warning"),
]
LOGIN, BACK = "/sign-in/with/agency/", "/sign-in/with/agency/back/"


@pytest.fixture(scope="module")
def server():
    people = [
        Identity(sub="sub-an", claims={"preferred_username": " An "}),
        Identity(sub="sub-binh", claims={"preferred_username": "binh"}),
        Identity(sub="sub-nobody", claims={}),
    ]
    with run_server_in_thread(user_claims=people) as running:
        yield f"http://localhost:{running.server_port}"


@pytest.fixture
def provider(server, settings):
    settings.OIDC = settings.OIDC | {"url": server, "name": "Cổng định danh"}
    app = {
        "provider_id": "agency",
        "name": "Cổng định danh",
        "client_id": "dieu-hanh",
        "secret": "bi-mat",
        "settings": {"server_url": server},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
    return server


def authorize(client, sub, query=""):
    """Go to the provider, say who one is there, and come back with what it answers."""
    asked = client.post(LOGIN + query)
    with httpx.Client() as browser:
        answer = browser.post(asked["Location"], data={"sub": sub})
    return asked, answer.headers["Location"]


def come_back(client, location):
    parts = urlsplit(location)
    return client.get(f"{parts.path}?{parts.query}")


def through(client, sub, query=""):
    return come_back(client, authorize(client, sub, query)[1])


def test_sign_in_page_offers_the_provider_where_there_is_one(client, provider, settings):
    assert "Cổng định danh" in client.get("/sign-in/").text
    settings.OIDC = settings.OIDC | {"url": ""}
    assert "Cổng định danh" not in client.get("/sign-in/").text


def test_person_whom_the_provider_knows_is_let_in_and_the_link_is_on_record(client, provider):
    an = make_user("an")

    response = through(client, "sub-an", "?next=/directives/")

    assert response["Location"] == "/directives/"
    assert is_signed_in(client)
    assert SocialAccount.objects.get().user == an
    assert list(Event.objects.values_list("kind", flat=True)) == ["user.identity_linked"]


def test_question_carries_pkce_state_and_our_own_address(client, provider):
    asked, _back = authorize(client, "sub-an")

    query = parse_qs(urlsplit(asked["Location"]).query)
    assert query["code_challenge_method"] == ["S256"]
    assert len(query["state"][0]) >= 16
    assert query["redirect_uri"] == [f"http://testserver{BACK}"]


def test_link_holds_though_the_user_name_changes(client, provider):
    an = make_user("an")
    through(client, "sub-an")
    an.username = "an.moi"
    an.save(update_fields=["username"])
    again = Client()

    through(again, "sub-an")

    assert again.session["_auth_user_id"] == str(an.pk)


@pytest.mark.parametrize("sub", ["sub-binh", "sub-nobody", "sub-an"], ids=["unknown", "no name", "closed"])
def test_whoever_has_no_open_account_is_refused_in_the_same_words(client, provider, sub):
    make_user("an", is_active=False)

    response = through(client, sub)
    page = client.get(response["Location"])

    assert not is_signed_in(client)
    assert page.text.count('class="said error"') == 1
    assert not SocialAccount.objects.exists()


def test_linked_account_that_was_closed_stays_out(client, provider):
    an = make_user("an")
    through(client, "sub-an")
    an.is_active = False
    an.save(update_fields=["is_active"])
    again = Client()

    through(again, "sub-an")

    assert not is_signed_in(again)


def test_second_factor_is_asked_for_here_too(client, provider):
    give_app(make_user("an"))

    assert through(client, "sub-an")["Location"] == reverse("mfa_authenticate")
    assert not is_signed_in(client)
    assert second_step(client, code_now()).status_code == 302
    assert is_signed_in(client)


@pytest.mark.parametrize("trusted", [True, False])
def test_setting_says_whether_the_provider_proves_a_second_factor(client, provider, settings, rf, trusted):
    settings.OIDC = settings.OIDC | {"second_factor": trusted}
    settings.SECOND_FACTOR = {"required_of": ["ALL"], "positions": []}
    make_user("an")
    through(client, "sub-an")

    assert client.get(reverse("inbox")).status_code == (200 if trusted else 302)
    assert proof.PROVIDER == "socialaccount"


def test_answer_for_another_browser_is_refused(client, provider):
    make_user("an")
    _asked, location = authorize(client, "sub-an")
    other = Client()

    come_back(other, location)

    assert not is_signed_in(other)


@pytest.mark.parametrize("query", ["", "?state=x&code=y", "?error=access_denied", "?error=server_error"])
def test_made_up_answer_signs_nobody_in(client, provider, query):
    response = client.get(BACK + query)

    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in/")
    assert not is_signed_in(client)


def test_provider_that_does_not_answer_is_said_to(client, provider, settings):
    apps = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    apps[0]["settings"] = {"server_url": "http://localhost:9"}

    response = client.post(LOGIN)

    assert response["Location"] == "/sign-in/"
    assert 'class="said error"' in client.get("/sign-in/").text


def test_nobody_links_an_identity_herself(client, provider):
    make_user("an")
    client.force_login(make_user("chi"))

    through(client, "sub-an", "?process=connect")

    assert not SocialAccount.objects.exists()


def test_link_from_elsewhere_does_not_start_a_sign_in(client, provider):
    make_user("an")

    page = client.get(LOGIN)

    assert page.status_code == 200
    assert 'method="post"' in page.text


def test_without_a_provider_its_pages_are_not_found(client, settings):
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": []}}

    assert client.get(LOGIN).status_code == 404
    assert client.get(BACK).status_code == 404
