"""What every test needs: flushing despite the triggers, no cache that outlives a test."""

from typing import Any

import pytest
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection
from django.test import TransactionTestCase

from accounts import triggers as user_triggers
from notifications import triggers as event_triggers
from workflows.domain import calendars
from workflows.models.grant import permission_ids

# Folders whose tests reach the services without a fixture of the database.
WITH_SERVICES = {"e2e", "faults", "notifications"}

_teardown = TransactionTestCase._fixture_teardown


def _teardown_without_triggers(self: Any) -> None:
    """Flush with the triggers out of the way: on SQLite a flush deletes row by row."""
    event_triggers.drop(connection)
    user_triggers.drop(connection)
    try:
        _teardown(self)
    finally:
        event_triggers.install(connection)
        user_triggers.install(connection)


TransactionTestCase._fixture_teardown = _teardown_without_triggers


@pytest.fixture(autouse=True)
def _no_leftovers() -> None:
    """Start each test with empty process-local caches."""
    calendars.invalidate()
    cache.clear()
    ContentType.objects.clear_cache()
    permission_ids.cache_clear()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what has no meaning on this database.

    SQLite has one writer and no row locks; what touches no service was run on the first pass, which is SQLite's.
    """
    on_postgresql = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
    kept = [item for item in items if _has_meaning(item, on_postgresql=on_postgresql)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    items[:] = kept


def _has_meaning(item: Any, *, on_postgresql: bool) -> bool:
    if not on_postgresql:
        return item.get_closest_marker("postgres") is None
    folder = item.path.relative_to(settings.BASE_DIR).parts[1]
    uses_database = item.get_closest_marker("django_db") or {"db", "transactional_db"} & set(
        item.fixturenames
    )
    return bool(uses_database) or folder in WITH_SERVICES
