"""The head signs the request: what it shows of it, the reserve that is short, and what was changed meanwhile."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Membership
from tests.factories import act, actor, make_agency, make_world, start, write_plan
from tests.factories import advance as bring
from tests.workflows.desk import Desk, errors
from tests.workflows.plan_desk import give, send_request, signed_in, url
from tests.workflows.request_desk import prepare
from workflows.domain import editing, plans
from workflows.domain.calendars import load_calendar
from workflows.domain.requests import QuestionInput
from workflows.flows import rounds
from workflows.models import Consultation, Level, Opinion

pytestmark = pytest.mark.django_db

QUESTION = QuestionInput("Chọn phương án", ("Phương án 1", "Phương án 2"))


def working_day(days):
    calendar = load_calendar()
    return timezone.localdate(calendar.add_working_days(timezone.now(), days))


def term_in(assignment, days):
    assignment.due_at = load_calendar().end_of(working_day(days))
    assignment.save(update_fields=["due_at"])


def hand_on(world, assignment):
    """Hand the draft to the head and open the head's page."""
    write_plan(assignment)
    act(world.who("skhdt.specialist"), assignment, "draft", "finish")
    return Desk(world.who("skhdt.head"), assignment, "sign_request")


def sign(desk, days, version=0, **more):
    return desk.post("send", due_on=f"{working_day(days):%d/%m/%Y}", draft_version=version, **more)


# --- what it shows ---------------------------------------------------------------------------------------------------


def test_page_shows_what_was_prepared_and_offers_it(world, assignment):
    prepare(
        world,
        assignment,
        optional=frozenset({world.others[1].pk}),
        due_on=working_day(4),
        silence="NO_REPLY",
        note="Kính đề nghị",
        questions=[QUESTION],
    )
    desk = hand_on(world, assignment)

    context = desk.get().context

    asked = context["asked"]
    assert ([row.name for row in asked.required], [row.name for row in asked.optional]) == (["S01"], ["S02"])
    form = context["forms"]["send"]
    assert {name: form[name].value() for name in ("due_on", "silence", "note", "draft_version")} == {
        "due_on": f"{working_day(4):%d/%m/%Y}",
        "silence": "NO_REPLY",
        "note": "Kính đề nghị",
        "draft_version": 1,
    }
    for words in ("Chọn phương án", "Phương án 2", "Choose 1 of 2."):
        assert words in desk.html()


def test_agency_at_which_nobody_can_receive_it_is_flagged(world, assignment):
    empty = make_agency("trong")
    prepare(world, assignment, agencies=[*world.others, empty])
    Membership.objects.filter(user=world.who("s02.head")).update(valid_to=timezone.localdate())
    desk = hand_on(world, assignment)

    response = desk.get()

    assert [row.name for row in response.context["asked"].unreachable] == ["TRONG"]
    assert response.content.decode().count("nobody to receive it") == 1
    assert "Nobody at 1 agency could receive the request today" in response.content.decode()


def test_prepared_day_that_has_passed_is_not_offered(world, assignment):
    draft = prepare(world, assignment, due_on=working_day(4))
    draft.due_on = timezone.localdate() - timedelta(days=3)
    draft.save(update_fields=["due_on"])

    form = hand_on(world, assignment).get().context["forms"]["send"]

    assert form["due_on"].value() == f"{working_day(5):%d/%m/%Y}"


# --- a short reserve -------------------------------------------------------------------------------------------------


def test_box_of_a_short_reserve_is_not_there_while_the_reserve_is_kept(world, assignment):
    term_in(assignment, 20)

    assert b"accepts_short_reserve" not in hand_on(world, assignment).get().content


def test_box_of_a_short_reserve_comes_with_the_refusal_and_takes_the_confirmation(world, assignment):
    term_in(assignment, 10)
    desk = hand_on(world, assignment)
    assert b"accepts_short_reserve" not in desk.get().content

    refused = sign(desk, 9, note="Giữ lại", request_number="1187/SKHĐT-TH")

    assert refused.status_code == 422
    assert errors(refused)["due_on"][0].startswith("Only 1 working days remain")
    html = refused.content.decode()
    assert 'name="accepts_short_reserve"' in html
    assert "Giữ lại" in html
    assert "1187/SKHĐT-TH" in html
    assert Consultation.objects.count() == 0

    assert sign(desk, 9, accepts_short_reserve="on").status_code == 302
    assert Consultation.objects.get().due_at == load_calendar().end_of(working_day(9))


