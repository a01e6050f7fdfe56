"""The file of seals: read whole, added to at its end, one writer at a time, a line whole or not at all."""

import fcntl
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

logger = logging.getLogger(__name__)

FILE_MODE = 0o640
WAIT_SECONDS = 20.0
STEP_SECONDS = 0.02
CHUNK = 1 << 16


class BusyError(Exception):
    """Somebody else holds the file of seals."""


class Book:
    """The open and locked file of seals."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def lines(self) -> Iterator[bytes]:
        """Yield the lines with their ends; the last one may have none."""
        with open(os.dup(self._descriptor), "rb") as file:  # noqa: PTH123 -- a descriptor has no path
            file.seek(0)
            yield from file

    def append(self, line: bytes) -> None:
        """Add a line at the end and have it on disk; where that fails the file is as it was.

        Raises:
            OSError: the disk is full or gone.
        """
        size = os.fstat(self._descriptor).st_size
        try:
            self._write(line)
            os.fsync(self._descriptor)
        except OSError:
            with suppress(OSError):  # the first error is the one to hear of
                os.ftruncate(self._descriptor, size)
            raise

    def drop_torn_end(self) -> None:
        """Take away what a process that ended while it wrote has left: an end without a line end."""
        size = os.fstat(self._descriptor).st_size
        end = size
        while end and b"\n" not in (tail := self._read(max(0, end - CHUNK), end)):
            end = max(0, end - len(tail))
        if end:
            end = max(0, end - CHUNK) + tail.rindex(b"\n") + 1
        if end < size:
            logger.warning("the torn end of the file of seals is dropped", extra={"bytes": size - end})
            os.ftruncate(self._descriptor, end)

    def _write(self, line: bytes) -> None:
        """Write with one call; what does not fit is not written in a second."""
        written = os.write(self._descriptor, line)
        if written != len(line):
            raise OSError(f"only {written} of {len(line)} bytes could be written")

    def _read(self, start: int, end: int) -> bytes:
        return os.pread(self._descriptor, end - start, start)


@contextmanager
def opened(place: Path) -> Iterator[Book]:
    """Hold the file of seals to add to it; it is made where there is none.

    Raises:
        BusyError: another process holds it for too long.
        OSError: it cannot be written.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(place, os.O_RDWR | os.O_APPEND | os.O_CREAT, FILE_MODE)
    with _held(descriptor, fcntl.LOCK_EX):
        _keep_entry(place.parent)
        yield Book(descriptor)


@contextmanager
def reading(place: Path) -> Iterator[Book | None]:
    """Hold the file of seals so that nobody adds to it; None where there is none.

    Raises:
        BusyError: another process holds it for too long.
        OSError: it cannot be read.
    """
    try:
        descriptor = os.open(place, os.O_RDONLY)
    except FileNotFoundError:
        yield None
        return
    with _held(descriptor, fcntl.LOCK_SH):
        yield Book(descriptor)


@contextmanager
def _held(descriptor: int, how: int) -> Iterator[None]:
    """Lock an open file, and close it at the end, which unlocks it."""
    try:
        until = time.monotonic() + WAIT_SECONDS
        while True:
            with suppress(BlockingIOError):
                fcntl.flock(descriptor, how | fcntl.LOCK_NB)
                break
            if time.monotonic() > until:
                raise BusyError("the file of seals is held by another process")
            time.sleep(STEP_SECONDS)
        yield
    finally:
        os.close(descriptor)


def _keep_entry(folder: Path) -> None:
    """Have the entry of a new file on disk too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
