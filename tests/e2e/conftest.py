"""One running system and one browser for all tests of this folder: embedded on SQLite, else what production runs."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser

from scripts.services import Unavailable
from tests.browsers import People, chromium
from tests.systems import System, database_beside, embedded, production


@pytest.fixture(scope="package")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Run the system on the services of this pass; afterwards its books must balance and its logs be clean."""
    folder = tmp_path_factory.mktemp("system")
    with _flavour(folder) as running:
        yield running
        running.manage("check_inbox")
        running.manage("verify_audit")
        for name in running.processes:
            assert "Traceback" not in running.log(name), running.log(name)


def _flavour(folder: Path) -> AbstractContextManager[System]:
    if settings.EMBEDDED:
        return embedded(folder)
    return production(folder, database_beside(settings.DATABASES["default"]), settings.REDIS_URL)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Start Chromium once."""
    try:
        with chromium() as started:
            yield started
    except Unavailable as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="package")
def everybody(browser: Browser, system: System) -> People:
    """Know the people of the demonstration at this system."""
    return People(browser, system)


@pytest.fixture
def person(everybody: People) -> Iterator[People]:
    """Open signed-in pages: person("skhdt.head"); the test fails on what the browser complained of."""
    yield everybody
    assert everybody.leave() == []
