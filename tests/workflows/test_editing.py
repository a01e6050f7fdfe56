"""Changing an open revision: never over somebody else's words, never after it has left, never without bounds."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from tests.factories import actor, advance, start
from workflows.domain import editing, kept_texts, plans, splitting
from workflows.domain.editing import ItemInput, ParagraphConflictError
from workflows.domain.errors import DomainError
from workflows.domain.kept_texts import Typed
from workflows.domain.splitting import Piece, pieces_of
from workflows.models import Level, Paragraph, ParagraphDraft

pytestmark = [pytest.mark.django_db, pytest.mark.case(agencies=1)]


@pytest.fixture
def revision(assignment):
    return plans.current_revision(assignment)


@pytest.fixture
def drafter(world):
    return actor(world.who("skhdt.specialist"))


def texts(revision):
    return [p.text for p in revision.paragraphs.order_by("position", "id")]


def first(revision):
    return revision.paragraphs.order_by("position", "id")[0]


# --- paragraphs -----------------------------------------------------------------------------------------------------


def test_save_paragraph_stores_and_counts_up(revision, drafter):
    paragraph = first(revision)

    saved = editing.save_paragraph(
        revision, paragraph.key, version=1, text="Mới", base=paragraph.text, actor=drafter
    )

    assert (saved.text, saved.version) == ("Mới", 2)
    revision.refresh_from_db()
    assert (revision.version, revision.edited_by) == (2, drafter.user)
    assert list(revision.authors.all()) == [drafter.user]


def test_save_paragraph_with_the_same_text_changes_nothing(revision, drafter):
    paragraph = first(revision)

    saved = editing.save_paragraph(revision, paragraph.key, version=0, text=paragraph.text, actor=drafter)

    assert saved.version == 1
    revision.refresh_from_db()
    assert revision.version == 1


def test_save_paragraph_over_somebody_elses_words_keeps_both(revision, drafter, head):
    paragraph = first(revision)
    editing.save_paragraph(revision, paragraph.key, version=1, text="Của họ", base=paragraph.text, actor=head)

    with pytest.raises(ParagraphConflictError) as caught:
        editing.save_paragraph(revision, paragraph.key, version=1, text="Của tôi", base="Gốc", actor=drafter)

    conflict = caught.value.conflict
    assert (conflict.base, conflict.theirs, conflict.mine) == ("Gốc", "Của họ", "Của tôi")
    assert (conflict.theirs_version, conflict.theirs_by) == (2, head.user.full_name)
    assert first(revision).text == "Của họ"
    draft = ParagraphDraft.objects.get()
    assert (draft.author, draft.key, draft.text, draft.base_text) == (
        drafter.user,
        paragraph.key,
        "Của tôi",
        "Gốc",
    )


def test_save_paragraph_of_a_frozen_revision_is_refused(world, assignment, revision, drafter):
    paragraph = first(revision)
    plans.freeze(revision)

    with pytest.raises(plans.FrozenError):
        editing.save_paragraph(revision, paragraph.key, version=1, text="Mới", actor=drafter)

    assert first(revision).text == paragraph.text


def test_save_paragraph_of_another_plan_is_refused(world, revision, drafter):
    other = start(world)
    advance(world, other, "draft")
    foreign = first(plans.current_revision(other))

    with pytest.raises(DomainError):
        editing.save_paragraph(revision, foreign.key, version=1, text="Mới", actor=drafter)

    foreign.refresh_from_db()
    assert foreign.text != "Mới"


def test_save_paragraph_too_long_is_refused(revision, drafter):
    with pytest.raises(DomainError) as caught:
        editing.save_paragraph(
            revision, first(revision).key, version=1, text="a" * (plans.MAX_PARAGRAPH + 1), actor=drafter
        )

    assert caught.value.field == "text"


def test_insert_paragraph_stands_after_the_one_named(revision, drafter):
    paragraph = first(revision)

    editing.insert_paragraph(revision, after=paragraph.key, level=Level.POINT, text="Chen", actor=drafter)

    assert texts(revision)[:3] == [paragraph.text, "Chen", ""]


def test_insert_paragraph_into_a_full_plan_is_refused(revision, drafter):
    room = plans.MAX_PARAGRAPHS - revision.paragraphs.count()
    Paragraph.objects.bulk_create(Paragraph(revision=revision, position=100 + n) for n in range(room))

    with pytest.raises(DomainError):
        editing.insert_paragraph(revision, after=None, level=Level.POINT, actor=drafter)


@pytest.mark.parametrize(("index", "up"), [(0, True), (-1, False)])
def test_move_paragraph_beyond_the_ends_changes_nothing(revision, drafter, index, up):
    paragraphs = list(revision.paragraphs.order_by("position", "id"))
    before = [p.key for p in paragraphs]

    editing.move_paragraph(revision, paragraphs[index].key, up=up, actor=drafter)

    assert [p.key for p in revision.paragraphs.order_by("position", "id")] == before


def test_move_paragraph_swaps_with_its_neighbour(revision, drafter):
    keys = [p.key for p in revision.paragraphs.order_by("position", "id")]

    editing.move_paragraph(revision, keys[2], up=True, actor=drafter)

    assert [p.key for p in revision.paragraphs.order_by("position", "id")] == [
        keys[0],
        keys[2],
        keys[1],
        *keys[3:],
    ]


def test_removed_paragraph_is_gone_for_the_next_one(revision, drafter, head):
    paragraph = first(revision)
    editing.remove_paragraph(revision, paragraph.key, actor=head)

    for act in (
        lambda: editing.save_paragraph(revision, paragraph.key, version=1, text="Mới", actor=drafter),
        lambda: editing.remove_paragraph(revision, paragraph.key, actor=drafter),
        lambda: editing.set_level(revision, paragraph.key, level=Level.POINT, actor=drafter),
        lambda: editing.insert_paragraph(revision, after=paragraph.key, level=Level.POINT, actor=drafter),
        lambda: splitting.split_paragraph(revision, paragraph.key, actor=drafter),
    ):
        with pytest.raises(DomainError):
            act()


# --- several lines ----------------------------------------------------------------------------------------------------


def test_pieces_of_pasted_lines_take_the_level_of_their_marks():
    pasted = "I. MỤC ĐÍCH\n\n1. Yêu cầu\na) Rà soát\n- Dự án\n+ Vốn\n1.1. Chi tiết\nKhông có dấu\nđ) Chữ đ"

    assert pieces_of(pasted, Level.CLAUSE) == [
        Piece(Level.SECTION, "MỤC ĐÍCH"),
        Piece(Level.CLAUSE, "Yêu cầu"),
        Piece(Level.POINT, "Rà soát"),
        Piece(Level.DASH, "Dự án"),
        Piece(Level.DASH, "Vốn"),
        Piece(Level.POINT, "Chi tiết"),
        Piece(Level.CLAUSE, "Không có dấu"),
        Piece(Level.POINT, "Chữ đ"),
    ]


@pytest.mark.parametrize("line", ["1.000 tỷ đồng", "84/NQ-CP", "-5 độ", "a)", "2020. Năm"])
def test_pieces_of_text_that_only_looks_like_a_mark_stay_whole(line):
    assert pieces_of(line, Level.DASH) == [Piece(Level.DASH, line)]


def test_split_paragraph_makes_one_of_each_line_in_place(revision, drafter, django_assert_num_queries):
    keys = [p.key for p in revision.paragraphs.order_by("position", "id")]
    editing.save_paragraph(revision, keys[1], version=1, text="Một\na) Hai\nb) Ba", actor=drafter)

    with django_assert_num_queries(9):
        made = splitting.split_paragraph(revision, keys[1], actor=drafter)

    assert [(p.level, p.text) for p in made] == [
        (Level.CLAUSE, "Một"),
        (Level.POINT, "Hai"),
        (Level.POINT, "Ba"),
    ]
    assert texts(revision)[1:5] == ["Một", "Hai", "Ba", "NHIỆM VỤ, GIẢI PHÁP"]
    assert made[0].key == keys[1]


def test_split_paragraph_of_one_line_changes_nothing(revision, drafter):
    splitting.split_paragraph(revision, first(revision).key, actor=drafter)

    revision.refresh_from_db()
    assert revision.version == 1


def test_split_paragraph_into_more_than_a_plan_holds_is_refused(revision, drafter):
    paragraph = first(revision)
    lines = "\n".join("a" for _ in range(plans.MAX_PARAGRAPHS))
    editing.save_paragraph(revision, paragraph.key, version=1, text=lines, actor=drafter)

    with pytest.raises(DomainError):
        splitting.split_paragraph(revision, paragraph.key, actor=drafter)

    assert revision.paragraphs.count() == 6


# --- texts that were not stored ---------------------------------------------------------------------------------------


def test_kept_texts_are_the_authors_own(revision, drafter, head):
    typed = Typed(uuid4(), "Gõ", "Gốc", 1)
    kept_texts.keep_text(revision, typed, user=drafter.user)

    assert [draft.text for draft in kept_texts.kept_texts(revision.plan, drafter.user)] == ["Gõ"]
    assert kept_texts.kept_texts(revision.plan, head.user) == []
    assert kept_texts.kept_text(revision.plan, head.user, typed.key) is None

    kept_texts.drop_text(revision.plan, head.user, typed.key)
    assert kept_texts.kept_text(revision.plan, drafter.user, typed.key).text == "Gõ"
    kept_texts.drop_text(revision.plan, drafter.user, typed.key)
    assert kept_texts.kept_texts(revision.plan, drafter.user) == []


# --- tasks of the plan ------------------------------------------------------------------------------------------------


def test_save_item_of_a_lead_that_also_coordinates_is_refused(world, revision, drafter):
    given = ItemInput(task="Việc", lead=world.lead, coordinating=(world.lead,))

    with pytest.raises(DomainError) as caught:
        editing.save_item(revision, given, actor=drafter)

    assert caught.value.field == "coordinating"


@pytest.mark.parametrize("days", [0, -1])
def test_save_item_due_today_or_before_is_refused(world, revision, drafter, days):
    due = timezone.localdate() + timedelta(days=days)

    with pytest.raises(DomainError) as caught:
        editing.save_item(revision, ItemInput(task="Việc", lead=world.lead, due_on=due), actor=drafter)

    assert caught.value.field == "due_on"


def test_save_item_over_a_newer_one_is_refused(world, revision, drafter, head):
    item = editing.save_item(revision, ItemInput(task="Việc", lead=world.lead), actor=drafter)
    editing.save_item(
        revision, ItemInput(task="Của họ", lead=world.lead), key=item.key, version=1, actor=head
    )

    with pytest.raises(DomainError):
        editing.save_item(
            revision, ItemInput(task="Của tôi", lead=world.lead), key=item.key, version=1, actor=drafter
        )

    item.refresh_from_db()
    assert (item.task, item.version) == ("Của họ", 2)
