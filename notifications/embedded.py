"""The whole system in one process: daphne with the relay and the periodic jobs in its own event loop."""

import asyncio
import signal
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from daphne.endpoints import build_endpoint_description_strings
from daphne.http_protocol import WebRequest
from daphne.server import Server, twisted_loop
from daphne.ws_protocol import WebSocketProtocol

from notifications.consumers import COME_BACK
from notifications.loops import EmbeddedLoop, registered

LARGEST_MESSAGE = 16_384  # bytes a page may send over its socket, which needs none
DRAIN_SECONDS = 10.0
DRAIN_STEP = 0.05
CLOSE_SECONDS = 2.0


class EmbeddedServer:
    """Serves until SIGTERM or SIGINT, then lets requests and jobs under way finish; a second signal ends at once."""

    def __init__(
        self, application: Any, *, host: str, port: int, on_ready: Callable[[list[str]], object]
    ) -> None:
        self._on_ready = on_ready
        self._jobs = EmbeddedLoop(registered())
        self._ending: asyncio.Task[None] | None = None
        self._server = Server(
            application,
            endpoints=build_endpoint_description_strings(host=host, port=port),
            signal_handlers=False,
            ready_callable=self._ready,
            websocket_max_message_size=LARGEST_MESSAGE,
            websocket_max_frame_size=LARGEST_MESSAGE,
            server_name="",
        )

    def run(self) -> None:
        """Serve.

        Raises:
            OSError: the address is taken or is not ours.
        """
        self._server.run()
        if not self._server.listening_addresses:
            msg = "the address cannot be listened on"
            raise OSError(msg)

    def _ready(self) -> None:
        """Start the jobs; daphne has no lifespan and calls this once it listens, just before its loop runs."""
        self._jobs.start(twisted_loop)
        for number in (signal.SIGTERM, signal.SIGINT):
            twisted_loop.add_signal_handler(number, self._end)
        self._on_ready([_address(host, port) for host, port in self._server.listening_addresses])

    def _end(self) -> None:
        """End in good order at the first signal and in haste at the next."""
        hurried = self._ending is not None
        if self._ending is not None:
            self._ending.cancel()
        self._ending = twisted_loop.create_task(self._stop() if hurried else self._drain_and_stop())

    async def _drain_and_stop(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_SECONDS):
                while self._answering():  # noqa: ASYNC110 -- daphne rings no bell when a page is done
                    await asyncio.sleep(DRAIN_STEP)
        await self._jobs.stop()
        await self._stop()

    async def _stop(self) -> None:
        """Close what is open first: daphne stumbles over open sockets, and Python crashes over the tasks it leaves."""
        for protocol in list(self._server.connections):
            if isinstance(protocol, WebSocketProtocol) and protocol.state == WebSocketProtocol.STATE_OPEN:
                protocol.serverClose(code=COME_BACK)
        await _ended(self._running().values())
        self._server.stop()

    def _answering(self) -> bool:
        """Tell whether a page is being made at this moment; sockets do not count, their pages come back."""
        return any(isinstance(protocol, WebRequest) for protocol in self._running())

    def _running(self) -> dict[object, asyncio.Task[None]]:
        """Find the application's task of each connection that still has one at work."""
        tasks = {
            protocol: details.get("application_instance")
            for protocol, details in self._server.connections.items()
        }
        return {protocol: task for protocol, task in tasks.items() if task is not None and not task.done()}


async def _ended(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Give tasks a moment to end by themselves, then a moment to end because they must."""
    _, late = await _moment(tasks)
    for task in late:
        task.cancel()
    await _moment(late)


async def _moment(
    tasks: Iterable[asyncio.Task[None]],
) -> tuple[set[asyncio.Task[None]], set[asyncio.Task[None]]]:
    waited_for = set(tasks)
    return await asyncio.wait(waited_for, timeout=CLOSE_SECONDS) if waited_for else (set(), set())


def _address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
