from config.celery import app


def test_beat_orders_only_tasks_that_exist():
    app.loader.import_default_modules()

    ordered = {entry["task"] for entry in app.conf.beat_schedule.values()}

    assert ordered <= set(app.tasks)


def test_beat_drops_an_order_that_the_next_one_replaces():
    assert {name: entry["options"]["expires"] for name, entry in app.conf.beat_schedule.items()} == {
        name: entry["schedule"] for name, entry in app.conf.beat_schedule.items()
    }
