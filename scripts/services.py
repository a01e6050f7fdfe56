"""The services that tests and measurements need: found, installed where that is allowed, or started for a while."""

import getpass
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import redis

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
LOCAL_REDIS = "redis://127.0.0.1:6379/9"
START_SECONDS = 30.0


class Unavailable(Exception):  # noqa: N818 - a fact, not a fault
    """A service that is neither there nor can be started; the message says why."""


def find_browser() -> str | None:
    """Return the path of Chromium, or None."""
    named = os.environ.get("CHROMIUM", "")
    return shutil.which(named) if named else next(filter(None, map(shutil.which, BROWSERS)), None)


def find_postgres() -> str | None:
    """Return the folder of PostgreSQL's programs, or None."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    on_path = shutil.which("initdb")
    if on_path:
        return str(Path(on_path).resolve().parent)
    return str(folders[-1]) if folders else None


def find_office() -> str | None:
    """Return the path of LibreOffice, or None."""
    return shutil.which("soffice")


def install_missing() -> None:
    """Install Chromium, PostgreSQL, Redis and LibreOffice through apt, where missing and this is root on Debian."""
    wanted = {
        "chromium": find_browser(),
        "libreoffice-writer-nogui": find_office(),
        "libreoffice-calc-nogui": find_office(),
        "fonts-liberation": find_office(),
        "postgresql": find_postgres() or os.environ.get("TEST_DATABASE_URL"),
        "redis-server": shutil.which("redis-server") or os.environ.get("TEST_REDIS_URL"),
    }
    missing = [package for package, found in wanted.items() if not found]
    if not missing or os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    print(f"\n=== apt-get install {' '.join(missing)}", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "--yes", "--no-install-recommends", *missing]
    for command in (["apt-get", "update"], install):
        subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False
        )


@contextmanager
def services() -> Iterator[tuple[str, str]]:
    """Give the URLs of PostgreSQL (a database name of our own) and Redis; what was started is ended afterwards.

    Raises:
        Unavailable: one of them is neither there nor installed.
    """
    with tempfile.TemporaryDirectory(prefix="dieu-hanh-services-") as folder:
        started: list[subprocess.Popen[bytes]] = []
        try:
            yield postgres_url(Path(folder), started), redis_url(Path(folder), started)
        finally:
            for process in started:
                stop(process)


def postgres_url(folder: Path, started: list[subprocess.Popen[bytes]]) -> str:
    """Return the given, the local or a throw-away PostgreSQL."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        return given
    server = local_postgres() or start_postgres(folder / "postgres", started)
    return f"{server}/dieu_hanh_{os.getpid()}"


def redis_url(folder: Path, started: list[subprocess.Popen[bytes]]) -> str:
    """Return the given, the local or a throw-away Redis."""
    return os.environ.get("TEST_REDIS_URL") or local_redis() or start_redis(folder / "redis", started)


def local_postgres() -> str | None:
    """Return the local server on which one of the usual roles may create databases, or None."""
    for role in dict.fromkeys(("root", getpass.getuser(), "postgres")):
        url = f"postgres://{role}@127.0.0.1:5432"
        with suppress(psycopg.Error), psycopg.connect(f"{url}/postgres", connect_timeout=2) as connection:
            query = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
            if connection.execute(query).fetchone() == (True,):
                return url
    return None


def local_redis() -> str | None:
    """Return the local server, or None."""
    with suppress(redis.RedisError), redis.Redis.from_url(LOCAL_REDIS, socket_timeout=2) as client:
        client.ping()
        return LOCAL_REDIS
    return None


def free_port() -> int:
    """Return a port of the loopback that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_postgres(folder: Path, started: list[subprocess.Popen[bytes]]) -> str:
    """Start a throw-away server; PostgreSQL refuses to run as root, so root borrows its own account."""
    programs = find_postgres()
    if not programs:
        raise Unavailable("PostgreSQL is not installed and could not be installed")
    account = "postgres" if os.geteuid() == 0 else None
    folder.mkdir(mode=0o700)
    if account:
        folder.parent.chmod(0o711)
        shutil.chown(folder, account)
    port = free_port()
    create = [
        f"{programs}/initdb",
        "-D",
        str(folder),
        "-U",
        "root",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
    ]
    subprocess.run(create, user=account, cwd="/", check=True, stdout=subprocess.DEVNULL)
    options = {"listen_addresses": "127.0.0.1", "unix_socket_directories": str(folder), "fsync": "off"}
    serve = [f"{programs}/postgres", "-D", str(folder), "-p", str(port)]
    serve += [argument for name, value in options.items() for argument in ("-c", f"{name}={value}")]
    started.append(
        subprocess.Popen(serve, user=account, cwd="/", stderr=subprocess.DEVNULL, start_new_session=True)
    )
    url = f"postgres://root@127.0.0.1:{port}"
    wait_for(lambda: psycopg.connect(f"{url}/postgres", connect_timeout=2).close(), psycopg.Error)
    return url


def start_redis(folder: Path, started: list[subprocess.Popen[bytes]]) -> str:
    """Start a throw-away server that keeps nothing."""
    program = shutil.which("redis-server")
    if not program:
        raise Unavailable("Redis is not installed and could not be installed")
    folder.mkdir()
    port = free_port()
    serve = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    started.append(subprocess.Popen(serve, stdout=subprocess.DEVNULL, start_new_session=True))
    url = f"redis://127.0.0.1:{port}/0"
    wait_for(redis.Redis.from_url(url, socket_timeout=2).ping, redis.RedisError)
    return url


def wait_for(attempt: object, error: type[Exception]) -> None:
    """Call `attempt` until it raises no `error`.

    Raises:
        Unavailable: it still does after START_SECONDS.
    """
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        with suppress(error):
            attempt()  # type: ignore[operator]
            return
        time.sleep(0.1)
    raise Unavailable("a service did not start in time")


def stop(process: subprocess.Popen[bytes]) -> None:
    """End one process that was started here: SIGINT is PostgreSQL's fast shutdown, Redis knows it as well."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


if __name__ == "__main__":
    install_missing()
    with services() as urls:
        sys.stdout.write("\n".join(urls) + "\n")
