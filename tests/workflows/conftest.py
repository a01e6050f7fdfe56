"""Who and what most tests of workflows begin with; a module that needs another world defines its own.

A module's world and case are made once and stand for all its tests (`kept` in tests/conftest.py): each gets copies to
work with. The mark `case(agencies=…, at=…)` of a module says with how many agencies and at which node they begin; a
module that needs more people overrides `kept_world`.
"""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts.authority import Actor
from accounts.models import Agency, User
from tests.factories import World, actor, make_world
from tests.workflows.cases import case_at
from tests.workflows.plan_desk import signed_in
from workflows.domain.calendars import load_calendar
from workflows.models import Assignment
from workflows.models.grant import permission_ids


def _begins(request: pytest.FixtureRequest, what: str, otherwise: Any) -> Any:
    mark = request.node.get_closest_marker("case")
    return mark.kwargs.get(what, otherwise) if mark else otherwise


@pytest.fixture(scope="module")
def kept_world(request: pytest.FixtureRequest, kept: None) -> World:
    """Make a lead and coordinating agencies, two where the module does not say."""
    return make_world(_begins(request, "agencies", 2))


@pytest.fixture(scope="module")
def kept_case(request: pytest.FixtureRequest, kept_world: World) -> Assignment:
    """Bring a case to a node, to the drafting of its plan where the module does not say."""
    return case_at(_begins(request, "at", "draft"), kept_world)


@pytest.fixture
def world(db: None, kept_world: World) -> World:
    """Return the module's world, with the calendar already read."""
    load_calendar()
    return deepcopy(kept_world)


@pytest.fixture
def assignment(db: None, kept_case: Assignment) -> Assignment:
    """Return the module's case, with what its acts read once for all already read."""
    permission_ids()
    return deepcopy(kept_case)


@pytest.fixture
def agency(world: World) -> Agency:
    """Return the first agency that coordinates."""
    return world.others[0]


@pytest.fixture
def head(world: World) -> Actor:
    """Return the head of the lead, acting."""
    return actor(world.who("skhdt.head"))


@pytest.fixture
def media(settings: Any, tmp_path: Path) -> Path:
    """Keep stored files out of the way; return the folder, which is made with the first of them."""
    settings.MEDIA_ROOT = tmp_path / "files"
    return settings.MEDIA_ROOT


@pytest.fixture
def drafter(world: World) -> Client:
    """Return the browser of the lead's specialist."""
    return signed_in(world.who("skhdt.specialist"))


@pytest.fixture
def clerk(world: World, client: Client) -> User:
    """Sign the Office's clerk in."""
    client.force_login(world.who("vp.clerk"))
    return world.who("vp.clerk")
