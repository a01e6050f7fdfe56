"""Files people hand in: known by content, kept whole under their SHA-256, handed to readers of the case only."""

import hashlib
import stat
from pathlib import Path
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from notifications.models import Event
from tests import handed_in
from tests.factories import act, actor, make_agency, make_member
from tests.workflows.cases import report_case
from tests.workflows.desk import Desk, errors
from workflows.domain import files
from workflows.domain.file_kinds import BadFileError
from workflows.models import Report, StoredFile

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]
PDF, DOCX, XLSX = handed_in.pdf(), handed_in.docx(), handed_in.xlsx()
TYPES = {
    ".pdf": "application/pdf",
    ".docx": handed_in.WORD,
    ".xlsx": handed_in.EXCEL,
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
}


@pytest.fixture(scope="module")
def kept_case(kept_world):
    return report_case("report", kept_world)


@pytest.fixture
def reporter(world):
    return actor(world.who("skhdt.specialist"))


def upload(name, content):
    return SimpleUploadedFile(name, content, content_type="text/html")


@pytest.mark.parametrize("name", handed_in.GOOD)
def test_good_file_is_kept_under_its_hash(assignment, reporter, media, name):
    content, content_type = handed_in.GOOD[name], TYPES[Path(name).suffix.lower()]

    stored = files.store_file(upload(name, content), assignment, actor=reporter)

    place = files.path_of(stored)
    assert (stored.content_type, stored.size, stored.name) == (content_type, len(content), name)
    assert stored.sha256 == hashlib.sha256(content).hexdigest() == place.name
    assert (place.read_bytes(), stat.S_IMODE(place.stat().st_mode)) == (content, 0o640)
    assert [each for each in media.rglob("*") if each.is_file()] == [place]


def test_storing_is_on_record(assignment, reporter):
    stored = files.store_file(upload("a.pdf", PDF), assignment, actor=reporter)

    event = Event.objects.get(kind="file.stored")
    assert (event.data["sha256"], event.data["name"], event.actor) == (stored.sha256, "a.pdf", reporter.user)


def test_same_file_again_is_the_same_row(assignment, reporter, media):
    rows = {files.store_file(upload("a.pdf", PDF), assignment, actor=reporter).pk for _ in range(2)}
    renamed = files.store_file(upload("b.pdf", PDF), assignment, actor=reporter)

    assert (len(rows), StoredFile.objects.count()) == (1, 2)
    assert files.path_of(renamed) == files.path_of(StoredFile.objects.get(name="a.pdf"))
    assert files.find_stored(upload("b.pdf", PDF), assignment, actor=reporter) == renamed
    assert files.find_stored(upload("c.pdf", PDF), assignment, actor=reporter) is None


def test_truncated_copy_on_disk_is_written_again(assignment, reporter):
    stored = files.store_file(upload("a.pdf", PDF), assignment, actor=reporter)
    place = files.path_of(stored)
    place.write_bytes(PDF[:10])

    files.store_file(upload("a.pdf", PDF), assignment, actor=reporter)

    assert place.read_bytes() == PDF


