"""Input that is empty, too long, past, unknown or somebody else's: a clear sentence, and nothing changes."""

from copy import deepcopy
from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.models import Event
from tests.factories import act, make_agency, start, write_plan
from tests.workflows.cases import case_at, grown_case, report_case
from tests.workflows.desk import Desk, errors
from workflows.domain import calendars
from workflows.models import ActionItem, Anchor, Consultation, Opinion, OpinionState
from workflows.models.calendar import CalendarDay, DayKind

pytestmark = pytest.mark.django_db
LONG = "x" * 20_001
ADD = "Say what must be added, so that the agency knows what to change."


def refused(desk, verb, **given):
    """Post, prove that nothing happened, and return what the form says."""
    events = Event.objects.count()
    response = desk.post(verb, **given)
    desk.task.refresh_from_db()
    assert (response.status_code, desk.task.is_open, Event.objects.count()) == (422, True, events)
    return errors(response)


# --- receive, reassign -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", ["", "   ", "\n\t"])
def test_decline_without_a_reason(world, reason):
    desk = Desk(world.who("skhdt.head"), case_at("receive", world), "receive")

    assert refused(desk, "decline", reason=reason) == {
        "reason": ["Say why the assignment is not the agency's."]
    }


@pytest.mark.parametrize("reason", ["không", "       không       "])
def test_decline_with_too_short_a_reason(world, reason):
    desk = Desk(world.who("skhdt.head"), case_at("receive", world), "receive")

    assert refused(desk, "decline", reason=reason) == {
        "reason": ["Give the reason in at least 10 characters."]
    }


def test_decline_with_too_long_a_reason(world):
    desk = Desk(world.who("skhdt.head"), case_at("receive", world), "receive")

    found = refused(desk, "decline", reason=LONG)

    assert found == {"reason": ["Ensure this value has at most 2000 characters (it has 20001)."]}


@pytest.fixture
def office(world):
    assignment = start(world)
    act(world.who("skhdt.head"), assignment, "receive", "decline", reason="Không thuộc chức năng")
    return Desk(world.who("vp.specialist"), assignment, "reassign")


UNKNOWN = "There is no such agency today. Choose one from the list."


@pytest.mark.parametrize("lead", ["999999", "skhdt", "-1", "1; DROP TABLE"])
def test_reassign_to_an_unknown_agency(office, lead):
    assert refused(office, "reassign", lead=lead, reason="Đúng chức năng") == {"lead": [UNKNOWN]}


def test_reassign_to_an_agency_that_no_longer_exists(office):
    gone = make_agency("cu")
    gone.valid_to = timezone.localdate()
    gone.save(update_fields=["valid_to"])

    assert refused(office, "reassign", lead=gone.pk, reason="Đúng chức năng") == {"lead": [UNKNOWN]}


def test_reassign_to_the_committee_itself(office, world):
    assert refused(office, "reassign", lead=world.committee.pk, reason="x") == {"lead": [UNKNOWN]}


def test_reassign_to_an_agency_that_coordinates(office, world):
    found = refused(office, "reassign", lead=world.others[0].pk, reason="Đúng chức năng")

    assert found == {"lead": ["The lead agency cannot also coordinate."]}


def test_reassign_without_anything(office):
    assert refused(office, "reassign") == {
        "lead": ["Choose the agency that takes the lead."], "reason": ["Say why this agency takes the lead."],
    }  # fmt: skip


# --- the request for opinions ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def kept_signing(kept_world):
    return case_at("sign_request", kept_world)


@pytest.fixture
def signing(world, kept_signing):
    return Desk(world.who("skhdt.head"), deepcopy(kept_signing), "sign_request")


@pytest.mark.parametrize("text", ["32/13/2020", "06-30-2020x", "hôm sau", "2020-07-03T10:00", "<b>"])
def test_due_day_that_is_no_date(signing, text):
    found = refused(signing, "send", due_on=text)

    assert found == {"due_on": ["Write the date as day/month/year, for example 03/07/2020."]}


def test_due_day_left_out(signing):
    found = refused(signing, "send", due_on="")

    assert found == {"due_on": ["Give the day until which the agencies may answer."]}


@pytest.mark.parametrize("days", [0, 1, 400])
def test_due_day_that_is_not_after_today_names_a_working_day(signing, days):
    today = timezone.localdate()
    example = calendars.load_calendar().next_working_day(today)

    found = refused(signing, "send", due_on=f"{today - timedelta(days):%d/%m/%Y}")

    assert found == {
        "due_on": [f"The due date must be a working day after today, for example {example:%d/%m/%Y}."]
    }


def test_due_day_that_is_no_working_day_names_the_next_one(signing):
    calendar = calendars.load_calendar()
    saturday = timezone.localdate() + timedelta(days=7)
    while saturday.weekday() != 5 or calendar.is_working_day(saturday):
        saturday += timedelta(days=1)

    found = refused(signing, "send", due_on=f"{saturday:%d/%m/%Y}")

    following = calendar.next_working_day(saturday)
    sentence = f"{saturday:%d/%m/%Y} is not a working day. The next working day is {following:%d/%m/%Y}."
    assert found == {"due_on": [sentence]}


