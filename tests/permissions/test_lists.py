"""Lists, counts, search, the inbox and the feed show what can be opened directly, and nothing else: for every role."""

import re

import pytest
from django.urls import reverse

from notifications import relay
from tests.permissions.asking import quietly
from tests.permissions.table import ROLES, VISITORS
from workflows.models import Assignment, Directive
from workflows.models.grant import permission_ids

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]
ASKED_AT = ("prepare_opinion", "vote")
LISTS = ("inbox", "done", "directive-list", "notifications", "notifications-drawer", "feed")
LEADS_TO = re.compile(r"/(?:directives|assignments|plans|tasks|files|bulk)/[0-9a-f-]{36}/(?:[a-z-]+/)*")
DIRECTIVE = re.compile(r"/directives/([0-9a-f-]{36})/")


@pytest.fixture(scope="module", params=ASKED_AT)
def kept_stage(request, kept_walk):
    """The case at one phase."""
    return next(stage for stage in kept_walk if stage.phase == request.param)


@pytest.fixture
def stage(kept_stage):
    """The phase, with everybody told of what happened."""
    permission_ids()
    while relay.dispatch_pending():
        pass
    return kept_stage


def opens(client, path):
    with quietly():
        return client.get(path).status_code in {200, 302}


def listed(client, **query):
    html = client.get(reverse("directive-list"), query).content.decode()
    return set(DIRECTIVE.findall(html))


def test_register_and_search_list_what_opens_directly(stage):
    """What opens: the directive itself, and for an issued one at least one of its cases."""
    everything = list(Directive.objects.all())
    for role in ROLES:
        if role in VISITORS:
            continue
        client = stage.client(role)
        open_to_her = {
            str(each.public_id)
            for each in everything
            if opens(client, reverse("directive", args=[each.public_id]))
        }
        assert listed(client) == open_to_her, role
        for each in everything:
            found = listed(client, q=each.code)
            assert (str(each.public_id) in found) == (str(each.public_id) in open_to_her), (role, each)
        cases = {
            str(each.directive.public_id)
            for each in Assignment.objects.select_related("directive")
            if opens(client, reverse("assignment", args=[each.public_id]))
        }
        issued = {str(each.public_id) for each in everything if each.released_at}
        assert cases == open_to_her & issued, role


def test_no_list_leads_where_its_reader_may_not_go(stage):
    seen, wrong = {}, []
    for role in ROLES:
        if role in VISITORS:
            continue
        client = stage.client(role)
        for name in LISTS:
            text = client.get(reverse(name)).content.decode()
            seen.setdefault(role, {}).update(dict.fromkeys(LEADS_TO.findall(text), name))
        wrong += [(role, name, path) for path, name in seen[role].items() if not opens(client, path)]
    assert wrong == []
    assert sum(map(len, seen.values())) > 10


def test_whoever_may_do_the_task_finds_it_in_her_inbox(stage):
    """By herself, or in the list of the one she acts for; nobody else finds it."""
    path = reverse("task", args=[stage.task.public_id])
    waiting = {"vote": {"member"}}
    waiting["prepare_opinion"] = {"asked.specialist", "asked.head"}
    found = {
        role
        for role in ROLES
        if role not in VISITORS and path in stage.client(role).get(reverse("inbox")).content.decode()
    }
    assert found == waiting[stage.phase]


def test_counts_are_those_of_the_list(stage):
    for role in ROLES:
        if role in VISITORS:
            continue
        answer = stage.client(role).get(reverse("inbox"))
        rows = [row for group in answer.context["groups"] for row in group["rows"]]
        assert str(answer.context["total"]) == str(len(rows)), role
