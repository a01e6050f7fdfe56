"""Signatures inside uploaded PDFs: what is found, that it is shown, and that nothing a file holds breaks an upload."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string
from django.utils import translation

from tests.factories import actor, make_world
from tests.workflows.cases import report_case
from tests.workflows.desk import Desk
from tests.workflows.signing import keys
from workflows.domain import files
from workflows.models import StoredFile
from workflows.signing import work
from workflows.signing.examining import unreadable

GARBAGE = b"%PDF-1.7\n1 0 obj<</ByteRange [0 1 2 3]>>\nstartxref\n9\n%%EOF\n"


@pytest.fixture(autouse=True)
def key(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.SIGNING = settings.SIGNING | {"trust_roots": str(keys.write_roots(tmp_path / "roots"))}
    return keys.write_key(tmp_path / "key.p12")


def look(tmp_path, content):
    (tmp_path / "x.pdf").write_bytes(content)
    return work.signatures_in(tmp_path / "x.pdf")


def facts(found, *names):
    return [tuple(each[name] for name in names) for each in found]


def test_signed_file_is_intact_and_trusted(key, tmp_path):
    (found,) = look(tmp_path, keys.signed_pdf(key))

    assert found.pop("signed_at")
    assert found == {
        "signer": keys.SIGNER,
        "issuer": keys.ISSUER,
        "intact": True,
        "valid": True,
        "trusted": True,
        "covers_whole_file": True,
        "changed": False,
        "unreadable": False,
    }


def test_without_roots_nobody_is_trusted(key, tmp_path, settings):
    settings.SIGNING = settings.SIGNING | {"trust_roots": ""}

    assert facts(look(tmp_path, keys.signed_pdf(key)), "intact", "trusted", "changed") == [
        (True, False, False)
    ]


def test_byte_changed_after_signing_is_found(key, tmp_path):
    content = keys.signed_pdf(key)
    at = content.index(b"Van ban")

    found = look(tmp_path, content[:at] + b"Xan" + content[at + 3 :])

    assert facts(found, "intact", "trusted", "changed") == [(False, False, True)]


def test_page_written_over_in_an_update_is_a_change(key, tmp_path):
    found = look(tmp_path, keys.added_to(keys.signed_pdf(key)))

    assert facts(found, "intact", "covers_whole_file", "changed") == [(True, False, True)]


def test_second_signature_is_no_change_of_the_first(key, tmp_path):
    found = look(tmp_path, keys.signed_pdf(key, keys.signed_pdf(key), field="Hai"))

    assert facts(found, "intact", "covers_whole_file", "changed") == [
        (True, False, False),
        (True, True, False),
    ]


def test_file_without_a_signature_has_none(tmp_path):
    assert look(tmp_path, keys.plain_pdf()) == []


def test_garbage_cannot_be_checked(tmp_path):
    assert look(tmp_path, GARBAGE) == [unreadable()]


def test_truncated_signed_file_never_raises(key, tmp_path):
    content = keys.signed_pdf(key)

    found = look(tmp_path, content[: len(content) // 2])

    assert found in ([], [unreadable()])


def test_examination_ends_in_time(key, tmp_path, monkeypatch):
    monkeypatch.setattr(work, "SECONDS", 0.01)

    assert look(tmp_path, keys.signed_pdf(key)) == [unreadable()]


@pytest.mark.django_db
def test_upload_is_examined_after_it_was_stored(key, django_capture_on_commit_callbacks):
    world = make_world(1)
    assignment = report_case("report", world)
    reporter = actor(world.who("skhdt.specialist"))
    uploads = {"a.pdf": keys.signed_pdf(key), "b.pdf": keys.plain_pdf()}

    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        for name, content in uploads.items():
            files.store_file(SimpleUploadedFile(name, content), assignment, actor=reporter)
        files.keep_made(GARBAGE, "c.pdf", assignment, stored_by=reporter.person)
    before = set(StoredFile.objects.values_list("signatures", flat=True))
    done = (work.examine_waiting(), work.examine_waiting())

    found = {stored.name: stored.signatures for stored in StoredFile.objects.order_by("name")}
    assert (len(callbacks), before, done) == (3, {None}, (3, 0))
    assert facts(found["a.pdf"], "signer", "changed") == [(keys.SIGNER, False)]
    assert (found["b.pdf"], found["c.pdf"]) == ([], [unreadable()])


@pytest.mark.django_db
def test_what_is_signed_stands_beside_the_file(key):
    world = make_world(1)
    assignment = report_case("report", world)
    desk = Desk(world.who("skhdt.specialist"), assignment, "report")
    desk.post(
        "report", text="Đã làm", document_number="", file=SimpleUploadedFile("a.pdf", keys.signed_pdf(key))
    )
    work.examine_waiting()

    page = Desk(world.who("vp.specialist"), assignment, "confirm").html()

    assert "signed, intact" in page
    assert f"{keys.SIGNER}, {keys.ISSUER}" in page


WORDS = [
    (None, "signatures not examined yet"),
    ([], "not signed"),
    ([unreadable()], "signature cannot be checked"),
    ([unreadable() | {"unreadable": False, "changed": True, "trusted": True}], "changed after signing"),
    ([unreadable() | {"unreadable": False}], "intact, signer not trusted here"),
    ([unreadable() | {"unreadable": False, "trusted": True}], "signed, intact"),
]


@pytest.mark.parametrize(("found", "words"), WORDS)
def test_words_beside_a_file(found, words):
    with translation.override("en"):
        shown = render_to_string(
            "c/signatures.html", {"file": StoredFile(content_type="application/pdf", signatures=found)}
        )
        other = render_to_string(
            "c/signatures.html", {"file": StoredFile(content_type="image/png", signatures=found)}
        )

    assert [each for _found, each in WORDS if f">{each}<" in shown] == [words]
    assert "<" not in other


def test_hostile_names_of_signers_stay_text():
    entry = unreadable() | {"unreadable": False, "signer": "<script>alert(1)</script>", "issuer": "</small>"}

    shown = render_to_string(
        "c/signatures.html", {"file": StoredFile(content_type="application/pdf", signatures=[entry])}
    )

    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown
