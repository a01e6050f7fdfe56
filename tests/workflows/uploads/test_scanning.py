"""Quarantine: what waits is served to nobody and says so, what is clean is served, what is infected is told."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from notifications import notices
from notifications.models import Event
from tests import handed_in
from tests.clamd import EICAR, clamd
from tests.factories import act, actor
from tests.workflows.cases import report_case
from tests.workflows.desk import Desk
from workflows.domain import files
from workflows.models import Scan, StoredFile
from workflows.uploads import jobs, scanning

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


@pytest.fixture(scope="module")
def kept_case(kept_world):
    return report_case("report", kept_world)


@pytest.fixture
def store(world, assignment):
    def stored(name="a.pdf", content=None):
        upload = SimpleUploadedFile(name, content or handed_in.pdf(name))
        return files.store_file(upload, assignment, actor=actor(world.who("skhdt.specialist")))

    return stored


@pytest.fixture
def scanner(settings):
    with clamd() as daemon:
        settings.CLAMD = daemon.address
        yield daemon


def infected():
    return handed_in.pdf(objects=[handed_in.stream(EICAR)])


def opened(user, stored):
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(user)
    return client.get(reverse("file", args=[stored.public_id]))


def state(stored):
    stored.refresh_from_db()
    return stored.scan, stored.virus


def test_without_a_scanner_a_file_is_clean_at_once(store, settings):
    settings.CLAMD = ""

    assert (store().scan, scanning.scan_waiting()) == (Scan.CLEAN, 0)


def test_file_waits_then_is_clean_and_served(store, world, scanner):
    stored = store()
    waiting = opened(world.who("skhdt.specialist"), stored)

    assert (stored.scan, waiting.status_code) == (Scan.WAITING, 409)
    assert "The file is being checked" in waiting.content.decode()
    assert "Content-Disposition" not in waiting
    assert (scanning.scan_waiting(), scanning.scan_waiting()) == (1, 0)
    assert state(stored) == (Scan.CLEAN, "")
    served = opened(world.who("skhdt.specialist"), stored)
    assert b"".join(served.streaming_content) == handed_in.pdf("a.pdf")
    assert Event.objects.filter(kind="file.infected").count() == 0


def test_infected_file_is_never_served_and_is_told(store, world, scanner):
    stored = store(content=infected())

    scanning.scan_waiting()

    event = Event.objects.get(kind="file.infected")
    notice = notices.get(event.kind)
    told = set(notice.recipients(event))
    uploader, office = world.who("skhdt.specialist"), world.who("vp.head")
    assert state(stored) == (Scan.INFECTED, "Eicar-Signature")
    assert (event.data["sha256"], event.data["virus"], event.actor) == (
        stored.sha256,
        "Eicar-Signature",
        None,
    )
    assert ({uploader.pk, office.pk} <= told, world.who("s01.head").pk in told) == (True, False)
    assert notice.visible(uploader, [event]) == {event.pk}
    answer = opened(uploader, stored)
    assert (answer.status_code, "The file is held back" in answer.content.decode()) == (409, True)
    assert handed_in.pdf()[:5] not in answer.content


def test_verdict_is_written_and_told_once(store, scanner):
    stored = store(content=infected())

    done = (scanning._judge(stored, "Virus"), scanning._judge(stored, "Virus"), scanning._judge(stored, ""))

    assert (done, state(stored)) == ((True, False, False), (Scan.INFECTED, "Virus"))
    assert Event.objects.filter(kind="file.infected").count() == 1


def test_scanner_that_is_down_leaves_files_waiting_and_is_not_asked_for_each(
    store, world, settings, monkeypatch
):
    settings.CLAMD = "127.0.0.1:1"
    stored = [store(f"{number}.pdf") for number in range(5)]

    assert scanning.scan_waiting() == 0

    assert StoredFile.objects.to_be_scanned().count() == 5
    assert StoredFile.objects.filter(scan_tries=1).count() == scanning.GIVE_UP
    assert opened(world.who("skhdt.specialist"), stored[0]).status_code == 409


def test_file_too_large_for_the_scanner_keeps_no_other_waiting(store, settings):
    with clamd(largest=2_000) as daemon:
        settings.CLAMD = daemon.address
        large = [
            store(f"{n}.pdf", handed_in.pdf(objects=[handed_in.stream(bytes([n]) * 5_000)]))
            for n in range(1, 5)
        ]
        small = store()
        done = scanning.scan_waiting()

    assert (done, state(small)[0]) == (1, Scan.CLEAN)
    assert {state(each)[0] for each in large} == {Scan.WAITING}


def test_bytes_that_are_gone_stay_unserved(store, scanner):
    stored = store()
    files.path_of(stored).unlink()

    assert (scanning.scan_waiting(), state(stored)[0]) == (0, Scan.WAITING)


def test_scanner_taken_out_of_the_settings_frees_nothing(store, scanner, settings):
    stored = store()
    settings.CLAMD = ""

    assert (scanning.scan_waiting(), state(stored)[0]) == (0, Scan.WAITING)


def test_job_is_woken_after_commit(store, scanner, monkeypatch, django_capture_on_commit_callbacks):
    woken = []
    monkeypatch.setattr(jobs, "wake", lambda: woken.append(1))

    with django_capture_on_commit_callbacks(execute=True):
        store("a.png", handed_in.png())
        store("a.png", handed_in.png())
        assert woken == []

    assert woken == [1]


def test_page_says_that_a_file_waits(store, world, assignment, scanner):
    stored = store()
    act(world.who("skhdt.specialist"), assignment, "report", "report", text="Đã làm", file=stored)
    page = Desk(world.who("vp.specialist"), assignment, "confirm").html()

    assert "being checked for viruses" in page
    scanning.scan_waiting()
    assert "being checked for viruses" not in Desk(world.who("vp.specialist"), assignment, "confirm").html()


def test_what_the_system_makes_waits_for_nobody(assignment, world, scanner):
    made = files.keep_made(b"%PDF-1", "a.pdf", assignment, stored_by=world.who("ubnd.chair"))

    assert made.scan == Scan.CLEAN
