from functools import partial

import pytest
from django.http import HttpResponse, JsonResponse
from django.test import override_settings
from django.urls import include, path

from accounts.authority import SYSTEM, Actor, hats
from accounts.context import chrome
from accounts.models import Membership, Position
from accounts.policy import policy, public
from tests.factories import LONG_AGO, make_agency, make_member, make_position, make_user


def page(request):
    return HttpResponse("page")


def own_cache(_request):
    return HttpResponse("own", headers={"Cache-Control": "private, no-cache"})


def who(request):
    actor = request.actor
    return JsonResponse(
        {"label": actor.label, "hats": len(request.hats), "hat": bool(request.hat), "none": actor.hat is None}
    )


def frame(request):
    shown = chrome(request)
    hat = shown["hat"]
    return JsonResponse({"me": shown["me"], "hats": len(shown["hats"]), "hat": hat and hat.membership_id})


def silent(request):
    return HttpResponse("silent")


urlpatterns = [
    path("unmarked/", lambda _request: HttpResponse("unmarked")),
    path("guarded/", policy("guarded")(page)),
    path("own-cache/", policy("guarded")(own_cache)),
    path("who/", policy("guarded")(who)),
    path("public-who/", public(partial(who))),
    path("frame/", public(frame)),
    path("silent/", public(silent)),
    path("", include("accounts.urls")),
]
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]
NAVIGATION = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.fixture
def user():
    return make_member(make_agency("stc"), Position.HEAD, "an")


def test_a_view_without_a_mark_is_served_to_nobody(client, user):
    assert client.get("/unmarked/").status_code == 404
    client.force_login(user)
    assert client.get("/unmarked/").status_code == 404


@pytest.mark.parametrize("accept", [{}, {"Accept": NAVIGATION}, {"Accept": "*/*"}])
def test_a_stranger_is_sent_to_sign_in_and_back(client, accept):
    response = client.get("/guarded/?q=84&x=1", headers=accept)

    assert (response.status_code, response["Location"]) == (
        302,
        "/sign-in/?next=%2Fguarded%2F%3Fq%3D84%26x%3D1",
    )
    assert response["Cache-Control"] == "no-store"


def test_a_stranger_is_not_sent_back_to_a_post(client):
    assert client.post("/guarded/")["Location"] == "/sign-in/"


@pytest.mark.parametrize(
    ("headers", "leads_to"),
    [
        ({"Accept": "application/json"}, "/sign-in/"),
        ({"Accept": "application/json, text/html;q=0.5"}, "/sign-in/"),
        ({"HX-Request": "true"}, "/sign-in/"),
        (
            {"HX-Request": "true", "HX-Current-URL": "http://testserver/plans/1/?tab=items"},
            "/sign-in/?next=%2Fplans%2F1%2F%3Ftab%3Ditems",
        ),
        ({"HX-Request": "true", "HX-Current-URL": "https://evil.example/a"}, "/sign-in/?next=%2Fa"),
    ],
)
def test_a_script_of_a_stranger_is_told_so(client, headers, leads_to):
    response = client.get("/guarded/", headers=headers)

    assert (response.status_code, response["HX-Redirect"]) == (401, leads_to)
    assert response["Cache-Control"] == "no-store"


def test_pages_behind_sign_in_stay_out_of_caches(client, user):
    client.force_login(user)

    assert client.get("/guarded/")["Cache-Control"] == "no-store"
    assert client.get("/own-cache/")["Cache-Control"] == "private, no-cache"
    assert "Cache-Control" not in client.get("/silent/")


def test_nothing_is_read_of_the_person_before_it_is_looked_at(client, user, django_assert_num_queries):
    client.force_login(user)

    with django_assert_num_queries(0):
        client.get("/silent/")
    with django_assert_num_queries(2):  # session, user
        client.get("/guarded/")
    with django_assert_num_queries(3):  # and the hats
        client.get("/who/")
    with django_assert_num_queries(3):
        client.get("/frame/")


def test_the_first_hat_acts_until_another_is_chosen(client, user):
    second = Membership.objects.create(
        user=user, agency_position=make_position(make_agency("syt"), Position.HEAD), valid_from=LONG_AGO
    )
    client.force_login(user)
    labels = [Actor(user, hat).label for hat in hats(user)]

    before = client.get("/who/").json()
    session = client.session
    session["hat"] = second.pk
    session.save()
    after = client.get("/who/").json()

    assert before == {"label": labels[0], "hats": 2, "hat": True, "none": False}
    assert after == {"label": labels[1], "hats": 2, "hat": True, "none": False}


def test_a_chosen_hat_that_ended_is_replaced_by_the_first(client, user):
    client.force_login(user)
    session = client.session
    session["hat"] = 10**9
    session.save()

    assert client.get("/who/").json()["label"] == Actor(user, hats(user)[0]).label


def test_a_person_without_membership_acts_as_herself(client):
    client.force_login(make_user("an", full_name="Trần Thị An"))

    assert client.get("/who/").json() == {"label": "Trần Thị An", "hats": 0, "hat": False, "none": True}


def test_a_stranger_acts_as_nobody(client):
    assert client.get("/public-who/").json() == {"label": SYSTEM.label, "hats": 0, "hat": False, "none": True}


def test_chrome_shows_the_person_and_the_hat(client, user):
    client.force_login(user)
    (hat,) = hats(user)

    assert client.get("/frame/").json() == {
        "me": {
            "id": user.pk,
            "name": "Người an",
            "post": hat.title,
            "initials": "NA",
            "administers": False,
        },
        "hats": 1,
        "hat": hat.membership_id,
    }


def test_chrome_shows_nothing_of_a_stranger(client):
    assert client.get("/frame/").json() == {"me": None, "hats": 0, "hat": None}


@override_settings(LOGIN_URL="/elsewhere/")
def test_sign_in_is_where_the_settings_say(client):
    assert client.get("/guarded/")["Location"].startswith("/elsewhere/?next=")
