"""A bulk approval of 500: how long it takes, what it costs, who is told, and that a repeat does nothing.

Requests go through the test client, so each figure is the whole request, with session, person and page.
"""

import re
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from notifications import relay
from notifications.models import Event, Notification
from tests import factories
from tests.factories import World
from tests.workflows.bulk_desk import fit_case
from workflows.flows import bulk
from workflows.models import Assignment, BulkAct, CaseTask, Decision

from .cases import copies

COUNTED = 50
ITEM = re.compile(r'name="item" value="([^"]+)"')


def lines(count: int = bulk.LIMIT) -> Iterator[str]:
    """Yield `name: value` of one bulk act on so many cases, and of what follows from it."""
    world = factories.make_world(2)
    template = fit_case(world)
    _drain()
    client = _signed_in(world)
    yield from _statements(client, copies(template, 2 * COUNTED))
    _drain()
    cases = copies(template, count)
    yield f"bulk_items: {count}"
    started = time.monotonic()
    items = _look(client, cases)
    yield f"bulk_preflight_seconds: {time.monotonic() - started:.2f}"
    started = time.monotonic()
    form = _form(items)
    requests = _go(client, form)
    seconds = time.monotonic() - started
    yield f"bulk_act_seconds: {seconds:.2f}"
    yield f"bulk_act_requests: {requests}"
    yield f"bulk_act_milliseconds_per_item: {1000 * seconds / count:.1f}"
    yield f"bulk_decisions: {_decisions(cases)}"
    yield from _told()
    yield from _repeated(client, form, cases)


def _signed_in(world: World) -> Client:
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(world.who("ubnd.chair"))
    return client


def _look(client: Client, cases: list[Assignment]) -> list[str]:
    """Choose every case; return the items the page offers, all of them."""
    tasks = CaseTask.objects.open().human().filter(process__assignment__in=cases).order_by("id")
    chosen = [str(public_id) for public_id in tasks.values_list("public_id", flat=True)]
    page = client.post(reverse("bulk"), {"verb": "approve", "viec": chosen})
    items = ITEM.findall(page.content.decode())
    assert len(items) == len(cases), f"{len(items)} of {len(cases)} can go"
    return items


def _form(items: list[str]) -> dict[str, Any]:
    return {"verb": "approve", "go": "1", "key": str(uuid4()), "item": items}


def _go(client: Client, form: dict[str, Any]) -> int:
    """Send the form, and go on as the page does; return how many requests that took."""
    answer = client.post(reverse("bulk"), form)
    requests = 1
    while BulkAct.objects.get(key=form["key"]).finished_at is None:
        client.post(answer.url)
        requests += 1
    return requests


def _statements(client: Client, cases: list[Assignment]) -> Iterator[str]:
    """Yield how many statements the page before takes for few and for many, and the act for each item."""
    few, many = cases[:1], cases[1:COUNTED]
    _look(client, few)
    for name, some in (("1", few), (str(len(many)), many)):
        with CaptureQueriesContext(connection) as captured:
            items = _look(client, some)
        yield f"bulk_preflight_statements_{name}: {len(captured) - 1}"
        with CaptureQueriesContext(connection) as captured:
            _go(client, _form(items))
        yield f"bulk_act_statements_per_item_of_{name}: {(len(captured) - 1) / len(some):.1f}"


def _told() -> Iterator[str]:
    started = time.monotonic()
    _drain()
    batch = BulkAct.objects.order_by("-id")[0].public_id
    events = Event.objects.filter(batch=batch, kind="plan.approved").count()
    each = Counter(Notification.objects.filter(batch=batch).values_list("user", flat=True))
    yield f"bulk_events: {events}"
    yield f"bulk_readers: {len(each)}"
    yield f"bulk_notifications_per_reader: {max(each.values(), default=0)}"
    yield f"bulk_relay_seconds: {time.monotonic() - started:.1f}"


def _repeated(client: Client, form: dict[str, Any], cases: list[Assignment]) -> Iterator[str]:
    events = Event.objects.count()
    started = time.monotonic()
    _go(client, form)
    yield f"bulk_repeat_seconds: {time.monotonic() - started:.2f}"
    yield f"bulk_repeat_decisions: {_decisions(cases) - len(cases)}"
    yield f"bulk_repeat_events: {Event.objects.count() - events}"


def _decisions(cases: list[Assignment]) -> int:
    return Decision.objects.filter(submission__assignment__in=cases).count()


def _drain() -> None:
    while relay.dispatch_pending():
        pass
