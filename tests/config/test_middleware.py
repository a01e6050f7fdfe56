import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import translation

from config.middleware import ChosenLocaleMiddleware


def language_of(*, cookie=None, browser="en-US,en;q=0.9"):
    request = RequestFactory().get("/", headers={"accept-language": browser})
    if cookie is not None:
        request.COOKIES["django_language"] = cookie
    with translation.override("vi"):
        return ChosenLocaleMiddleware(lambda _request: HttpResponse(translation.get_language()))(
            request
        ).content


def test_language_is_the_offices_whatever_the_browser_prefers():
    assert language_of() == b"vi"


def test_language_is_the_chosen_one():
    assert language_of(cookie="en") == b"en"


@pytest.mark.parametrize("cookie", ["", "fr", "en-US", "../../etc", "vi\x00"])
def test_language_that_is_unknown_is_the_offices(cookie):
    assert language_of(cookie=cookie) == b"vi"


def test_language_depends_on_the_cookie_alone(client):
    response = client.get("/healthz/live", headers={"accept-language": "en"})

    assert response["Content-Language"] == "vi"
    assert response["Vary"] == "Cookie"
