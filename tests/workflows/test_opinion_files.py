"""Files of an answer: attached while it is prepared, given with the signature, kept with what was said."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from django.urls import reverse

from notifications.models import Event
from tests.factories import act, actor, attempt, make_agency, make_member, open_task
from tests.workflows.answers import attached, begin_again, change_files, downloads, opinion_of, pdf, rows
from tests.workflows.cases import case_at
from tests.workflows.desk import Desk
from workflows.domain.errors import AlreadyDoneError
from workflows.flows import attaching, rounds, timers
from workflows.models import Consultation, EarlierAnswer, FormDraft, OpinionFile, StoredFile

pytestmark = [pytest.mark.django_db, pytest.mark.case(at="prepare_opinion"), pytest.mark.usefixtures("media")]
REPLY = "Công văn 2291.pdf"


@pytest.fixture
def specialist(world, assignment, agency):
    return Desk(world.who("s01.specialist"), assignment, "prepare_opinion", agency)


def names(desk):
    """Return the files the page shows, with what becomes of each."""
    return [
        (row.file.name, "leaving" if row.is_leaving else "given" if row.is_given else "pending")
        for row in desk.get().context["files"]
    ]


def signs(world, assignment, agency, node="prepare_opinion", stance="AGREE"):
    act(
        world.who("s01.head"),
        assignment,
        node,
        "sign",
        agency=agency,
        stance=stance,
        **({"reason": "Chưa phù hợp"} if stance == "DISAGREE" else {}),
    )


# --- attaching -------------------------------------------------------------------------------------------------------


def test_attach_several_files_at_once(specialist):
    response = change_files(specialist, pdf("a.pdf"), pdf("b.pdf"))

    assert (response.status_code, response["Location"]) == (302, f"{specialist.url}#files")
    assert names(specialist) == [("a.pdf", "pending"), ("b.pdf", "pending")]


def test_attach_brings_back_every_word_that_was_typed(specialist):
    typed = rows({"anchor": "", "text": "Nguồn kinh phí", "suggestion": "Từ dự toán"})
    change_files(specialist, pdf(), stance="DISAGREE", reason="Chưa xong", document_number="9/STC", **typed)

    context = specialist.get().context

    form = context["form_shown"]
    assert [form[name].value() for name in ("stance", "reason", "document_number")] == [
        "DISAGREE", "Chưa xong", "9/STC",
    ]  # fmt: skip
    assert [(row["text"].value(), row["suggestion"].value()) for row in context["loose_rows"]] == [
        ("Nguồn kinh phí", "Từ dự toán")
    ]


def test_attach_with_more_text_than_is_kept_still_shows_it_all(specialist):
    response = change_files(specialist, pdf(), reason="x" * 20_001)

    assert (response.status_code, FormDraft.objects.count()) == (200, 0)
    assert "x" * 20_001 in response.content.decode()
    assert names(specialist) == [(REPLY, "pending")]


def test_attach_the_same_file_again_keeps_one(specialist):
    for _time in range(2):
        change_files(specialist, pdf())

    assert names(specialist) == [(REPLY, "pending")]
    assert Event.objects.filter(kind="file.attached").count() == 1


def test_attach_pressed_twice_is_done_once(specialist):
    key = "6f9619ff-8b86-4d01-b42d-00c04fc964ff"

    answers = [change_files(specialist, pdf(), file_key=key) for _time in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert (names(specialist), Event.objects.filter(kind="file.attached").count()) == (
        [(REPLY, "pending")],
        1,
    )


@pytest.mark.parametrize(
    ("uploads", "sentence"),
    [
        ([], "Choose the file to attach."),
        (
            [("cv.pdf", b"<html>")],
            "cv.pdf: The content of this file is not what its name says (.pdf).",
        ),
        ([("cv.pdf", b"")], "cv.pdf: The file is empty."),
        ([("cv.exe", b"MZ")], "cv.exe: Only PDF, DOCX, XLSX, PNG and JPG files are taken."),
    ],
)
def test_attach_something_bad_says_why_keeps_the_words_and_leaves_nothing(
    specialist, media, uploads, sentence
):
    good = [pdf("tốt.pdf")] if uploads else []
    bad = [SimpleUploadedFile(name, content) for name, content in uploads]

    response = change_files(specialist, *good, *bad, reason="Đang viết dở")

    assert (response.status_code, response.context["files_refused"]) == (422, sentence)
    assert response.context["form_shown"]["reason"].value() == "Đang viết dở"
    assert sentence in response.content.decode()
    assert (StoredFile.objects.count(), media.exists()) == (0, False)


def test_page_after_a_bad_file_sends_its_answer_to_the_task(specialist):
    content = change_files(specialist, SimpleUploadedFile("cv.pdf", b"<html>")).content.decode()

    assert f'<form method="post" action="{specialist.url}" novalidate data-once data-opinion' in content


def test_page_after_a_bad_file_sends_its_acts_to_the_task(world, assignment, agency, specialist):
    specialist.post("prepare", stance="AGREE")
    head = Desk(world.who("s01.head"), assignment, "sign_opinion", agency)

    acts = change_files(head).context["acts"]

    assert {act.url for act in acts} == {head.url}


def test_attach_more_than_ten_is_refused(specialist):
    change_files(specialist, *[pdf(f"{n}.pdf") for n in range(9)])

    response = change_files(specialist, pdf("mười.pdf"), pdf("mười một.pdf"))

    assert response.context["files_refused"] == "An answer carries at most 10 files."
    assert len(names(specialist)) == 9


@pytest.mark.parametrize("username", ["s01.clerk", "s02.head", "skhdt.head", "vp.clerk"])
def test_attach_without_the_right_is_refused_and_leaves_nothing(world, assignment, agency, media, username):
    desk = Desk(world.who(username), assignment, "prepare_opinion", agency)

    response = change_files(desk, pdf())

    assert response.status_code == 403
    assert "Your position does not allow this act." in response.content.decode()
    assert (StoredFile.objects.count(), media.exists()) == (0, False)


def test_attach_by_a_stranger_is_not_found(world, assignment, agency):
    desk = Desk(make_member(make_agency("syt"), "HEAD"), assignment, "prepare_opinion", agency)

    assert change_files(desk, pdf()).status_code == 404


def test_attach_to_what_waits_for_the_head_is_the_heads(world, assignment, agency, specialist):
    act(world.who("s01.specialist"), assignment, "prepare_opinion", "prepare", agency=agency, stance="AGREE")
    waiting = Desk(world.who("s01.specialist"), assignment, "sign_opinion", agency)
    head = Desk(world.who("s01.head"), assignment, "sign_opinion", agency)

    assert change_files(waiting, pdf()).status_code == 403
    assert change_files(head, pdf()).status_code == 302
    assert names(waiting) == [(REPLY, "pending")]


def test_attach_to_a_task_of_another_kind_is_not_found(world):
    desk = Desk(world.who("skhdt.head"), case_at("sign_request", world), "sign_request")

    assert change_files(desk, pdf()).status_code == 404


def test_files_url_opened_leads_to_the_page(specialist):
    response = specialist.client.get(reverse("task-files", args=[specialist.task.public_id]))

    assert (response.status_code, response["Location"]) == (302, specialist.url)


# --- too late --------------------------------------------------------------------------------------------------------


def test_attach_after_the_withdrawal_says_who_and_why_and_gives_the_words_back(
    world, assignment, agency, specialist, media
):
    rounds.withdraw(
        opinion_of(assignment, agency), reason="Không liên quan", actor=actor(world.who("skhdt.head"))
    )

    response = change_files(specialist, pdf(), reason="Đang viết dở")

    content = response.content.decode()
    assert response.status_code == 409
    assert "The request for your opinion was withdrawn by Người skhdt.head: Không liên quan" in content
    assert "Đang viết dở" in content
    assert (StoredFile.objects.count(), media.exists()) == (0, False)


def test_attach_after_the_round_closed_says_how_to_answer_late(specialist):
    timers.fire_due_timers(at=Consultation.objects.get().due_at)

    response = change_files(specialist, pdf(), reason="Đang viết dở")

    content = response.content.decode()
    assert (response.status_code, StoredFile.objects.count()) == (409, 0)
    assert "A late answer is still taken until the lead starts on the remarks" in content
    assert "Đang viết dở" in content


def test_attach_loses_against_a_signature_of_the_same_moment(world, assignment, agency):
    drawn_before = open_task(assignment, "prepare_opinion", agency)
    signs(world, assignment, agency)

    with pytest.raises(AlreadyDoneError, match="s01"):
        attaching.attach(drawn_before, attempt(world.who("s01.specialist")), [pdf()])

    assert OpinionFile.objects.count() == 0


# --- taking out ------------------------------------------------------------------------------------------------------


def test_take_out_what_was_not_signed_removes_it(world, assignment, agency, specialist):
    (stored,) = attached(world.who("s01.specialist"), assignment, "prepare_opinion", agency, REPLY)

    response = change_files(specialist, remove=str(stored.public_id), reason="Đang viết dở")

    assert (response.status_code, names(specialist)) == (302, [])
    assert specialist.get().context["form_shown"]["reason"].value() == "Đang viết dở"
    assert not downloads(world.who("s01.head"), stored)
    assert not downloads(world.who("skhdt.head"), stored)


def test_take_out_what_is_gone_says_so(world, assignment, agency, specialist):
    (stored,) = attached(world.who("s01.specialist"), assignment, "prepare_opinion", agency, REPLY)
    change_files(specialist, remove=str(stored.public_id))

    response = change_files(specialist, remove=str(stored.public_id))

    assert (response.status_code, response.context["files_refused"]) == (
        422, "This file is not among the attachments any more.",
    )  # fmt: skip


def test_take_out_another_agencys_file_is_refused(world, assignment, specialist):
    (theirs,) = attached(
        world.who("s02.specialist"), assignment, "prepare_opinion", world.others[1], "s02.pdf"
    )

    response = change_files(specialist, remove=str(theirs.public_id))

    assert (response.status_code, OpinionFile.objects.count()) == (422, 1)


def test_take_out_nonsense_is_not_found(specialist):
    assert change_files(specialist, remove="x").status_code == 404


# --- given and replaced ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("one_press", [True, False])
def test_signature_gives_the_files_with_the_answer(world, assignment, agency, specialist, one_press):
    change_files(specialist, pdf())
    head = Desk(world.who("s01.head"), assignment, "prepare_opinion", agency)

    head.post("sign", stance="AGREE", **({} if one_press else rows()))

    row = OpinionFile.objects.get()
    assert (row.is_given, row.is_leaving, row.is_earlier) == (True, False, False)
    assert Event.objects.get(kind="opinion.given").data["files"] == 1


def test_answer_that_replaces_keeps_the_files_unless_they_are_taken_out(world, assignment, agency):
    who = world.who("s01.specialist")
    kept, left = attached(who, assignment, "prepare_opinion", agency, "giữ.pdf", "bỏ.pdf")
    signs(world, assignment, agency)
    begin_again(who, assignment, agency)
    desk = Desk(who, assignment, "replace_opinion", agency)

    change_files(desk, remove=str(left.public_id))
    change_files(desk, pdf("mới.pdf"))

    assert names(desk) == [("giữ.pdf", "given"), ("bỏ.pdf", "leaving"), ("mới.pdf", "pending")]
    standing = opinion_of(assignment, agency).files.standing().order_by("id")
    assert list(standing) == list(OpinionFile.objects.filter(file__in=[kept, left]).order_by("id"))

    signs(world, assignment, agency, "replace_opinion", "DISAGREE")

    standing = opinion_of(assignment, agency).files.standing().order_by("id")
    assert [row.file.name for row in standing] == ["giữ.pdf", "mới.pdf"]
    assert [file["name"] for file in EarlierAnswer.objects.get().content["files"]] == ["giữ.pdf", "bỏ.pdf"]
    assert downloads(world.who("skhdt.head"), left)


def test_file_that_was_to_leave_stays_after_all(world, assignment, agency):
    who = world.who("s01.specialist")
    (stored,) = attached(who, assignment, "prepare_opinion", agency, REPLY)
    signs(world, assignment, agency)
    begin_again(who, assignment, agency)
    desk = Desk(who, assignment, "replace_opinion", agency)
    change_files(desk, remove=str(stored.public_id))

    response = change_files(desk, keep=str(stored.public_id))

    assert (response.status_code, names(desk)) == (302, [(REPLY, "given")])


def test_file_of_an_earlier_answer_attached_again_waits_for_the_signature(world, assignment, agency):
    who = world.who("s01.specialist")
    (stored,) = attached(who, assignment, "prepare_opinion", agency, REPLY)
    signs(world, assignment, agency)
    begin_again(who, assignment, agency)
    change_files(Desk(who, assignment, "replace_opinion", agency), remove=str(stored.public_id))
    signs(world, assignment, agency, "replace_opinion", "DISAGREE")
    begin_again(who, assignment, agency)
    desk = Desk(who, assignment, "replace_opinion", agency)

    change_files(desk, pdf(REPLY))

    assert names(desk) == [(REPLY, "pending")]
    assert opinion_of(assignment, agency).files.standing().count() == 0


def test_earlier_answer_is_shown_to_its_agency_with_its_files(world, assignment, agency):
    who = world.who("s01.specialist")
    (stored,) = attached(who, assignment, "prepare_opinion", agency, REPLY)
    signs(world, assignment, agency, stance="DISAGREE")
    begin_again(who, assignment, agency)
    signs(world, assignment, agency, "replace_opinion")
    begin_again(who, assignment, agency)

    context = Desk(who, assignment, "replace_opinion", agency).get().context

    assert [(each.stance, each.reason, each.files) for each in context["earlier"]] == [
        ("Disagree", "Chưa phù hợp", [{"public_id": str(stored.public_id), "name": REPLY}])
    ]


def test_a_file_that_was_not_given_neither_leaves_nor_is_earlier(world, assignment, agency):
    attached(world.who("s01.specialist"), assignment, "prepare_opinion", agency, REPLY)

    with pytest.raises(IntegrityError):
        OpinionFile.objects.update(is_leaving=True)


# --- what is told ----------------------------------------------------------------------------------------------------


def test_attaching_and_taking_out_is_told_to_the_agency_alone(world, assignment, agency, specialist):
    change_files(specialist, pdf("mật.pdf"))
    change_files(specialist, remove=str(StoredFile.objects.get().public_id))
    page = reverse("assignment", args=[assignment.public_id])

    told = {}
    for username in ("s01.clerk", "s02.head", "skhdt.head", "vp.head", "ubnd.chair"):
        client = Desk(world.who(username), assignment, "prepare_opinion", agency).client
        told[username] = client.get(page).content.decode().count("mật.pdf")

    assert told == {"s01.clerk": 2, "s02.head": 0, "skhdt.head": 0, "vp.head": 0, "ubnd.chair": 0}
    assert Event.objects.filter(kind="file.stored").count() == 0


def test_signature_tells_readers_of_the_opinion_how_many_files_came(world, assignment, agency, specialist):
    change_files(specialist, pdf("a.pdf"), pdf("b.pdf"))
    signs(world, assignment, agency)
    page = reverse("assignment", args=[assignment.public_id])

    told = {
        username: "Agree, 2 files attached"
        in Desk(world.who(username), assignment, "prepare_opinion", world.others[1])
        .client.get(page)
        .content.decode()
        for username in ("s01.clerk", "skhdt.head", "s02.head")
    }

    assert told == {"s01.clerk": True, "skhdt.head": True, "s02.head": False}
