"""Health for supervisors: `live` says the process answers, `ready` that it can do its work."""

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.policy import public
from notifications.models import Event
from workflows.models import CaseTask

OUTBOX_LAG = timedelta(seconds=60)
TIMER_LAG = timedelta(seconds=120)


def database_answers() -> bool:
    """Tell whether the database executes a statement."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone() == (1,))


def migrations_applied() -> bool:
    """Tell whether the tables are those of this release."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def layer_configured() -> bool:
    """Tell whether hints reach every process; a layer that is down costs a minute, so it is not asked."""
    return settings.WEB_PROCESSES == 1 or not settings.EMBEDDED


def outbox_flows() -> bool:
    """Tell whether the relay has told everybody of what happened more than OUTBOX_LAG ago."""
    return not Event.objects.pending().filter(occurred_at__lt=timezone.now() - OUTBOX_LAG).exists()


def timers_fire() -> bool:
    """Tell whether no timer is overdue by more than TIMER_LAG: that is the heartbeat of whoever fires them."""
    return not CaseTask.objects.due_timers(at=timezone.now() - TIMER_LAG).exists()


QUESTIONS: dict[str, Callable[[], bool]] = {
    "database": database_answers,
    "migrations": migrations_applied,
    "layer": layer_configured,
    "outbox": outbox_flows,
    "timers": timers_fire,
}


def holds(question: Callable[[], bool]) -> bool:
    """Ask one question; a database that does not answer is a no."""
    try:
        return question()
    except DatabaseError:
        return False


@public
@never_cache
@require_safe
def live(_request: HttpRequest) -> JsonResponse:
    """Answer without touching anything: the process serves requests."""
    return JsonResponse({"live": True})


@public
@never_cache
@require_safe
def ready(_request: HttpRequest) -> JsonResponse:
    """Answer 200 where every question of QUESTIONS holds, else 503; names only, no details."""
    answers = {name: holds(question) for name, question in QUESTIONS.items()}
    is_ready = all(answers.values())
    return JsonResponse({"ready": is_ready, "checks": answers}, status=200 if is_ready else 503)
