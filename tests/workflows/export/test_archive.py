"""What an exported case holds."""

import io
import json
import re
from uuid import uuid4
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications.models import Event
from notifications.sealing import acts
from tests import handed_in
from tests.factories import act, actor, advance, start, write_plan
from tests.workflows.cases import clear, put_forward, report_case, sign_review
from tests.workflows.decided import annexed, upload
from tests.workflows.export.desk import checked, members_of, written
from workflows.documents.export import archive
from workflows.documents.export.gathering import gather, place_of
from workflows.documents.export.words import KINDS
from workflows.domain import files
from workflows.models import Decision, Directive, Opinion, OpinionFile, PaperSignature, StoredFile
from workflows.views.history import SENTENCES

pytestmark = pytest.mark.django_db


def test_export_holds_events_documents_decisions_and_seals(exported):
    decision = Decision.objects.get(submission__assignment=exported.assignment)
    folder = f"decisions/{decision.pk}"
    stored = StoredFile.objects.filter(assignment=exported.assignment)

    members = members_of(exported.sealed)

    assert {name for name in members if not name.startswith("files/")} == {
        "index.html",
        "verify.py",
        "case.json",
        "events.jsonl",
        "seals.jsonl",
        "keys.json",
        "manifest.json",
        f"{folder}/decision.json",
        *(f"{folder}/{part}.json" for part in ("revision", "action_items", "annexes", "dispositions")),
        "revisions/1-1.json",
        "revisions/1-2.json",
    }
    assert {name for name in members if name.startswith("files/")} == {place_of(each) for each in stored}
    assert PaperSignature.objects.get(decision=decision).file in stored
    assert len(members["events.jsonl"].splitlines()) == json.loads(members["manifest.json"])["head"][1]


def test_names_of_files_stay_vietnamese(exported):
    names = [name.rsplit("/", 1)[1] for name in members_of(exported.sealed) if name.startswith("files/")]

    assert {"Danh mục dự án.pdf", "Dự toán.pdf", "Công văn trả lời.pdf"} <= set(names)
    assert all(
        entry.flag_bits & 0x800
        for entry in ZipFile(io.BytesIO(exported.sealed)).infolist()
        if not entry.filename.isascii()
    )
    assert archive.name_of(exported.assignment.directive).startswith("Hồ sơ - ")


@pytest.mark.parametrize(
    ("name", "leaf"), [("a:b?.pdf", "a_b_.pdf"), ("..", "tep"), (" Kế hoạch.pdf. ", "Kế hoạch.pdf")]
)
def test_names_of_files_leave_their_folder_nowhere(name, leaf):
    assert place_of(StoredFile(name=name, sha256="ab")) == f"files/ab/{leaf}"


def test_same_state_and_moment_give_the_same_bytes(exported):
    assert written(exported.assignment.directive) == written(exported.assignment.directive) == exported.sealed


def test_index_is_vietnamese_and_names_every_document(exported):
    page = members_of(exported.sealed)["index.html"].decode()

    assert '<html lang="vi">' in page
    assert "Đã niêm phong đến sự kiện thứ" in page
    for stored in StoredFile.objects.filter(assignment=exported.assignment):
        assert f">{stored.name}</a>" in page
    assert "Phê duyệt kế hoạch: " in page
    assert not re.search(r"<(script|style|img)\b", page)


def test_index_says_that_nothing_is_sealed(exported):
    assert "CHƯA ĐƯỢC NIÊM PHONG" in members_of(exported.unsealed)["index.html"].decode()


def test_index_has_words_for_every_event_of_a_case():
    recorded = {"case.exported", "directive.registered", "directive.corrected", "directive.issued"}

    assert set(SENTENCES) | recorded <= set(KINDS)


def test_every_kind_of_event_of_the_case_has_words(exported):
    events = Event.objects.filter(chain=exported.assignment.directive.chain)

    assert set(events.values_list("kind", flat=True)) <= set(KINDS)


