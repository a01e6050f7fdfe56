"""Hostile and damaged files, handed in through the page of a plan's annexes: how many got through, what they cost."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest import mock

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from benchmarks.accessing.ground import ground
from tests import hostile_files
from tests.factories import advance, make_world, start
from workflows.models import Annex, StoredFile
from workflows.uploads import child, verdicts

REFUSED = 422


@dataclass
class Seen:
    """What the inspectors took: most memory in kB, longest time in seconds, and how many gave no verdict."""

    peak_kb: int = 0
    longest: float = 0.0
    unchecked: int = 0


def measure(count: int = 500) -> dict[str, Any]:
    """Hand in so many files; print and return the figures."""
    world = make_world(1)
    case = start(world)
    advance(world, case, "draft")
    client = Client(raise_request_exception=False)
    client.force_login(world.who("skhdt.specialist"))
    url = reverse("plan-annexes", args=[case.plan.public_id])
    corpus = hostile_files.corpus(count)
    accepted, faults, silent = [], [], []
    with _watched() as seen, ground():
        for what, name, content in corpus:
            upload = SimpleUploadedFile("a", content)
            upload._name = name  # noqa: SLF001 - as it came, before Django looks at it
            answer = client.post(url, {"op": "add", "uploads": upload})
            if answer.status_code >= 500:
                faults.append(what)
            elif answer.status_code != REFUSED:
                accepted.append(what)
            elif 'role="alert"' not in answer.content.decode():
                silent.append(what)
    found = {
        "malformed_files": len(corpus),
        "malformed_accepted": len(accepted),
        "malformed_errors": len(faults),
        "malformed_refused_without_words": len(silent),
        "malformed_without_a_verdict": seen.unchecked,
        "malformed_left_behind": StoredFile.objects.count() + Annex.objects.count(),
        "malformed_child_peak_mb": round(seen.peak_kb / 1024, 1),
        "malformed_child_longest_seconds": round(seen.longest, 2),
    }
    for name, value in found.items():
        print(f"{name}: {value}", flush=True)
    for what in [*accepted, *faults, *silent]:
        print(f"malformed_trouble: {what}", flush=True)
    return found


@contextmanager
def _watched() -> Iterator[Seen]:
    """Look over the inspectors' shoulders; what they do is not changed."""
    seen, inspect = Seen(), child.inspect

    def watched(file: Any, kind: str) -> tuple[str, int]:
        begun = time.monotonic()
        verdict, peak = inspect(file, kind)
        seen.longest = max(seen.longest, time.monotonic() - begun)
        seen.peak_kb = max(seen.peak_kb, peak)
        seen.unchecked += verdict == verdicts.UNCHECKED
        return verdict, peak

    with mock.patch.object(child, "inspect", watched):
        yield seen
