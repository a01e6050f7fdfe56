"""How long a delegate still gets anywhere after her delegation has ended: page, list, case, feed, socket, act.

Everything is asked in turn, again and again, from before the end until each has said no for the first time. A hint on
the socket carries a number alone; what is measured there is whether the delegate is still among those who get one.
"""

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.authority import Actor, hats
from accounts.domain import delegations
from accounts.models import Delegation, Position, User
from notifications import relay
from notifications.models import Event
from tests.factories import actor, advance, make_agency, make_member, make_world, open_task, start
from tests.lending import lend
from workflows.domain.errors import DomainError
from workflows.flows import steps
from workflows.models import Assignment, CaseTask

SHORTLY = timedelta(seconds=1)
LONGEST = 30.0

Probe = Callable[[], bool]


def lines() -> Iterator[str]:
    """Yield, for an end by time and one by revocation, the seconds until each way is closed."""
    world = make_world(1)
    chair = world.who("ubnd.chair")
    for how in ("end", "revocation"):
        delegate = make_member(make_agency(f"b-{how}"), Position.HEAD)
        case = start(world)
        advance(world, case, "decide")
        delegation = lend(chair, delegate)
        probes = _probes(delegate, delegation, case)
        closed = [name for name, is_open in probes.items() if not is_open()]
        assert closed == [], closed
        ended_at = _end_soon(delegation) if how == "end" else _revoke(delegation, chair)
        for name, seconds in _until_closed(probes, ended_at).items():
            yield f"delegate_gone_after_{how}_{name}_seconds: {max(seconds, 0):.3f}"


def _end_soon(delegation: Delegation) -> datetime:
    """Let the delegation end in a moment, and wait for that: what follows is asked from its last instant on."""
    ends_at = timezone.now() + SHORTLY
    Delegation.objects.filter(pk=delegation.pk).update(ends_at=ends_at)
    time.sleep(SHORTLY.total_seconds() * 0.8)
    return ends_at


def _revoke(delegation: Delegation, chair: User) -> datetime:
    delegations.revoke(delegation, actor=actor(chair))
    return timezone.now()


def _probes(delegate: User, delegation: Delegation, case: Assignment) -> dict[str, Probe]:
    client = Client(headers={"host": "localhost"})
    client.force_login(delegate)
    relay.sweep()
    told = Event.objects.get(kind="review.signed", data__assignment=str(case.public_id))
    task = open_task(case, "decide")
    pages = {
        "page": reverse("task", args=[task.public_id]),
        "list": f"{reverse('inbox')}?for={delegation.public_id}",
        "case": reverse("assignment", args=[case.public_id]),
    }
    # The feed is asked for what was told of the case; the delegate was told when the delegation held, or is told now.
    probes: dict[str, Probe] = {
        name: lambda url=url: client.get(url).status_code == 200  # type: ignore[misc]
        for name, url in pages.items()
    }
    probes["feed"] = lambda: _readable(delegate, told)
    probes["socket"] = lambda: delegate.pk in relay._recipients(told)  # noqa: SLF001 - who gets a hint
    probes["act"] = lambda: _may_act(delegate, task)
    return probes


def _readable(delegate: User, told: Event) -> bool:
    from notifications import notices  # noqa: PLC0415

    return told.pk in notices.readable(delegate, [told])


def _may_act(delegate: User, task: CaseTask) -> bool:
    """Tell whether the door still lets her through: a return without requirements, which the domain refuses."""
    worn = hats(delegate)
    attempt = steps.Attempt(
        Actor(delegate, worn[0]), worn, uuid4(), task.flow_task.stamp(task.process.assignment)
    )
    try:
        steps.perform(task, "return", attempt, {"requirements": ""})
    except DomainError as error:
        return type(error).__name__ != "NotAllowedError"
    return True


def _until_closed(probes: dict[str, Probe], ended_at: datetime) -> dict[str, Any]:
    open_still, closed, started = dict(probes), {}, time.monotonic()
    while open_still:
        assert time.monotonic() - started < LONGEST, sorted(open_still)
        for name, is_open in list(open_still.items()):
            if not is_open():
                closed[name] = (timezone.now() - ended_at).total_seconds()
                del open_still[name]
    return closed
