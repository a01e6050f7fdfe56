"""The case of the matrix, carried through its phases once a module."""

import pytest
from django.test import override_settings

from accounts import middleware
from tests.permissions.asking import quietly
from tests.permissions.stage import stages
from tests.permissions.table import PHASES
from workflows.models.grant import permission_ids


@pytest.fixture(scope="module")
def kept_walk(kept, tmp_path_factory):
    """The case on its way, phase by phase."""
    with override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("files")):
        walk = stages()
        yield walk
        walk.close()  # while the database may still be asked


@pytest.fixture(scope="module", params=PHASES)
def kept_stage(request, kept_walk):
    """The case at one phase; phases that nobody asks about are passed."""
    return next(stage for stage in kept_walk if stage.phase == request.param)


@pytest.fixture
def stage(kept_stage, monkeypatch):
    """The phase, with each person's hats read once: no cell changes anything."""
    permission_ids()
    known, read = {}, middleware.hats

    def hats_of(user):
        if user.pk not in known:
            known[user.pk] = read(user)
        return known[user.pk]

    monkeypatch.setattr(middleware, "hats", hats_of)
    with quietly():
        yield kept_stage
