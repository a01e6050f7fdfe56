"""The socket of an open page: it carries `{"seq": n}` and nothing else, and touches no database."""

import asyncio
import random
import time
from collections import Counter, deque
from typing import Any, ClassVar

from channels.consumer import get_handler_name
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.conf import settings

from notifications.push import group_of

COME_BACK = 4012  # what 1012 says; daphne can send no code between 1001 and 2999
SESSION_EXPIRED = 4401
TOO_MANY = 4429  # messages, or sockets of one account

HINT_SECONDS = 0.5
MESSAGES, PER_SECONDS = 10, 10.0
LONGEST_LIFE = 8 * 3600.0


class FeedConsumer(AsyncJsonWebsocketConsumer):
    """Passes hints on, at most two a second; the newest one wins, because its number says all."""

    open_by: ClassVar[Counter[int]] = Counter()  # sockets of each account in this process

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self._group: str | None = None
        self._counted: int | None = None
        self._newest = 0
        self._sent_at = float("-inf")
        self._flush: asyncio.Task[None] | None = None
        self._old_age: asyncio.Task[None] | None = None
        self._received: deque[float] = deque(maxlen=MESSAGES)

    async def connect(self) -> None:
        """Join the person's group; anonymous visitors are told to sign in.

        The socket is accepted before it is refused, because a browser is not told the code of a refused handshake.
        """
        await self.accept()
        user = self.scope.get("user")
        if user is None or not user.is_authenticated:
            await self.close(code=SESSION_EXPIRED)
            return
        if not self._count_in(user.pk):
            await self.close(code=TOO_MANY)
            return
        self._group = group_of(user.pk)
        await self.channel_layer.group_add(self._group, self.channel_name)
        self._old_age = asyncio.create_task(self._close_after(LONGEST_LIFE))

    async def disconnect(self, _code: int) -> None:
        """Leave the group and let no task outlive the socket."""
        for task in (self._flush, self._old_age):
            if task is not None:
                task.cancel()
        self._count_out()
        if self._group is not None:
            await self.channel_layer.group_discard(self._group, self.channel_name)

    def _count_in(self, user: int) -> bool:
        """Take one of the account's places in this process; False where all are taken."""
        if self.open_by[user] >= settings.SOCKETS_MOST:
            return False
        self.open_by[user] += 1
        self._counted = user
        return True

    def _count_out(self) -> None:
        if self._counted is None:
            return
        self.open_by[self._counted] -= 1
        if not self.open_by[self._counted]:
            del self.open_by[self._counted]
        self._counted = None

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Hand a message to its method; the base class would queue behind the process's one database thread first."""
        await getattr(self, get_handler_name(message))(message)

    async def receive(self, **_message: object) -> None:
        """Ignore what the page says, and close where it says too much: it has nothing to say here."""
        now = time.monotonic()
        if len(self._received) == MESSAGES and now - self._received[0] < PER_SECONDS:
            await self.close(code=TOO_MANY)
        self._received.append(now)

    async def hint(self, message: dict[str, Any]) -> None:
        """Send the number at once, or a moment later together with those that come until then."""
        self._newest = max(self._newest, int(message["seq"]))
        if self._flush is None or self._flush.done():
            self._flush = asyncio.create_task(
                self._send_newest(self._sent_at + HINT_SECONDS - time.monotonic())
            )

    async def kick(self, _message: dict[str, Any]) -> None:
        """Close the socket of a person who may no longer be signed in."""
        await self.close(code=SESSION_EXPIRED)

    async def renew(self, _message: dict[str, Any]) -> None:
        """Close the socket of a page that connects anew where its session still holds."""
        await self.close(code=COME_BACK)

    async def _send_newest(self, wait: float) -> None:
        await asyncio.sleep(max(wait, 0))
        self._sent_at = time.monotonic()
        await self.send_json({"seq": self._newest})

    async def _close_after(self, seconds: float) -> None:
        """Let pages reconnect now and then, spread over time, so that no socket outlives its sign-in by days."""
        await asyncio.sleep(seconds * random.uniform(0.9, 1.0))  # noqa: S311 -- no secret
        await self.close(code=COME_BACK)