def test_holiday_written_into_the_calendar_is_no_due_day(signing):
    day = calendars.load_calendar().next_working_day(timezone.localdate() + timedelta(days=3))
    CalendarDay.objects.create(date=day, kind=DayKind.HOLIDAY, name="Nghỉ bù", source="Thông báo thử")
    calendars.invalidate()

    found = refused(signing, "send", due_on=f"{day:%d/%m/%Y}")

    assert found["due_on"][0].startswith(f"{day:%d/%m/%Y} is not a working day.")
    assert Consultation.objects.count() == 0


def test_request_number_and_message_that_are_too_long(signing):
    day = calendars.load_calendar().next_working_day(timezone.localdate())

    found = refused(signing, "send", due_on=f"{day:%d/%m/%Y}", request_number="9" * 61, note=LONG)

    assert found == {
        "request_number": ["Ensure this value has at most 60 characters (it has 61)."],
        "note": ["Ensure this value has at most 2000 characters (it has 20001)."],
    }


@pytest.mark.parametrize(
    ("place", "field", "sentence"),
    [
        (("sign_request", "skhdt.head", "return"), "reason", "Say what must be changed."),
        (("sign_submission", "skhdt.head", "return"), "reason", "Say what must be changed."),
        (("review", "vp.specialist", "clear"), "text", "Write the Office's opinion."),
        (("sign_review", "vp.head", "sign"), "text", "Write the Office's opinion."),
        (("sign_review", "vp.head", "return"), "reason", "Say what must be changed."),
        (("decide", "ubnd.chair", "reject"), "reason", "Give the reason for the refusal."),
        (("decide", "ubnd.chair", "return"), "requirements", ADD),
    ],
)
@pytest.mark.parametrize("text", ["", "  \n "])
def test_act_that_needs_words_without_them(world, place, field, sentence, text):
    node, username, verb = place
    desk = Desk(world.who(username), case_at(node, world), node)

    assert refused(desk, verb, **{field: text}) == {field: [sentence]}


def test_incomplete_dossier_without_a_ground(world):
    desk = Desk(world.who("vp.specialist"), case_at("review", world), "review")

    assert refused(desk, "refuse", text="Thiếu") == {"grounds": ["Choose at least one ground."]}
    assert set(refused(desk, "refuse", grounds="BECAUSE", text="Thiếu")) == {"grounds"}


def test_requirement_longer_than_one_may_be(world):
    desk = Desk(world.who("ubnd.chair"), case_at("decide", world), "decide")

    found = refused(desk, "return", requirements="ngắn\n" + "x" * 501)

    assert found == {"requirements": ["A requirement holds at most 500 characters. Split the longest line."]}


def test_more_requirements_than_anybody_could_answer(world):
    desk = Desk(world.who("ubnd.chair"), case_at("decide", world), "decide")

    assert refused(desk, "return", requirements="\n".join("x" * 51)) == {
        "requirements": ["At most 50 requirements."]
    }


def test_approval_over_a_disagreement_without_the_tick(world):
    desk = Desk(world.who("ubnd.chair"), grown_case("decide", world, 1), "decide")

    assert refused(desk, "approve") == {
        "overrides": ["S01, S02: open disagreement. Tick that you have seen it before you approve."]
    }


def test_somebody_who_wrote_the_plan_may_not_review_it(world):
    assignment = case_at("review", world)
    assignment.plan.revisions.latest_first()[0].authors.add(world.who("vp.specialist"))

    response = Desk(world.who("vp.specialist"), assignment, "review").post("clear", text="Đủ")

    assert response.status_code == 403
    assert "You wrote part of this plan, so another person must review it." in response.content.decode()


# --- opinions --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def kept_opining(kept_world, kept_signing):
    act(kept_world.who("skhdt.head"), kept_signing, "sign_request", "send")
    return kept_signing


@pytest.fixture
def opining(world, kept_opining):
    return Desk(world.who("s01.head"), deepcopy(kept_opining), "prepare_opinion", world.others[0])


