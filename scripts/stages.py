"""Stages of a run: each is started, timed, bounded and remembered for the summary."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
BIN = Path(PYTHON).parent
NO_TESTS_COLLECTED = 5


@dataclass(frozen=True)
class Stage:
    """A command with a name, a bound in seconds, and what it changes in the environment (None removes).

    `may_be_empty` lets a selection of tests be empty.
    """

    name: str
    command: list[str]
    environment: Mapping[str, str | None] = field(default_factory=dict)
    seconds: int = 600
    quiet: bool = False
    may_be_empty: bool = False


@dataclass
class Run:
    """What happened so far: stages with their seconds, and parts left out with the reason."""

    done: list[tuple[str, float, bool]] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)

    def stage(self, stage: Stage) -> bool:
        """Run one stage to its end and tell whether it succeeded."""
        print(f"\n=== {stage.name}", flush=True)
        started = time.monotonic()
        code = execute(stage)
        ok = code == 0 or (stage.may_be_empty and code == NO_TESTS_COLLECTED)
        self.done.append((stage.name, time.monotonic() - started, ok))
        return ok

    def stages(self, stages: Iterable[Stage]) -> bool:
        """Run every stage, also after a failed one, and tell whether all succeeded."""
        results = [self.stage(stage) for stage in stages]
        return all(results)

    def skip(self, part: str, reason: str) -> None:
        """Remember that a part was left out."""
        print(f"\n=== {part}: skipped, {reason}", flush=True)
        self.skipped.append((part, reason))

    def finish(self) -> int:
        """Print the summary and return the exit code: a skip is a failure where everything is required."""
        print("\n=== summary")
        for name, seconds, ok in self.done:
            print(f"{'ok    ' if ok else 'FAILED'} {seconds:7.1f} s  {name}")
        for part, reason in self.skipped:
            print(f"skipped            {part}: {reason}")
        failed = not all(ok for _name, _seconds, ok in self.done)
        print(f"total  {total_seconds(self.done):7.1f} s")
        return int(failed or bool(self.skipped and everything_is_required()))


def everything_is_required() -> bool:
    """Tell whether a skipped part is a failure (CI=true or REQUIRE_ALL=1)."""
    return any(os.environ.get(name, "").lower() in {"1", "true", "yes"} for name in ("CI", "REQUIRE_ALL"))


def total_seconds(done: list[tuple[str, float, bool]]) -> float:
    """Return the time since `make test` began, or of all stages where that is unknown."""
    started = os.environ.get("TEST_STARTED")
    return time.time() - float(started) if started else sum(seconds for _name, seconds, _ok in done)


def execute(stage: Stage) -> int:
    """Run a stage's command in the project's root; end its whole process group when the time is over."""
    environment = {
        name: value for name, value in (os.environ | dict(stage.environment)).items() if value is not None
    }
    process = subprocess.Popen(
        stage.command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if stage.quiet else None,
        stderr=subprocess.STDOUT if stage.quiet else None,
        start_new_session=True,
        text=True,
    )
    try:
        output, _ = process.communicate(timeout=stage.seconds)
    except subprocess.TimeoutExpired:
        end_group(process)
        print(f"{stage.name}: ended after {stage.seconds} s", flush=True)
        return 1
    except KeyboardInterrupt:
        end_group(process)
        raise
    if stage.quiet and process.returncode:
        print(output, flush=True)
    return process.returncode


def end_group(process: subprocess.Popen[str]) -> None:
    """Ask a process and its children to end, then make them."""
    for number, patience in ((signal.SIGTERM, 10), (signal.SIGKILL, 10)):
        try:
            os.killpg(process.pid, number)
            process.wait(timeout=patience)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue
