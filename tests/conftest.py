"""What every test needs: flushing despite the triggers, no cache that outlives a test, what is made once for many."""

import base64
import os
import tempfile
from collections.abc import Iterator
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection, transaction
from django.test import TransactionTestCase

from accounts import regulation, regulation_triggers
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
    regulation_triggers.drop(connection)
    try:
        _teardown(self)
    finally:
        event_triggers.install(connection)
        user_triggers.install(connection)
        regulation_triggers.install(connection)


TransactionTestCase._fixture_teardown = _teardown_without_triggers


def pytest_configure(config: pytest.Config) -> None:
    """Name the marks that only fixtures read; no test finds the seals of a system that ran here."""
    settings.AUDIT_SEAL_FILE = Path(tempfile.gettempdir()) / f"dieu-hanh-test-{os.getpid()}" / "seals.jsonl"
    config.addinivalue_line(
        "markers", "case(agencies, at): what the module begins with, tests/workflows/conftest.py"
    )


def _forget() -> None:
    calendars.invalidate()
    regulation.remember((), until=date.max)  # nothing was decided, whatever day a test makes of today
    cache.clear()
    ContentType.objects.clear_cache()
    permission_ids.cache_clear()


@pytest.fixture(autouse=True)
def _no_leftovers() -> None:
    """Start each test with empty process-local caches."""
    _forget()


@pytest.fixture(scope="module")
def kept(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Hold a transaction open around a module: what its fixtures write in it is there for each of its tests.

    Each test works in a savepoint of its own and leaves nothing behind. A fixture of the module that writes asks for
    this one and is itself named `kept_…`: tests that ask for fewer of them come first, so that they find no more than
    what they asked for. A test that commits has no place in such a module.
    """
    module = [item for item in request.session.items if item.path == request.path]
    assert not [item.nodeid for item in module if _commits(item)]
    with django_db_blocker.unblock(), transaction.atomic():
        _forget()
        yield
        transaction.set_rollback(True)


def _commits(item: Any) -> bool:
    mark = item.get_closest_marker("django_db")
    return bool(mark and mark.kwargs.get("transaction")) or "transactional_db" in item.fixturenames


def _kept(item: Any) -> int:
    return sum(name.startswith("kept") for name in getattr(item, "fixturenames", ()))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what has no meaning on this database.

    SQLite has one writer and no row locks; what touches no service was run on the first pass, which is SQLite's.
    """
    on_postgresql = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
    kept = [item for item in items if _has_meaning(item, on_postgresql=on_postgresql)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    modules = [sorted(module, key=_kept) for _path, module in groupby(kept, key=lambda item: item.path)]
    items[:] = [item for module in sorted(modules, key=_is_short) for item in module]


def _is_short(module: list[Any]) -> bool:
    """Tell whether a module may wait: one that takes long is begun first, so that no worker waits for it alone."""
    return module[0].get_closest_marker("long") is None


def _has_meaning(item: Any, *, on_postgresql: bool) -> bool:
    if not on_postgresql:
        return item.get_closest_marker("postgres") is None
    folder = item.path.relative_to(settings.BASE_DIR).parts[1]
    uses_database = item.get_closest_marker("django_db") or {"db", "transactional_db"} & set(
        item.fixturenames
    )
    return bool(uses_database) or folder in WITH_SERVICES


@pytest.fixture
def seals(settings: Any, tmp_path: Path) -> Path:
    """Give a key to seal with, and the place of the file of seals, which is made with the first of them."""
    settings.VAR_DIR = tmp_path / "var"
    settings.AUDIT_SEAL_FILE = tmp_path / "var" / "seals.jsonl"
    settings.AUDIT_SEAL_KEY = base64.b64encode(b"a key for nothing but the tests.").decode()
    settings.AUDIT_SEAL_PUBLIC_KEYS = ()
    return settings.AUDIT_SEAL_FILE
