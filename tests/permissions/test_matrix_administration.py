"""Every page of the administrator, asked by everybody: nobody else learns that it is there."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.authority import Actor
from accounts.domain import imports, people
from accounts.models import AgencyKind, Field, ImportSheet, Position
from accounts.policy import policy_of
from notifications.models import Event
from tests.administering import make_administrator
from tests.factories import make_agency, make_member, make_user
from tests.lending import lend
from tests.permissions.table import rows

ADMINISTRATION_URLS = {row.url for row in rows() if row.url.startswith("administration")}
ROLES = ("anonymous", "plain", "office.head", "chair", "superuser", "deactivated", "administrator")


class Site:
    """A small site with one of everything an administrator's page is about."""

    def __init__(self):
        self.department = make_agency("stc")
        self.head = make_member(self.department, Position.HEAD)
        delegation = lend(self.head, make_member(self.department, Position.SPECIALIST))
        self.people = {
            "plain": make_member(self.department, Position.CLERK),
            "office.head": make_member(make_agency("vp", AgencyKind.OFFICE), Position.HEAD),
            "chair": make_member(make_agency("ubnd", AgencyKind.COMMITTEE), Position.CHAIR),
            "superuser": make_user("root", is_superuser=True),
            "deactivated": make_administrator("cu"),
            "administrator": make_administrator(),
        }
        self.clients = {role: self._signed_in(role) for role in ROLES}
        people.deactivate(self.people["deactivated"], actor=Actor(user=self.people["administrator"]))
        Field.objects.create(code="kinh-te", name="Kinh tế")
        content = imports.template_of("PEOPLE")
        actor = Actor(user=self.people["administrator"])
        sheet = imports.keep("PEOPLE", file_name="x.xlsx", content=content, actor=actor)
        named = {
            "administration-agency": ["stc"],
            "administration-field": ["kinh-te"],
            "administration-person": [self.head.pk],
            "administration-person-deactivate": [self.head.pk],
            "administration-delegation-end": [delegation.public_id],
            "administration-import-check": [sheet.public_id],
            "administration-import-template": ["PEOPLE"],
            "administration-rule": ["TERMS.opinion.days"],
        }
        self.urls = {name: reverse(name, args=named.get(name, [])) for name in sorted(ADMINISTRATION_URLS)}

    def _signed_in(self, role):
        client = Client()
        if role != "anonymous":
            client.force_login(self.people[role])
        return client


@pytest.fixture(scope="module")
def kept_site(kept):
    return Site()


@pytest.fixture
def site(db, kept_site):
    return kept_site


@pytest.mark.parametrize("role", ROLES)
def test_page_opens_for_the_administrator_alone(site, role):
    wanted = {"administrator": 200, "anonymous": 302, "deactivated": 302}.get(role, 404)

    found = {name: site.clients[role].get(url).status_code for name, url in site.urls.items()}

    assert found == dict.fromkeys(site.urls, wanted)


ACTS = {
    "administration-agency": ("correct", {"symbol": "X", "order": "1"}),
    "administration-agency-new": (
        "new",
        {
            "code": "moi",
            "symbol": "M",
            "kind": "DEPARTMENT",
            "order": "1",
            "full_name": "M",
            "short_name": "M",
            "valid_from": "01/01/2026",
        },
    ),
    "administration-calendar": ("set", {"on": "01/07/2099", "kind": "HOLIDAY", "name": "x", "source": "y"}),
    "administration-delegation-end": ("end", {"reason": "x"}),
    "administration-field": ("correct", {"name": "X", "order": "1"}),
    "administration-field-new": ("new", {"code": "moi", "name": "M", "order": "1"}),
    "administration-import": ("upload", {"kind": "PEOPLE"}),
    "administration-import-check": ("confirm", {}),
    "administration-person": ("correct", {"full_name": "X", "email": ""}),
    "administration-person-deactivate": ("deactivate", {}),
    "administration-person-new": ("new", {"username": "moi", "full_name": "M", "email": ""}),
    "administration-rule": ("decide", {"value": "7", "valid_from": "01/01/2099", "citation": "x"}),
}


@pytest.mark.parametrize("role", [role for role in ROLES if role != "administrator"])
def test_act_of_anybody_else_is_refused_and_leaves_nothing(site, role):
    wanted = 302 if role in {"anonymous", "deactivated"} else 404
    before = Event.objects.count(), ImportSheet.objects.count()

    for name, (act, typed) in ACTS.items():
        given = {"act": act, "seen": "0", **{f"{act}-{key}": value for key, value in typed.items()}}
        assert site.clients[role].post(site.urls[name], given).status_code == wanted, name

    assert (Event.objects.count(), ImportSheet.objects.count()) == before


def test_every_page_carries_the_mark_of_administration(site):
    from django.urls import resolve

    assert {policy_of(resolve(url).func) for url in site.urls.values()} == {"administration"}


@pytest.mark.parametrize("garbage", ["", "nothing", "correct\x00", "✓"])
def test_unknown_act_is_404(site, garbage):
    client = site.clients["administrator"]

    found = {client.post(site.urls[name], {"act": garbage}).status_code for name in ACTS}

    assert found == {404}


def test_empty_forms_are_refused_with_words(site):
    client = site.clients["administrator"]
    needless = {"administration-import-check", "administration-person-deactivate"}

    found = {
        name: client.post(site.urls[name], {"act": act}).status_code
        for name, (act, _typed) in ACTS.items()
        if name not in needless
    }

    assert found == dict.fromkeys(set(ACTS) - needless, 422)


def test_what_is_not_there_is_404(site):
    client = site.clients["administrator"]
    urls = [
        reverse("administration-agency", args=["khong-co"]),
        reverse("administration-field", args=["khong-co"]),
        reverse("administration-person", args=[10**30]),
        reverse("administration-person-deactivate", args=[0]),
        reverse("administration-delegation-end", args=[uuid4()]),
        reverse("administration-import-check", args=[uuid4()]),
        reverse("administration-import-template", args=["KHAC"]),
        reverse("administration-rule", args=["TERMS.khong.co"]),
        reverse("administration-rule", args=["SIGNING.password"]),
    ]

    assert [client.get(url).status_code for url in urls] == [404] * len(urls)


LISTS = ("agencies", "people", "fields", "delegations", "calendar", "import", "regulation")
GARBAGE = ("page=0", "page=-1", "page=x", f"page={'9' * 30}", "page=%00", "year=99999", "year=x", "q=%00%ff")


@pytest.mark.parametrize("garbage", [*GARBAGE, "kind=x&state=x&agency=%00&list=zz"])
def test_garbage_in_a_query_is_a_page_all_the_same(site, garbage):
    client = site.clients["administrator"]

    found = [client.get(f"{site.urls[f'administration-{name}']}?{garbage}").status_code for name in LISTS]

    assert found == [200] * len(LISTS)


def test_way_to_the_administration_is_shown_to_administrators_alone(site):
    home = site.urls["administration"]

    shown = {
        role: f'href="{home}"' in site.clients[role].get(reverse("delegations")).content.decode()
        for role in ("plain", "chair", "superuser", "administrator")
    }

    assert shown == {"plain": False, "chair": False, "superuser": False, "administrator": True}


def test_administrator_sees_no_case(site):
    client = site.clients["administrator"]

    assert client.get(reverse("directive-new")).status_code == 404
    assert client.get(reverse("leaving")).status_code == 404
