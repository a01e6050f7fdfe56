"""What production runs, once for all tests of this folder: two ASGI processes, one Celery worker, beat."""

import os
from collections.abc import Iterator

import pytest
from django.conf import settings
from playwright.sync_api import Browser

from scripts.services import Unavailable
from tests.browsers import People, chromium
from tests.systems import System, database_beside, production


@pytest.fixture(scope="package")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Run the system on the PostgreSQL and Redis of this pass."""
    if settings.EMBEDDED:
        pytest.skip("needs REDIS_URL")
    folder = tmp_path_factory.mktemp("production")
    with production(folder, database_beside(settings.DATABASES["default"]), settings.REDIS_URL) as running:
        yield running


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Start Chromium once."""
    try:
        with chromium() as started:
            yield started
    except Unavailable as reason:
        pytest.skip(str(reason))


@pytest.fixture
def person(browser: Browser, system: System) -> Iterator[People]:
    """Open signed-in pages; the test fails on what the browser complained of."""
    people = People(browser, system)
    yield people
    assert people.leave() == []


@pytest.fixture
def rounds() -> int:
    """Return how often a fault is tried: once in the suite, FAULTS_ROUNDS times in `make faults`."""
    return int(os.environ.get("FAULTS_ROUNDS", "1"))
