"""Having a file looked through by a process of its own (`workflows.uploads.inspecting`)."""

import json
import logging
import subprocess
import sys
import tempfile
from typing import Any

from django.conf import settings
from django.core.files.base import File

from .verdicts import UNCHECKED

logger = logging.getLogger(__name__)

SECONDS = 30.0  # by the clock on the wall
STATED = {"PATH": "", "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}


def inspect(file: "File[Any]", kind: str) -> tuple[str, int]:
    """Return the verdict on a file, empty where it is taken, and the most memory (kB) the inspection held.

    Never raises and never takes longer than SECONDS; a file that ends its inspector is `UNCHECKED`.
    """
    command = [sys.executable, "-m", "workflows.uploads.inspecting", kind]
    with tempfile.TemporaryFile() as copy:
        file.seek(0)
        for chunk in file.chunks():
            copy.write(chunk)
        copy.seek(0)
        try:
            done = subprocess.run(  # noqa: S603 - our own program and a word of ours
                command,
                cwd=settings.BASE_DIR,
                env=STATED,
                stdin=copy,
                capture_output=True,
                timeout=SECONDS,
                check=True,
            )
            found = json.loads(done.stdout)
            return str(found["verdict"]), int(found["peak_kb"])
        except (OSError, ValueError, LookupError, subprocess.SubprocessError):
            logger.warning("upload not inspected", extra={"kind": kind}, exc_info=True)
            return UNCHECKED, 0
