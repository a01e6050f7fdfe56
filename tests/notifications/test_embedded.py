"""The one-process server, started for real: its address, its end, and what it does with requests under way."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

ROOT = Path(__file__).resolve().parents[2]
MANAGE = [sys.executable, str(ROOT / "manage.py")]

SERVER = """
import asyncio, sys, time
import django
django.setup()
from notifications import embedded, loops

async def application(scope, receive, send):
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        while (await receive())["type"] != "websocket.disconnect":
            await send({"type": "websocket.send", "text": "heard"})
        return
    if scope["query_string"]:
        print("request begins", flush=True)
        await asyncio.sleep(float(scope["query_string"]))
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"answered"})

def job():
    print("job begins", flush=True)
    time.sleep(float(sys.argv[1]))
    print("job ends", flush=True)

embedded.CLOSE_SECONDS = 0.5  # what a request under way would be given if nobody waited for it
loops._registered.clear()
loops.register_periodic("job", 3600, job)
server = embedded.EmbeddedServer(
    application, host="127.0.0.1", port=0, on_ready=lambda found: print(found[0], flush=True)
)
server.run()
print("ended", flush=True)
"""


class Running:
    """A server in a process of its own, and the lines it printed."""

    def __init__(self, job_seconds: float = 0) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVER, str(job_seconds)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        self.url = self.process.stdout.readline().strip()
        assert self.process.stdout.readline() == "job begins\n"

    def says(self, line: str) -> None:
        """Wait for a line, passing over those before it."""
        assert f"{line}\n" in self.process.stdout

    def end(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        """Signal, wait, and give the exit status with what was printed since the start."""
        self.process.send_signal(number)
        printed = (
            self.process.stdout.read()
        )  # not communicate(): it would pass over what readline() has buffered
        return self.process.wait(timeout=20), printed


@pytest.fixture
def start():
    started = []

    def begin(**options) -> Running:
        started.append(Running(**options))
        return started[-1]

    yield begin
    for running in started:
        running.process.kill()
        running.process.wait()
        running.process.stdout.close()


def answer(url: str) -> bytes:
    with urlopen(url, timeout=10) as response:
        return response.read()


def answer_or_not(url: str) -> None:
    with suppress(OSError):
        answer(url)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_server_answers_and_ends_on_a_signal(start, number):
    running = start()

    assert answer(running.url) == b"answered"
    assert running.end(number) == (0, "job ends\nended\n")


def test_request_under_way_is_answered_before_the_end(start):
    running, answers = start(), []
    thread = threading.Thread(target=lambda: answers.append(answer(f"{running.url}?1.5")))
    thread.start()
    running.says("request begins")

    status, _ = running.end()

    thread.join()
    assert (status, answers) == (0, [b"answered"])


def test_job_under_way_is_finished_before_the_end(start):
    assert start(job_seconds=1).end() == (0, "job ends\nended\n")


def test_open_socket_does_not_hold_up_the_end(start):
    running = start()
    with connect(running.url.replace("http", "ws")) as page:
        page.send("x")
        assert page.recv(timeout=5) == "heard"
        began = time.monotonic()

        status, _ = running.end()

        with pytest.raises(ConnectionClosed) as closed:
            page.recv(timeout=5)
    assert (status, closed.value.rcvd.code) == (0, 4012)
    assert time.monotonic() - began < 5


def test_second_signal_ends_at_once(start):
    running = start()
    thread = threading.Thread(target=answer_or_not, args=[f"{running.url}?9"])
    thread.start()
    running.says("request begins")
    running.process.send_signal(signal.SIGTERM)
    time.sleep(0.3)
    began = time.monotonic()

    running.end()

    assert time.monotonic() - began < 5
    thread.join()


def test_long_message_of_a_page_closes_its_socket(start):
    running = start()
    with connect(running.url.replace("http", "ws")) as page:
        page.send("x" * 16_385)
        with pytest.raises(ConnectionClosed):
            page.recv(timeout=5)


def test_serve_prints_its_address_and_nothing_else(tmp_path):
    environment = os.environ | {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'empty.sqlite3'}",
        "LOG_LEVEL": "CRITICAL",
    }
    process = subprocess.Popen(
        [*MANAGE, "serve", "--port", "0"], stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment
    )
    address = process.stdout.readline().strip()
    process.send_signal(signal.SIGTERM)

    rest, _ = process.communicate(timeout=20)

    assert (urlsplit(address).hostname, rest, process.returncode) == ("127.0.0.1", "", 0)


def test_serve_on_a_taken_port_says_so():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])

        result = subprocess.run(
            [*MANAGE, "serve", "--port", port],
            capture_output=True,
            text=True,
            cwd=ROOT,
            timeout=20,
            check=False,
        )

    assert result.returncode == 1
    assert f"CommandError: 127.0.0.1:{port}" in result.stderr
