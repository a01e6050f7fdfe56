"""Where what is handed in is measured: no limits, a folder of its own for files, the host of a test client."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from django.test import override_settings

UNLIMITED = dict.fromkeys(("post", "upload", "export", "download", "stranger_post"), (10**9, 60))


@contextmanager
def ground() -> Iterator[None]:
    """Keep what is measured apart from everything else."""
    with (
        tempfile.TemporaryDirectory() as folder,
        override_settings(LIMITS=UNLIMITED, MEDIA_ROOT=folder, ALLOWED_HOSTS=["testserver"], CLAMD=""),
    ):
        yield
