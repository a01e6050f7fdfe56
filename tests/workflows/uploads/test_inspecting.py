"""What the inspector makes of files: whole ones are taken, hostile ones refused for what they are."""

import json
import subprocess
import sys

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests import handed_in, hostile_files
from tests.handed_in import W, docx, jpeg, pdf, png, relations, stream, xlsx
from tests.workflows.signing import keys
from workflows.domain.file_kinds import WORDS
from workflows.uploads import archives, child, inspecting, pdfs, pictures, verdicts

KINDS = {"pdf": "pdf", "docx": "docx", "xlsx": "xlsx", "png": "png", "jpg": "jpg", "jpeg": "jpg"}
ENDINGS = {(".", kind) for kind in KINDS}
TRICKS = [each for each in hostile_files.fixed() if each[1].rpartition(".")[1:] in ENDINGS and each[2]]


def look(name, content):
    return inspecting.verdict_on(KINDS[name.rpartition(".")[2].lower()], content)


@pytest.mark.parametrize("name", handed_in.GOOD)
def test_small_whole_file_is_taken(name):
    assert look(name, handed_in.GOOD[name]) == ""


@pytest.mark.parametrize("name", ["a.pdf", "a.docx", "a.xlsx", "a.png", "a.jpg"])
def test_file_of_a_usual_program_is_taken(name):
    assert look(name, hostile_files.wholes()[name]) == ""


HARMLESS = {
    "signed pdf": ("a.pdf", None),
    "pdf that opens at a page": ("a.pdf", pdf(catalog=b"/OpenAction[3 0 R/Fit]")),
    "pdf that goes to a page": ("a.pdf", pdf(catalog=b"/OpenAction<</S/GoTo/D[3 0 R/Fit]>>")),
    "pdf with links": (
        "a.pdf",
        pdf(page=b"/Annots[<</Type/Annot/Subtype/Link/Rect[0 0 1 1]/A<</S/URI/URI(https://example.vn)>>>>]"),
    ),
    "pdf that says script": ("a.pdf", pdf(objects=[stream(b"(/JavaScript /JS) Tj")])),
    "pdf with blank end": ("a.pdf", pdf() + b"\r\n\x00"),
    "docx with links": ("a.docx", docx(parts=[relations("hyperlink", "https://example.vn/a?b=1")])),
    "docx with mail": ("a.docx", docx(parts=[relations("hyperlink", "mailto:vp@example.vn")])),
    "docx with its own parts": ("a.docx", docx(parts=[relations("styles", "styles.xml", "")])),
    "docx that says dde": ("a.docx", docx(body=f"<w:document {W}><w:t>DDEAUTO</w:t></w:document>")),
    "docx with a page field": (
        "a.docx", docx(body=f"<w:document {W}><w:fldSimple w:instr=' HYPERLINK \"http://a/LINK\" '/></w:document>"),
    ),
    "xlsx with a blank sheet": ("a.xlsx", xlsx(parts=[("xl/worksheets/sheet1.xml", f"<a>{' ' * 500_000}</a>")])),
    "png of the largest size": ("a.png", png(10_000, 3)),
    "jpg with padding": ("a.jpg", jpeg(tail=b"\x00\x00")),
    "jpg with what the camera noted": ("a.jpg", jpeg(segments=b"\xff\xe1\x00\x10Exif\x00\x00GPS 1234")),
}  # fmt: skip


@pytest.mark.parametrize("what", HARMLESS)
def test_harmless_file_is_taken(what, tmp_path):
    name, content = HARMLESS[what]

    assert look(name, content or keys.signed_pdf(keys.write_key(tmp_path / "k.p12"))) == ""


@pytest.mark.parametrize(("what", "name", "content"), TRICKS, ids=[what for what, _name, _content in TRICKS])
def test_trick_is_refused_in_words(what, name, content):
    verdict = look(name, content)

    assert verdict in WORDS


