"""What every answer of every URL says to a browser: pages, redirects, refusals, faults, files."""

import re
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from accounts.policy import PUBLIC, policy_of
from tests.config.test_errors import quiet_client  # noqa: F401 - a fixture
from tests.factories import PASSWORD, make_agency, make_member

WANTED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
SAMPLES = {"uuid": str(uuid4()), "str": "a", "slug": "a", "int": "1", "path": "a"}
METHODS = ("get", "post", "patch", "delete", "options")


def patterns(resolver, prefix=""):
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern, route)
        else:
            converters = pattern.pattern.converters
            for name, converter in converters.items():
                kind = type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")
                route = route.replace(f"<{kind}:{name}>", SAMPLES[kind]).replace(f"<{name}>", "a")
            yield f"/{route}".replace("^", "").replace("$", ""), policy_of(pattern.callback)


def faults(response):
    """Return what is missing in the headers of an answer."""
    said = {name for name, value in WANTED.items() if response.get(name) != value}
    policy = response.get("Content-Security-Policy", "")
    if "unsafe" in policy or not ("default-src 'self'" in policy or "sandbox" in policy):
        said.add("Content-Security-Policy")
    permissions = response.get("Permissions-Policy", "")
    if not {"camera=()", "microphone=()", "publickey-credentials-get=(self)"} <= set(permissions.split(", ")):
        said.add("Permissions-Policy")
    return said


@pytest.mark.django_db
def test_every_url_says_it_with_every_answer():
    user = make_member(make_agency("syt"), "HEAD")
    stranger, member = (Client(raise_request_exception=False) for _ in range(2))
    wrong, seen = [], set()
    for url, mark in patterns(get_resolver()):
        for method in METHODS:
            member.force_login(user)
            for who, client in (("stranger", stranger), ("member", member)):
                response = getattr(client, method)(url)
                seen.add(response.status_code)
                missing = faults(response)
                is_behind = who == "member" and mark != PUBLIC
                # The feed says `private, no-cache`: it is asked again and again with what is known.
                if is_behind and not re.search("no-store|private", response.get("Cache-Control", "")):
                    missing.add("Cache-Control")
                if missing or response.status_code >= 500:
                    wrong.append((who, method, url, response.status_code, sorted(missing)))

    assert wrong == []
    assert {200, 302, 404, 405} <= seen


@pytest.mark.django_db
@pytest.mark.parametrize("url", ["/nowhere/", "/static/nowhere.css", "/%00", "/.git/config"])
def test_what_does_not_exist_says_it_too(client, url):
    response = client.get(url)

    assert (response.status_code, faults(response)) == (404, set())


@pytest.mark.django_db
def test_fault_of_ours_says_it_too(quiet_client):  # noqa: F811 - the fixture
    answers = [quiet_client.get(url) for url in ("/broken/", "/locked-out/")]

    assert [(answer.status_code, faults(answer)) for answer in answers] == [(500, set()), (503, set())]


@pytest.mark.django_db
def test_static_file_says_what_it_is(client):
    response = client.get("/static/css/tokens.css")

    assert (response["X-Content-Type-Options"], response["Cross-Origin-Resource-Policy"]) == (
        "nosniff",
        "same-origin",
    )
    response.close()


@pytest.mark.django_db
def test_signing_out_has_the_browser_forget(client):
    client.force_login(make_member(make_agency("syt"), "HEAD"))

    assert client.post(reverse("sign-out"))["Clear-Site-Data"] == '"cache", "storage"'
    assert "Clear-Site-Data" not in client.get(reverse("sign-in"))


@pytest.mark.django_db
def test_every_cookie_is_closed_to_scripts_and_other_sites(client):
    client.post(reverse("set_language"), {"language": "en"})
    client.get(reverse("sign-in"))
    user = make_member(make_agency("syt"), "HEAD")
    client.post(reverse("sign-in"), {"username": user.username, "password": PASSWORD})

    flags = {name: (bool(each["httponly"]), each["samesite"]) for name, each in client.cookies.items()}
    assert set(flags) == {"csrf", "django_language", "last", "session"}
    assert set(flags.values()) == {(True, "Lax")}
