import pytest

from config.celery import app
from tests.config.reading import PRODUCTION, run_python


def test_beat_orders_only_tasks_that_exist():
    app.loader.import_default_modules()

    ordered = {entry["task"] for entry in app.conf.beat_schedule.values()}

    assert ordered <= set(app.tasks)


def test_beat_drops_an_order_that_the_next_one_replaces():
    assert {name: entry["options"]["expires"] for name, entry in app.conf.beat_schedule.items()} == {
        name: entry["schedule"] for name, entry in app.conf.beat_schedule.items()
    }


@pytest.mark.parametrize("command", [["worker", "--concurrency", "1"], ["beat", "--pidfile="]])
def test_celery_refuses_to_start_with_a_mixture_that_loses_work(command, tmp_path):
    environment = PRODUCTION | {"VAR_DIR": str(tmp_path), "ALLOWED_HOSTS": "*"}
    del environment["DATABASE_URL"]
    schedule = ["--schedule", str(tmp_path / "schedule")] if command[0] == "beat" else []
    code = "import sys; from celery.__main__ import main; sys.exit(main())"

    result = run_python(code, "--app", "config", *command, *schedule, environment=environment)

    assert result.returncode == 1
    assert "site.E002" in result.stderr
    assert "site.E006" in result.stderr
