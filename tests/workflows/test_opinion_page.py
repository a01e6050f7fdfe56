"""The page on which an agency answers: what it shows of the request, of earlier answers and the text, and to whom."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Position
from tests.factories import act, actor, attempt, make_member, make_world, open_task, start, write_plan
from tests.workflows.answers import begin_again, opinion_of, rows
from tests.workflows.cases import answer_remarks, case_at, draft
from tests.workflows.desk import Desk
from workflows.domain.answering import RemarkInput
from workflows.flows import rounds, steps, timers
from workflows.models import (
    Anchor,
    Consultation,
    EarlierAnswer,
    Opinion,
    OpinionState,
    Question,
    QuestionAnswer,
    Stance,
)
from workflows.presenting import Change
from workflows.views.pages import opinion_side

pytestmark = [pytest.mark.django_db, pytest.mark.case(at="prepare_opinion")]
POINT = "Point a clause 1 section III"
TEXT = "Rà soát từng dự án, cam kết tiến độ giải ngân."


@pytest.fixture(scope="module")
def kept_world(kept_world):
    agency, people = kept_world.others[0], kept_world.people
    people["s01.division"] = make_member(agency, Position.DIVISION_HEAD, "s01.division")
    people["s01.deputy"] = make_member(agency, Position.DEPUTY_HEAD, "s01.deputy")
    return kept_world


def desk(world, assignment, username, node="prepare_opinion"):
    agency = next(each for each in world.others if username.startswith(each.code))
    return Desk(world.who(username), assignment, node, agency)


def ask(
    assignment, text="Chọn phương án nào", picks=1, options=("Phương án 1", "Phương án 2", "Phương án 3")
):
    consultation = Consultation.objects.get(assignment=assignment)
    number = consultation.questions.count() + 1
    return Question.objects.create(
        consultation=consultation, number=number, text=text, options=list(options), picks=picks
    )


def signs(world, assignment, code, node="prepare_opinion", **given):
    agency = next(each for each in world.others if each.code == code)
    given = {"stance": "AGREE"} | given
    act(world.who(f"{code}.head"), assignment, node, "sign", agency=agency, **given)


def key_of(assignment):
    return assignment.plan.revisions.order_by("-number")[0].paragraphs.get(position=99).key


def prepares(world, assignment, **given):
    remark = RemarkInput("Tách theo quý", Anchor.PARAGRAPH, key_of(assignment), f"{TEXT} Báo cáo hằng tháng.")
    given = {"stance": "AGREE_WITH_REMARKS", "remarks": [remark, RemarkInput("Nguồn kinh phí")]} | given
    act(
        world.who("s01.specialist"),
        assignment,
        "prepare_opinion",
        "prepare",
        agency=world.others[0],
        **given,
    )


# --- who may look ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("username", "verbs"),
    [("s01.specialist", ["take_back"]), ("s01.division", ["take_back"]), ("s01.clerk", [])],
)
def test_people_of_the_agency_read_what_waits_for_the_head(world, assignment, username, verbs):
    prepares(world, assignment, reason="Còn vướng", document_number="2291/STC-TCĐT")

    page = desk(world, assignment, username, "sign_opinion").get()

    content = page.content.decode()
    assert (page.status_code, page.context["verbs"]) == (200, verbs)
    for words in ("Agree with comments", "Còn vướng", "2291/STC-TCĐT", "Tách theo quý", "Nguồn kinh phí"):
        assert words in content
    assert "Not signed yet: only the agency’s people read this." in content
    assert 'name="remarks-TOTAL_FORMS"' not in content
    assert 'name="stance"' not in content


def test_clerk_looks_before_anything_is_prepared(world, assignment):
    content = desk(world, assignment, "s01.clerk").html()

    assert "Nothing was submitted for signature yet." in content


def test_division_head_may_prepare(world, assignment):
    assert desk(world, assignment, "s01.division").get().context["verbs"] == ["prepare"]


def test_what_a_colleague_types_is_not_read_by_those_who_look(world, assignment):
    specialist = desk(world, assignment, "s01.specialist")
    specialist.client.post(f"{specialist.url}draft/", {"stance": "DISAGREE", "reason": "Đang gõ dở"})

    assert "Đang gõ dở" not in desk(world, assignment, "s01.clerk").html()


def test_chosen_options_are_read_in_words(world, assignment):
    ask(assignment, picks=2)
    prepares(world, assignment, answers={1: [1, 3]})

    chosen = desk(world, assignment, "s01.clerk", "sign_opinion").get().context["chosen"]

    assert chosen == [{"text": "Chọn phương án nào", "options": ["Phương án 1", "Phương án 3"]}]


# --- the request -----------------------------------------------------------------------------------------------------


def test_page_shows_number_date_signer_and_citation_of_the_request(world):
    assignment = case_at("sign_request", world)
    numbered = {"request_number": "1187/SKHĐT-TH", "request_on": timezone.localdate()}
    act(world.who("skhdt.head"), assignment, "sign_request", "send", note="Đề nghị góp ý", **numbered)

    content = desk(world, assignment, "s01.head").html()

    consultation = Consultation.objects.get()
    assert "1187/SKHĐT-TH" in content
    assert f"Signed by {consultation.signed_as}, {timezone.localdate():%d/%m/%Y}" in content
    assert "Đề nghị góp ý" in content


def test_page_shows_until_when_the_agency_was_given_more_time(world, assignment, agency):
    first = Consultation.objects.get().due_at
    until = first + timedelta(days=1)
    rounds.extend(
        [opinion_of(assignment, agency)],
        until=until,
        reason="Bão",
        actor=actor(world.who("skhdt.head")),
        accepts_short_reserve=True,
    )

    local, before = timezone.localtime(until), timezone.localtime(first)
    sentence = f"Extended to {local:%d/%m/%Y %H:%M}; the first term was {before:%d/%m/%Y %H:%M}."
    assert sentence in desk(world, assignment, "s01.head").html()
    assert "Extended to" not in desk(world, assignment, "s02.head").html()


def test_questions_stand_with_their_options_and_no_one_press(world, assignment):
    ask(assignment)
    ask(assignment, "Nội dung nào báo cáo hằng tháng", picks=2)

    content = desk(world, assignment, "s01.head").html()

    assert "1. Chọn phương án nào" in content
    assert "2. Nội dung nào báo cáo hằng tháng" in content
    assert content.count('type="radio" name="question_1"') == 3
    assert content.count('type="checkbox" name="question_2"') == 3
    assert 'id="agree"' not in content


def test_plain_agreement_with_the_questions_answered(world, assignment, agency):
    ask(assignment, picks=2)
    head = desk(world, assignment, "s01.head")

    refused = head.post("sign", stance="AGREE", question_1=["1"], **rows())
    taken = head.post("sign", stance="AGREE", question_1=["1", "3"], **rows())

    assert refused.context["form_shown"].errors == {"question_1": ["Choose 2 of 3."]}
    assert (refused.status_code, taken.status_code) == (422, 302)
    assert QuestionAnswer.objects.get().chosen == [1, 3]


def test_one_press_is_not_offered_over_what_is_prepared_or_typed(world, assignment, agency):
    head = desk(world, assignment, "s01.head")
    assert 'id="agree"' in head.html()
    head.client.post(f"{head.url}draft/", {"reason": "Đang viết"})
    assert 'id="agree"' not in head.html()

    prepares(world, assignment)
    waiting = desk(world, assignment, "s01.head", "sign_opinion")
    waiting.post("return", reason="Ghi rõ hơn")

    assert 'id="agree"' not in desk(world, assignment, "s01.deputy").html()


# --- what the answer replaces ----------------------------------------------------------------------------------------


def test_first_answer_in_time_replaces_nothing(world, assignment):
    context = desk(world, assignment, "s01.head").get().context

    assert (context["replaces"], context["lateness"], context["earlier"]) == ("", "", [])


def test_answer_that_replaces_says_which_and_starts_from_it(world, assignment, agency):
    signs(world, assignment, "s01", stance="DISAGREE", reason="Chưa có nguồn vốn")
    begin_again(world.who("s01.head"), assignment, agency)

    context = desk(world, assignment, "s01.head", "replace_opinion").get().context

    given_at = timezone.localtime(opinion_of(assignment, agency).answered_at)
    assert context["replaces"] == (
        f"It replaces the answer given at {given_at:%d/%m/%Y %H:%M} (Disagree), which stays on record."
        " Until it is signed, that answer counts."
    )
    assert context["form_shown"]["reason"].value() == "Chưa có nguồn vốn"


def test_late_answer_says_that_it_replaces_the_silence_and_is_marked(world, assignment, agency):
    due = Consultation.objects.get().due_at
    timers.fire_due_timers(at=due)
    begin_again(world.who("s01.head"), assignment, agency)
    late = desk(world, assignment, "s01.head", "replace_opinion")

    context = late.get().context
    late.post("sign", stance="AGREE")

    closed = timezone.localtime(Consultation.objects.get().closed_at)
    assert context["replaces"] == (
        f"It replaces the silence recorded at {closed:%d/%m/%Y %H:%M}, which stays on record."
        " Until it is signed, the silence counts."
    )
    assert context["lateness"] == (
        f"The answers were due at {timezone.localtime(due):%d/%m/%Y %H:%M}: this one is taken, and marked late."
    )
    assert opinion_of(assignment, agency).is_late


def test_answer_after_the_due_moment_of_an_open_round_is_announced_as_late(world, assignment):
    Consultation.objects.update(due_at=timezone.now() - timedelta(minutes=1))

    assert "this one is taken, and marked late" in desk(world, assignment, "s01.head").html()


def test_earlier_answers_are_listed_newest_first(world, assignment, agency):
    for reason in ("Một", "Hai"):
        node = "prepare_opinion" if reason == "Một" else "replace_opinion"
        signs(world, assignment, "s01", node, stance="DISAGREE", reason=reason)
        begin_again(world.who("s01.head"), assignment, agency)
    signs(world, assignment, "s01", "replace_opinion")
    begin_again(world.who("s01.head"), assignment, agency)

    context = desk(world, assignment, "s01.head", "replace_opinion").get().context

    assert [(each.title, each.reason) for each in context["earlier"]] == [
        ("Answer 2 of this round", "Hai"), ("Answer 1 of this round", "Một"),
    ]  # fmt: skip
    assert EarlierAnswer.objects.count() == 2


def test_further_round_shows_what_the_agency_said_in_the_first(world, assignment):
    signs(world, assignment, "s01", stance="DISAGREE", reason="Chưa rõ")
    signs(world, assignment, "s02")
    answer_remarks(world, assignment)
    assignment.participations.update(to_be_asked=True)
    act(world.who("skhdt.specialist"), assignment, "dispose", "ask_again")
    act(world.who("skhdt.head"), assignment, "sign_again", "send")

    page = desk(world, assignment, "s01.head").get()

    assert [(each.title, each.stance, each.reason) for each in page.context["earlier"]] == [
        ("Round 1, revision 1", "Disagree", "Chưa rõ")
    ]
    assert "<b>round 2</b>" in page.content.decode()


# --- remarks ---------------------------------------------------------------------------------------------------------


def test_remarks_written_are_listed_in_reading_order_with_links(world):
    assignment = case_at("draft", world)
    draft(world, assignment, 1)
    act(world.who("skhdt.head"), assignment, "sign_request", "send")
    specialist = desk(world, assignment, "s01.specialist")
    places = {label: anchor for anchor, label in specialist.get().context["reading"].places()}
    point = next(label for label in places if label.startswith("Point"))
    typed = rows(
        {"anchor": "", "text": "Toàn bộ"},
        {"anchor": places["Task 1"], "text": "Ghi rõ hạn"},
        {"anchor": places[point], "text": "Tách theo quý"},
    )
    specialist.client.post(f"{specialist.url}draft/", {"stance": "AGREE_WITH_REMARKS", **typed})

    page = specialist.get()

    assert [(each.place, each.text) for each in page.context["said"]] == [
        (point, "Tách theo quý"), ("Task 1", "Ghi rõ hạn"), ("The whole draft", "Toàn bộ"),
    ]  # fmt: skip
    content = page.content.decode()
    for each in page.context["said"]:
        assert f'href="#{each.id}"' in content
        assert f'id="{each.id}"' in content
    assert "3 remarks go with it" in content


def test_suggested_wording_is_set_against_the_paragraph_for_the_head(world, assignment):
    prepares(world, assignment)

    head = desk(world, assignment, "s01.head", "sign_opinion").get().context["reading"]
    clerk = desk(world, assignment, "s01.clerk", "sign_opinion").get().context["reading"]

    (row,) = (row for block in head.blocks for row in block.rows)
    (shown,) = (shown for block in clerk.blocks for shown in block.shown)
    assert [(piece.change, piece.text) for piece in row.redline] == [
        (Change.SAME, TEXT[:-1]), (Change.ADDED, ". Báo cáo hằng tháng"), (Change.SAME, "."),
    ]  # fmt: skip
    assert shown.redline == row.redline


@pytest.mark.parametrize(
    "wording", ["", "đến 30/9/2020 đạt 60%", "Bỏ toàn bộ điểm này và thay bằng nội dung khác hẳn"]
)
def test_wording_that_is_no_rewritten_paragraph_is_not_compared(wording):
    assert opinion_side.rewritten(TEXT, wording) == ()


def test_no_redline_while_the_specialist_writes(world, assignment):
    prepares(world, assignment)
    desk(world, assignment, "s01.head", "sign_opinion").post("return", reason="Ghi rõ hơn")

    assert "data-redline" not in desk(world, assignment, "s01.specialist").html()


def test_remark_on_a_paragraph_that_is_gone_is_refused_and_comes_back(world, assignment):
    """The paragraph was taken out of the draft before it was sent; an old page still names it."""
    other = start(world)
    act(world.who("skhdt.specialist"), other, "receive", "accept")
    write_plan(other, "Đoạn đã bỏ")
    gone = key_of(other)
    head = desk(world, assignment, "s01.head")
    typed = rows({"anchor": f"PARAGRAPH:{gone}", "text": "Tách theo quý", "suggestion": "đến 30/9"})

    response = head.post("sign", stance="AGREE_WITH_REMARKS", reason="Lý do", **typed)

    (row,) = response.context["loose_rows"]
    sentence = (
        "A remark points at a paragraph that is not in the draft you were sent. Choose the paragraph again."
    )
    assert (response.status_code, row.errors["anchor"]) == (422, [sentence])
    assert (row["text"].value(), row["suggestion"].value()) == ("Tách theo quý", "đến 30/9")
    assert response.context["form_shown"]["reason"].value() == "Lý do"
    assert sentence in response.content.decode()


# --- second, withdrawn, closed ---------------------------------------------------------------------------------------

WORDS = ("Vì sao không", "2291/STC", "Tách theo quý", "đến 30/9/2020", "Nguồn kinh phí")


def too_late(world, assignment, late):
    """Send an answer with every kind of field from a page that was drawn before."""
    point = f"PARAGRAPH:{key_of(assignment)}"
    typed = rows(
        {"anchor": point, "text": "Tách theo quý", "suggestion": "đến 30/9/2020"},
        {"anchor": "", "text": "Nguồn kinh phí"},
        {"anchor": "", "text": "Đã gạch đi", "DELETE": "on"},
    )
    return late.post("sign", stance="DISAGREE", reason="Vì sao không", document_number="2291/STC", **typed)


def test_second_answer_is_told_who_was_first_and_gets_every_word_back(world, assignment, agency):
    late = desk(world, assignment, "s01.deputy")
    signs(world, assignment, "s01")

    response = too_late(world, assignment, late)

    content = response.content.decode()
    opinion = opinion_of(assignment, agency)
    when = timezone.localtime(opinion.answered_at)
    assert response.status_code == 409
    assert f"{opinion.signed_as} already did this at {when:%H:%M %d/%m/%Y}: Give an opinion." in content
    assert [word for word in WORDS if word not in content] == []
    assert f"Remark on: {POINT}" in content
    assert "Đã gạch đi" not in content
    assert (opinion.stance, opinion.signed_by) == (Stance.AGREE, world.who("s01.head"))


def test_answer_after_the_withdrawal_says_who_withdrew_it_and_why(world, assignment, agency):
    late = desk(world, assignment, "s01.head")
    rounds.withdraw(opinion_of(assignment, agency), reason="Gửi nhầm", actor=actor(world.who("skhdt.head")))

    response = too_late(world, assignment, late)

    content = response.content.decode()
    assert response.status_code == 409
    assert "The request for your opinion was withdrawn by Người skhdt.head: Gửi nhầm" in content
    assert [word for word in WORDS if word not in content] == []
    assert opinion_of(assignment, agency).state == OpinionState.WITHDRAWN


def test_answer_after_the_round_closed_says_that_a_late_one_is_still_taken(world, assignment, agency):
    late = desk(world, assignment, "s01.head")
    timers.fire_due_timers(at=Consultation.objects.get().due_at)

    response = too_late(world, assignment, late)

    content, closed = response.content.decode(), timezone.localtime(Consultation.objects.get().closed_at)
    assert response.status_code == 409
    assert (
        f"The round was closed at {closed:%d/%m/%Y %H:%M} and your agency&#x27;s silence was recorded. A late answer"
        " is still taken until the lead starts on the remarks: begin it from the file." in content
    )
    assert [word for word in WORDS if word not in content] == []
    assert opinion_of(assignment, agency).state == OpinionState.SILENT


def test_answer_after_the_lead_started_on_the_answers_says_since_when(world, assignment, agency):
    late = desk(world, assignment, "s01.head")
    timers.fire_due_timers(at=Consultation.objects.get().due_at)
    act(world.who("skhdt.specialist"), assignment, "dispose", "finish")

    response = too_late(world, assignment, late)

    content = response.content.decode()
    begun = timezone.localtime(Consultation.objects.get().disposition_started_at)
    assert response.status_code == 409
    assert (
        f"The lead has been answering the remarks since {begun:%H:%M %d/%m/%Y}; late answers are no longer taken."
        in content
    )
    assert [word for word in WORDS if word not in content] == []


def test_replacement_after_the_round_closed_says_that_the_first_answer_stands(world, assignment, agency):
    signs(world, assignment, "s01")
    begin_again(world.who("s01.head"), assignment, agency)
    late = desk(world, assignment, "s01.head", "replace_opinion")
    signs(world, assignment, "s02")

    response = too_late(world, assignment, late)

    content = response.content.decode()
    assert response.status_code == 409
    assert "The round of consultation is closed; the answer your agency gave stands." in content
    assert [word for word in WORDS if word not in content] == []
    assert opinion_of(assignment, agency).stance == Stance.AGREE


def test_prepared_answer_of_a_silent_agency_is_what_the_late_one_starts_from(world, assignment, agency):
    prepares(world, assignment, reason="Còn vướng")
    timers.fire_due_timers(at=Consultation.objects.get().due_at)
    begin_again(world.who("s01.specialist"), assignment, agency)

    form = desk(world, assignment, "s01.specialist", "replace_opinion").get().context["form_shown"]

    assert form["reason"].value() == "Còn vướng"


# --- what it costs ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("agencies", [2, 31])
@pytest.mark.parametrize(("username", "statements"), [("s01.head", 16), ("s01.clerk", 15)])
def test_page_costs_the_same_whatever_the_number_of_agencies(agencies, username, statements):
    world = make_world(agencies)
    assignment = case_at("prepare_opinion", world)
    page = desk(world, assignment, username)
    Opinion.objects.update(first_opened_at=timezone.now())

    with CaptureQueriesContext(connection) as asked:
        response = page.get()

    others = response.context["others"]
    assert (response.status_code, len(asked)) == (200, statements)
    assert (others.asked, others.answered, others.folded) == (agencies - 1, 0, agencies > 9)


@pytest.mark.parametrize("remarks", [2, 40])
@pytest.mark.parametrize(("username", "statements"), [("s01.head", 15), ("s01.clerk", 14)])
def test_page_costs_the_same_whatever_the_number_of_remarks(world, assignment, remarks, username, statements):
    prepares(world, assignment, remarks=[RemarkInput(f"Góp ý {n}") for n in range(remarks)])
    Opinion.objects.update(first_opened_at=timezone.now())
    page = desk(world, assignment, username, "sign_opinion")

    with CaptureQueriesContext(connection) as asked:
        response = page.get()

    assert (response.status_code, len(asked), len(response.context["said"])) == (200, statements, remarks)


def test_withdrawn_agencies_are_not_counted_among_the_others(world, assignment):
    rounds.withdraw(
        opinion_of(assignment, world.others[1]), reason="Nhầm", actor=actor(world.who("skhdt.head"))
    )

    assert desk(world, assignment, "s01.head").get().context["others"].rows == []


def test_two_answers_in_the_same_second_leave_one(world, assignment, agency):
    task = open_task(assignment, "prepare_opinion", agency)
    steps.perform(task, "sign", attempt(world.who("s01.head")), {"stance": Stance.AGREE})

    with pytest.raises(steps.AlreadyDoneError):
        steps.perform(
            task, "prepare", attempt(world.who("s01.specialist")), {"stance": Stance.DISAGREE, "reason": "x"}
        )

    assert opinion_of(assignment, agency).stance == Stance.AGREE
