"""Having stored files scanned for viruses: after commit, outside every lock.

Any number of processes may do this at once: a verdict is written by a conditional update, and only its writer tells.
While the scanner gives no verdict the files wait and are served to nobody.
"""

import logging
import time

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Least

from accounts.authority import SYSTEM
from workflows.domain import files
from workflows.domain.events import record
from workflows.models import Scan, StoredFile

from . import clamd
from .jobs import is_on

logger = logging.getLogger(__name__)

BATCH = 50
ALL_SECONDS = 45.0  # after which no other file is begun; Celery ends a task after CELERY_TASK_TIME_LIMIT
MOST_TRIES = 30_000
GIVE_UP = 3  # files without a verdict one after the other: the scanner is not well


def scan_waiting() -> int:
    """Have the files scanned that wait; returns how many were judged.

    Where the scanner has been taken out of the settings again, nothing is judged: an operator decides on what waits.
    """
    if not is_on():
        return 0
    end, done, failed = time.monotonic() + ALL_SECONDS, 0, 0
    waiting = StoredFile.objects.to_be_scanned().select_related("assignment__directive")
    # What the scanner has refused before comes last: one file that is too large for it keeps no other waiting.
    for stored in list(waiting.order_by("scan_tries", "id")[:BATCH]):
        if failed == GIVE_UP or time.monotonic() > end:
            break
        try:
            virus = _scanned(stored)
        except clamd.ScannerError as error:
            logger.warning("file not scanned", extra={"file": stored.sha256, "error": str(error)[:300]})
            failed += isinstance(error, clamd.ScannerDownError)
            _note_try(stored)
            continue
        done, failed = done + _judge(stored, virus), 0
    return done


def _scanned(stored: StoredFile) -> str:
    try:
        with files.path_of(stored).open("rb") as file:
            return clamd.scan(file, settings.CLAMD)
    except OSError as error:
        raise clamd.ScannerError(str(error)) from error


def _note_try(stored: StoredFile) -> None:
    waiting = StoredFile.objects.to_be_scanned().filter(pk=stored.pk)
    waiting.update(scan_tries=Least(F("scan_tries") + 1, MOST_TRIES))


@transaction.atomic
def _judge(stored: StoredFile, virus: str) -> bool:
    """Write the verdict once; an infected file is told to whoever stored it and to the Office."""
    scan = Scan.INFECTED if virus else Scan.CLEAN
    waiting = StoredFile.objects.to_be_scanned().filter(pk=stored.pk)
    if not waiting.update(scan=scan, virus=virus[:200]):
        return False
    if virus:
        said = files.said_of(stored) | {"virus": virus[:200]}
        record("file.infected", stored.assignment, subject=stored, actor=SYSTEM, **said)
    return True
