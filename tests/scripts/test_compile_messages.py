import gettext
import os

import pytest

from scripts.compile_messages import compile_catalog

CATALOG = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

msgid "Approve"
msgstr "Phê duyệt"

#, fuzzy
msgid "Return"
msgstr "đoán"
"""


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "django.po"
    path.write_text(CATALOG, encoding="utf-8")
    return path


def test_compile_catalog_gives_what_gettext_reads_without_guesses(source):
    assert compile_catalog(source) is True

    with source.with_suffix(".mo").open("rb") as compiled:
        translations = gettext.GNUTranslations(compiled)
    assert translations.gettext("Approve") == "Phê duyệt"
    assert translations.gettext("Return") == "Return"


def test_compile_catalog_twice_does_nothing(source):
    compile_catalog(source)

    assert compile_catalog(source) is False


def test_compile_catalog_after_a_change_compiles_again(source):
    compile_catalog(source)
    compiled = source.with_suffix(".mo")
    os.utime(compiled, ns=(1, 1))

    assert compile_catalog(source) is True
