"""Comparing two revisions: what came, went, changed and moved, by key; numbers that shift are no change."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from tests.factories import actor, advance, make_world, start
from workflows.domain import comparing, editing, plans
from workflows.domain.comparing import Difference, Kind, Part, compare, compare_paragraphs, moved_keys
from workflows.domain.editing import ItemInput
from workflows.domain.numbering import labels
from workflows.models import Anchor, Level, Paragraph

A, B, C, D = (UUID(int=n) for n in range(1, 5))


def text(key, words, level=Level.CLAUSE):
    return Paragraph(key=key, text=words, level=level)


def test_same_revisions_differ_in_nothing():
    rows = [text(A, "Một"), text(B, "Hai")]

    assert compare_paragraphs(rows, rows) == []


def test_changed_paragraph_keeps_its_place():
    old, new = [text(A, "Một"), text(B, "Hai")], [text(A, "Một"), text(B, "Hai rưỡi")]

    place = labels(old)[B]
    assert compare_paragraphs(old, new) == [
        Difference(Kind.CHANGED, Anchor.PARAGRAPH, B, place, place, (Part("", "Hai", "Hai rưỡi"),))
    ]


def test_added_and_removed_paragraphs_in_reading_order():
    old = [text(A, "Một"), text(B, "Hai"), text(C, "Ba")]
    new = [text(D, "Mới"), text(A, "Một"), text(C, "Ba")]

    found = compare_paragraphs(old, new)

    assert [(each.kind, each.key, each.parts) for each in found] == [
        (Kind.ADDED, D, (Part("", "", "Mới"),)),
        (Kind.REMOVED, B, (Part("", "Hai", ""),)),
    ]
    assert found[0].old_place == ""
    assert found[1].place == ""


def test_added_empty_paragraph_is_no_difference():
    assert compare_paragraphs([text(A, "Một")], [text(A, "Một"), text(B, "")]) == []


def test_moved_paragraph_is_one_difference_however_many_numbers_shift():
    old = [text(A, "Một"), text(B, "Hai"), text(C, "Ba"), text(D, "Bốn")]
    new = [text(D, "Bốn"), text(A, "Một"), text(B, "Hai"), text(C, "Ba")]

    found = compare_paragraphs(old, new)

    assert [(each.kind, each.key, each.moved) for each in found] == [(Kind.MOVED, D, True)]
    assert found[0].parts == (Part("", "Bốn", "Bốn"),)


def test_moved_and_changed_paragraph_says_both():
    old = [text(A, "Một"), text(B, "Hai"), text(C, "Ba")]
    new = [text(C, "Ba và bốn"), text(A, "Một"), text(B, "Hai")]

    found = compare_paragraphs(old, new)

    assert [(each.kind, each.moved) for each in found] == [(Kind.CHANGED, True)]


def test_changed_level_is_a_change():
    found = compare_paragraphs([text(A, "Một")], [text(A, "Một", Level.POINT)])

    assert [each.kind for each in found] == [Kind.CHANGED]
    assert [(part.old, part.new) for part in found[0].parts] == [
        (str(Level.CLAUSE.label), str(Level.POINT.label))
    ]


@pytest.mark.parametrize(
    ("old", "new", "moved"),
    [
        ([], [], set()),
        ([A, B, C], [A, B, C], set()),
        ([A, B, C], [B, C], set()),
        ([A, B], [A, C, B], set()),
        ([A, B, C, D], [B, C, D, A], {A}),
        ([A, B, C, D], [D, C, B, A], {A, B, C, D} - {A}),
    ],
)
def test_moved_keys_are_as_few_as_possible(old, new, moved):
    assert len(moved_keys(old, new)) == len(moved)


def test_moved_keys_of_a_long_plan_is_quick():
    keys = [uuid4() for _ in range(2_000)]

    assert moved_keys(keys, [*keys[1:], keys[0]]) == {keys[0]}


@pytest.mark.django_db
def test_compare_tells_what_became_of_items_and_paragraphs(django_assert_num_queries):
    world = make_world(2)
    assignment = start(world)
    advance(world, assignment, "dispose")
    new = plans.current_revision(assignment)
    old = new.plan.revisions.get(number=1)
    drafter = actor(world.who("skhdt.specialist"))
    written = new.paragraphs.get(position=99)
    editing.save_paragraph(new, written.key, version=1, text="Rà soát từng dự án.", actor=drafter)
    due = timezone.localdate() + timedelta(days=30)
    given = ItemInput(task="Báo cáo tổng hợp", lead=world.lead, coordinating=(world.others[0],), due_on=due)
    item = editing.save_item(new, given, actor=drafter)

    with django_assert_num_queries(5):  # the older revision has no task whose agencies to read
        found = compare(old, new)

    assert [(each.kind, each.anchor, each.key) for each in found] == [
        (Kind.CHANGED, Anchor.PARAGRAPH, written.key),
        (Kind.ADDED, Anchor.ACTION_ITEM, item.key),
    ]
    assert [(part.old, part.new) for part in found[1].parts] == [
        ("", "Báo cáo tổng hợp"),
        ("", "SKHĐT"),
        ("", "S01"),
        ("", f"{due:%d/%m/%Y}"),
    ]


@pytest.mark.django_db
def test_compare_items_names_the_field_that_changed():
    world = make_world(1)
    assignment = start(world)
    advance(world, assignment, "draft")
    revision = plans.current_revision(assignment)
    drafter = actor(world.who("skhdt.specialist"))
    item = editing.save_item(
        revision, ItemInput(task="Việc", lead=world.lead, product="Báo cáo"), actor=drafter
    )
    before = comparing.content.items_of(revision)
    given = ItemInput(task="Việc", lead=world.lead, product="Tờ trình")
    editing.save_item(revision, given, key=item.key, version=1, actor=drafter)

    found = comparing.compare_items(before, comparing.content.items_of(revision))

    assert [(each.kind, [(part.old, part.new) for part in each.parts]) for each in found] == [
        (Kind.CHANGED, [("Báo cáo", "Tờ trình")])
    ]
