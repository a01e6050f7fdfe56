"""Who and what most tests of pages begin with; a module that needs another world defines its own."""

import pytest
from django.test import Client

from accounts.models import User
from tests.factories import World, advance, make_world, start
from tests.workflows.plan_desk import signed_in
from workflows.domain.calendars import load_calendar
from workflows.models import Assignment


@pytest.fixture
def world(db: None) -> World:
    """Return a lead and two coordinating agencies, with the calendar already read."""
    load_calendar()
    return make_world(2)


@pytest.fixture
def assignment(world: World) -> Assignment:
    """Return a case whose plan is being drafted."""
    assignment = start(world)
    advance(world, assignment, "draft")
    return assignment


@pytest.fixture
def drafter(world: World) -> Client:
    """Return the browser of the lead's specialist."""
    return signed_in(world.who("skhdt.specialist"))


@pytest.fixture
def clerk(world: World, client: Client) -> User:
    """Sign the Office's clerk in."""
    client.force_login(world.who("vp.clerk"))
    return world.who("vp.clerk")