REASONS = {
    "pdf script": verdicts.SCRIPT,
    "pdf escaped script": verdicts.SCRIPT,
    "pdf hidden script": verdicts.SCRIPT,
    "pdf chained": verdicts.SCRIPT,
    "pdf xfa": verdicts.SCRIPT,
    "pdf embedded": verdicts.EMBEDDED,
    "pdf other file": verdicts.SCRIPT,
    "pdf file link": verdicts.EXTERNAL,
    "pdf locked": verdicts.ENCRYPTED,
    "pdf behind html": verdicts.MISMATCH,
    "pdf before html": verdicts.DISGUISED,
    "jpg before a program": verdicts.DISGUISED,
    "jpg with a page far in": verdicts.DISGUISED,
    "pdf before a program": verdicts.DISGUISED,
    "pdf locked for changes": verdicts.ENCRYPTED,
    "pdf around zip": verdicts.DISGUISED,
    "pdf without pages": verdicts.BROKEN,
    "zip name '../a.xml'": verdicts.DISGUISED,
    "zip case twin": verdicts.DISGUISED,
    "zip symlink": verdicts.DISGUISED,
    "zip many": verdicts.BOMB,
    "zip bomb": verdicts.BOMB,
    "zip bomb in small parts": verdicts.BOMB,
    "zip claims 4 GB": verdicts.BOMB,
    "zip locked": verdicts.ENCRYPTED,
    "zip overlapping": verdicts.BOMB,
    "zip with a comment": verdicts.DISGUISED,
    "zip with a plain comment": verdicts.DISGUISED,
    "embedded by its folder": verdicts.EMBEDDED,
    "png wrong checksum of a note": verdicts.BROKEN,
    "zip in zip": verdicts.EMBEDDED,
    "zip wrong checksum": verdicts.BROKEN,
    "macro": verdicts.MACROS,
    "macro by another name": verdicts.MACROS,
    "macro document": verdicts.MACROS,
    "activex": verdicts.MACROS,
    "embedded workbook": verdicts.EMBEDDED,
    "external attachedTemplate": verdicts.EXTERNAL,
    "external image": verdicts.EXTERNAL,
    "link to file:///etc/passwd": verdicts.EXTERNAL,
    "link to \\\\evil\\share": verdicts.EXTERNAL,
    "dde": verdicts.MACROS,
    "dde in two runs": verdicts.MACROS,
    "dde in a workbook": verdicts.MACROS,
    "fetched picture": verdicts.EXTERNAL,
    "docx laughs": verdicts.BOMB,
    "docx xxe": verdicts.BOMB,
    "docx utf-16 xxe": verdicts.BOMB,
    "relations xxe": verdicts.BOMB,
    "vml xxe": verdicts.BROKEN,
    "deep xml": verdicts.BOMB,
    "png wide": verdicts.DIMENSIONS,
    "png huge": verdicts.DIMENSIONS,
    "png bomb": verdicts.BROKEN,
    "png around zip": verdicts.DISGUISED,
    "png with a page": verdicts.DISGUISED,
    "jpg huge": verdicts.DIMENSIONS,
    "jpg tail": verdicts.DISGUISED,
    "jpg around zip": verdicts.DISGUISED,
}


@pytest.mark.parametrize("what", REASONS)
def test_trick_is_refused_for_what_it_is(what):
    name, content = next((name, content) for each, name, content in TRICKS if each == what)

    assert look(name, content) == REASONS[what]


@pytest.mark.parametrize("name", ["a.pdf", "a.docx", "a.xlsx", "a.png", "a.jpg"])
def test_file_cut_anywhere_is_refused(name):
    taken = [
        what for what, each, content in hostile_files.cut(25) if each == name and not look(each, content)
    ]

    assert taken == []


@pytest.mark.parametrize(
    ("module", "bound", "name", "content"),
    [
        (archives, "MOST_UNPACKED", "a.docx", docx(parts=[("word/a.bin", bytes(5_000))])),
        (archives, "MOST_ENTRIES", "a.docx", docx(parts=[(f"word/{n}.xml", "<a/>") for n in range(40)])),
        (pdfs, "MOST_OBJECTS", "a.pdf", pdf()),
        (pictures, "MOST_POINTS", "a.png", png(50, 50)),
    ],
)
def test_bounds_are_kept(monkeypatch, module, bound, name, content):
    assert look(name, content) == ""

    monkeypatch.setattr(module, bound, 10)

    assert look(name, content) in {verdicts.BOMB, verdicts.DIMENSIONS}


def upload(content):
    return SimpleUploadedFile("a", content)


def test_child_says_what_it_found_and_what_it_took():
    verdict, peak = child.inspect(upload(pdf()), "pdf")

    assert (verdict, 5_000 < peak < 300_000) == ("", True)
    assert child.inspect(upload(hostile_files.locked()), "pdf")[0] == verdicts.ENCRYPTED


def test_child_that_takes_too_long_or_ends_is_no_answer(monkeypatch):
    assert child.inspect(upload(pdf()), "exe") == (verdicts.UNCHECKED, 0)

    monkeypatch.setattr(child, "SECONDS", 0.001)

    assert child.inspect(upload(pdf()), "pdf") == (verdicts.UNCHECKED, 0)


def test_child_gets_no_more_memory_than_its_limit():
    greedy = (
        "from workflows.uploads import inspecting as it;"
        "it.INSPECTIONS['png'] = lambda content: bytearray(2 * it.MEMORY); it.main('png')"
    )

    done = subprocess.run(
        [sys.executable, "-c", greedy], stdin=subprocess.DEVNULL, capture_output=True, check=True
    )

    assert json.loads(done.stdout)["verdict"] == verdicts.BOMB


def test_every_verdict_has_its_sentence():
    words = {value for name, value in vars(verdicts).items() if name.isupper() and isinstance(value, str)}

    assert words == set(WORDS)
