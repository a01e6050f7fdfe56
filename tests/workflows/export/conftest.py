"""A decided case with something of every kind, taken out before and after it was sealed; made once a module."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from notifications.sealing import acts
from tests.factories import World, make_world, start
from tests.workflows.decided import decided_case
from tests.workflows.export.desk import AT, written
from workflows.models import Assignment
from workflows.signing import jobs

KEY = base64.b64encode(b"a key for nothing but the tests.").decode()


@dataclass(frozen=True)
class Exported:
    """The case, and its export as bytes: not sealed, sealed, and sealed to its last event but one."""

    world: World
    assignment: Assignment
    unsealed: bytes
    sealed: bytes


@pytest.fixture(scope="module")
def kept_exported(kept: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exported]:
    place: Path = tmp_path_factory.mktemp("exported")
    with override_settings(
        MEDIA_ROOT=place / "files",
        VAR_DIR=place,
        AUDIT_SEAL_FILE=place / "seals.jsonl",
        AUDIT_SEAL_KEY=KEY,
        AUDIT_SEAL_PUBLIC_KEYS=(),
    ):
        world = make_world(4)
        assignment = decided_case(world)
        start(world)  # another chain, so that a seal is over more than one
        jobs.sweep()
        unsealed = written(assignment.directive, at=AT)
        acts.seal()
        yield Exported(world, assignment, unsealed, written(assignment.directive, at=AT))


@pytest.fixture
def exported(db: Any, kept_exported: Exported) -> Exported:
    """Return what the module made once."""
    return kept_exported