BAD = {
    "empty": ("a.pdf", b"", "The file is empty."),
    "html": ("a.html", b"<script>alert(1)</script>", "Only PDF, DOCX, XLSX, PNG and JPG files are taken."),
    "svg": ("a.svg", b"<svg/>", "Only PDF, DOCX, XLSX, PNG and JPG files are taken."),
    "program": ("a.exe", b"MZ", "Only PDF, DOCX, XLSX, PNG and JPG files are taken."),
    "old word": ("a.doc", b"\xd0\xcf\x11\xe0", "Only PDF, DOCX, XLSX, PNG and JPG files are taken."),
    "macros": ("a.docm", DOCX, "Only PDF, DOCX, XLSX, PNG and JPG files are taken."),
    "no ending": ("pdf", PDF, "Only PDF, DOCX, XLSX, PNG and JPG files are taken."),
    "html as pdf": ("a.pdf", b"<html>%PDF-1.7 startxref %%EOF</html>", "(.pdf)"),
    "png as jpg": ("a.jpg", handed_in.png(), "(.jpg)"),
    "zip as docx": ("a.docx", handed_in.office("a.txt", "application/zip"), "(.docx)"),
    "xlsx as docx": ("a.docx", XLSX, "(.docx)"),
    "cut pdf": ("a.pdf", PDF[:40], "(.pdf)"),
    "cut docx": ("a.docx", DOCX[:60], "broken"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_bad_file_is_refused_with_a_reason_and_leaves_nothing(assignment, reporter, media, case):
    name, content, words = BAD[case]

    with translation.override("en"), pytest.raises(BadFileError) as refusal:
        files.store_file(upload(name, content), assignment, actor=reporter)

    assert (words in refusal.value.message, refusal.value.field) == (True, "file")
    assert (StoredFile.objects.count(), media.exists()) == (0, False)


def test_file_of_more_than_25_megabytes_is_refused(assignment, reporter):
    large = upload("a.pdf", PDF)
    large.size = 25 * 1024**2 + 1

    with pytest.raises(BadFileError):
        files.store_file(large, assignment, actor=reporter)


def test_files_of_a_case_have_a_bound_together(assignment, reporter, monkeypatch):
    monkeypatch.setattr(files, "MAX_CASE_BYTES", len(PDF) + 10)
    files.store_file(upload("a.pdf", PDF), assignment, actor=reporter)

    with translation.override("en"), pytest.raises(BadFileError, match="of this case"):
        files.store_file(upload("b.pdf", handed_in.pdf("b")), assignment, actor=reporter)

    assert files.store_file(upload("a.pdf", PDF), assignment, actor=reporter).name == "a.pdf"
    assert StoredFile.objects.count() == 1


# --- through the pages -----------------------------------------------------------------------------------------------


@pytest.fixture
def desk(world, assignment):
    return Desk(world.who("skhdt.specialist"), assignment, "report")


def test_result_is_reported_with_a_file_alone(desk, world, assignment):
    assert 'enctype="multipart/form-data"' in desk.html()

    response = desk.post("report", text="Đã làm", file=upload("kết quả.pdf", PDF))

    report = Report.objects.get()
    assert response.status_code == 302
    assert (report.document_number, report.file.name) == ("", "kết quả.pdf")
    confirm = Desk(world.who("vp.specialist"), assignment, "confirm").html()
    assert reverse("file", args=[report.file.public_id]) in confirm


def test_bad_file_is_refused_on_the_form(desk):
    response = desk.post("report", text="Đã làm", file=upload("a.pdf", b"<html>"))

    assert (response.status_code, errors(response)) == (
        422, {"file": ["The content of this file is not what its name says (.pdf)."]},
    )  # fmt: skip
    assert (Report.objects.count(), StoredFile.objects.count()) == (0, 0)


def test_empty_file_is_refused_on_the_form(desk):
    response = desk.post("report", text="Đã làm", file=upload("a.pdf", b""))

    assert (response.status_code, errors(response)) == (422, {"file": ["The file is empty."]})


def test_repeated_report_with_its_file_gets_the_first_answer(desk):
    key = "6f9619ff-8b86-4d01-b42d-00c04fc964ff"

    answers = [desk.post("report", key=key, text="Đã làm", file=upload("a.pdf", PDF)) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert (Report.objects.count(), StoredFile.objects.count()) == (1, 1)


def test_somebody_without_the_right_leaves_no_file_behind(world, assignment, media):
    reader = Desk(world.who("vp.specialist"), assignment, "report")

    response = reader.post("report", text="Đã làm", file=upload("a.pdf", PDF))

    assert (response.status_code, StoredFile.objects.count(), media.exists()) == (403, 0, False)


@pytest.fixture
def stored(world, assignment, reporter):
    """Return the file of a reported result."""
    kept = files.store_file(upload('tờ "trình" số 1.pdf', PDF), assignment, actor=reporter)
    act(world.who("skhdt.specialist"), assignment, "report", "report", text="Đã làm", file=kept)
    return kept


def test_reader_of_the_case_downloads_the_file_as_an_attachment(world, stored):
    client = Client()
    client.force_login(world.who("vp.clerk"))

    response = client.get(reverse("file", args=[stored.public_id]))

    assert (response.status_code, b"".join(response.streaming_content)) == (200, PDF)
    assert response["Content-Disposition"] == f"attachment; filename*=utf-8''{quote(stored.name)}"
    assert {
        name: response[name] for name in ("Content-Type", "X-Content-Type-Options", "Content-Security-Policy")
    } == {
        "Content-Type": "application/pdf",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    assert "no-store" in response["Cache-Control"]


def test_stranger_anonymous_and_unknown_get_no_file(stored):
    url = reverse("file", args=[stored.public_id])
    stranger = Client()
    stranger.force_login(make_member(make_agency("syt"), "HEAD"))

    assert stranger.get(url).status_code == 404
    assert Client().get(url).status_code == 302
    assert stranger.get(reverse("file", args=["6f9619ff-8b86-4d01-b42d-00c04fc964ff"])).status_code == 404


def test_file_gone_from_the_disk_is_not_found(world, stored):
    files.path_of(stored).unlink()
    client = Client()
    client.force_login(world.who("vp.clerk"))

    assert client.get(reverse("file", args=[stored.public_id])).status_code == 404


def test_agency_that_has_no_part_in_the_case_gets_no_file(world, stored):
    client = Client()
    client.force_login(world.who("s01.head"))

    assert client.get(reverse("file", args=[stored.public_id])).status_code == 404