def test_box_of_a_short_reserve_is_there_at_once_where_the_prepared_day_leaves_one(world, assignment):
    term_in(assignment, 6)
    prepare(world, assignment, due_on=working_day(5))
    desk = hand_on(world, assignment)

    box = desk.get().context["forms"]["send"]["accepts_short_reserve"]

    assert box.help_text.startswith("Only 1 working days remain")
    assert sign(desk, 5, version=1).status_code == 422


def test_day_after_the_assignments_term_is_refused_without_a_box(world, assignment):
    term_in(assignment, 10)
    desk = hand_on(world, assignment)

    refused = sign(desk, 11)

    assert errors(refused)["due_on"][0].startswith("The assignment itself is due on")
    assert b"accepts_short_reserve" not in refused.content


# --- what was changed meanwhile --------------------------------------------------------------------------------------


def test_request_changed_after_the_page_was_opened_is_read_again_before_it_is_signed(world, assignment):
    prepare(world, assignment, note="Bản đầu")
    desk = hand_on(world, assignment)
    act(world.who("skhdt.head"), assignment, "sign_request", "return", reason="Bổ sung câu hỏi")
    prepare(world, assignment, version=1, note="Bản sau", questions=[QUESTION])
    act(world.who("skhdt.specialist"), assignment, "draft", "finish")
    desk = Desk(world.who("skhdt.head"), assignment, "sign_request")

    refused = sign(desk, 4, version=1, note="Lời nhắn của Giám đốc")

    assert refused.status_code == 422
    assert errors(refused) == {
        "__all__": ["The prepared request was changed after this page was opened. Read it again."]
    }
    html = refused.content.decode()
    assert "Chọn phương án" in html
    assert "Lời nhắn của Giám đốc" in html
    assert refused.context["forms"]["send"]["draft_version"].value() == "2"
    assert Consultation.objects.count() == 0
    assert sign(desk, 4, version=2).status_code == 302


# --- a further round -------------------------------------------------------------------------------------------------


@pytest.fixture
def again(world, assignment):
    """Return the head's page of a second round: s01 asked again, a new agency beside it, the draft revised."""
    write_plan(assignment)
    send_request(world, assignment)
    give(world, assignment, world.others[0])
    Opinion.objects.filter(participation__agency=world.others[1]).update(is_required=False)
    rounds.close_early(assignment, actor=actor(world.who("skhdt.head")))
    editing.insert_paragraph(
        plans.current_revision(assignment),
        after=None,
        level=Level.POINT,
        text="Điểm bổ sung sau đợt một",
        actor=actor(world.who("skhdt.specialist")),
    )
    prepare(world, assignment, agencies=[world.others[0], make_agency("stc")])
    act(world.who("skhdt.specialist"), assignment, "dispose", "ask_again")
    return Desk(world.who("skhdt.head"), assignment, "sign_again")


def test_further_round_says_which_it_is_who_is_asked_again_and_what_changed(again):
    context = again.get().context

    assert context["heading"] == "Sign the request for opinions, round 2"
    assert {row.name: row.before for row in context["asked"].rows} == {
        "S01": "round 1: agree",
        "STC": "",
    }
    assert [text.segments[0].text for row in context["changes"].rows for text in row.texts] == [
        "Điểm bổ sung sau đợt một"
    ]


def test_returned_further_round_shows_its_reason_on_the_plan(world, assignment, again):
    assert again.post("return", reason="Chỉ hỏi lại Sở Tài chính").status_code == 302

    plan = signed_in(world.who("skhdt.specialist")).get(url(assignment, "plan-request"))

    assert plan.context["sent_back"].reason == "Chỉ hỏi lại Sở Tài chính"
    assert "Chỉ hỏi lại Sở Tài chính" in plan.content.decode()


# --- what it costs ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [2, 30])
def test_page_costs_the_same_however_many_agencies(db, django_assert_num_queries, size):
    load_calendar()
    world = make_world(size)
    assignment = start(world)
    bring(world, assignment, "draft")
    prepare(world, assignment, questions=[QUESTION])
    desk = hand_on(world, assignment)
    desk.get()

    with django_assert_num_queries(13):
        response = desk.get()

    assert len(response.context["asked"].rows) == size


@pytest.mark.parametrize("size", [2, 30])
def test_page_of_a_further_round_costs_the_same_however_many_agencies(db, django_assert_num_queries, size):
    load_calendar()
    world = make_world(size)
    assignment = start(world)
    bring(world, assignment, "prepare_opinion")
    for agency in world.others:
        give(world, assignment, agency)
    prepare(world, assignment)
    act(world.who("skhdt.specialist"), assignment, "dispose", "ask_again")
    desk = Desk(world.who("skhdt.head"), assignment, "sign_again")
    desk.get()

    with django_assert_num_queries(19):
        desk.get()
