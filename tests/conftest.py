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
from workflows.domain import calendars, grants

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
    grants.forget_permissions()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what has no meaning on this database: SQLite has one writer and no row locks."""
    if settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
        return
    meaningless = [item for item in items if item.get_closest_marker("postgres")]
    config.hook.pytest_deselected(items=meaningless)
    items[:] = [item for item in items if item not in meaningless]
