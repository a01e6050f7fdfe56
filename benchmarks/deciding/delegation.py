"""How long a delegate still gets anywhere after her delegation has ended: page, list, case, feed, socket, act.

Everything is asked in turn, again and again, from before the end until each has said no for the first time.
"""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone

from accounts.domain import delegations
from accounts.models import Delegation, Position, User
from benchmarks import probing
from tests.factories import actor, advance, make_agency, make_member, make_world, start
from tests.lending import lend

SHORTLY = timedelta(seconds=1)


def lines() -> Iterator[str]:
    """Yield, for an end by time and one by revocation, the seconds until each way is closed."""
    world = make_world(1)
    chair = world.who("ubnd.chair")
    for how in ("end", "revocation"):
        delegate = make_member(make_agency(f"b-{how}"), Position.HEAD)
        case = start(world)
        advance(world, case, "decide")
        delegation = lend(chair, delegate)
        ways = probing.probes(delegate, case, f"{reverse('inbox')}?for={delegation.public_id}")
        ended_at = _end_soon(delegation) if how == "end" else _revoke(delegation, chair)
        for name, seconds in probing.until_closed(ways, ended_at).items():
            yield f"delegate_gone_after_{how}_{name}_seconds: {seconds:.3f}"


def _end_soon(delegation: Delegation) -> datetime:
    """Let the delegation end in a moment, and wait for that: what follows is asked from its last instant on."""
    ends_at = timezone.now() + SHORTLY
    Delegation.objects.filter(pk=delegation.pk).update(ends_at=ends_at)
    time.sleep(SHORTLY.total_seconds() * 0.8)
    return ends_at


def _revoke(delegation: Delegation, chair: User) -> datetime:
    delegations.revoke(delegation, actor=actor(chair))
    return timezone.now()
