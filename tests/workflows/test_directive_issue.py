"""Issuing a directive from its page."""

from dataclasses import replace
from uuid import uuid4

import pytest
from django.conf import settings
from django.urls import reverse

from tests.factories import actor, make_directive
from tests.workflows.entry_desk import page_of
from workflows.domain.directives import correct_directive
from workflows.domain.entries import entered
from workflows.models import CaseTask, DirectiveState, InboxEntry

pytestmark = pytest.mark.django_db


def issue(client, directive, key=None, seen=None):
    """Press the button of the page as it is now, or as it was when `seen` was drawn."""
    url = reverse("directive-issue", args=[directive.public_id])
    given = {"key": key or str(uuid4()), "seen": entered(directive).stamp if seen is None else seen}
    return client.post(url, given, follow=True)


def test_clerk_issues_and_the_cases_start(world, clerk, client):
    directive = make_directive(world)
    assert client.get(page_of(directive)).context["can_issue"]

    response = issue(client, directive)

    directive.refresh_from_db()
    assert (directive.state, response.context["can_issue"]) == (DirectiveState.ISSUED, False)
    assert InboxEntry.objects.open().filter(task__process__assignment__directive=directive).exists()


@pytest.mark.parametrize("same_key", [True, False])
def test_directive_is_issued_once(world, clerk, client, same_key):
    directive, key = make_directive(world), str(uuid4())

    for _ in range(2):
        assert issue(client, directive, key if same_key else None).status_code == 200

    assert CaseTask.objects.human().count() == 1


def test_page_from_before_a_correction_issues_nothing_and_says_who_corrected(world, clerk, client):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    directive = make_directive(world)
    page = client.get(page_of(directive))
    entry = entered(directive)
    given = replace(entry.given, subject="Đã sửa")
    colleague = actor(world.who("vp.specialist"))
    correct_directive(directive, given, entry.assignments, seen=entry.stamp, actor=colleague)

    response = issue(client, directive, seen=page.context["seen"])

    directive.refresh_from_db()
    assert (directive.state, CaseTask.objects.exists()) == (DirectiveState.DRAFT, False)
    (said,) = map(str, response.context["messages"])
    assert said.startswith(f"{colleague.label} corrected this directive at ")
    assert "Đã sửa" in response.content.decode()
    issue(client, directive, seen=response.context["seen"])
    directive.refresh_from_db()
    assert directive.state == DirectiveState.ISSUED


@pytest.mark.parametrize("seen", ["", "x"])
def test_issuing_without_having_seen_the_page_is_refused(world, clerk, client, seen):
    directive = make_directive(world)

    issue(client, directive, seen=seen)

    assert not CaseTask.objects.exists()


@pytest.mark.parametrize("username", ["skhdt.specialist", "vp.head"])
def test_others_may_not_issue(world, client, username):
    directive = make_directive(world)
    client.force_login(world.who(username))

    assert issue(client, directive).status_code == 404
    assert not CaseTask.objects.exists()


def test_issuing_takes_a_post(world, clerk, client):
    directive = make_directive(world)

    assert client.get(reverse("directive-issue", args=[directive.public_id])).status_code == 405
