"""The system as people meet it: real processes on the loopback with data of their own, ended by their pids."""

import base64
import json
import os
import secrets
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import redis
from psycopg import sql

from scripts.services import free_port, wait_for

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PATIENCE = 20.0
STRANGERS = (
    "DATABASE_URL",
    "DATABASE_POOL",
    "REDIS_URL",
    "REDIS_PREFIX",
    "ENVIRONMENT",
    "DEBUG",
    "WEB_PROCESSES",
)


class Stagehand:
    """A process beside the system that brings cases to a stage and tells what the database holds.

    It works through the same acts as the pages; the test's own process never touches the system's database.
    """

    def __init__(self, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.stagehand"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def __getattr__(self, name: str) -> Any:
        """Return a function of tests/stagehand.py: hand.case_at(node="decide")."""
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda **given: self._ask({"do": name, "given": given})

    def _ask(self, order: dict[str, Any]) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline() or '{"error": "the stagehand has left"}')
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["result"]

    def _leave(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        end(self._process)


@dataclass
class System:
    """Processes by name, the addresses of those that serve pages, and the environment they share."""

    environment: dict[str, str]
    folder: Path
    password: str
    addresses: list[str] = field(default_factory=list)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _commands: dict[str, tuple[list[str], dict[str, str]]] = field(default_factory=dict)
    _hand: Stagehand | None = None

    @property
    def address(self) -> str:
        """The address of the first process."""
        return self.addresses[0]

    @property
    def hand(self) -> Stagehand:
        """The stagehand, hired when it is first needed."""
        if self._hand is None:
            self._hand = Stagehand(self.environment)
        return self._hand

    def manage(self, *arguments: str) -> str:
        """Run a management command on the system's data; AssertionError with its output where it fails."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=100,
        )
        assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
        return done.stdout

    def start(self, name: str, command: list[str] | None = None, **changes: str) -> None:
        """Start a process, or start one anew by its name; what it says goes to <folder>/<name>.log."""
        if command is not None:
            self._commands[name] = (command, changes)
        command, changes = self._commands[name]
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment | changes,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def serve(self, name: str, command: list[str], port: int, **changes: str) -> None:
        """Start a process that serves pages."""
        self.start(name, command, **changes)
        self.addresses.append(f"http://127.0.0.1:{port}")

    def wait_until_live(self) -> None:
        """Return once every address answers."""
        for address in self.addresses:
            wait_for(
                lambda at=address: urllib.request.urlopen(f"{at}/healthz/live", timeout=2).close(), OSError
            )

    def kill(self, name: str) -> None:
        """End a process with its children at once: SIGKILL, as a machine that loses power would."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=PATIENCE)

    def stop(self, name: str) -> None:
        """End a process in good order."""
        end(self.processes.pop(name))

    def stop_all(self) -> None:
        """End everything that was started, the newest first."""
        if self._hand is not None:
            self._hand._leave()
        for name in reversed(list(self.processes)):
            self.stop(name)

    def log(self, name: str) -> str:
        """Return what a process has said."""
        return (self.folder / f"{name}.log").read_text(errors="replace")


def end(process: subprocess.Popen[Any]) -> None:
    """Ask one process that was started here to end, then make it and its children."""
    with suppress(ProcessLookupError):
        process.terminate()
        try:
            process.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(timeout=PATIENCE)


def _environment(folder: Path, password: str, **changes: str) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if name not in STRANGERS}
    return inherited | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "ENVIRONMENT": "development",
        "REAUTHENTICATE_MINUTES": "0",  # people stay signed in for as long as the tests take
        "VAR_DIR": str(folder),
        "DEMO_PASSWORD": password,
        "LOG_LEVEL": "WARNING",
        **changes,
    }


@contextmanager
def embedded(folder: Path) -> Iterator[System]:
    """Run `manage.py serve` as `make run` does: one process, SQLite, demonstration loaded."""
    port, password = free_port(), secrets.token_urlsafe(12)
    system = System(_environment(folder, password, PORT=str(port)), folder, password)
    system.manage("migrate", "--verbosity", "0")
    system.manage("load_demo")
    system.serve("server", [sys.executable, "manage.py", "serve", "--port", str(port)], port)
    try:
        system.wait_until_live()
        yield system
    finally:
        system.stop_all()


@contextmanager
def production(folder: Path, database_url: str, redis_url: str) -> Iterator[System]:
    """Run what docs/deploy.md runs: two ASGI processes, one Celery worker and beat, with production settings.

    Only HTTPS is missing. The demonstration is loaded before, because production refuses it.
    """
    with _database(database_url) as url, _redis_prefix(redis_url) as prefix:
        ports = [free_port(), free_port()]
        origins = ",".join(f"http://127.0.0.1:{port}" for port in ports)
        password = secrets.token_urlsafe(12)
        shared = {
            "DATABASE_URL": url,
            "REDIS_URL": redis_url,
            "REDIS_PREFIX": prefix,
            "SECRET_KEY": secrets.token_urlsafe(60),
            "AUDIT_SEAL_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
            "STATIC_ROOT": str(folder / "static"),
            "WEBSOCKET_ORIGINS": origins,
        }
        system = System(_environment(folder, password, **shared), folder, password)
        live = {
            "ENVIRONMENT": "production",
            "SECURE": "0",
            "ALLOWED_HOSTS": "127.0.0.1",
            "WEB_PROCESSES": "2",
            "SECOND_FACTOR_REQUIRED_OF": "",  # the people of the demonstration have no phones
        }
        system.manage("migrate", "--verbosity", "0")
        system.manage("load_demo")
        _collect_static(system, live)
        for name, port in zip(("web-a", "web-b"), ports, strict=True):
            system.serve(name, _uvicorn(port), port, **live)
        system.start(
            "worker", _celery("worker", "--concurrency", "2", "--without-gossip"), DATABASE_POOL="0", **live
        )
        schedule = str(folder / "beat-schedule")
        system.start("beat", _celery("beat", "--schedule", schedule, "--pidfile="), DATABASE_POOL="0", **live)
        try:
            system.wait_until_live()
            yield system
        finally:
            system.stop_all()


def _uvicorn(port: int) -> list[str]:
    command = f"config.asgi:application --host 127.0.0.1 --port {port} --lifespan off --no-server-header"
    return [str(BIN / "uvicorn"), *command.split(), "--no-access-log", "--ws-max-size", "16384"]


def _celery(*arguments: str) -> list[str]:
    return [str(BIN / "celery"), "--app", "config", *arguments]


def _collect_static(system: System, live: dict[str, str]) -> None:
    command = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, env=system.environment | live, check=True, timeout=100)


def database_beside(database: dict[str, Any]) -> str:
    """Return the URL of a database on the same server as Django's settings of one."""
    password = f":{database['PASSWORD']}" if database["PASSWORD"] else ""
    place = f"{database['HOST'] or '127.0.0.1'}:{database['PORT'] or 5432}"
    return f"postgres://{database['USER']}{password}@{place}/{database['NAME']}"


@contextmanager
def _database(url: str) -> Iterator[str]:
    """Create a database beside the one that `url` names, and drop it afterwards."""
    server, name = url.rsplit("/", 1)
    name = f"{name}_{secrets.token_hex(4)}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield f"{server}/{name}"
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def _redis_prefix(url: str) -> Iterator[str]:
    """Give a prefix of our own, and leave nothing behind under it."""
    prefix = f"test-{secrets.token_hex(4)}"
    yield prefix
    with redis.Redis.from_url(url) as client:
        left = list(client.scan_iter(f"*{prefix}*"))
        if left:
            client.delete(*left)
