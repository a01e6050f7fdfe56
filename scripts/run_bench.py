"""What `make bench` runs: each script of benchmarks/ on a fresh, migrated PostgreSQL database and Redis."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

import psycopg
from psycopg import sql
from services import services
from stages import PYTHON, ROOT, Run, Stage


@contextmanager
def fresh_database(url: str) -> Iterator[None]:
    """Create the database that `url` names and drop it afterwards."""
    server, name = url.rsplit("/", 1)
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def main(names: list[str]) -> int:
    """Run the named scripts, or all of them."""
    scripts = [ROOT / "benchmarks" / f"{name}.py" for name in names] or sorted(
        (ROOT / "benchmarks").glob("[a-z]*.py")
    )
    unknown = [script.name for script in scripts if not script.exists()]
    if unknown:
        print(f"bench: no such script in benchmarks/: {', '.join(unknown)}")
        return 2
    run = Run()
    with services() as (database, broker):
        environment = {
            "ENVIRONMENT": "development",
            "DATABASE_URL": database,
            "REDIS_URL": broker,
            "REDIS_PREFIX": f"bench-{os.getpid()}",
            "PYTHONPATH": str(ROOT),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "LOG_LEVEL": "ERROR",
            # What is measured is the work, not when it is refused.
            **{
                f"LIMIT_{name}": "1000000000/60"
                for name in ("POST", "UPLOAD", "EXPORT", "DOWNLOAD", "STRANGER_POST")
            },
        }
        for script in scripts:
            with fresh_database(database), TemporaryDirectory() as folder:
                own = environment | {"VAR_DIR": folder}
                migrate = Stage("migrate", [PYTHON, "manage.py", "migrate", "--verbosity", "0"], own)
                run.stages([migrate, Stage(script.stem, [PYTHON, str(script)], own, seconds=3600)])
    return run.finish()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
