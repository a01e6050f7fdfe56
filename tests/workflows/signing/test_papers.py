"""The paper of an approval: ordered with it, made after it, once, visibly where it fails, dropped with a recall."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Position
from notifications.models import Event
from tests.factories import advance, attempt, hats, make_agency, make_member, make_world, start
from tests.workflows.signing import keys
from workflows import policies
from workflows.domain import files, papers
from workflows.flows import recalls
from workflows.models import Decision, PaperSignature, SigningState, StoredFile
from workflows.signing import work

pytestmark = pytest.mark.django_db
BLOCK = ["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"]


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    key = keys.write_key(tmp_path / "key.p12")
    settings.SIGNING = settings.SIGNING | {"pkcs12": str(key), "password": keys.PASSWORD}


@pytest.fixture
def world():
    return make_world(1)


@pytest.fixture
def approved(world):
    assignment = start(world)
    advance(world, assignment, "issue")
    assignment.refresh_from_db()
    return assignment


def browser(user):
    client = Client()
    client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = "en"
    client.force_login(user)
    return client


def case_page(user, assignment):
    return browser(user).get(reverse("assignment", args=[assignment.public_id])).content.decode()


def use_pades(settings):
    settings.SIGNING = settings.SIGNING | {"adapter": "pades"}


def give_up(monkeypatch):
    """Let a paper fail for the last time."""
    monkeypatch.setattr(papers, "MAX_ATTEMPTS", 1)
    work.make_due()


def test_every_signed_act_keeps_its_block(approved, world):
    submission = approved.submissions.get()

    assert submission.signature == {
        "form": "TT",
        "lines": ["GIÁM ĐỐC"],
        "name": "Người skhdt.head",
        "basis": "",
    }
    assert submission.review.signature["lines"] == ["CHÁNH VĂN PHÒNG"]
    assert submission.decision.signature == {
        "form": "KT",
        "lines": BLOCK,
        "name": "Người ubnd.vice_chair",
        "basis": "",
    }


def test_approval_orders_its_paper(approved):
    paper = PaperSignature.objects.get()

    assert (paper.decision.verb, paper.state, paper.adapter, paper.file) == (
        "APPROVED",
        "PENDING",
        "record",
        None,
    )


def test_recorded_paper_is_made_once_and_says_what_it_is_not(approved):
    done = (work.make_due(), work.make_due())

    paper = PaperSignature.objects.get()
    content = files.path_of(paper.file).read_bytes()
    assert done == (1, 0)
    assert (paper.state, paper.signer, paper.signed_at) == (SigningState.RECORDED, "", None)
    assert (paper.file.content_type, paper.file.assignment, content[:5]) == (
        "application/pdf",
        approved,
        b"%PDF-",
    )
    assert b"/ByteRange" not in content
    assert list(Event.objects.filter(kind__startswith="paper.").values_list("kind", flat=True)) == [
        "paper.recorded"
    ]


def test_pades_paper_is_signed_and_examined(approved, settings):
    PaperSignature.objects.update(adapter="pades")

    work.sweep()

    paper = PaperSignature.objects.get()
    assert (paper.state, paper.signer, paper.error) == (SigningState.SIGNED, keys.SIGNER, "")
    assert [(each["intact"], each["covers_whole_file"]) for each in paper.file.signatures] == [(True, True)]
    assert Event.objects.get(kind="paper.signed").data["signer"] == keys.SIGNER


def test_paper_somebody_is_making_is_nobody_elses(approved):
    now = timezone.now()

    first, second = papers.claim(10, at=now), papers.claim(10, at=now)
    after_lease = papers.claim(10, at=now + papers.LEASE + timedelta(seconds=1))

    assert (len(first), len(second), len(after_lease)) == (1, 0, 1)


def test_worker_whose_lease_ran_out_finishes_nothing(approved):
    (late,) = papers.claim(10, at=timezone.now())
    (quick,) = papers.claim(10, at=timezone.now() + papers.LEASE + timedelta(seconds=1))
    made = {"state": SigningState.RECORDED, "name": "a.pdf"}

    finished = (papers.finish(late, b"%PDF-1", **made), papers.finish(quick, b"%PDF-2", **made))
    again = papers.finish(quick, b"%PDF-3", **made)

    paper = PaperSignature.objects.get()
    assert (finished, again, files.path_of(paper.file).read_bytes()) == ((False, True), False, b"%PDF-2")
    assert (StoredFile.objects.count(), Event.objects.filter(kind="paper.recorded").count()) == (1, 1)


def test_failure_waits_ever_longer_and_is_given_up_visibly(approved, settings):
    PaperSignature.objects.update(adapter="pades")
    settings.SIGNING = settings.SIGNING | {"pkcs12": ""}
    pauses = []
    for _attempt in range(papers.MAX_ATTEMPTS):
        before = timezone.now()
        work.make_due()
        due = PaperSignature.objects.get().next_try_at
        pauses.append(due and round((due - before).total_seconds()))
        PaperSignature.objects.filter(state="PENDING").update(next_try_at=timezone.now())

    paper = PaperSignature.objects.get()
    assert pauses == [20, 40, 80, 160, 320, 640, 1280, None]
    assert (paper.state, paper.error, paper.file) == ("FAILED", "SIGNING_PKCS12 names no file", None)
    assert (work.make_due(), Event.objects.filter(kind="paper.failed").count()) == (0, 1)


def test_given_up_paper_is_made_again_by_the_clerk(approved, settings, world, monkeypatch):
    PaperSignature.objects.update(adapter="pades")
    key, settings.SIGNING = settings.SIGNING["pkcs12"], settings.SIGNING | {"pkcs12": "", "adapter": "pades"}
    give_up(monkeypatch)
    url, once = reverse("case-paper", args=[approved.public_id]), {"key": str(uuid4())}
    settings.SIGNING = settings.SIGNING | {"pkcs12": key}

    shown = case_page(world.who("vp.clerk"), approved)
    client = browser(world.who("vp.clerk"))
    answers = [client.post(url, once).status_code for _ in range(2)]
    work.make_due()

    assert ("Could not be signed" in shown, "SIGNING_PKCS12 names no file" in shown, url in shown) == (
        True,
    ) * 3
    assert (answers, PaperSignature.objects.get().state) == ([302, 302], SigningState.SIGNED)
    assert Event.objects.filter(kind="paper.retried").count() == 1


def test_given_up_paper_is_no_business_of_the_agencies(approved, settings, world, monkeypatch):
    PaperSignature.objects.update(adapter="pades")
    settings.SIGNING = settings.SIGNING | {"pkcs12": ""}
    give_up(monkeypatch)
    url = reverse("case-paper", args=[approved.public_id])
    outsider = make_member(make_agency("ngoai"), Position.HEAD)

    statuses = {
        name: browser(user).post(url, {"key": str(uuid4())}).status_code
        for name, user in (
            ("skhdt.head", world.who("skhdt.head")),
            ("s01.head", world.who("s01.head")),
            ("outsider", outsider),
        )
    }

    page = case_page(world.who("skhdt.head"), approved)
    assert statuses == {"skhdt.head": 403, "s01.head": 403, "outsider": 404}
    assert PaperSignature.objects.get().state == SigningState.FAILED
    assert ("SIGNING_PKCS12" in page, url in page) == (False, False)
    assert "could not be signed" not in page


def test_nothing_is_made_again_that_was_not_given_up(approved, world):
    answer = browser(world.who("vp.clerk")).post(
        reverse("case-paper", args=[approved.public_id]), {"key": str(uuid4())}, follow=True
    )

    assert "There is no paper that could not be signed." in answer.content.decode()
    assert PaperSignature.objects.get().state == SigningState.PENDING


def test_paper_of_a_recalled_approval_is_dropped(approved, world):
    (paper,) = papers.claim(10, at=timezone.now())
    recalls.recall_approval(approved, attempt(world.who("ubnd.vice_chair")), reason="Cần xem lại")

    done = papers.finish(paper, b"%PDF-1", state=SigningState.RECORDED, name="a.pdf")

    assert (done, PaperSignature.objects.get().state, StoredFile.objects.count()) == (False, "DROPPED", 0)


def test_paper_made_before_a_recall_is_read_by_nobody_but_the_one_who_signed(approved, world):
    work.make_due()
    stored = PaperSignature.objects.get().file
    recalls.recall_approval(approved, attempt(world.who("ubnd.vice_chair")), reason="Cần xem lại")

    readers = {
        name for name, user in world.people.items() if policies.can_read_file(hats(user), user, stored)
    }

    assert readers == {"ubnd.vice_chair"}


def test_paper_is_read_with_the_plan(approved, world):
    work.make_due()
    stored, decision = PaperSignature.objects.get().file, Decision.objects.get()
    outsider = make_member(make_agency("ngoai"), Position.HEAD)
    people = world.people | {"outsider": outsider}

    of_file = {name for name, user in people.items() if policies.can_read_file(hats(user), user, stored)}
    of_plan = {
        name
        for name, user in people.items()
        if policies.visible_revisions(hats(user), user, approved)
        .filter(pk=decision.submission.revision_id)
        .exists()
    }

    assert of_file == of_plan
    assert "skhdt.head" in of_file
    assert "outsider" not in of_file


def test_case_and_issue_page_show_block_state_and_file(approved, world):
    work.sweep()
    stored = PaperSignature.objects.get().file
    link = reverse("file", args=[stored.public_id])

    case = case_page(world.who("skhdt.head"), approved)
    task = approved.processes.get().casetask_set.get(flow_task__endswith="issue", finished=None)
    issue = browser(world.who("vp.clerk")).get(reverse("task", args=[task.public_id])).content.decode()

    for page in (case, issue):
        assert [line in page for line in [*BLOCK, "Người ubnd.vice_chair", link, "not signed"]] == [True] * 6
        assert "Recorded in the system, not a digital signature" in page


def test_asked_agency_sees_the_block_and_no_file_of_a_plan_it_does_not_read(approved, world):
    work.sweep()
    stored = PaperSignature.objects.get().file
    user = world.who("s01.head")
    reads = policies.can_read_file(hats(user), user, stored)

    page = case_page(user, approved)

    assert (BLOCK[0] in page, str(stored.public_id) in page) == (True, reads)


@pytest.mark.parametrize("coordinating", [1, 3])
def test_case_of_an_approved_plan_asks_eighteen_statements(coordinating, django_assert_num_queries):
    world = make_world(coordinating)
    assignment = start(world)
    advance(world, assignment, "issue")
    work.make_due()
    client = browser(world.who("skhdt.head"))
    url = reverse("assignment", args=[assignment.public_id])
    client.get(url)

    with django_assert_num_queries(18):
        client.get(url)
