"""Sealing from several threads and processes: no number twice, no line in pieces, once a day."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection, connections

from config.celery import app
from notifications import loops, tasks
from notifications.sealing import acts, book
from notifications.sealing.checking import verify_seals

ROOT = Path(__file__).resolve().parents[2]
APPEND = """
import sys
from pathlib import Path
from notifications.sealing import book
for _ in range(200):
    with book.opened(Path(sys.argv[1])) as opened:
        number = sum(1 for _line in opened.lines())
        opened.append(f"{number} {sys.argv[2] * 3000}\\n".encode())
"""


def at_once(work, times):
    """Call a function in so many threads, each with a connection of its own."""

    def called(number):
        try:
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(called, range(times)))


def test_both_ways_to_run_seal_by_the_same_function():
    (job,) = [job for job in loops.registered() if job.name == acts.JOB]

    assert job.func is acts.sweep
    assert [
        (entry["task"], entry["schedule"])
        for entry in app.conf.beat_schedule.values()
        if entry["task"] == tasks.seal_audit.name
    ] == [("notifications.tasks.seal_audit", job.seconds)]


@pytest.mark.django_db(transaction=True)
def test_task_of_the_worker_seals_once_a_day(act, seals):
    act()

    assert (tasks.seal_audit(), tasks.seal_audit()) == (1, 0)


@pytest.mark.django_db(transaction=True)
def test_seals_made_at_once_have_each_its_number(act, seals):
    def work(number):
        act(chain=f"c{number}")
        return acts.seal().number

    assert sorted(at_once(work, 6)) == [1, 2, 3, 4, 5, 6]
    assert verify_seals().breaches == []


@pytest.mark.django_db(transaction=True)
def test_daily_seal_is_made_once_however_many_try(act, seals):
    act()

    assert sum(at_once(lambda _number: acts.sweep(), 6)) == 1
    assert len(seals.read_bytes().splitlines()) == 1
    connections.close_all()


def test_lines_of_several_processes_are_whole(tmp_path):
    place = tmp_path / "seals.jsonl"
    writers = [
        subprocess.Popen([sys.executable, "-c", APPEND, str(place), letter], cwd=ROOT) for letter in "abc"
    ]

    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    lines = place.read_text().splitlines()
    assert [int(line.split()[0]) for line in lines] == list(range(600))
    assert {line.split()[1] for line in lines} == {letter * 3000 for letter in "abc"}


def test_line_that_does_not_fit_leaves_the_file_as_it_was(tmp_path):
    """A limit on the size of files stands for a full disk."""
    place = tmp_path / "seals.jsonl"
    place.write_bytes(b"first\n")
    code = """
import resource, signal, sys
from pathlib import Path
from notifications.sealing import book
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20, 20))
with book.opened(Path(sys.argv[1])) as opened:
    try:
        opened.append(b"x" * 100)
    except OSError as error:
        print("refused")
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(place)], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout == "refused\n"
    assert place.read_bytes() == b"first\n"


def test_held_file_is_given_up_after_a_while(tmp_path, monkeypatch):
    monkeypatch.setattr(book, "WAIT_SECONDS", 0.05)
    place = tmp_path / "seals.jsonl"

    with book.opened(place), pytest.raises(book.BusyError), book.reading(place):
        pass
    with book.reading(place) as opened:
        assert list(opened.lines()) == []


def test_torn_end_longer_than_a_block_is_dropped(tmp_path):
    place = tmp_path / "seals.jsonl"
    for whole in (b"", b"a\n", b"a" * 70_000 + b"\n"):
        place.write_bytes(whole + b"x" * 200_000)
        with book.opened(place) as opened:
            opened.drop_torn_end()
        assert place.read_bytes() == whole
