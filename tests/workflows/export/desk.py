"""What tests of exports share: writing one, reading it, changing it, checking it."""

import contextlib
import hashlib
import io
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from workflows.documents.export import archive
from workflows.documents.export.gathering import gather
from workflows.documents.offline import verify
from workflows.models import Directive

AT = datetime(2020, 7, 1, 3, 0, tzinfo=UTC)
Members = dict[str, bytes]


def written(directive: Directive, *, at: datetime = AT) -> bytes:
    """Return the export of a case as it is now."""
    target = io.BytesIO()
    fresh = Directive.objects.select_related("issuer").get(pk=directive.pk)
    archive.write(gather(fresh), target, at=at)
    return target.getvalue()


def members_of(data: bytes) -> Members:
    """Return the members of an export."""
    with ZipFile(io.BytesIO(data)) as box:
        return {name: box.read(name) for name in box.namelist()}


def packed(members: Members, *, listed: bool) -> bytes:
    """Return members as an export; `listed` makes the manifest say what they hold, as a forger would."""
    if listed:
        manifest = json.loads(members["manifest.json"])
        manifest["members"] = {
            name: {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
            for name, data in members.items()
            if name != "manifest.json"
        }
        members = members | {"manifest.json": encoded(manifest)}
    target = io.BytesIO()
    with ZipFile(target, "w") as box:
        for name, data in members.items():
            box.writestr(name, data)
    return target.getvalue()


def encoded(value: Any) -> bytes:
    """Return JSON as the export has it."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def checked(data: bytes, place: Path, *arguments: str) -> tuple[int, str]:
    """Check an export in this process; return the exit code and what was said."""
    place.write_bytes(data)
    said = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    with contextlib.redirect_stdout(said):
        code = verify.main([str(place), *arguments])
    said.seek(0)
    return code, said.read()


def run_alone(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python without any package, in a folder outside the project."""
    return subprocess.run(
        [sys.executable, "-I", "-S", *arguments],
        cwd=cwd,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