def test_case_holds_what_is_signed_and_no_ballot_slip(exported):
    record = json.loads(members_of(exported.sealed)["case.json"])

    assert record["directive"]["code"] == exported.assignment.directive.code
    assert [row["verb"] for row in record["decisions"]] == ["APPROVED"]
    assert [row["verdict"] for row in record["reviews"]] == ["CLEARED"]
    assert "slips" not in record
    assert (len(record["files"]), record["files_withheld"]) == (4, 0)


def test_reading_a_case_takes_the_same_statements_for_few_rows_as_for_many(exported):
    directive = Directive.objects.select_related("issuer").get(pk=exported.assignment.directive_id)

    def statements():
        with CaptureQueriesContext(connection) as captured:
            case = gather(directive)
        return len(captured), len(case.files), len(case.decisions)

    few = statements()
    for number in range(3):
        _another_file(number)
        _another_decision()

    assert (few, statements()) == ((29, 4, 1), (29, 7, 4))


def _another_file(number):
    row = OpinionFile.objects.filter(is_given=True)[0]
    stored = row.file
    stored.pk, stored.public_id, stored.name = None, uuid4(), f"Bản {number}.pdf"
    stored.save(force_insert=True)
    row.pk, row.file, row.is_earlier = None, stored, True
    row.save(force_insert=True)


def _another_decision():
    decision = Decision.objects.order_by("-pk")[0]
    decision.pk, decision.ended_at, decision.ended_how = None, decision.decided_at, "RECALLED"
    decision.save(force_insert=True)


def test_draft_and_its_annexes_stay_inside_until_they_are_put_forward(
    world, assignment, media, seals, tmp_path
):
    annexed(world, assignment, "Nháp.pdf")

    members = members_of(written(assignment.directive))

    record = json.loads(members["case.json"])
    assert [name for name in members if name.startswith(("files/", "revisions/", "decisions/"))] == []
    assert record["files_withheld"] == 1
    assert checked(written(assignment.directive), tmp_path / "x.zip")[0] == 0


def test_consulted_draft_stays_inside_until_it_is_put_forward(world, assignment, media, seals, tmp_path):
    annexed(world, assignment, "Nháp.pdf")
    write_plan(assignment)
    for node, verb, who in (("draft", "finish", "skhdt.specialist"), ("sign_request", "send", "skhdt.head")):
        act(world.who(who), assignment, node, verb)

    data = written(assignment.directive)

    assert [name for name in members_of(data) if name.startswith(("files/", "revisions/"))] == []
    assert checked(data, tmp_path / "x.zip")[0] == 0


def test_what_is_in_preparation_after_a_return_stays_inside(world, media, seals, tmp_path):
    assignment = start(world)
    advance(world, assignment, "draft")
    annexed(world, assignment, "Phụ lục.pdf")
    advance_from_draft(world, assignment)
    act(world.who("ubnd.chair"), assignment, "decide", "return", requirements="Bổ sung nguồn vốn")
    annexed(world, assignment, "Nháp sau khi trả lại.pdf")
    who = world.who("s01.head")
    answer, _created = files.keep_file(upload("Đang soạn.pdf"), assignment, actor=actor(who))
    OpinionFile.objects.create(
        opinion=Opinion.objects.all()[0], file=answer, added_by=who, added_at=answer.stored_at
    )

    data = written(assignment.directive)

    names = {name.rsplit("/", 1)[1] for name in members_of(data) if name.startswith("files/")}
    record = json.loads(members_of(data)["case.json"])
    assert (names, record["files_withheld"]) == ({"Phụ lục.pdf"}, 2)
    assert [name for name in members_of(data) if name.startswith("revisions/")] == [
        "revisions/1-1.json",
        "revisions/1-2.json",
    ]
    assert checked(data, tmp_path / "x.zip")[0] == 0


