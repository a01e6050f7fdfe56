import os
import sys
import time

import pytest

from scripts import stages
from scripts.stages import Run, Stage


@pytest.fixture(autouse=True)
def nothing_required(monkeypatch):
    for name in ("CI", "REQUIRE_ALL", "TEST_STARTED"):
        monkeypatch.delenv(name, raising=False)


def python(name, code, **options):
    return Stage(name, [sys.executable, "-c", code], **options)


def test_run_of_good_stages_succeeds(capfd):
    run = Run()

    assert run.stages([python("one", "print('seen')"), python("two", "")]) is True
    assert run.finish() == 0
    assert "seen" in capfd.readouterr().out


def test_run_goes_on_after_a_failed_stage(capfd):
    run = Run()

    assert run.stages([python("bad", "raise SystemExit(3)"), python("good", "")]) is False
    assert run.finish() == 1
    summary = capfd.readouterr().out.split("=== summary")[1]
    assert "FAILED" in summary
    assert "good" in summary


def test_run_shows_the_output_of_a_quiet_stage_only_where_it_fails(capfd):
    Run().stages([python("good", "print('fine')", quiet=True), python("bad", "exit('broken')", quiet=True)])

    output = capfd.readouterr().out
    assert "fine" not in output
    assert "broken" in output


@pytest.mark.parametrize(("variable", "code"), [(None, 0), ("CI", 1), ("REQUIRE_ALL", 1)])
def test_run_with_a_skipped_part_fails_where_everything_is_required(monkeypatch, variable, code):
    if variable:
        monkeypatch.setenv(variable, "true")
    run = Run()
    run.skip("browser tests", "no browser")

    assert run.finish() == code


def test_stage_that_takes_too_long_is_ended():
    started = time.monotonic()

    assert Run().stage(python("sleeper", "import time; time.sleep(60)", seconds=1)) is False
    assert time.monotonic() - started < 15


def test_stage_changes_and_removes_variables(monkeypatch):
    monkeypatch.setenv("GONE", "x")
    code = "import os; assert 'GONE' not in os.environ and os.environ['HERE'] == 'y'"

    assert Run().stage(python("variables", code, environment={"GONE": None, "HERE": "y"})) is True


@pytest.mark.parametrize("may_be_empty", [True, False])
def test_stage_without_a_collected_test_fails_unless_it_may_be_empty(tmp_path, may_be_empty):
    command = [stages.PYTHON, "-m", "pytest", "-q", "-c", os.devnull, "-p", "no:cacheprovider", str(tmp_path)]
    bare = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}

    assert Run().stage(Stage("empty", command, bare, may_be_empty=may_be_empty)) is may_be_empty
