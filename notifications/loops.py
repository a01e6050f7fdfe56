"""The jobs that the embedded server runs in its own event loop: the relay's sweep, timers and the like.

In production Celery beat calls the same functions; nothing here is needed for correctness, only for promptness.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import ClassVar

from asgiref.sync import sync_to_async
from django.db import connections

logger = logging.getLogger(__name__)

STOP_SECONDS = 20.0


@dataclass(frozen=True)
class Periodic:
    """A function without arguments that is called every so many seconds, and at once when nudged."""

    name: str
    seconds: float
    func: Callable[[], object]
    task: str = ""  # the Celery task that does the same in production, where somebody wakes it


_registered: dict[str, Periodic] = {}


def register_periodic(name: str, seconds: float, func: Callable[[], object], *, task: str = "") -> None:
    """Have the embedded loop call a function; a second registration of a name replaces the first."""
    _registered[name] = Periodic(name, seconds, func, task)


def periodic(name: str) -> Periodic:
    """Return a job by its name.

    Raises:
        KeyError: there is none of that name.
    """
    return _registered[name]


def registered() -> list[Periodic]:
    """List the jobs in the order in which they were registered."""
    return list(_registered.values())


def nudge(name: str) -> bool:
    """Call a job now instead of at its next turn, from any thread; False where no loop runs in this process."""
    loop = EmbeddedLoop.running
    return loop is not None and loop.nudge(name)


class EmbeddedLoop:
    """Runs the jobs as tasks of one event loop, each call in a thread of its own pool.

    A job that sends to the channel layer does so from the event loop itself (asgiref finds the way back), because the
    in-memory layer wakes only readers of its own loop.
    """

    running: ClassVar["EmbeddedLoop | None"] = None

    def __init__(self, jobs: Iterable[Periodic]) -> None:
        self._jobs = {job.name: job for job in jobs}
        self._bells = {name: asyncio.Event() for name in self._jobs}
        self._executor = ThreadPoolExecutor(max_workers=max(len(self._jobs), 1), thread_name_prefix="job")
        self._tasks: list[asyncio.Task[None]] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = False

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Schedule every job on the event loop, which need not run yet."""
        self._loop = loop
        self._tasks = [loop.create_task(self._repeat(job)) for job in self._jobs.values()]
        EmbeddedLoop.running = self

    def nudge(self, name: str) -> bool:
        """Ring a job's bell; False for a job that does not exist or a loop that is closing."""
        if self._loop is None or self._stopping or name not in self._bells:
            return False
        with suppress(RuntimeError):  # the loop was closed in between
            self._loop.call_soon_threadsafe(self._bells[name].set)
            return True
        return False

    async def stop(self) -> None:
        """Let the calls under way finish, within STOP_SECONDS, and begin no other."""
        self._stopping = True
        EmbeddedLoop.running = None
        for bell in self._bells.values():
            bell.set()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=STOP_SECONDS)
        self._executor.shutdown(wait=False, cancel_futures=True)

    async def _repeat(self, job: Periodic) -> None:
        bell = self._bells[job.name]
        while not self._stopping:
            bell.clear()
            await self._call(job)
            with suppress(TimeoutError):
                await asyncio.wait_for(bell.wait(), job.seconds)

    async def _call(self, job: Periodic) -> None:
        call = sync_to_async(_with_own_connections, thread_sensitive=False, executor=self._executor)
        try:
            await call(job.func)
        except Exception:
            logger.exception("periodic job failed", extra={"job": job.name})


def _with_own_connections(func: Callable[[], object]) -> None:
    """Call a function in this thread and hand its database connections back."""
    try:
        func()
    finally:
        connections.close_all()
