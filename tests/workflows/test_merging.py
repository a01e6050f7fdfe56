"""Merging by word: both changes where they keep apart, nobody's where they touch."""

import pytest

from workflows.domain.merging import MAX_WORDS, Merged, merge

BASE = "đến 30/9/2020 giải ngân tối thiểu 60%, đến 31/12/2020 giải ngân 100% kế hoạch vốn được giao."


def test_merge_of_changes_far_apart_holds_both():
    theirs = BASE.replace("60%", "65%")
    mine = BASE.replace("giao.", "giao; kiểm điểm trách nhiệm theo từng quý.")

    merged = merge(BASE, theirs, mine)

    assert merged == Merged(
        "đến 30/9/2020 giải ngân tối thiểu 65%, đến 31/12/2020 giải ngân 100% kế hoạch vốn được giao; "
        "kiểm điểm trách nhiệm theo từng quý.",
        overlaps=False,
    )


@pytest.mark.parametrize(
    ("theirs", "mine", "text"),
    [
        (BASE, BASE, BASE),
        (BASE, "Khác hẳn", "Khác hẳn"),
        ("Khác hẳn", BASE, "Khác hẳn"),
        (BASE.replace("60%", "65%"), BASE.replace("60%", "65%"), BASE.replace("60%", "65%")),
        ("", BASE, ""),
    ],
)
def test_merge_of_one_change_is_that_change(theirs, mine, text):
    assert merge(BASE, theirs, mine) == Merged(text, overlaps=False)


@pytest.mark.parametrize(
    ("theirs", "mine"),
    [
        (BASE.replace("60%", "65%"), BASE.replace("60%", "70%")),  # the same word
        (BASE.replace("60%", "65%"), BASE.replace("60%,", "60%;")),  # neighbours
        (BASE + " Một.", BASE + " Hai."),  # both at the end
        ("", BASE + " Thêm."),  # removed and added to
    ],
)
def test_merge_of_changes_that_touch_is_left_to_a_person(theirs, mine):
    assert merge(BASE, theirs, mine) == Merged("", overlaps=True)


def test_merge_is_the_same_whoever_was_first():
    theirs, mine = BASE.replace("60%", "65%"), f"Phấn đấu {BASE}"

    assert merge(BASE, theirs, mine) == merge(BASE, mine, theirs)


def test_merge_keeps_lines_and_spaces_inside():
    base = "Dòng một\nDòng hai  cách đôi"

    assert (
        merge(base, base.replace("một", "1"), base.replace("đôi", "ba")).text == "Dòng 1\nDòng hai  cách ba"
    )


def test_merge_of_too_long_texts_is_left_to_a_person():
    long = "a " * (MAX_WORDS + 1)

    assert merge("a", long, "b") == Merged("", overlaps=True)
