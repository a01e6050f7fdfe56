"""The start-up check of the rules of signing in."""

import pytest

from config.checks import check_sign_in

FAULTS = {
    "SECOND_FACTOR_REQUIRED_OF has unknown entries.": {
        "SECOND_FACTOR": {"required_of": ["NOBODY"], "positions": []}
    },
    "SECOND_FACTOR_POSITIONS has unknown entries.": {
        "SECOND_FACTOR": {"required_of": [], "positions": ["KING"]}
    },
    "SESSION_IDLE_MINUTES is longer than SESSION_HOURS.": {"SESSION_IDLE_SECONDS": 10**6},
}


def with_provider(settings, url, client_id="id"):
    settings.OIDC = settings.OIDC | {"url": url}
    app = {"client_id": client_id, "secret": "secret"}
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}


def said():
    return [found.msg for found in check_sign_in()]


def test_defaults_are_right():
    assert said() == []


@pytest.mark.parametrize("message", FAULTS)
def test_sign_in_refuses_one_fault(settings, message):
    for name, value in FAULTS[message].items():
        setattr(settings, name, value)

    assert said() == [message]


def test_provider_is_asked_over_https_where_pages_are(settings):
    with_provider(settings, "http://id.example")
    assert said() == []
    settings.SECURE = True
    assert said() == ["OIDC_URL is not HTTPS."]


def test_provider_without_its_key_is_refused(settings):
    with_provider(settings, "https://id.example", client_id="")

    assert said() == ["OIDC_CLIENT_ID or OIDC_CLIENT_SECRET is missing."]
