"""Packages: only what XML can hold, the same bytes for the same content."""

from datetime import date
from io import BytesIO
from xml.etree import ElementTree as ET
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.documents.packing import CORE, clean, repacked

ON = date(2020, 7, 5)
PROPERTIES = '<p xmlns:dcterms="d"><dcterms:created a="b">{at}</dcterms:created><other>2026-01-02T03:04:05Z</other></p>'


def package(*, at="2026-01-02T03:04:05Z", moment=(2026, 1, 2, 3, 4, 6), how=ZIP_STORED):
    out = BytesIO()
    with ZipFile(out, "w", how) as archive:
        for name, text in ((CORE, PROPERTIES.format(at=at)), ("word/document.xml", "<w/>")):
            archive.writestr(ZipInfo(name, moment), text)
    return out.getvalue()


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("\x00a\x0b\x1bb\x7f", "ab\x7f"),
        ("\ud800x\udfff\ufffe\uffff", "x"),
        ("tab\t😀 \u202e עברית", "tab\t😀 \u202e עברית"),
    ],
)
def test_clean_drops_what_xml_cannot_hold_and_nothing_else(text, kept):
    assert clean(text) == kept


@given(st.text(st.characters(categories=None)))
def test_clean_text_is_always_read_back_from_xml(text):
    element = ET.Element("t")
    element.text = clean(text)

    assert (ET.fromstring(ET.tostring(element, encoding="utf-8")).text or "") == clean(text)


def test_repacked_bytes_depend_on_the_content_alone():
    first = repacked(package(), on=ON)

    assert repacked(package(at="1999-09-09T09:09:09Z", moment=(1999, 9, 9, 9, 9, 8)), on=ON) == first
    assert repacked(package(), on=date(2020, 7, 6)) != first


def test_repacked_keeps_every_part_and_dates_the_properties_alone():
    with ZipFile(BytesIO(repacked(package(), on=ON))) as archive:
        assert archive.namelist() == [CORE, "word/document.xml"]
        assert archive.testzip() is None
        properties = archive.read(CORE).decode()

    assert 'created a="b">2020-07-05T00:00:00Z<' in properties
    assert "<other>2026-01-02T03:04:05Z</other>" in properties
