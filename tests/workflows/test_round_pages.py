"""The page of a round: what it shows, to whom, and what nobody else may learn from it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories import act, actor, advance, make_agency, make_member, make_world, start, write_plan
from tests.workflows.round_desk import (
    RoundDesk,
    answer,
    answer_late,
    due_day,
    opinion_of,
    run_out,
    typed,
    wish,
    working_day,
)
from workflows.domain import reminders
from workflows.domain import rounds as domain
from workflows.domain.answering import RemarkInput
from workflows.domain.calendars import load_calendar
from workflows.flows import rounds
from workflows.models import Consultation, Opinion, Participation, RequestDraft, Stance
from workflows.views.keyset import PAGE

pytestmark = [pytest.mark.django_db, pytest.mark.case(agencies=3, at="prepare_opinion")]

SECRET = "Lý do mật của S01"


def desk(world, assignment, username="skhdt.head"):
    return RoundDesk(world.who(username), assignment)


def figures(page):
    return {figure.word: figure.count for figure in page.context["figures"]}


def send(world, assignment, **given):
    """Sign the request with what it carries."""
    advance(world, assignment, "sign_request")
    act(world.who("skhdt.head"), assignment, "sign_request", "send", **given)


def ask_again(world, assignment, *codes):
    """Send the revised draft out again, to some agencies."""
    Participation.objects.filter(agency__code__in=codes).update(to_be_asked=True)
    act(world.who("skhdt.specialist"), assignment, "dispose", "ask_again")
    act(world.who("skhdt.head"), assignment, "sign_again", "send")


# --- the head -------------------------------------------------------------------------------------------------------


def test_head_shows_the_request_and_what_silence_counts_as(world):
    assignment = start(world)
    note = "Đề nghị cho ý kiến về mục II"
    send(world, assignment, request_number="1187/SKHĐT-TH", note=note, silence="NO_REPLY")
    consultation = Consultation.objects.get()

    html = desk(world, assignment).html()

    assert "1187/SKHĐT-TH" in html
    assert note in html
    assert "noted as no reply" in html
    assert consultation.silence_citation in html
    assert consultation.signed_as in html


def test_case_links_to_its_round_once_there_is_one(world):
    assignment = start(world)
    advance(world, assignment, "draft")
    page, user = reverse("assignment", args=[assignment.public_id]), world.who("skhdt.head")
    link = reverse("consultation", args=[assignment.public_id])
    before = RoundDesk(user, assignment).client.get(page).content.decode()
    write_and_send(world, assignment)

    assert link not in before
    assert link in RoundDesk(user, assignment).client.get(page).content.decode()


def write_and_send(world, assignment):
    write_plan(assignment)
    act(world.who("skhdt.specialist"), assignment, "draft", "finish")
    act(world.who("skhdt.head"), assignment, "sign_request", "send")


def test_case_without_a_round_has_no_such_page(world):
    assignment = start(world)
    advance(world, assignment, "draft")

    assert desk(world, assignment).get().status_code == 404


@pytest.mark.parametrize("number", ["2", "x", "-1"])
def test_round_that_is_not_there_is_404(world, assignment, number):
    assert desk(world, assignment).get(round=number).status_code == 404


def test_figures_count_answers_silence_and_late_ones(world, assignment):
    answer(world, assignment, "s01", Stance.DISAGREE, reason="Chưa phù hợp")
    run_out()
    rounds.answer_again(opinion_of("s02").participation, actor=actor(world.who("s02.head")))
    answer_late(world, assignment, "s02")

    assert figures(desk(world, assignment).get()) == {
        "Asked": 3,
        "Answered": 2,
        "agree": 1,
        "with comments": 0,
        "disagree": 1,
        "late": 1,
        "Silent": 1,
        "deemed agreed": 1,
        "no reply": 0,
    }


def test_answers_to_questions_are_counted_for_the_lead(world):
    assignment = start(world)
    advance(world, assignment, "draft")
    questions = [{"text": "Phương án nào?", "options": ["Theo quý", "Theo tháng"], "picks": 1}]
    who = world.who("skhdt.specialist")
    RequestDraft.objects.create(
        assignment=assignment, questions=questions, saved_by=who, saved_at=timezone.now()
    )
    write_and_send(world, assignment)
    for code, option in (("s01", 2), ("s02", 2)):
        answer(world, assignment, code, answers={1: [option]})

    def counted(username):
        (question,) = desk(world, assignment, username).get().context["questions"]
        return [(option.text, option.count) for option in question.options]

    assert counted("skhdt.head") == [("Theo quý", "0 agencies"), ("Theo tháng", "2 agencies")]
    assert counted("s01.head") == counted("vp.head") == [("Theo quý", ""), ("Theo tháng", "")]
    assert desk(world, assignment).rows()["s01"].choices == ["Question 1: Theo tháng"]


def test_closed_round_says_when_how_and_by_whom(world, assignment):
    Opinion.objects.exclude(participation__agency__code="s01").update(is_required=False)
    answer(world, assignment, "s01")
    rounds.close_early(assignment, actor=actor(world.who("skhdt.head")))

    html = desk(world, assignment, "s01.head").html()

    assert "early by Người skhdt.head" in html
    assert "Late answers are still taken" in html


def test_text_that_has_moved_on_is_said_to_those_who_may_read_it(world, assignment):
    for code in ("s01", "s02", "s03"):
        answer(world, assignment, code)

    compare = f"{reverse('plan-revisions', args=[assignment.plan.public_id])}?from=1&amp;to=2"

    assert compare in desk(world, assignment).html()
    assert "the newest is revision" not in desk(world, assignment, "s01.head").html()


# --- the agencies ---------------------------------------------------------------------------------------------------


def test_row_of_an_answer_shows_number_signer_remarks_and_what_it_replaced(world, assignment):
    first = RemarkInput("Tách chỉ tiêu theo quý", suggestion="Quý III đạt 60%")
    answer(
        world,
        assignment,
        "s01",
        Stance.AGREE_WITH_REMARKS,
        remarks=[first],
        document_number="1874/STC",
    )
    rounds.answer_again(opinion_of("s01").participation, actor=actor(world.who("s01.head")))
    answer_late(world, assignment, "s01")

    row = desk(world, assignment).rows()["s01"]

    assert str(row.mark.word) == "Agree"
    (earlier,) = row.earlier
    assert (earlier.mark.word, earlier.number) == ("Agree with comments", 1)
    assert "No. 1874/STC, Người s01.head" in earlier.what
    assert [(each["text"], each["suggestion"]) for each in earlier.remarks] == [
        ("Tách chỉ tiêu theo quý", "Quý III đạt 60%")
    ]
    assert "Tách chỉ tiêu theo quý" in desk(world, assignment).html()


def test_silence_is_worded_with_its_citation_and_its_proof(world, assignment):
    domain.note_opened(opinion_of("s01"), actor=actor(world.who("s01.specialist")))
    reminders.remind(assignment, actor=actor(world.who("skhdt.head")))
    run_out()

    row = desk(world, assignment).rows()["s01"]

    citation = Consultation.objects.get().silence_citation
    assert row.silence == f"No comments, overdue, deemed to agree under {citation}"
    delivered, opened, reminded = row.proof
    assert delivered.startswith(f"Delivered {timezone.localdate():%d/%m/%Y}")
    assert opened.endswith("by Người s01.specialist")
    assert reminded.startswith("Reminded ")
    assert reminded.endswith(" by the lead")


def test_agency_nobody_could_reach_is_not_said_to_agree(world, assignment):
    Opinion.objects.filter(participation__agency__code="s01").update(delivered_at=None)
    run_out()

    row = desk(world, assignment).rows()["s01"]

    assert str(row.mark.word) == "No reply"
    assert row.silence == (
        "No comments; noted as no reply, because nobody of the agency could receive the request"
    )
    assert desk(world, assignment, "s02.head").rows()["s01"].silence == (
        "No comments by the due moment, noted as no reply"
    )


def test_more_time_keeps_the_first_term_in_sight(world, assignment):
    first, until = due_day(), working_day(2, after=due_day())
    rounds.extend(
        [opinion_of("s01")],
        until=load_calendar().end_of(until),
        reason="Chuyển trụ sở",
        actor=actor(world.who("skhdt.head")),
    )

    row = desk(world, assignment).rows()["s01"]

    assert row.extended == f"extended to {typed(until)}, first due {typed(first)}"
    assert "Chuyển trụ sở" in row.wishes[0]


def test_second_round_marks_who_is_asked_again_and_the_first_stays(world, assignment):
    for code in ("s01", "s02", "s03"):
        answer(world, assignment, code)
    ask_again(world, assignment, "s02")

    page = desk(world, assignment).get()
    first = desk(world, assignment).get(round=1)

    assert [(row.agency, row.asked_before) for row in page.context["rows"]] == [("Cơ quan s02", True)]
    assert [(tab.label, tab.is_current) for tab in page.context["round_tabs"]] == [
        ("Round 1", False),
        ("Round 2", True),
    ]
    assert [row.asked_before for row in first.context["rows"]] == [False] * 3
    assert first.context["consultation"].revision.number == 1


@pytest.mark.parametrize(
    ("state", "codes"),
    [
        ("", ["s01", "s02", "s03"]),
        ("waiting", ["s03"]),
        ("answered", ["s01", "s02"]),
        ("disagree", ["s02"]),
        ("silent", []),
        ("no-such-state", ["s01", "s02", "s03"]),
    ],
)
def test_filter_narrows_the_list(world, assignment, state, codes):
    answer(world, assignment, "s01")
    answer(world, assignment, "s02", Stance.DISAGREE, reason="Chưa phù hợp")

    assert sorted(desk(world, assignment).rows(state=state)) == codes


def test_list_of_many_agencies_is_paged_without_loss(db):
    load_calendar()
    world = make_world(PAGE + 5)
    assignment = start(world)
    advance(world, assignment, "prepare_opinion")

    first = desk(world, assignment).get(state="waiting")
    second = desk(world, assignment).client.get(first.context["next_url"])

    rows = [*first.context["rows"], *second.context["rows"]]
    assert [row.agency for row in rows] == [f"Cơ quan {agency.code}" for agency in world.others]
    assert (len(first.context["rows"]), second.context["next_url"]) == (PAGE, "")
    assert "state=waiting" in second.context["first_url"]


@pytest.mark.parametrize("after", ["x", "1~", "0~s01", "~~", "99999999999999999999~s~1", "0~s\x00~1"])
def test_nonsense_in_the_address_is_left_out(world, assignment, after):
    assert len(desk(world, assignment).rows(after=after)) == 3


# --- who sees what --------------------------------------------------------------------------------------------------


def talkative(world, assignment):
    """Let S01 disagree after it got more time, and S02 be silent."""
    wish(world, "s01", SECRET)
    domain.note_opened(opinion_of("s01"), actor=actor(world.who("s01.specialist")))
    reminders.remind(assignment, actor=actor(world.who("skhdt.head")))
    answer(world, assignment, "s01", Stance.DISAGREE, reason=SECRET)


def test_coordinating_agency_reads_who_answered_and_no_more(world, assignment):
    talkative(world, assignment)

    rows = desk(world, assignment, "s02.head").rows()

    assert str(rows["s01"].mark.word) == "Answered"
    assert str(rows["s03"].mark.word) == "Not answered"
    nothing = ("answer", "silence", "reason", "extended", "withdrawn", "remarks")
    assert {getattr(rows["s01"], name) for name in nothing} == {""}
    assert [rows["s01"].proof, rows["s01"].wishes, rows["s01"].choices, rows["s01"].due] == [(), (), (), None]
    html = desk(world, assignment, "s02.head").html()
    assert SECRET not in html
    assert "Người s01.specialist" not in html
    assert SECRET in desk(world, assignment).html()


def test_own_part_is_shown_whole(world, assignment):
    talkative(world, assignment)

    (part,) = desk(world, assignment, "s01.clerk").get().context["own"]

    assert str(part.row.mark.word) == "Disagree"
    assert part.row.reason == SECRET
    assert any(SECRET in line for line in part.row.wishes)
    assert len(part.row.proof) == 3
    assert (part.task_url, part.again) == ("", None)


@pytest.mark.parametrize("before", ["OWN", "ALL"])
@pytest.mark.parametrize("after", ["OWN", "ALL"])
def test_stances_of_others_are_seen_as_the_setting_says(world, assignment, settings, before, after):
    settings.OPINIONS_SEEN = {"before": before, "after": after}
    answer(world, assignment, "s01", Stance.DISAGREE, reason=SECRET)

    while_open = desk(world, assignment, "s02.head").rows()["s01"]
    run_out()
    when_closed = desk(world, assignment, "s02.head").rows()["s01"]

    words = {"OWN": "Answered", "ALL": "Disagree"}
    assert str(while_open.mark.word) == words[before]
    assert str(when_closed.mark.word) == words[after]
    assert SECRET not in desk(world, assignment, "s02.head").html()


@pytest.mark.parametrize("username", ["s02.head", "vp.head", "ubnd.chair"])
def test_filter_by_disagreement_is_not_for_those_who_may_not_know(world, assignment, username):
    answer(world, assignment, "s01", Stance.DISAGREE, reason=SECRET)
    reader = desk(world, assignment, username)

    assert sorted(reader.rows(state="disagree")) == ["s01", "s02", "s03"]
    assert "disagree" not in {tab.url.rpartition("=")[2] for tab in reader.get().context["filters"]}
    assert "disagree" not in figures(reader.get())


@pytest.mark.parametrize("username", ["vp.head", "vp.clerk", "ubnd.chair"])
def test_office_and_committee_read_who_answered_before_the_plan_is_put_forward(world, assignment, username):
    talkative(world, assignment)
    reader = desk(world, assignment, username)

    assert figures(reader.get()) == {"Asked": 3, "Answered": 1, "Waiting": 2}
    assert str(reader.rows()["s01"].mark.word) == "Answered"
    assert SECRET not in reader.html()
    assert "wishes" not in reader.get().context


@pytest.mark.parametrize("username", ["vp.head", "ubnd.chair"])
def test_office_and_committee_read_everything_once_it_was_put_forward(world, username):
    assignment = start(world)
    advance(world, assignment, "review")

    row = desk(world, assignment, username).rows()["s01"]

    assert str(row.mark.word) == "Agree"
    assert row.proof[0].startswith("Delivered ")


def test_agency_not_asked_in_this_round_reads_that_it_took_place(world, assignment):
    for code in ("s01", "s02", "s03"):
        answer(world, assignment, code)
    ask_again(world, assignment, "s02")
    note = "Chỉ gửi S02"
    Consultation.objects.filter(round=2).update(note=note, request_number="2/SKHĐT")
    reader = desk(world, assignment, "s01.head")

    html = reader.html()

    assert "Your agency was not asked in this round" in html
    assert "rows" not in reader.get().context
    assert note not in html
    assert "S02" not in html
    assert "Cơ quan s02" not in html
    assert sorted(reader.rows(round=1)) == ["s01", "s02", "s03"]


def test_withdrawn_agency_reads_why_and_others_do_not(world, assignment):
    rounds.withdraw(opinion_of("s01"), reason=SECRET, actor=actor(world.who("skhdt.head")))

    assert SECRET in desk(world, assignment, "s01.head").html()
    assert SECRET in desk(world, assignment, "skhdt.clerk").html()
    assert SECRET not in desk(world, assignment, "s02.head").html()
    assert str(desk(world, assignment, "s02.head").rows()["s01"].mark.word) == "Request withdrawn"


def test_wish_for_more_time_is_told_to_the_lead_the_agency_and_the_office_alone(world, assignment):
    wish(world, "s01", SECRET)
    case = reverse("assignment", args=[assignment.public_id])

    def hears(username):
        html = desk(world, assignment, username).client.get(case).content.decode()
        return "asked for time until" in html

    assert {name for name in ("skhdt.head", "s01.clerk", "s02.head", "vp.head") if hears(name)} == {
        "skhdt.head",
        "s01.clerk",
        "vp.head",
    }


def test_stranger_finds_nothing(world, assignment):
    stranger = make_member(make_agency("stranger"), "HEAD")

    assert RoundDesk(stranger, assignment).get().status_code == 404
    assert RoundDesk(stranger, assignment).post("remind").status_code == 404


def test_looking_at_the_request_is_noted_once_for_the_agency_that_looked(world, assignment):
    for username in ("s01.specialist", "s01.head", "skhdt.head", "vp.head"):
        desk(world, assignment, username).get()

    assert opinion_of("s01").first_opened_by == world.who("s01.specialist")
    assert opinion_of("s02").first_opened_at is None


# --- cost -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("username", "statements"),
    [("skhdt.head", 20), ("s01.head", 19), ("vp.head", 16)],
)
@pytest.mark.parametrize("agencies", [2, PAGE + 5])
def test_round_costs_the_same_however_many_agencies(
    db, django_assert_num_queries, agencies, username, statements
):
    load_calendar()
    world = make_world(agencies)
    assignment = start(world)
    advance(world, assignment, "prepare_opinion")
    for agency in world.others[: agencies - 1]:
        answer(world, assignment, agency.code, Stance.DISAGREE, reason="Chưa phù hợp")
    Opinion.objects.update(first_opened_at=timezone.now() - timedelta(hours=1))
    reader = desk(world, assignment, username)

    with django_assert_num_queries(statements):
        page = reader.get()

    assert len(page.context["rows"]) == min(agencies, PAGE)
