"""Making the papers of approvals and looking at what is signed inside uploads: after commit, outside every lock.

Any number of processes may do this at once: a paper is claimed by a conditional update and finished by another, and
what is found in a file is written once.
"""

import json
import logging
import mmap
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from workflows.documents import paper_pdf
from workflows.documents.paper import build_paper
from workflows.domain import files, papers
from workflows.models import PaperSignature, StoredFile

from .adapters import SigningError, adapter_named
from .examining import unreadable

logger = logging.getLogger(__name__)

BATCH = 20
SECONDS = 30  # for one file, by the clock on the wall
ALL_SECONDS = 45  # after which no other file is begun; Celery ends a task after CELERY_TASK_TIME_LIMIT
MARK = b"/ByteRange"  # every signature of a PDF says in plain bytes what it covers


def sweep() -> int:
    """Make the papers that are due and examine the files that wait; returns how many of both were done."""
    return make_due() + examine_waiting()


def make_due() -> int:
    """Make and sign the papers that are due; returns how many were finished."""
    return sum(_make(paper) for paper in papers.claim(BATCH, at=timezone.now()))


def examine_waiting() -> int:
    """Note what is signed inside the PDFs nobody has looked at; returns how many were examined.

    What is left when ALL_SECONDS are over waits for the next turn: no job runs for ever.
    """
    end, done = time.monotonic() + ALL_SECONDS, 0
    for stored in list(StoredFile.objects.to_be_examined().order_by("id")[:BATCH]):
        if time.monotonic() > end:
            break
        found = signatures_in(files.path_of(stored))
        StoredFile.objects.filter(pk=stored.pk, signatures__isnull=True).update(signatures=found)
        done += 1
    return done


def signatures_in(path: Path) -> list[dict[str, Any]]:
    """Return what is found of the signatures inside a PDF; never raises, never takes longer than SECONDS.

    A file that bears no signature costs a search; any other is read by a process of its own (`signing.examining`).
    """
    try:
        return _examined(path) if _bears_signature(path) else []
    except (OSError, ValueError, subprocess.SubprocessError):
        logger.warning("signatures not examined", extra={"file": path.name}, exc_info=True)
        return [unreadable()]


def _bears_signature(path: Path) -> bool:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return content.find(MARK) >= 0


def _examined(path: Path) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "workflows.signing.examining", str(path)]
    roots = settings.SIGNING["trust_roots"]
    done = subprocess.run(  # noqa: S603 - our own program and a path we made
        command + ([roots] if roots else []),
        cwd=settings.BASE_DIR,
        env={"PATH": "", "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        timeout=SECONDS,
        check=True,
    )
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def _make(paper: PaperSignature) -> bool:
    try:
        adapter = adapter_named(paper.adapter)
        document = build_paper(paper.decision, note=adapter.note)
        signed = adapter.sign(paper_pdf.render_pdf(document))
        return papers.finish(
            paper,
            signed.content,
            state=signed.state,
            name=document.file_name,
            signer=signed.signer,
            signed_at=signed.signed_at,
        )
    except SigningError as error:
        papers.fail(paper, str(error))
    except Exception as error:
        logger.exception("paper not made", extra={"paper": paper.pk})
        papers.fail(paper, f"{type(error).__name__}: {error}")
    return False
