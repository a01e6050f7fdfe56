"""How long somebody still gets anywhere after her membership has ended, and how soon her open page is told."""

import asyncio
import time
from collections.abc import Iterator

from asgiref.sync import async_to_sync, sync_to_async
from channels.testing import WebsocketCommunicator
from django.urls import reverse
from django.utils import timezone

from accounts.authority import SYSTEM
from accounts.domain.memberships import end_membership
from accounts.models import Membership, User
from benchmarks import probing
from notifications.consumers import FeedConsumer
from tests.factories import advance, make_member, make_world, start

PATIENCE = 5.0


def lines() -> Iterator[str]:
    """Yield the seconds until each way is closed, and until the socket is."""
    world = make_world(1)
    chair = make_member(world.committee, "CHAIR", "b-ended-chair")
    case = start(world)
    advance(world, case, "decide")
    ways = probing.probes(chair, case, reverse("inbox"))
    open_page = async_to_sync(_seconds_until_told)(chair)
    for name, seconds in probing.until_closed(ways, timezone.now()).items():
        yield f"membership_ended_{name}_seconds: {seconds:.3f}"
    yield f"membership_ended_open_socket_seconds: {open_page:.3f}"


async def _seconds_until_told(user: User) -> float:
    """End the membership while a page is open; return when its socket was closed."""
    socket = WebsocketCommunicator(FeedConsumer.as_asgi(), "/ws/")
    socket.scope["user"] = user
    await socket.connect()
    await asyncio.sleep(0.2)
    started = time.monotonic()
    await sync_to_async(_end)(user)
    answer = await socket.receive_output(timeout=PATIENCE)
    assert answer["type"] == "websocket.close", answer
    elapsed = time.monotonic() - started
    await socket.disconnect()
    return elapsed


def _end(user: User) -> None:
    end_membership(Membership.objects.get(user=user), on=timezone.localdate(), actor=SYSTEM)
