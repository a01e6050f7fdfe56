"""Celery: in production it calls the functions that the embedded process calls in its own loop."""

import os
import sys
from typing import Any

from celery import Celery
from celery.signals import beat_init, setup_logging, worker_init
from django.core.exceptions import ImproperlyConfigured

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

RELAY_SWEEP_SECONDS = 5
TIMERS_SECONDS = 15
REMINDERS_SECONDS = 60
PAPERS_SECONDS = 30
SCANS_SECONDS = 15
ABSENCES_SECONDS = 3600
SEAL_SECONDS = 900
SESSIONS_SECONDS = 3600

app = Celery("dieu-hanh")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# An order to sweep that was not fetched in time is worthless: the next one is already there.
app.conf.beat_schedule = {
    "relay-sweep": {
        "task": "notifications.tasks.relay_sweep",
        "schedule": RELAY_SWEEP_SECONDS,
        "options": {"expires": RELAY_SWEEP_SECONDS},
    },
    "timers": {
        "task": "workflows.tasks.fire_timers",
        "schedule": TIMERS_SECONDS,
        "options": {"expires": TIMERS_SECONDS},
    },
    "look-again": {
        "task": "workflows.tasks.remind_to_look_again",
        "schedule": REMINDERS_SECONDS,
        "options": {"expires": REMINDERS_SECONDS},
    },
    "reminders": {
        "task": "workflows.tasks.remind_silent",
        "schedule": REMINDERS_SECONDS,
        "options": {"expires": REMINDERS_SECONDS},
    },
    "papers": {
        "task": "workflows.tasks.make_papers",
        "schedule": PAPERS_SECONDS,
        "options": {"expires": PAPERS_SECONDS},
    },
    "handing-back": {
        "task": "workflows.tasks.hand_back_work",
        "schedule": REMINDERS_SECONDS,
        "options": {"expires": REMINDERS_SECONDS},
    },
    "scans": {
        "task": "workflows.tasks.scan_files",
        "schedule": SCANS_SECONDS,
        "options": {"expires": SCANS_SECONDS},
    },
    "absences": {
        "task": "workflows.tasks.propose_delegations",
        "schedule": ABSENCES_SECONDS,
        "options": {"expires": ABSENCES_SECONDS},
    },
    "seal": {
        "task": "notifications.tasks.seal_audit",
        "schedule": SEAL_SECONDS,
        "options": {"expires": SEAL_SECONDS},
    },
    "expired-sessions": {
        "task": "accounts.tasks.clear_expired_sessions",
        "schedule": SESSIONS_SECONDS,
        "options": {"expires": SESSIONS_SECONDS},
    },
}


@setup_logging.connect  # type: ignore[untyped-decorator]
def keep_our_logging(**_kwargs: Any) -> None:
    """Leave logging as the settings made it: Celery adds no handler where this signal has a receiver."""


@worker_init.connect  # type: ignore[untyped-decorator]
@beat_init.connect  # type: ignore[untyped-decorator]
def refuse_to_start(**_kwargs: Any) -> None:
    """Run the start-up checks in the worker and in beat, which do not heed Django's.

    Raises:
        SystemExit: one of them fails; Celery would swallow an ordinary exception of a receiver.
    """
    from config import checks  # noqa: PLC0415 - this module is imported before the settings are

    try:
        checks.refuse_to_start()
    except ImproperlyConfigured as error:
        sys.stderr.write(f"{error}\n")  # beat ends without a word
        raise SystemExit(1) from error
