from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.urls import reverse
from django.utils import timezone

from config import health
from notifications.models import Event
from tests.factories import make_world, start
from workflows.models import CaseTask

ALL_WELL = {"database": True, "migrations": True, "layer": True, "outbox": True, "timers": True}


def add_event(**columns):
    defaults = {
        "chain": "c",
        "seq": 1,
        "kind": "test.happened",
        "data": {},
        "actor_label": "",
        "occurred_at": timezone.now(),
        "prev_hash": "0" * 64,
        "hash": "1" * 64,
    }
    return Event.objects.create(**(defaults | columns))


def test_live_asks_nothing(client):
    response = client.get(reverse("healthz-live"))

    assert (response.status_code, response.json()) == (200, {"live": True})


@pytest.mark.django_db
def test_ready_of_a_healthy_system(client):
    response = client.get(reverse("healthz-ready"))

    assert (response.status_code, response.json()) == (200, {"ready": True, "checks": ALL_WELL})
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_ready_with_an_event_untold_for_a_minute_says_outbox(client):
    add_event(occurred_at=timezone.now() - health.OUTBOX_LAG - timedelta(seconds=1))

    response = client.get(reverse("healthz-ready"))

    assert response.status_code == 503
    assert response.json() == {"ready": False, "checks": ALL_WELL | {"outbox": False}}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "columns",
    [{}, {"dispatched_at": timezone.now()}, {"dead_at": timezone.now()}],
    ids=["young", "told", "given up"],
)
def test_ready_with_other_events_is_ready(client, columns):
    old = timezone.now() - timedelta(hours=1)
    add_event(**({"occurred_at": old} | columns if columns else {}))

    assert client.get(reverse("healthz-ready")).status_code == 200


@pytest.mark.django_db
def test_ready_with_a_migration_missing_says_migrations(client):
    for name in ("0001_squashed_0003_decision", "0003_decision"):
        MigrationRecorder(connection).record_unapplied("notifications", name)

    response = client.get(reverse("healthz-ready"))

    assert response.json() == {"ready": False, "checks": ALL_WELL | {"migrations": False}}


def test_ready_with_the_layer_of_one_process_says_layer(settings):
    settings.WEB_PROCESSES = 2
    settings.EMBEDDED = True

    assert health.layer_configured() is False


def test_holds_is_false_where_the_database_is_silent():
    def silent():
        raise OperationalError

    assert health.holds(silent) is False


@pytest.mark.django_db
def test_ready_refuses_to_change_anything(client):
    assert client.post(reverse("healthz-ready")).status_code == 405


@pytest.mark.django_db
@pytest.mark.parametrize(("seconds", "expected"), [(1, False), (-1, True)])
def test_timers_fire_unless_one_is_two_minutes_late(seconds, expected):
    start(make_world())
    task = CaseTask.objects.open().first()
    due = timezone.now() - health.TIMER_LAG - timedelta(seconds=seconds)
    CaseTask.objects.filter(pk=task.pk).update(flow_task_type="TIMER", status="SCHEDULED", scheduled=due)

    assert health.timers_fire() is expected
