"""Limits: how much is too much, what the answer says, that nothing typed is lost and that no statement is added."""

import re

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from config import limits
from tests.factories import make_agency, make_member

pytestmark = pytest.mark.django_db
UNKNOWN = "6f9619ff-8b86-4d01-b42d-00c04fc964ff"


@pytest.fixture(autouse=True)
def _narrow(settings, monkeypatch):
    monkeypatch.setattr(limits, "_reach", limits._Reach())
    monkeypatch.setattr(limits.time, "time", lambda: 1_000_000_000.0)
    settings.LIMITS = {
        "post": (3, 60),
        "upload": (2, 3600),
        "export": (2, 3600),
        "download": (4, 3600),
        "stranger_post": (2, 60),
    }


@pytest.fixture
def somebody():
    return signed_in(make_member(make_agency("syt"), "HEAD"))


def signed_in(user):
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(user)
    return client


def statuses(client, times, url, method="get", **given):
    return [getattr(client, method)(url, **given).status_code for _ in range(times)]


def test_posts_of_an_account_are_counted_together_and_others_are_not_touched(somebody):
    url = reverse("bulk")

    assert 429 not in statuses(somebody, 3, url, "post")
    assert statuses(somebody, 2, url, "post") == [429, 429]
    assert statuses(somebody, 1, reverse("leaving"), "post") == [429]
    assert 429 not in statuses(somebody, 10, reverse("inbox"))
    assert 429 not in statuses(signed_in(make_member(make_agency("sgd"), "HEAD")), 3, url, "post")


def test_answer_says_when_to_try_again_and_keeps_what_was_typed(somebody):
    text = '\n  Kế hoạch "A" </textarea><script>x</script>'
    for _ in range(4):
        answer = somebody.post(reverse("bulk"), {"text": text, "item": ["1", "2"], "new_password": "secret"})

    html = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (429, "20", "no-store")
    assert "Wait a minute" in html
    assert f'action="{reverse("bulk")}"' in html
    assert html.count('<textarea name="item" hidden>') == 2
    assert "\n  Kế hoạch &quot;A&quot; &lt;/textarea&gt;" in html
    assert ("<script>x" in html, "secret" in html) == (False, False)


def test_what_was_kept_can_be_sent_again(somebody, settings):
    client = Client(enforce_csrf_checks=True)
    client.cookies = somebody.cookies
    settings.LIMITS = settings.LIMITS | {"post": (0, 60)}
    client.get(reverse("inbox"))
    token = client.cookies["csrf"].value
    answer = client.post(reverse("set_language"), {"csrfmiddlewaretoken": token})
    refused = client.post(reverse("bulk"), {"a": "b", "csrfmiddlewaretoken": token})

    fresh = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', refused.content.decode())[1]

    assert (answer.status_code, refused.status_code) == (302, 429)
    assert client.post(reverse("set_language"), {"csrfmiddlewaretoken": fresh}).status_code == 302


@pytest.mark.parametrize("header", ["HX-Request", "X-Autosave"])
def test_script_is_answered_without_a_page(somebody, header):
    for _ in range(4):
        answer = somebody.post(reverse("bulk"), headers={header: "true"})

    assert (answer.status_code, answer.content, answer["Retry-After"]) == (429, b"", "20")


def test_uploads_are_counted_in_files(somebody, settings):
    settings.LIMITS = settings.LIMITS | {"post": (100, 60)}

    def send(*names):
        return somebody.post(reverse("bulk"), {"f": [SimpleUploadedFile(name, b"x") for name in names]})

    assert send("a", "b").status_code != 429
    refused = send("c")

    assert (refused.status_code, "Files have to be chosen anew" in refused.content.decode()) == (429, False)
    assert somebody.post(reverse("bulk"), {"f": ""}).status_code != 429


@pytest.mark.parametrize(
    ("name", "most"),
    [("plan-opinions-docx", 2), ("plan-opinions-xlsx", 2), ("plan-sheet-docx", 2), ("file", 4)],
)
def test_documents_are_counted_whether_they_are_there_or_not(somebody, name, most):
    url = reverse(name, args=[UNKNOWN])

    assert statuses(somebody, most + 1, url) == [404] * most + [429]


def test_strangers_are_counted_by_address():
    here, there = Client(REMOTE_ADDR="10.0.0.1"), Client(REMOTE_ADDR="10.0.0.2")
    given = {"username": "a", "password": "b"}

    assert 429 not in statuses(here, 2, reverse("sign-in"), "post", data=given)
    assert statuses(here, 1, reverse("sign-in"), "post", data=given) == [429]
    assert 429 not in statuses(there, 2, reverse("sign-in"), "post", data=given)
    assert 429 not in statuses(here, 5, reverse("sign-in"))


def test_next_window_begins_anew(somebody, monkeypatch):
    statuses(somebody, 4, reverse("bulk"), "post")
    monkeypatch.setattr(limits.time, "time", lambda: 1_000_000_060.0)

    assert 429 not in statuses(somebody, 3, reverse("bulk"), "post")


def test_counters_that_are_down_stop_nobody_and_are_left_alone_for_a_while(somebody, monkeypatch, caplog):
    asked = []

    def down(*_given, **_named):
        asked.append(1)
        raise ConnectionError

    monkeypatch.setattr(cache, "add", down)

    assert 429 not in statuses(somebody, 10, reverse("bulk"), "post")
    assert len(asked) == 1


def test_limits_ask_no_database(somebody, settings):
    def count():
        with CaptureQueriesContext(connection) as queries:
            somebody.post(reverse("bulk"))
        return len(queries)

    count()
    counted = count()
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if name != "config.guarding.LimitMiddleware"]
    bare = signed_in(make_member(make_agency("sgd"), "HEAD"))
    bare.post(reverse("bulk"))
    with CaptureQueriesContext(connection) as queries:
        bare.post(reverse("bulk"))

    assert counted == len(queries)
