"""Due labels, the stage line and redlines."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from workflows.presenting import (
    Change,
    DueLabel,
    DueState,
    Segment,
    due_label,
    held_label,
    redline,
    stage_line,
)

NOW = datetime(2020, 6, 30, 2, 12, tzinfo=UTC)  # Tuesday 09:12 in Đà Nẵng
FIVE_PM = datetime(2020, 6, 30, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def test_due_label_without_a_due_date():
    assert due_label(None, now=NOW, days=0) == DueLabel(DueState.NONE, "No due date")


@pytest.mark.parametrize(
    ("due_at", "days", "state", "words", "date"),
    [
        (FIVE_PM - timedelta(days=5), 3, DueState.LATE, "3 days overdue", "due 25/06"),
        (NOW - timedelta(minutes=5), 0, DueState.LATE, "1 day overdue", "before 09:07"),
        (FIVE_PM, 0, DueState.TODAY, "Today", "before 17:00"),
        (FIVE_PM + timedelta(days=1), 1, DueState.SOON, "1 day left", "due 01/07"),
        (FIVE_PM + timedelta(days=3), 3, DueState.SOON, "3 days left", "due 03/07"),
        (FIVE_PM + timedelta(days=6), 4, DueState.OK, "4 days left", "due 06/07"),
        (FIVE_PM + timedelta(days=200), 140, DueState.OK, "140 days left", "due 16/01/2021"),
    ],
)
def test_due_label_of_open_work(due_at, days, state, words, date):
    label = due_label(due_at, now=NOW, days=days)

    assert (label.state, label.words, label.date, label.iso) == (state, words, date, due_at.isoformat())


def test_due_label_of_finished_work():
    on_time = due_label(FIVE_PM, now=NOW + timedelta(days=9), days=1, done_at=NOW)
    late = due_label(NOW, now=NOW + timedelta(days=9), days=2, done_at=NOW + timedelta(days=2))

    assert (on_time.state, on_time.words) == (DueState.MET, "On time")
    assert (late.state, late.words) == (DueState.LATE, "2 days late")


def test_due_label_says_which_share_of_the_time_is_used():
    half = due_label(NOW + timedelta(hours=4), now=NOW, days=0, started_at=NOW - timedelta(hours=4))
    over = due_label(NOW - timedelta(hours=1), now=NOW, days=0, started_at=NOW - timedelta(hours=4))

    assert (half.frac, over.frac) == (50, 100)


@pytest.mark.parametrize(
    ("worked", "words"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=20), "20 minutes"),
        (timedelta(hours=6, minutes=50), "6 hours"),
        (timedelta(hours=8), "1 day"),
        (timedelta(hours=41), "5 days"),
    ],
)
def test_held_label_speaks_in_working_days(worked, words):
    assert held_label(worked) == words


def test_stage_line_marks_what_is_behind_and_ahead():
    assert [stage.state for stage in stage_line(5)] == ["ok"] * 4 + ["cur"] + ["next"] * 3
    assert {stage.state for stage in stage_line(9)} == {"ok"}
    assert stage_line(5)[4].name == "Disposition"


def test_redline_keeps_numbers_and_punctuation_apart():
    old = "đến 31/12/2020 giải ngân 100% kế hoạch."
    new = "đến 30/9/2020 giải ngân 60% kế hoạch; kiểm điểm."

    assert redline(old, new) == [
        Segment(Change.SAME, "đến "),
        Segment(Change.REMOVED, "31/12/2020 "),
        Segment(Change.ADDED, "30/9/2020 "),
        Segment(Change.SAME, "giải ngân "),
        Segment(Change.REMOVED, "100% "),
        Segment(Change.ADDED, "60% "),
        Segment(Change.SAME, "kế hoạch"),
        Segment(Change.ADDED, "; kiểm điểm"),
        Segment(Change.SAME, "."),
    ]


@pytest.mark.parametrize(
    ("old", "new"), [("", ""), ("", "a b"), ("a b", ""), ("  a\nb ", "a  c\n"), ("«a» …", "a – b")]
)
def test_redline_loses_nothing_of_either_text(old, new):
    pieces = redline(old, new)

    assert "".join(piece.text for piece in pieces if piece.change != Change.ADDED) == old
    assert "".join(piece.text for piece in pieces if piece.change != Change.REMOVED) == new
