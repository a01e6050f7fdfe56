"""What a decision binds to: every bound column is found when it changes, the document's own example holds."""

import hashlib
import io
import json
import re
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from benchmarks.deciding import mutations
from notifications.models import Event
from tests.factories import act, make_world
from tests.workflows.decided import decided_case, full_case
from workflows.domain import binding, content, files, table_content, verifying
from workflows.domain.submissions import last_submission
from workflows.models import (
    Annex,
    Decision,
    DecisionEnd,
    EarlierAnswer,
    OpinionFile,
    Paragraph,
    Plan,
    Question,
    QuestionAnswer,
)

pytestmark = pytest.mark.django_db
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "decision-content.md"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def world():
    return make_world(4)


@pytest.fixture
def decided(world):
    return decided_case(world)


@pytest.fixture
def decision(decided):
    return verifying.decisions_named(str(decided.public_id)).get()


def verified(*names, **options):
    """Return what the command prints, and what it says at its end where something is not whole."""

    out = io.StringIO()
    try:
        call_command("verify_decision", *names, stdout=out, **options)
    except CommandError as error:
        return out.getvalue().splitlines(), str(error)
    return out.getvalue().splitlines(), ""


# --- the form ---------------------------------------------------------------------------------------------------------


def test_example_of_the_document_has_the_hashes_the_document_says():
    text = DOCUMENT.read_text()
    parts = {name: json.loads(body) for name, body in re.findall(r"```json (\w+)\n(.*?)```", text, re.DOTALL)}
    said = dict(re.findall(r"^\| `(\w+)` \| `([0-9a-f]{64})` \|$", text, re.MULTILINE))

    hashes = {name: hashlib.sha256(binding.encode(part)).hexdigest() for name, part in parts.items()}
    whole = hashlib.sha256(binding.encode({"form": binding.FORM, "parts": hashes})).hexdigest()

    assert (set(parts), hashes | {"whole": whole}) == (set(binding.PARTS), said)


def test_document_names_every_field_of_the_form(decided):
    text = DOCUMENT.read_text()
    named = {
        name
        for columns in (
            table_content.ROUND,
            table_content.OPINION,
            table_content.REMARK,
            table_content.ANSWER,
            table_content.UPHELD,
        )
        for name in columns
    }
    named |= set(content.plain(last_submission(decided).revision)["action_items"][0])

    assert {name for name in named if f"`{name}`" not in text} == set()


def test_nothing_is_normalised_away(decision):
    paragraph = Paragraph.objects.filter(revision=decision.submission.revision).exclude(text="").first()
    Paragraph.objects.filter(pk=paragraph.pk).update(text="e\u0301")
    before = binding.bound(decision.submission).sha256
    Paragraph.objects.filter(pk=paragraph.pk).update(text="\u00e9")

    assert binding.bound(decision.submission).sha256 != before


def test_case_without_files_questions_and_replaced_answers_costs_four_statements(
    world, decided, django_assert_num_queries
):
    submission = last_submission(decided)
    with django_assert_num_queries(8):
        binding.bound(submission)
    for model in (OpinionFile, QuestionAnswer, EarlierAnswer, Question):
        model.objects.all().delete()
    with django_assert_num_queries(4):
        binding.bound(submission)


# --- what is changed behind the program's back is found ---------------------------------------------------------------


def test_one_change_of_every_bound_column_is_found(decided):
    each = list(mutations.one_of_each(decided))

    assert [mutation.name for mutation in each if not mutations.is_found(decided, mutation)] == []
    assert len(each) > 60
    assert verified(str(decided.public_id))[1] == ""


def test_forty_random_changes_are_found(decided):
    found = mutations.chosen(decided, 40, seed=7)

    assert [mutation.name for mutation in found if not mutations.is_found(decided, mutation)] == []


# --- the command ------------------------------------------------------------------------------------------------------


