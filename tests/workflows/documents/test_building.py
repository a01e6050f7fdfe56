"""What the table reads from the record: every round, remark, answer and silence, as far as its reader may know."""

from datetime import date

import pytest
from django.utils import timezone, translation

from accounts.authority import hats
from tests.factories import advance, make_world, start
from tests.workflows.table_case import answer, first_round, opinion_of, two_rounds
from workflows import policies
from workflows.documents import wording
from workflows.documents.building import Reader, build_table
from workflows.documents.table import Choice, Tally
from workflows.domain import dispositions, plans, reminders
from workflows.domain import rounds as domain
from workflows.domain.calendars import load_calendar
from workflows.models import Anchor, Opinion, OpinionState, Stance, Treatment
from workflows.views.agencies import names_on

pytestmark = [pytest.mark.django_db, pytest.mark.case(agencies=5)]
ON = date(2020, 7, 5)


def read(assignment, world, username="skhdt.specialist", *, agency="", opinions=None):
    """Return the table as a person's page draws it."""
    user = world.who(username)
    own = hats(user)
    sees_all = policies.sees_all_answers(own, user, assignment)
    is_lead = policies.sees_draft(own, user, assignment)
    if opinions is None:
        opinions = policies.accounted_opinions(own, user, assignment, sees_all=sees_all)
    revision = policies.visible_revisions(own, user, assignment).order_by("-number")[0]
    return build_table(
        assignment,
        revision=revision,
        opinions=opinions,
        reader=Reader(sees_all, is_lead, agency),
        names=names_on,
        on=ON,
    )


def told(line):
    return (line.number, line.round, line.agency, line.place, line.text, line.treatment)


def test_rows_are_numbered_through_round_by_round_and_agency_by_agency(world):
    assignment = two_rounds(world)

    table = read(assignment, world)

    assert [told(line) for line in table.lines] == [
        (1, 1, "Cơ quan s01", "Điểm a khoản 1 mục III", "Bổ sung nguồn kinh phí", "ACCEPTED"),
        (2, 1, "Cơ quan s01", "Nhiệm vụ 1", "Bỏ nhiệm vụ này", "EXPLAINED"),
        (3, 1, "Cơ quan s01", "Toàn bộ dự thảo", "Sửa lỗi trình bày", "ACCEPTED"),
        (4, 1, "Cơ quan s02", "Toàn bộ dự thảo", "Chưa phù hợp", "EXPLAINED"),
        (5, 2, "Cơ quan s02", "Toàn bộ dự thảo", "Góp ý lần hai", ""),
    ]
    assert all(line.is_remark for line in table.lines)
    assert [line.draft for line in table.lines] == [1, 1, 1, 1, 2]


def test_rounds_account_for_every_agency_and_keep_what_they_judged(world):
    assignment = two_rounds(world)

    first, second = read(assignment, world).rounds

    assert [(each.name, each.state, each.stance, each.is_late) for each in first.asked] == [
        ("Cơ quan s01", OpinionState.GIVEN, Stance.AGREE_WITH_REMARKS, False),
        ("Cơ quan s02", OpinionState.GIVEN, Stance.DISAGREE, False),
        ("Cơ quan s03", OpinionState.SILENT, Stance.DEEMED_AGREED, False),
        ("Cơ quan s04", OpinionState.WITHDRAWN, "", False),
        ("Cơ quan s05", OpinionState.GIVEN, Stance.AGREE, True),
    ]
    assert (first.number, first.draft, first.request_number) == (1, 1, "12/SKHĐT-TH")
    assert [each.name for each in second.asked] == ["Cơ quan s01", "Cơ quan s02"]
    assert (second.number, second.draft) == (2, 2)
    assert first.asked[3].withdrawn_reason == "Không thuộc phạm vi"


def test_replaced_answer_has_no_rows_of_its_own_any_more(world):
    assignment = first_round(world)

    table = read(assignment, world)

    assert opinion_of(assignment, "s01").earlier.get().stance == Stance.AGREE
    assert [line.agency for line in table.lines].count("Cơ quan s01") == 3
    assert [each.name for each in table.rounds[0].of(Stance.AGREE)] == ["Cơ quan s05"]


def test_answer_names_where_the_draft_was_changed_and_what_is_upheld_against_it(world):
    assignment = two_rounds(world)

    first, second, third, *_rest = read(assignment, world).lines

    assert (first.answer, first.change, first.suggestion) == (
        "Đã bổ sung",
        "Nơi chỉnh sửa: Điểm a khoản 1 mục III.",
        "từ ngân sách thành phố",
    )
    assert (second.answer, second.change, second.upheld) == (
        "Nhiệm vụ do Chính phủ giao",
        "",
        "Vượt thẩm quyền",
    )
    assert third.change == "Dự thảo không phải chỉnh sửa."


def test_place_of_a_change_is_named_as_in_the_newest_draft_the_reader_has(world):
    assignment = first_round(world)
    remark = dispositions.remarks_of(assignment)[0]
    item = dispositions.remarks_of(assignment)[1].anchor_key
    answer(world, remark, "PARTLY", "Đã sửa", place=(Anchor.ACTION_ITEM, item))
    plans.current_revision(assignment).action_items.all().delete()

    assert read(assignment, world).lines[0].change == ""
    dispositions.publish(assignment)
    asked = read(assignment, world, "s01.head", agency="Cơ quan s01")
    assert asked.lines[0].change == "Nơi chỉnh sửa: Nhiệm vụ 1."