def advance_from_draft(world, assignment):
    """Go on from the draft to the decision, every agency agreeing."""
    write_plan(assignment)
    act(world.who("skhdt.specialist"), assignment, "draft", "finish")
    act(world.who("skhdt.head"), assignment, "sign_request", "send")
    for agency in world.others:
        act(
            world.who(f"{agency.code}.head"),
            assignment,
            "prepare_opinion",
            "sign",
            agency=agency,
            stance="AGREE",
        )
    act(world.who("skhdt.specialist"), assignment, "dispose", "finish")
    for step in (put_forward, clear, sign_review):
        step(world, assignment)


def test_reported_file_goes_out(world, media, seals, tmp_path):
    assignment = report_case("report", world)
    report = SimpleUploadedFile("Báo cáo kết quả.pdf", handed_in.pdf(), content_type="application/pdf")
    who = actor(world.who("skhdt.specialist"))
    stored = files.store_file(report, assignment, actor=who)
    act(who.person, assignment, "report", "report", text="Đã làm", file=stored)

    data = written(assignment.directive)

    assert f"files/{stored.sha256}/Báo cáo kết quả.pdf" in members_of(data)
    assert checked(data, tmp_path / "x.zip")[0] == 0


def test_file_that_is_gone_is_named_and_found(exported, tmp_path):
    stored = StoredFile.objects.get(name="Dự toán.pdf")
    place = files.path_of(stored)
    held = place.read_bytes()
    place.unlink()
    try:
        data = written(exported.assignment.directive)
    finally:
        place.write_bytes(held)

    assert json.loads(members_of(data)["manifest.json"])["missing"] == [place_of(stored)]
    code, said = checked(data, tmp_path / "x.zip")
    assert code == 1
    assert "the system no longer had this file" in said


def test_file_that_was_changed_on_disk_is_found(exported, tmp_path):
    place = files.path_of(StoredFile.objects.get(name="Dự toán.pdf"))
    held = place.read_bytes()
    place.write_bytes(held + b" ")
    try:
        code, said = checked(written(exported.assignment.directive), tmp_path / "x.zip")
    finally:
        place.write_bytes(held)

    assert code == 1
    assert "it is no document that the chain names" in said


def test_what_may_go_on_after_a_recalled_approval_is_said_and_no_breach(exported, tmp_path):
    decision = Decision.objects.get(submission__assignment=exported.assignment)
    Decision.objects.filter(pk=decision.pk).update(
        ended_at=decision.decided_at, ended_how="RECALLED", parts=decision.parts | {"dispositions": "0" * 64}
    )

    data = written(exported.assignment.directive)

    assert f"decisions/{decision.pk}/dispositions.json" not in members_of(data)
    assert "dispositions went on since" in checked(data, tmp_path / "x.zip")[1]


def test_dossier_that_waits_for_its_decision_goes_out(world, media, seals, tmp_path):
    assignment = start(world)
    advance(world, assignment, "decide")

    data = written(assignment.directive)

    assert "submissions/1-1/dispositions.json" in members_of(data)
    assert checked(data, tmp_path / "x.zip")[0] == 0


def test_decision_bound_to_the_text_alone_is_proved_by_it(exported, tmp_path):
    decision = Decision.objects.get(submission__assignment=exported.assignment)
    text = decision.submission.revision.sha256
    Decision.objects.filter(pk=decision.pk).update(form="", parts={}, content_sha256=text)

    _code, said = checked(written(exported.assignment.directive), tmp_path / "x.zip")

    assert f"decision {decision.pk}: revision is what was decided on" in said
    assert f"decision {decision.pk}: the chain says otherwise" in said


def test_every_seal_that_names_the_chain_goes_out_and_no_other_chain_with_it(exported):
    before = members_of(exported.sealed)["seals.jsonl"].splitlines()
    acts.seal()

    members = members_of(written(exported.assignment.directive))

    assert members["seals.jsonl"].splitlines() == before
    assert json.loads(before[0])["head"][0] == exported.assignment.directive.chain
    assert b"accounts" not in members["seals.jsonl"]
