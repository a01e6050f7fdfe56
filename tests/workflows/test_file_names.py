"""Names of uploads: whatever comes in, what is stored can be printed, offered and kept on every system."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.domain.file_names import MAX_NAME, MAX_NAME_BYTES, RESERVED, clean_name

CASES = [
    ("../../etc/passwd.pdf", "passwd.pdf"),
    ("C:\\Users\\a\\b.pdf", "b.pdf"),
    ("a\x00b\r\n.pdf", "ab.pdf"),
    ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
    ("ệ" * 199 + ".pdf", "ệ" * 78 + ".pdf"),
    ("Tờ trình.pdf", "Tờ trình.pdf"),
    ("To\u031b\u0300 tri\u0300nh.pdf", "Tờ trình.pdf"),
    ("\u202egpj.pdf", "gpj.pdf"),
    ("a\u2066b\u2069.pdf", "ab.pdf"),
    ("a\u2028b\u2029.pdf", "ab.pdf"),
    ("CON.pdf", "_CON.pdf"),
    ("aux", "_aux"),
    ("lpt1.tar.pdf", "_lpt1.tar.pdf"),
    ("console.pdf", "console.pdf"),
    (".htaccess.pdf", "htaccess.pdf"),
    ("a.pdf. . ", "a.pdf"),
    ('a"b<c>?.pdf', "a_b_c_.pdf"),
    ("...", "tep"),
    ("", "tep"),
]


@pytest.mark.parametrize(("name", "clean"), CASES)
def test_name_is_cleaned(name, clean):
    assert clean_name(name) == clean


@given(st.text(max_size=400))
def test_any_name_is_safe_and_stays_as_it_is_the_second_time(name):
    clean = clean_name(name)

    assert clean
    assert (len(clean) <= MAX_NAME, len(clean.encode()) <= MAX_NAME_BYTES) == (True, True)
    assert not set(clean) & set('/\\<>:"|?*')
    assert not [char for char in clean if unicodedata.category(char) in {"Cc", "Cf", "Zl", "Zp"}]
    assert (clean[0] != ".", clean.rstrip(". ") == clean, bool(RESERVED.match(clean))) == (True, True, False)
    assert clean_name(clean) == clean