def test_view_upheld_against_an_answer_that_was_changed_is_no_longer_shown(world):
    assignment = two_rounds(world)
    remark = dispositions.remarks_of(assignment)[1]
    type(remark.disposition).objects.filter(pk=remark.disposition.pk).update(version=9)

    assert read(assignment, world).lines[1].upheld == ""


def test_questions_are_tallied_with_the_names_of_those_who_chose(world):
    assignment = first_round(world)

    (each,) = read(assignment, world).rounds

    assert each.questions == (
        Tally(
            1,
            "Phương án bố trí kinh phí",
            (Choice("Ngân sách.", ("Cơ quan s02", "Cơ quan s05")), Choice("Xã hội hóa.", ("Cơ quan s01",))),
        ),
    )


def test_reminders_and_openings_prove_that_an_agency_was_asked(world):
    assignment = start(world)
    advance(world, assignment, "prepare_opinion")
    from tests.factories import actor

    domain.note_opened(opinion_of(assignment, "s01"), actor=actor(world.who("s01.specialist")))
    reminders.remind(assignment, actor=actor(world.who("skhdt.head")))

    asked = read(assignment, world).rounds[0].asked

    assert [bool(each.opened_at) for each in asked] == [True, False, False, False, False]
    assert {len(each.reminded_at) for each in asked} == {1}
    assert all(each.delivered_at and each.due for each in asked)


def test_round_that_is_open_counts_those_who_have_not_answered(world):
    assignment = start(world)
    advance(world, assignment, "prepare_opinion")

    (each,) = read(assignment, world).rounds

    assert len(each.in_state(OpinionState.ASKED)) == 5


def test_disagreement_with_neither_reason_nor_remark_still_has_a_row(world):
    assignment = first_round(world)
    bare = opinion_of(assignment, "s02")
    bare.remarks.all().delete()
    Opinion.objects.filter(pk=bare.pk).update(reason="")

    row = read(assignment, world).lines[3]

    assert (row.agency, wording.said_in(row)) == ("Cơ quan s02", wording.NO_REASON)


def test_reason_beside_agreement_is_a_row(world):
    assignment = first_round(world)
    Opinion.objects.filter(pk=opinion_of(assignment, "s05").pk).update(reason="Đề nghị sớm ban hành")

    row = read(assignment, world).lines[-1]

    assert (row.text, row.is_remark, row.is_late, row.disagrees) == (
        "Đề nghị sớm ban hành",
        False,
        True,
        False,
    )


# --- readers ----------------------------------------------------------------------------------------------------------


def test_agency_reads_its_part_without_proofs_of_others(world):
    assignment = two_rounds(world)

    table = read(assignment, world, "s01.head", agency="Cơ quan s01")

    assert (table.is_part, table.reader) == (True, "Cơ quan s01")
    own, other = table.rounds[0].asked[:2]
    assert own.due is not None
    assert (other.name, other.due, other.delivered_at) == ("Cơ quan s02", None, None)
    assert [each.name for each in table.rounds[0].asked if each.state == OpinionState.WITHDRAWN] == []
    known = {line.agency: line.is_known for line in table.lines}
    assert known == {"Cơ quan s01": True, "Cơ quan s02": False}
    assert wording.treated(table) == ["Tổng số 03 góp ý: tiếp thu 02, tiếp thu một phần 00, giải trình 01."]


def test_answer_that_is_not_signed_is_read_by_the_lead_alone(world):
    assignment = first_round(world)
    answer(world, dispositions.remarks_of(assignment)[0], "PARTLY", "Chưa ký")

    own = read(assignment, world, "s01.head", agency="Cơ quan s01").lines[0]

    assert (own.is_known, own.treatment, own.answer, own.change) == (True, "", "", "")
    assert read(assignment, world).lines[0].treatment == Treatment.PARTLY


def test_table_of_nothing_has_no_rounds_and_no_rows(world):
    assignment = first_round(world)

    table = read(assignment, world, opinions=Opinion.objects.none())

    assert (table.rounds, table.lines) == ((), ())


def test_places_are_in_the_offices_language_whoever_reads_or_signed(world):
    with translation.override("en"):
        assignment = two_rounds(world)
        table = read(assignment, world)

    assert dispositions.remarks_of(assignment)[0].anchor_label == "Point a clause 1 section III"
    assert [line.place for line in table.lines] == [
        "Điểm a khoản 1 mục III",
        "Nhiệm vụ 1",
        "Toàn bộ dự thảo",
        "Toàn bộ dự thảo",
        "Toàn bộ dự thảo",
    ]
    assert table.lines[0].change == "Nơi chỉnh sửa: Điểm a khoản 1 mục III."


def test_table_is_dated_and_headed_by_the_lead(world):
    table = read(first_round(world), world)

    assert (table.on, table.head.issuer, table.title) == (
        ON,
        "CƠ QUAN SKHDT",
        "Kế hoạch thực hiện Nghị quyết số 84/NQ-CP",
    )


@pytest.mark.parametrize("size", [1, 6])
def test_table_costs_eight_statements_however_many_agencies(size, db, django_assert_num_queries):
    load_calendar()
    world = make_world(size)
    assignment = start(world)
    advance(world, assignment, "dispose")
    user = world.who("skhdt.specialist")
    opinions = policies.accounted_opinions(hats(user), user, assignment, sees_all=True)
    revision = plans.current_revision(assignment)
    assignment.directive.issuer  # noqa: B018 - loaded, as by the page

    with django_assert_num_queries(8):
        table = build_table(
            assignment,
            revision=revision,
            opinions=opinions,
            reader=Reader(sees_all=True, is_lead=True),
            names=names_on,
            on=timezone.localdate(),
        )

    assert len(table.rounds[0].asked) == size
