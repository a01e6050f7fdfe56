"""Database options that correctness and cost depend on, for SQLite and PostgreSQL."""

import os
import tempfile
from pathlib import Path
from typing import Any

from environ import Env

SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
}
POSTGRES_SESSION = "-c lock_timeout=5s -c statement_timeout=15s -c idle_in_transaction_session_timeout=30s"
POSTGRES_POOL = {"min_size": 2, "max_size": 16, "timeout": 5, "max_lifetime": 1800}


def database(url: str, *, pool: bool) -> dict[str, Any]:
    """Return Django's settings for the database at `url`; `pool` keeps PostgreSQL connections in a psycopg pool.

    Raises:
        ValueError: the URL names neither SQLite nor PostgreSQL.
    Source: docs/deploy.md, "Database".
    """
    parsed: dict[str, Any] = Env.db_url_config(url)
    if parsed["ENGINE"] == "django.db.backends.sqlite3":
        return _sqlite(parsed)
    if parsed["ENGINE"] == "django.db.backends.postgresql":
        return _postgres(parsed, pool=pool)
    message = "DATABASE_URL must begin with sqlite:// or postgres://"
    raise ValueError(message)


def _sqlite(parsed: dict[str, Any]) -> dict[str, Any]:
    """Serialise writers (IMMEDIATE, WAL) and give tests a file: threads cannot share an in-memory database."""
    if parsed["NAME"] != ":memory:":
        Path(parsed["NAME"]).parent.mkdir(parents=True, exist_ok=True)
    test_file = Path(tempfile.gettempdir()) / f"dieu-hanh-test-{os.getpid()}.sqlite3"
    return parsed | {
        "OPTIONS": SQLITE_OPTIONS | parsed.get("OPTIONS", {}),
        "ATOMIC_REQUESTS": False,
        "TEST": {"NAME": str(test_file)},
    }


def _postgres(parsed: dict[str, Any], *, pool: bool) -> dict[str, Any]:
    """Bound every wait; hold no connection between requests but those of the pool."""
    options: dict[str, Any] = {"options": POSTGRES_SESSION} | parsed.get("OPTIONS", {})
    if pool:
        options["pool"] = dict(POSTGRES_POOL)
    return parsed | {
        "OPTIONS": options,
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
    }
