"""Ways to a case, asked in turn, again and again, until each has said no: page, list, case, feed, socket, act."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.authority import Actor, hats
from accounts.models import User
from notifications import notices, relay
from notifications.models import Event
from tests.factories import open_task
from workflows.domain.errors import DomainError
from workflows.flows import steps
from workflows.models import Assignment, CaseTask

LONGEST = 30.0

Probe = Callable[[], bool]


def probes(user: User, case: Assignment, inbox: str) -> dict[str, Probe]:
    """Return the ways by name, for a case before the Committee; each tells whether it is open.

    A hint on the socket carries a number alone; what is asked is whether the person is among those who get one.
    """
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    relay.sweep()
    told = Event.objects.get(kind="review.signed", data__assignment=str(case.public_id))
    task = open_task(case, "decide")
    pages = {
        "page": reverse("task", args=[task.public_id]),
        "list": inbox,
        "case": reverse("assignment", args=[case.public_id]),
    }
    found: dict[str, Probe] = {
        name: lambda url=url: _shows(client, url, case)  # type: ignore[misc]
        for name, url in pages.items()
    }
    found["feed"] = lambda: told.pk in notices.readable(user, [told])
    found["socket"] = lambda: user.pk in relay._recipients(told)  # noqa: SLF001 - who gets a hint
    found["act"] = lambda: _may_act(user, task)
    closed = [name for name, is_open in found.items() if not is_open()]
    assert closed == [], closed
    return found


def until_closed(ways: dict[str, Probe], ended_at: datetime) -> dict[str, float]:
    """Return, for each way, the seconds from the end until it said no for the first time."""
    open_still, closed, started = dict(ways), {}, time.monotonic()
    while open_still:
        assert time.monotonic() - started < LONGEST, sorted(open_still)
        for name, is_open in list(open_still.items()):
            if not is_open():
                closed[name] = max((timezone.now() - ended_at).total_seconds(), 0.0)
                del open_still[name]
    return closed


def _shows(client: Any, url: str, case: Assignment) -> bool:
    answer = client.get(url)
    return answer.status_code == 200 and case.title in answer.text


def _may_act(user: User, task: CaseTask) -> bool:
    """Tell whether the door still lets her through: a return without requirements, which the domain refuses."""
    worn = hats(user)
    stamp = task.flow_task.stamp(task.process.assignment)
    attempt = steps.Attempt(Actor(user, next(iter(worn), None)), worn, uuid4(), stamp)
    try:
        steps.perform(task, "return", attempt, {"requirements": ""})
    except DomainError as error:
        return type(error).__name__ != "NotAllowedError"
    return True
