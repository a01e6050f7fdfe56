"""What `make test` runs after the environment is there: checks, then the suite on both pairs of services."""

import os
import sys
import time

from run_checks import check_stages
from services import Unavailable, find_browser, find_office, install_missing, services
from stages import PYTHON, Run, Stage

PYTEST = [PYTHON, "-m", "pytest", "-q", "--durations=5"]
PARALLEL = ["--dist", "loadfile", "-n"]
WORKERS, WORKERS_WITH_SERVICES = "2", "3"  # with services a worker waits a quarter of its time
SUITE_SECONDS = 1500  # a bound for a busy machine; a quiet one takes a third
EMBEDDED: dict[str, str | None] = {
    "ENVIRONMENT": "test",
    "DATABASE_URL": None,
    "REDIS_URL": None,
    "DATABASE_POOL": None,
}


def suite(
    name: str, environment: dict[str, str | None], *, without: tuple[str, ...], browser: bool, workers: str
) -> list[Stage]:
    """Return the stages of one pass: what may share the machine in parallel, what measures time alone.

    `without` names the marks of tests that do not belong to the pass: what LibreOffice opens and what a page looks
    like know no database, so one pass has them.
    """
    exclude = "".join(f" and not {mark}" for mark in without)
    stages = [
        Stage(
            name,
            [*PYTEST, *PARALLEL, workers, "-m", f"not browser and not slow{exclude}"],
            environment,
            seconds=SUITE_SECONDS,
        ),
        Stage(
            f"{name}, slow tests",
            [*PYTEST, "-m", f"slow and not browser{exclude}"],
            environment,
            may_be_empty=True,
        ),
    ]
    if browser:
        browsing = [*PYTEST, "-m", f"browser{exclude}"]
        stages.append(Stage(f"{name}, browser", browsing, environment, seconds=SUITE_SECONDS))
    return stages


def faults() -> int:
    """Run tests/faults on PostgreSQL and Redis."""
    run = Run()
    with services() as (database, broker):
        rounds = os.environ.get("FAULTS_ROUNDS", "3")
        environment = EMBEDDED | {"DATABASE_URL": database, "REDIS_URL": broker, "FAULTS_ROUNDS": rounds}
        run.stage(Stage("faults", [*PYTEST, "tests/faults"], environment, seconds=3600))
    return run.finish()


def everything() -> int:
    """Run the checks and both passes, and say what was left out."""
    run = Run()
    if "TEST_STARTED" in os.environ:
        run.done.append(("environment", time.time() - float(os.environ["TEST_STARTED"]), True))
    install_missing()
    browser = find_browser()
    if not browser:
        run.skip("browser tests", "Chromium is not installed and could not be installed")
    if not find_office():
        run.skip("documents in LibreOffice", "LibreOffice is not installed and could not be installed")
    compiled = Stage("messages", [PYTHON, "scripts/compile_messages.py"], seconds=60)
    run.stages([compiled, *check_stages()])
    chosen = {"CHROMIUM": browser}
    embedded = EMBEDDED | chosen
    without = ("postgres",) if find_office() else ("postgres", "office")
    browses = bool(browser)
    first = suite("SQLite and in-memory layer", embedded, without=without, browser=browses, workers=WORKERS)
    run.stages(first)
    try:
        with services() as (database, broker):
            production = EMBEDDED | chosen | {"DATABASE_URL": database, "REDIS_URL": broker}
            title, workers = "PostgreSQL and Redis", WORKERS_WITH_SERVICES
            once = ("office", "looks")
            run.stages(suite(title, production, without=once, browser=browses, workers=workers))
    except Unavailable as reason:
        run.skip("PostgreSQL and Redis", str(reason))
    return run.finish()


if __name__ == "__main__":
    sys.exit(faults() if sys.argv[1:] == ["faults"] else everything())