def test_whole_decision_is_said_to_be_whole_by_either_name(decided, decision):
    by_key, by_case, everything = (
        verified(str(decision.pk)),
        verified(str(decided.public_id)),
        verified(all=True),
    )

    assert by_key == by_case == everything
    ((line,), error) = by_key
    assert (line.split()[:3], error) == (["WHOLE", str(decision.pk), "APPROVED"], "")


def test_changed_part_is_named_and_the_command_fails(decision):
    Plan.objects.filter(pk=decision.submission.revision.plan_id).update(title="Kế hoạch khác")
    Annex.objects.filter(revision=decision.submission.revision).update(title="Phụ lục khác")

    (line,), error = verified(str(decision.pk))

    assert line.startswith(f"BROKEN {decision.pk} APPROVED ")
    assert line.endswith(": revision, annexes")
    assert error == "1 decisions are not whole"


def test_file_whose_bytes_were_changed_is_named(decision):
    stored = Annex.objects.filter(revision=decision.submission.revision).order_by("position")[0].file
    files.path_of(stored).write_bytes(b"%PDF-1.7 khac")

    assert verified(str(decision.pk))[0][0].endswith(f": file {stored.name}")

    files.path_of(stored).unlink()
    assert verified(str(decision.pk))[0][0].endswith(f": file {stored.name}")


def test_hash_that_was_rewritten_with_its_parts_contradicts_the_record(decision):
    Plan.objects.filter(pk=decision.submission.revision.plan_id).update(title="Kế hoạch khác")
    now = binding.bound(verifying.loaded().get(pk=decision.pk).submission)
    Decision.objects.filter(pk=decision.pk).update(content_sha256=now.sha256, parts=now.parts)

    assert verified(str(decision.pk))[0][0].endswith(": record")


def test_decision_without_an_event_is_no_decision(world, decided, decision):
    forged = Decision.objects.get(pk=decision.pk)
    forged.pk, forged.ended_at, forged.ended_how = None, decision.decided_at, DecisionEnd.RECALLED
    forged.save()

    assert verified(str(forged.pk))[0][0].split(": ")[1].startswith("record")
    assert Event.objects.filter(subject_id=str(forged.pk), kind="plan.approved").count() == 0


def test_unknown_form_is_said_and_fails(decision):
    Decision.objects.filter(pk=decision.pk).update(form="dieu-hanh/decision/99")

    (line,), error = verified(str(decision.pk))

    assert line.startswith(f"UNKNOWN {decision.pk} ")
    assert error == "1 decisions are not whole"


def test_decision_of_the_first_form_is_proved_by_its_text_alone(decision):
    first = content.sha256_of(decision.submission.revision)
    Decision.objects.filter(pk=decision.pk).update(form="", parts={}, content_sha256=first)

    assert binding.changed_since(verifying.loaded().get(pk=decision.pk)) == []
    Plan.objects.filter(pk=decision.submission.revision.plan_id).update(title="Kế hoạch khác")
    assert binding.changed_since(verifying.loaded().get(pk=decision.pk)) == ["revision"]


def test_what_is_answered_after_a_return_has_moved_on_and_a_changed_text_has_not(world):
    assignment = full_case(world)
    act(world.who("ubnd.chair"), assignment, "decide", "return", requirements="Xem lại")
    QuestionAnswer.objects.update(chosen=[1])

    (line,), error = verified(str(assignment.public_id))
    assert (line.split(" ")[0], line.endswith("; moved on since: dispositions"), error) == ("WHOLE", True, "")

    Paragraph.objects.filter(revision__submission__assignment=assignment).update(text="Sửa trộm")
    assert ": revision; moved on since: dispositions" in verified(str(assignment.public_id))[0][0]


@pytest.mark.parametrize("name", ["999999", "x", "00000000-0000-0000-0000-000000000000"])
def test_name_of_nothing_is_an_error(db, name):
    assert verified(name) == ([], f"{name} names no decision")


def test_command_without_a_name_says_what_it_needs(db):
    assert verified() == ([], "name a decision or an assignment, or say --all")
