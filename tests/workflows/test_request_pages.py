"""The tab of the request for comments: choosing agencies, the due day, questions, and nothing typed is lost."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Agency, AgencyKind
from tests.factories import act, actor, make_agency, make_world, start, write_plan
from tests.factories import advance as bring
from tests.workflows.plan_desk import give, send_request, signed_in, url
from tests.workflows.request_desk import CHOICE, chosen, fields, prepare, press, send
from workflows.domain import calendars
from workflows.domain.answering import RemarkInput
from workflows.domain.calendars import load_calendar
from workflows.flows import rounds
from workflows.models import CalendarDay, DayKind, FormDraft, Opinion, RequestDraft, SilencePolicy

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def disposing(world, assignment):
    """Return the case after a round in which s01 commented and s02 stayed silent."""
    write_plan(assignment)
    send_request(world, assignment)
    give(world, assignment, world.others[0], RemarkInput("Cần làm rõ"))
    Opinion.objects.filter(participation__agency=world.others[1]).update(is_required=False)
    rounds.close_early(assignment, actor=actor(world.who("skhdt.head")))
    assignment.refresh_from_db()
    return assignment


def page(client, assignment):
    return client.get(url(assignment, "plan-request"))


def keys(*agencies):
    return [str(agency.pk) for agency in agencies]


def asked_on(response):
    """Return the codes of the agencies ticked on a page."""
    pks = {row.value for group in response.context["groups"] for row in group.rows if row.is_asked}
    return set(Agency.objects.filter(pk__in=pks).values_list("code", flat=True))


def working_day(days):
    calendar = load_calendar()
    return timezone.localdate(calendar.add_working_days(timezone.now(), days))


def errors(response):
    return {name: [str(error) for error in found] for name, found in response.context["form"].errors.items()}


# --- who reads what --------------------------------------------------------------------------------------------------


def test_request_is_a_form_for_who_drafts_and_text_for_the_leads_others(world, assignment, drafter):
    prepare(world, assignment, note="Kính đề nghị tham gia")

    assert b'id="rq-form"' in page(drafter, assignment).content
    clerk = page(signed_in(world.who("skhdt.clerk")), assignment)
    assert b'id="rq-form"' not in clerk.content
    assert "Kính đề nghị tham gia" in clerk.content.decode()


@pytest.mark.parametrize("username", ["s01.head", "vp.specialist", "ubnd.chair"])
def test_request_is_absent_for_everybody_else_even_where_the_plan_is_theirs(world, username):
    assignment = start(world)
    bring(world, assignment, "review")
    other = signed_in(world.who(username))

    assert other.get(url(assignment)).status_code == 200
    assert page(other, assignment).status_code == 404
    assert send(other, assignment).status_code == 404


def test_request_of_a_round_that_was_sent_is_told_and_none_is_prepared(world, assignment, drafter):
    write_plan(assignment)
    send_request(world, assignment)

    response = page(drafter, assignment)

    assert response.context["is_prepared"] is False
    assert [(each.round, each.n) for each in response.context["rounds"]] == [(1, 2)]


# --- storing ---------------------------------------------------------------------------------------------------------


def test_save_stores_everything_on_the_page(world, assignment, drafter):
    answer = send(
        drafter,
        assignment,
        agencies=keys(*world.others),
        optional=keys(world.others[1]),
        due_on=f"{working_day(4):%d/%m/%Y}",
        silence="NO_REPLY",
        note="Kính đề nghị\r\nquý cơ quan ",
        questions=[CHOICE, {"text": "", "options": ["", ""]}],
    )

    assert (answer.status_code, answer["Location"]) == (302, url(assignment, "plan-request"))
    draft = RequestDraft.objects.get()
    assert (draft.due_on, draft.silence, draft.note) == (
        working_day(4),
        SilencePolicy.NO_REPLY,
        "Kính đề nghị\nquý cơ quan",
    )
    assert draft.questions == [CHOICE | {"picks": 1}]
    assert chosen(assignment) == {"s01": True, "s02": False}


def test_save_shows_again_what_was_stored(world, assignment, drafter):
    prepare(world, assignment, optional=frozenset({world.others[1].pk}), note="Đã lưu")

    response = page(drafter, assignment)

    assert (response.context["chosen"], response.context["required"]) == (2, 1)
    assert response.context["form"]["note"].value() == "Đã lưu"
    assert response.context["form"]["version"].value() == 1


def test_save_pressed_twice_saves_once(world, assignment, drafter):
    key = uuid4()

    first = send(drafter, assignment, key=key, agencies=keys(*world.others), note="Một lần")
    second = send(drafter, assignment, key=key, agencies=keys(*world.others), note="Một lần")

    assert (first.status_code, second.status_code) == (302, 302)
    assert RequestDraft.objects.get().version == 1


def test_save_over_somebody_elses_shows_both_and_replaces_only_in_sight_of_theirs(world, assignment, drafter):
    prepare(world, assignment, note="Của trưởng phòng", agencies=world.others[:1])
    mine = {"agencies": keys(world.others[1]), "note": "Của chuyên viên", "questions": [CHOICE]}

    answer = send(drafter, assignment, **mine)

    assert answer.status_code == 409
    assert "Người skhdt.head changed the prepared request" in answer.content.decode()
    assert {clash.label: (clash.theirs, clash.mine) for clash in answer.context["clashes"]} == {
        "Agencies to consult": ("S01", "S02"),
        "What silence counts as": ("deemed agreed", "–"),
        "Message to the agencies": ("Của trưởng phòng", "Của chuyên viên"),
        "Questions": ("–", "Chọn phương án thời hạn\n– Trước 15/7\n– Trước 31/7"),
    }
    assert RequestDraft.objects.get().note == "Của trưởng phòng"
    shown = answer.context["form"]
    assert (shown["version"].value(), shown["note"].value()) == ("1", "Của chuyên viên")

    assert send(drafter, assignment, version=1, **mine).status_code == 302
    assert RequestDraft.objects.get().note == "Của chuyên viên"


def test_save_after_the_draft_was_handed_on_gives_back_what_was_typed(world, assignment, drafter):
    write_plan(assignment)
    act(world.who("skhdt.head"), assignment, "draft", "finish")

    answer = send(drafter, assignment, agencies=[], note="Gõ muộn", questions=[CHOICE])

    assert answer.status_code == 409
    assert "Gõ muộn" in answer.content.decode()
    assert "Trước 31/7" in answer.content.decode()
    assert RequestDraft.objects.count() == 0
    assert chosen(assignment) == {"s01": True, "s02": True}


def test_save_by_the_leads_clerk_is_refused(world, assignment):
    answer = send(signed_in(world.who("skhdt.clerk")), assignment, agencies=[])

    assert answer.status_code == 403
    assert chosen(assignment) == {"s01": True, "s02": True}


# --- bad input -------------------------------------------------------------------------------------------------------


def refused(client, assignment, world, **given):
    """Save with one thing wrong; everything typed is shown again and nothing is stored."""
    given = {"agencies": keys(world.others[0]), "note": "Lời nhắn giữ lại"} | given
    answer = send(client, assignment, **given)
    assert answer.status_code == 422
    assert "Lời nhắn giữ lại" in answer.content.decode()
    assert answer.content.decode().startswith("<!doctype html>")
    assert RequestDraft.objects.count() == 0
    assert chosen(assignment) == {"s01": True, "s02": True}
    return answer


def test_due_day_on_a_holiday_names_the_next_working_day(world, assignment, drafter):
    day = load_calendar().next_working_day(timezone.localdate() + timedelta(days=3))
    CalendarDay.objects.create(date=day, kind=DayKind.HOLIDAY, name="Nghỉ bù", source="Thông báo thử")
    calendars.invalidate()
    following = load_calendar().next_working_day(day)

    answer = refused(drafter, assignment, world, due_on=f"{day:%d/%m/%Y}")

    sentence = f"{day:%d/%m/%Y} is not a working day. The next working day is {following:%d/%m/%Y}."
    assert errors(answer) == {"due_on": [sentence]}


def test_due_day_that_has_passed_names_a_working_day(world, assignment, drafter):
    answer = refused(drafter, assignment, world, due_on=f"{timezone.localdate():%d/%m/%Y}")

    assert errors(answer)["due_on"][0].startswith("The due date must be a working day after today")


def test_due_day_after_the_assignments_term_is_said_beside_the_day(world, assignment, drafter):
    assignment.due_at = load_calendar().end_of(working_day(5))
    assignment.save(update_fields=["due_at"])

    answer = refused(drafter, assignment, world, due_on=f"{working_day(6):%d/%m/%Y}")

    sentence = (
        f"The assignment itself is due on {working_day(5):%d/%m/%Y}. Ask for the answers before that day."
    )
    assert errors(answer) == {"due_on": [sentence]}


UNFIT = [
    ({"text": "Chọn một", "options": ["Chỉ một"]}, {"option": ["Give between 2 and 12 options."]}),
    (
        {"text": "Chọn một", "options": ["Như nhau", "như  nhau"]},
        {"option": ["Two options say the same. Every option must differ."]},
    ),
    (
        {"text": "x" * 5000, "options": ["a", "b"]},
        {"text": ["A question holds at most 1000 characters; this one has 5000."]},
    ),
    ({"text": "", "options": ["a", "b"]}, {"text": ["Write the question."]}),
    (
        {"text": "Chọn", "options": ["a", "b"], "picks": "2"},
        {"picks": ["Of 2 options, between 1 and 1 may be chosen."]},
    ),
    ({"text": "Chọn", "options": ["a", "b"], "picks": "hai"}, {"picks": ["Enter a whole number."]}),
]


@pytest.mark.parametrize(("question", "said"), UNFIT)
def test_question_that_cannot_be_put_is_refused_at_its_place(world, assignment, drafter, question, said):
    answer = refused(drafter, assignment, world, questions=[CHOICE, question])

    good, bad = answer.context["form"].questions
    assert good.errors == {}
    assert {name: list(found) for name, found in bad.errors.items()} == said
    assert (question["text"] or "Trước 31/7") in answer.content.decode()


def test_twenty_one_questions_are_refused_and_kept(world, assignment, drafter):
    answer = refused(drafter, assignment, world, questions=[CHOICE | {"text": f"Câu {n}"} for n in range(21)])

    assert errors(answer) == {"__all__": ["A request puts at most 20 questions."]}
    assert len(answer.context["form"].questions) == 21


@pytest.mark.parametrize("wrong", ["0", "x", "lead", "committee", "9" * 30])
def test_agency_that_cannot_be_asked_is_refused(world, assignment, drafter, wrong):
    value = {"lead": world.lead.pk, "committee": world.committee.pk}.get(wrong, wrong)

    answer = refused(drafter, assignment, world, agencies=[value])

    assert errors(answer)["agencies"][0].startswith("An agency in the choice cannot be asked")


def test_message_that_is_too_long_is_refused_and_kept(world, assignment, drafter):
    answer = refused(drafter, assignment, world, note="Lời nhắn giữ lại" + "a" * 5000)

    assert list(errors(answer)) == ["note"]
    assert "a" * 5000 in answer.content.decode()


def test_silence_that_is_no_rule_is_refused(world, assignment, drafter):
    assert list(errors(refused(drafter, assignment, world, silence="AGREED_FOR_EVER"))) == ["silence"]


@pytest.mark.parametrize("op", ["x", "add-everything", "save;drop", "level:1"])
def test_button_nobody_drew_is_refused(assignment, drafter, op):
    assert press(drafter, assignment, op).status_code == 400


# --- buttons, without scripts ----------------------------------------------------------------------------------------


@pytest.fixture
def province(world):
    """Give the province a district and an agency that the directive does not name."""
    return {
        "quan": make_agency("quan", AgencyKind.DISTRICT),
        "huyen": make_agency("huyen", AgencyKind.DISTRICT),
        "stc": make_agency("stc"),
    }


@pytest.mark.parametrize(
    ("op", "expected"),
    [
        ("add:DISTRICT", {"stc", "quan", "huyen"}),
        ("add:DEPARTMENT", {"stc", "s01", "s02"}),
        ("add:named", {"stc", "s01", "s02"}),
        ("drop:DEPARTMENT", set()),
        ("drop:all", set()),
        ("only:named", {"s01", "s02"}),
        ("add:nobody", {"stc"}),
    ],
)
def test_group_button_ticks_agencies_and_stores_nothing(assignment, drafter, province, op, expected):
    answer = press(
        drafter, assignment, op, agencies=keys(province["stc"]), note="Đang gõ", questions=[CHOICE]
    )

    assert answer.status_code == 200
    assert asked_on(answer) == expected
    assert answer.context["form"]["note"].value() == "Đang gõ"
    assert answer.context["form"].questions[0]["text"].value() == CHOICE["text"]
    assert answer.context["is_unsaved"] is True
    assert answer.context["why_not"] == "The request for comments has changes that are not saved"
    assert chosen(assignment) == {"s01": True, "s02": True}


def test_group_button_never_ticks_the_lead(world, assignment, drafter):
    answer = press(drafter, assignment, "add:all")

    assert world.lead.code not in asked_on(answer)


def test_question_buttons_add_a_row_and_take_one_off(assignment, drafter):
    second = {"text": "Câu hai", "options": ["a"]}

    added = press(drafter, assignment, "add-question", questions=[CHOICE, second])
    removed = press(drafter, assignment, "remove-question:0", questions=[CHOICE, second])
    untouched = press(drafter, assignment, "remove-question:9", questions=[CHOICE, second])

    assert [len(each.context["form"].questions) for each in (added, removed, untouched)] == [3, 1, 2]
    assert removed.context["form"].questions[0]["text"].value() == "Câu hai"
    assert removed.context["form"].questions[0].lines == ["a", ""]


# --- what follows from the day, and what agencies will read ----------------------------------------------------------


def outlook_of(client, assignment, due_on):
    return press(client, assignment, "show", due_on=due_on).context["outlook"]


def test_day_says_how_much_is_left_for_the_answers(assignment, drafter):
    assignment.due_at = load_calendar().end_of(working_day(9))
    assignment.save(update_fields=["due_at"])

    enough = outlook_of(drafter, assignment, f"{working_day(4):%d/%m/%Y}")
    short = outlook_of(drafter, assignment, f"{working_day(8):%d/%m/%Y}")
    late = outlook_of(drafter, assignment, f"{working_day(10):%d/%m/%Y}")
    wrong = outlook_of(drafter, assignment, "hôm sau")

    assert [look for look, _words in enough.lines] == ["", ""]
    assert enough.lines[1][1].startswith("5 working days remain until the assignment's own term")
    assert (short.lines[1][0], short.lines[1][1][:25]) == ("soon", "Only 1 working day remain")
    assert (late.day, late.lines[-1][0]) == (None, "late")
    assert (wrong.day, wrong.lines[0][0]) == (None, "late")


def test_day_left_empty_is_the_regulations_term(assignment, drafter):
    left = outlook_of(drafter, assignment, "")

    assert left.day == timezone.localdate(calendars.due_after("opinion", timezone.now()))


def test_preview_holds_what_the_agencies_will_read(world, assignment, drafter):
    response = press(
        drafter, assignment, "show", agencies=keys(*world.others), note="Kính <b>gửi</b>", questions=[CHOICE]
    )

    preview = response.content.decode().split('id="rq-preview"')[1].split("</aside>")[0]
    for words in ("Cơ quan skhdt", "To: 2 agencies", "Kính &lt;b&gt;gửi&lt;/b&gt;", "Trước 31/7"):
        assert words in preview


def test_outlook_alone_is_answered_after_autosave_with_what_was_typed(world, assignment, drafter):
    task = page(drafter, assignment).context["task"]
    drafter.post(reverse("task-draft", args=[task.public_id]), fields(note="Vừa gõ"))

    part = drafter.get(url(assignment, "plan-request"), {"part": "outlook"})

    assert part.content.decode().count("data-part=") == 2
    assert "Vừa gõ" in part.content.decode()
    assert b"<html" not in part.content


# --- what is typed is kept -------------------------------------------------------------------------------------------


def keep(client, assignment, **given):
    """Do what autosave does."""
    task = page(client, assignment).context["task"]
    return client.post(reverse("task-draft", args=[task.public_id]), fields(**given))


def test_typed_request_is_shown_again_and_holds_the_hand_over_back(world, assignment, drafter):
    keep(drafter, assignment, agencies=keys(world.others[0]), note="Chưa lưu", questions=[CHOICE])

    response = page(drafter, assignment)

    assert asked_on(response) == {"s01"}
    assert response.context["form"]["note"].value() == "Chưa lưu"
    assert response.context["form"].questions[0].lines == [*CHOICE["options"], ""]
    assert response.context["why_not"] == "The request for comments has changes that are not saved"
    assert chosen(assignment) == {"s01": True, "s02": True}
    colleague = page(signed_in(world.who("skhdt.head")), assignment)
    assert (colleague.context["form"]["note"].value(), colleague.context["why_not"]) == ("", "")


def test_typed_request_is_forgotten_once_it_is_saved_and_answers_to_remarks_are_not(
    world, disposing, drafter
):
    task = page(drafter, disposing).context["task"]
    address = reverse("task-draft", args=[task.public_id])
    drafter.post(address, {"r1-text": "Đang trả lời"})
    drafter.post(address, fields(note="Chưa lưu"))
    assert set(FormDraft.objects.get().fields) >= {"r1-text", "request-note"}
    drafter.post(address, {"r1-text": "Trả lời tiếp"})
    assert FormDraft.objects.get().fields["request-note"] == ["Chưa lưu"]

    send(drafter, disposing, note="Đã lưu")

    assert FormDraft.objects.get().fields == {"r1-text": ["Trả lời tiếp"]}
    assert page(drafter, disposing).context["form"]["note"].value() == "Đã lưu"


def test_typed_request_that_was_overtaken_is_shown_beside_what_is_stored(world, assignment, drafter):
    keep(drafter, assignment, agencies=keys(*world.others), note="Gõ hôm qua")
    prepare(world, assignment, note="Lưu hôm nay")

    response = page(drafter, assignment)

    clash = {each.label: (each.theirs, each.mine) for each in response.context["clashes"]}
    assert clash["Message to the agencies"] == ("Lưu hôm nay", "Gõ hôm qua")
    assert response.context["form"]["version"].value() == 1


# --- another round ---------------------------------------------------------------------------------------------------


def test_agencies_asked_before_are_marked_with_their_answer(disposing, drafter):
    response = page(drafter, disposing)

    rows = {row.name: row.before for group in response.context["groups"] for row in group.rows}
    assert (rows["S01"], rows["S02"], rows["VP"]) == (
        "round 1: agree with comments",
        "round 1: no reply",
        "",
    )
    assert asked_on(response) == set()


@pytest.mark.parametrize(
    ("op", "expected"),
    [("only:before", {"s01", "s02"}), ("only:remarked", {"s01"}), ("only:silent", {"s02"})],
)
def test_those_of_the_last_round_are_chosen_by_what_they_said(disposing, drafter, op, expected):
    extra = make_agency("stc")

    response = press(drafter, disposing, op, agencies=keys(extra))

    assert op in [quick.op for quick in response.context["quick"]]
    assert asked_on(response) == expected


def test_asking_again_is_offered_once_agencies_are_chosen(world, disposing, drafter):
    assert page(drafter, disposing).context["again"] is None

    prepare(world, disposing, agencies=world.others[:1])

    response = page(drafter, disposing)
    assert response.context["again"].verb == "ask_again"
    assert response.context["why_not_again"] == "1 remark is open"
    assert "The agencies chosen for another round are not asked." in response.context["finish"].consequence


def test_asking_again_with_open_remarks_is_refused_with_its_sentence_and_the_message(
    world, disposing, drafter
):
    prepare(world, disposing, agencies=world.others[:1])
    again = page(drafter, disposing).context["again"]

    answer = drafter.post(
        again.url,
        {"verb": "ask_again", "key": str(uuid4()), "seen": again.form["seen"].value(), "note": "Kính trình"},
    )

    html = answer.content.decode()
    assert answer.status_code == 422
    assert 'name="verb" value="ask_again"' in html
    assert 'name="verb" value="finish"' not in html
    assert "Kính trình" in html


# --- what it costs ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [2, 30])
def test_request_costs_the_same_however_many_agencies(db, django_assert_num_queries, size):
    load_calendar()
    world = make_world(size)
    assignment = start(world)
    bring(world, assignment, "draft")
    drafter = signed_in(world.who("skhdt.specialist"))
    prepare(world, assignment, questions=[])
    page(drafter, assignment)

    with django_assert_num_queries(18):
        response = page(drafter, assignment)

    assert response.context["chosen"] == size


@pytest.mark.parametrize("size", [2, 30])
def test_saving_costs_the_same_however_many_agencies(db, django_assert_num_queries, size):
    load_calendar()
    world = make_world(size)
    assignment = start(world)
    bring(world, assignment, "draft")
    drafter = signed_in(world.who("skhdt.specialist"))
    extra = [make_agency(f"x{n:02d}") for n in range(size)]
    page(drafter, assignment)

    with django_assert_num_queries(41):
        send(drafter, assignment, agencies=keys(*world.others[1:], *extra), note="x")

    assert len(chosen(assignment)) == 2 * size - 1
