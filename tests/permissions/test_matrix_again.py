"""Every cell of the matrix with ids that belong to something else, by other methods, without the protection key."""

from itertools import groupby
from uuid import uuid4

import pytest
from django.test import Client

from tests.permissions.asking import address, ask
from tests.permissions.stage import full_form
from tests.permissions.table import APART, VISITORS, WIDE
from tests.permissions.walking import TABLE, form_of, pages_of

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600), pytest.mark.long]
# Ids of others do not depend on where the case stands: asked while opinions are due, and while a decision is.
AGAIN = ("prepare_opinion", "decide")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# They take any other method for one of these, and change nothing.
DJANGOS_OWN = {
    "set_language",
    "openid_connect_login",
    "openid_connect_callback",
    "socialaccount_login_cancelled",
}
LEADS_ON = ("account_", "mfa_")  # django-allauth's steps lead to the one that is due, whatever the method
ALL_OF_THEM = "administration-"  # whoever administers looks after all of a kind
NUMBERS = {"absence", "person"}  # kinds of ids that are numbers


def others(stage, kinds):
    """Yield (what, ids) with one id exchanged: for that of the other case, and for one of another kind."""
    ids, foreign = stage.ids, stage.foreign
    for place, kind in enumerate(kinds):
        own = [ids[each] for each in kinds]
        strange = [foreign[kind]] if kind in foreign else []
        if kind not in NUMBERS:
            strange.append(ids["assignment" if kind != "assignment" else "directive"])
        for number, other in enumerate(strange):
            unknown = 999_999 if kind in NUMBERS else uuid4()
            is_foreign = number == 0 and kind in foreign and kind != "key"
            yield (
                is_foreign,
                [*own[:place], other, *own[place + 1 :]],
                [*own[:place], unknown, *own[place + 1 :]],
            )


def is_refusal(cell, got, kinds):
    """Tell whether an answer refuses: a drafter's text for a paragraph that is gone is kept, and said so."""
    if cell.role in VISITORS:
        return got.status in {302, 404} and not got.wrote
    return (got.status == 404 and not got.wrote) or ("key" in kinds and got.status in {302, 403, 409})


@pytest.mark.parametrize("kept_stage", AGAIN, indirect=True)
def test_every_cell_again_with_ids_of_something_else(stage):
    """What belongs to another case is answered like what does not exist, and nothing is written on the way."""
    wrong, asked = [], 0
    for url, method, kinds, found in pages_of(stage):
        form, absent = form_of(stage, url, method), {}
        for is_foreign, given, unknown in others(stage, kinds):
            for cell in found:
                if is_foreign and (cell.role in WIDE or "draft" in kinds or url.startswith(ALL_OF_THEM)):
                    continue  # she reads the other case as well
                asked += 1
                got = ask(stage.client(cell.role), method, address(url, given), form)
                key = (cell.role, *(place == other for place, other in zip(given, unknown, strict=True)))
                if key not in absent:
                    absent[key] = ask(stage.client(cell.role), method, address(url, unknown), form)
                if got != absent[key] or not is_refusal(cell, got, kinds):
                    wrong.append((cell, given, got, absent[key]))
    assert not wrong, (len(wrong), wrong[:9])
    assert asked > 1000


@pytest.mark.parametrize("kept_stage", ["decide"], indirect=True)
def test_methods_that_no_row_names_are_not_allowed(stage):
    """Asked as somebody who gets in by another method, so that it is not the person who is refused."""
    ids, wrong = stage.ids, []
    known = {(row.url, row.method) for row in TABLE}
    for url, mine in groupby(TABLE, key=lambda row: row.url):
        row = next((each for each in mine if each.roles and "decide" in each.phases), None)
        if row is None or url in DJANGOS_OWN:
            continue
        for method in METHODS:
            if (url, method) not in known:
                path = address(url, [ids[kind] for kind in row.ids])
                got = ask(stage.client(row.roles[0]), method, path)
                leads_on = url.startswith(LEADS_ON) and got.status == 302
                if (got.status != 405 and not leads_on) or got.wrote:
                    wrong.append((url, method, got))
    assert wrong == []


@pytest.mark.parametrize("kept_stage", ["decide"], indirect=True)
def test_form_without_its_protection_key_is_refused(stage):
    ids, wrong = stage.ids, []
    for row in TABLE:
        if row.method != "POST" or row.where == APART:
            continue
        for role in (*row.roles[:1], "vp.clerk"):
            client = Client(enforce_csrf_checks=True, raise_request_exception=False)
            client.cookies = stage.client(role).cookies
            path = address(row.url, [ids[kind] for kind in row.ids])
            got = ask(client, "POST", path, full_form(row.url, stage))
            if got.status != 403 or got.wrote:
                wrong.append((row.url, role, got))
    assert wrong == []
