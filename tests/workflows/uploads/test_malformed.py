"""A short form of benchmarks/accessing/malformed.py: hostile files through a page."""

import pytest

from benchmarks.accessing import malformed
from tests import hostile_files


@pytest.mark.django_db
@pytest.mark.usefixtures("media")
def test_hostile_files_are_refused_in_words_and_leave_nothing(monkeypatch):
    few = hostile_files.fixed()[::6] + [each for at, each in enumerate(hostile_files.cut(2)) if at % 2]
    monkeypatch.setattr(hostile_files, "corpus", lambda _count: few)

    found = malformed.measure(len(few))

    bounds = {
        name: found.pop(name) for name in ("malformed_child_peak_mb", "malformed_child_longest_seconds")
    }
    assert found == {
        "malformed_files": len(few),
        "malformed_accepted": 0,
        "malformed_errors": 0,
        "malformed_refused_without_words": 0,
        "malformed_without_a_verdict": 0,
        "malformed_left_behind": 0,
    }
    assert (bounds["malformed_child_peak_mb"] < 300, bounds["malformed_child_longest_seconds"] < 30) == (
        True,
        True,
    )