def rows(*texts, anchor="", suggestion=""):
    given = {"remarks-TOTAL_FORMS": len(texts), "remarks-INITIAL_FORMS": 0}
    for number, text in enumerate(texts):
        row = {"anchor": anchor, "text": text, "suggestion": suggestion}
        given |= {f"remarks-{number}-{name}": value for name, value in row.items()}
    return given


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({}, {"stance": ["Choose the agency's position."]}),
        (
            {"stance": "AGREE", **rows("Góp ý")},
            {"stance": ["Plain agreement carries no remarks: choose agreement with comments."]},
        ),
        (
            {"stance": "AGREE_WITH_REMARKS", **rows("", "")},
            {"__all__": ["Write at least one remark, or choose plain agreement."]},
        ),
        ({"stance": "DISAGREE", "reason": "  "}, {"reason": ["Disagreement needs a reason."]}),
        (
            {"stance": "DISAGREE", "reason": "x" * 2001},
            {"reason": ["Ensure this value has at most 2000 characters (it has 2001)."]},
        ),
        (
            {"stance": "AGREE", "document_number": "9" * 61},
            {"document_number": ["Ensure this value has at most 60 characters (it has 61)."]},
        ),
        (
            {"stance": "AGREE_WITH_REMARKS", **rows(LONG)},
            {"__all__": ["A remark was not accepted. See what is said beside it."]},
        ),
        (
            {"stance": "AGREE_WITH_REMARKS", **rows("", suggestion="đến 30/9/2020")},
            {"__all__": ["A remark was not accepted. See what is said beside it."]},
        ),
        (
            {"stance": "AGREE_WITH_REMARKS", **rows(*["Góp ý"] * 201)},
            {"__all__": ["An opinion holds at most 200 remarks."]},
        ),
    ],
)
def test_opinion_whose_parts_do_not_fit(opining, given, found):
    assert refused(opining, "sign", **given) == found
    assert Opinion.objects.filter(state=OpinionState.ASKED).count() == 2


@pytest.mark.parametrize("stance", ["DEEMED_AGREED", "NO_REPLY", "MAYBE"])
def test_stance_that_only_the_clock_sets_or_nobody_knows(opining, stance):
    assert set(refused(opining, "sign", stance=stance)) == {"stance"}


@pytest.mark.parametrize(
    "anchor", ["PARAGRAPH:nonsense", "PARAGRAPH:7352b016-c859-4a11-b969-acf55206cbdd", "WHOLE:", "x"]
)
def test_remark_on_a_paragraph_that_was_not_sent(opining, anchor):
    response = opining.post("sign", stance="AGREE_WITH_REMARKS", **rows("Góp ý", anchor=anchor))

    row = response.context["form_shown"].rows.forms[0]
    assert (response.status_code, Opinion.objects.filter(state=OpinionState.GIVEN).count()) == (422, 0)
    assert row.errors["anchor"] == [
        "A remark points at a paragraph that is not in the draft you were sent. Choose the paragraph again."
    ]
    assert "Góp ý" in response.content.decode()


def test_remark_on_a_place_of_another_agencys_plan(world, opining):
    other = start(world)
    act(world.who("skhdt.specialist"), other, "receive", "accept")
    write_plan(other)
    key = other.plan.revisions.get().paragraphs.last().key

    found = refused(
        opining, "sign", stance="AGREE_WITH_REMARKS", **rows("Góp ý", anchor=f"{Anchor.PARAGRAPH}:{key}")
    )

    assert found == {"__all__": ["A remark was not accepted. See what is said beside it."]}
    assert ActionItem.objects.count() == 0


def test_rows_without_their_counter_are_no_remarks(opining):
    found = refused(opining, "sign", stance="AGREE_WITH_REMARKS", **{"remarks-0-text": "Góp ý"})

    assert found == {"__all__": ["Write at least one remark, or choose plain agreement."]}


def test_counter_that_is_no_number(opining):
    given = {"remarks-TOTAL_FORMS": "rất nhiều", "remarks-INITIAL_FORMS": "0", "remarks-0-text": "Góp ý"}

    assert "__all__" in refused(opining, "sign", stance="AGREE", **given)


# --- results, and what every form carries ----------------------------------------------------------------------------


def test_report_without_words_number_and_file(world):
    desk = Desk(world.who("skhdt.head"), report_case("report", world), "report")

    assert refused(desk, "report", text="") == {"text": ["Say what was done."]}
    assert refused(desk, "report", text="Đã làm") == {
        "document_number": ["Give the number of the document, or attach it."]
    }


def test_result_sent_back_without_a_reason(world):
    desk = Desk(world.who("vp.specialist"), report_case("confirm", world), "confirm")

    assert refused(desk, "return", reason="") == {"reason": ["Say what is missing in the result."]}


@pytest.mark.parametrize("key", ["", "nonsense", "00000000"])
def test_form_without_its_key(world, key):
    desk = Desk(world.who("skhdt.head"), case_at("receive", world), "receive")

    response = desk.client.post(desk.url, {"verb": "accept", "key": key})

    desk.task.refresh_from_db()
    assert (response.status_code, desk.task.is_open) == (422, True)


def test_letters_no_text_has(world):
    desk = Desk(world.who("skhdt.head"), case_at("receive", world), "receive")

    assert refused(desk, "decline", reason="đủ mười ký tự\x00") == {
        "reason": ["Null characters are not allowed."]
    }


def test_what_was_typed_stays_in_a_refused_form(world):
    desk = Desk(world.who("vp.specialist"), case_at("review", world), "review")

    content = desk.post("refuse", grounds="", text="Thiếu <b>bảng tổng hợp</b>").content.decode()

    assert "Thiếu &lt;b&gt;bảng tổng hợp&lt;/b&gt;" in content
    assert 'id="act-refuse" open' in content
    assert "<title>Error:" in content
