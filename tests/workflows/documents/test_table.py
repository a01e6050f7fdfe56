"""The table as data: who belongs where, and how much became of what."""

from tests.workflows.documents.sample import asked, crowd, line, round_of, table, waiting
from workflows.models import OpinionState, Stance, Treatment


def test_round_of_133_agencies_accounts_for_each_once():
    crowded = crowd()

    counts = {stance: len(crowded.of(stance)) for stance in Stance}

    assert (len(crowded.asked), len(crowded.answered)) == (133, 30)
    assert counts == {
        Stance.AGREE: 21,
        Stance.AGREE_WITH_REMARKS: 7,
        Stance.DISAGREE: 2,
        Stance.DEEMED_AGREED: 103,
        Stance.NO_REPLY: 0,
    }


def test_late_are_those_who_answered_after_their_term():
    late, on_time = asked("A", is_late=True), asked("B")

    assert round_of(late, on_time, waiting("C")).late == (late,)


def test_agencies_without_an_answer_are_told_apart():
    open_one, gone = waiting("A"), waiting("B", OpinionState.WITHDRAWN)
    each = round_of(open_one, gone, asked("C"))

    assert each.in_state(OpinionState.ASKED) == (open_one,)
    assert each.in_state(OpinionState.WITHDRAWN) == (gone,)


def test_reasons_are_no_remarks():
    remark, reason = line(1), line(2, is_remark=False, treatment="")

    assert table(remark, reason).remarks == (remark,)


def test_treatments_are_counted_among_known_remarks():
    document = table(
        line(1),
        line(2, treatment=Treatment.EXPLAINED),
        line(3, treatment=""),
        line(4, treatment="", is_known=False),
        line(5, treatment="", is_remark=False),
    )

    assert [document.treated(value) for value in (*Treatment.values, "")] == [1, 0, 1, 1]
