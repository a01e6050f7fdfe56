"""What is done on the page of a round: by whom, once, and with a sentence where it is refused."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AgencyKind
from notifications.models import Event
from tests.factories import (
    act,
    actor,
    advance,
    attempt,
    make_agency,
    make_member,
    open_task,
    start,
)
from tests.workflows.desk import errors, nodes
from tests.workflows.round_desk import (
    RoundDesk,
    answer,
    due_day,
    opinion_of,
    run_out,
    typed,
    wish,
    working_day,
)
from workflows.domain import rounds as domain
from workflows.domain.calendars import load_calendar
from workflows.domain.errors import NotAllowedError
from workflows.domain.open_rounds import RoundEndedError
from workflows.flows import round_acts, rounds
from workflows.models import (
    Closing,
    Consultation,
    Extension,
    ExtensionState,
    Opinion,
    OpinionState,
    Participation,
    ParticipationGroupGrant,
    Phase,
    Reminder,
)

pytestmark = [pytest.mark.django_db, pytest.mark.case(agencies=3, at="prepare_opinion")]


@pytest.fixture(scope="module")
def kept_world(kept_world):
    kept_world.people["skhdt.deputy_head"] = make_member(kept_world.lead, "DEPUTY_HEAD")
    return kept_world


@pytest.fixture
def head(world, assignment):
    return RoundDesk(world.who("skhdt.head"), assignment)


def desk(world, assignment, username):
    return RoundDesk(world.who(username), assignment)


def phase_of(assignment):
    assignment.refresh_from_db()
    return assignment.phase


def optional(*codes):
    Opinion.objects.filter(participation__agency__code__in=codes).update(is_required=False)


# --- reminders ------------------------------------------------------------------------------------------------------


def test_reminder_goes_to_the_silent_ones_and_its_date_is_shown(world, assignment, head):
    answer(world, assignment, "s01")

    assert head.post("remind").status_code == 302

    reminded = Reminder.objects.order_by("id").values_list("opinion__participation__agency__code", flat=True)
    assert list(reminded) == ["s02", "s03"]
    assert f"Last reminder: {timezone.localdate():%d/%m/%Y}" in head.html()


def test_drafter_may_remind_and_may_not_change_the_round(world, assignment):
    drafter = desk(world, assignment, "skhdt.specialist")

    assert [offer.name for offer in drafter.get().context["offers"]] == ["remind"]
    assert drafter.post("remind").status_code == 302
    assert drafter.post("close").status_code == 403
    assert Reminder.objects.count() == 3


def test_second_reminder_within_hours_is_refused_and_says_when_the_last_went(assignment, head):
    head.post("remind")

    refused = head.post("remind")

    assert refused.status_code == 422
    (message,) = errors(refused)["__all__"]
    assert message.startswith("The silent agencies were last reminded at ")
    assert Reminder.objects.count() == 3


def test_reminder_that_would_be_refused_is_not_offered_and_says_when_it_will_be(assignment, head):
    head.post("remind")

    (offer, *_others) = head.get().context["offers"]

    assert (offer.name, offer.act) == ("remind", None)
    assert "; again from " in offer.why_not


def test_doubled_press_reminds_once(assignment, head):
    key = uuid4()

    answers = [head.post("remind", key=key).status_code for _ in range(2)]

    assert answers == [302, 302]
    assert Reminder.objects.count() == 3


# --- agencies added and withdrawn -----------------------------------------------------------------------------------


def test_agencies_are_added_singly_and_by_kind(assignment, head):
    single = make_agency("s09")
    districts = [make_agency(f"q{n}", AgencyKind.DISTRICT) for n in range(2)]

    response = head.post("add", agencies=[str(single.pk)], kinds=["DISTRICT"], need="optional")

    assert response.status_code == 302
    added = Opinion.objects.filter(participation__agency__in=[single, *districts])
    assert list(added.values_list("is_required", flat=True)) == [False] * 3
    assert Opinion.objects.count() == 6


def test_agencies_offered_are_those_not_asked_yet_without_the_lead(world, assignment, head):
    new = make_agency("s09")

    form = head.get(act="add").context["opened"].form

    offered = {check.value for group in form.groups() for check in group.checks}
    taken = {str(agency.pk) for agency in (world.lead, *world.others)}
    assert str(new.pk) in offered
    assert taken.isdisjoint(offered)


def test_adding_nobody_is_refused(assignment, head):
    refused = head.post("add", need="required")

    assert refused.status_code == 422
    assert errors(refused) == {"agencies": ["Choose at least one agency to add."]}


def test_agency_somebody_else_added_meanwhile_is_no_choice_any_more(assignment, head, world):
    new = make_agency("s09")
    rounds.add_agencies(assignment, [new], actor=actor(world.who("skhdt.head")))

    refused = head.post("add", agencies=[str(new.pk)], need="required")

    assert refused.status_code == 422
    assert Opinion.objects.filter(participation__agency=new).count() == 1


def test_nobody_is_added_after_the_due_moment(world, assignment, head):
    Consultation.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    sentence = "The due moment of this round has passed; no further agency can be asked in it."

    refused = head.post("add", agencies=[str(make_agency("s09").pk)], need="required")

    assert errors(refused)["__all__"] == [sentence]
    assert sentence in [offer.why_not for offer in head.get().context["offers"]]
    assert Opinion.objects.count() == 3


def test_agency_is_withdrawn_with_a_reason(assignment, head):
    opinion = opinion_of("s03")

    assert head.post("withdraw", opinion=opinion.pk, reason="Không thuộc phạm vi").status_code == 302

    assert opinion_of("s03").state == OpinionState.WITHDRAWN
    assert opinion_of("s03").withdrawn_reason == "Không thuộc phạm vi"


def test_withdrawn_agency_is_offered_and_asked_anew(world, assignment, head):
    head.post("withdraw", opinion=opinion_of("s01").pk, reason="Nhầm cơ quan")
    agency = opinion_of("s01").participation.agency

    offered = head.get(act="add").context["opened"].form.fields["agencies"].choices
    added = head.post("add", agencies=[agency.pk], need="required")

    assert str(agency.pk) in {value for _kind, found in offered for value, _name in found}
    assert added.status_code == 302
    assert opinion_of("s01").state == OpinionState.ASKED


def test_withdrawing_without_a_reason_is_refused(assignment, head):
    refused = head.post("withdraw", opinion=opinion_of("s03").pk, reason=" ")

    assert errors(refused) == {"reason": ["Say why the request is withdrawn."]}
    assert opinion_of("s03").state == OpinionState.ASKED


def test_withdrawing_an_agency_that_answered_is_refused_and_the_reason_is_kept(world, assignment, head):
    opinion = opinion_of("s01")
    answer(world, assignment, "s01")

    refused = head.post("withdraw", opinion=opinion.pk, reason="Gửi nhầm địa chỉ")

    assert refused.status_code == 422
    sentence = "This agency has answered or was withdrawn meanwhile. Nothing was changed."
    assert errors(refused)["__all__"] == [sentence]
    assert "Gửi nhầm địa chỉ" in refused.content.decode()
    assert opinion_of("s01").state == OpinionState.GIVEN


def test_withdrawing_an_opinion_of_another_case_is_404(world, assignment, head):
    other = start(world)
    advance(world, other, "prepare_opinion")
    foreign = Opinion.objects.filter(consultation__assignment=other).order_by("id")[0]

    assert head.post("withdraw", opinion=foreign.pk, reason="Nhầm").status_code == 404
    assert head.get(act="withdraw", opinion=foreign.pk).status_code == 404
    foreign.refresh_from_db()
    assert foreign.state == OpinionState.ASKED


# --- more time ------------------------------------------------------------------------------------------------------


def test_more_time_for_all_that_have_not_answered(world, assignment, head):
    answer(world, assignment, "s01")
    until = working_day(2, after=due_day())

    assert head.post("extend", whom="all", until=typed(until), reason="Chờ số liệu quý").status_code == 302

    extended = Opinion.objects.filter(extended_to__isnull=False).order_by("id")
    assert [timezone.localdate(opinion.extended_to) for opinion in extended] == [until, until]
    assert opinion_of("s01").extended_to is None
    assert {timezone.localtime(opinion.extended_to).hour for opinion in extended} == {17}


def test_more_time_for_chosen_agencies_alone(assignment, head):
    until = working_day(2, after=due_day())
    chosen = opinion_of("s02")

    head.post("extend", whom="chosen", opinions=[str(chosen.pk)], until=typed(until), reason="Chuyển trụ sở")

    extended = Opinion.objects.filter(extended_to__isnull=False)
    assert [opinion.pk for opinion in extended] == [chosen.pk]


def test_more_time_for_all_leaves_those_who_have_more_already(world, assignment, head):
    later = working_day(4, after=due_day())
    rounds.extend(
        [opinion_of("s03")],
        until=load_calendar().end_of(later),
        reason="Trước",
        actor=actor(world.who("skhdt.head")),
    )
    until = working_day(2, after=due_day())

    assert head.post("extend", whom="all", until=typed(until), reason="Chờ số liệu").status_code == 302

    assert timezone.localdate(opinion_of("s01").extended_to) == until
    assert timezone.localdate(opinion_of("s03").extended_to) == later


def test_more_time_for_nobody_is_refused(assignment, head):
    until = working_day(2, after=due_day())

    refused = head.post("extend", whom="chosen", until=typed(until), reason="Chờ số liệu")

    assert errors(refused) == {"opinions": ["Choose at least one agency."]}


def test_day_of_rest_is_refused_and_names_the_next_working_day(assignment, head):
    friday = due_day()
    while friday.weekday() != 4 or not load_calendar().is_working_day(friday):
        friday += timedelta(days=1)
    saturday = friday + timedelta(days=1)
    monday = load_calendar().next_working_day(saturday)

    refused = head.post("extend", whom="all", until=typed(saturday), reason="Chờ số liệu quý")

    assert refused.status_code == 422
    (message,) = errors(refused)["until"]
    assert message == f"{typed(saturday)} is not a working day. The next working day is {typed(monday)}."
    assert "Chờ số liệu quý" in refused.content.decode()


def test_day_that_is_not_later_is_refused_on_its_field(assignment, head):
    refused = head.post("extend", whom="all", until=typed(due_day()), reason="Chờ số liệu")

    assert errors(refused) == {"until": ["The new day must be later than the one the agency has."]}


def test_few_days_left_for_the_answers_have_to_be_confirmed(assignment, head):
    until = working_day(2, after=due_day())
    assignment.due_at = load_calendar().end_of(working_day(1, after=until))
    assignment.save(update_fields=["due_at"])
    given = {"whom": "all", "until": typed(until), "reason": "Chờ số liệu"}

    refused = head.post("extend", **given)
    confirmed = head.post("extend", accepts_short_reserve="on", **given)

    assert 'type="checkbox" name="accepts_short_reserve"' in refused.content.decode()
    assert "Only 1 working days remain" in errors(refused)["until"][0]
    assert 'type="checkbox" name="accepts_short_reserve"' not in head.html(act="extend")
    assert confirmed.status_code == 302
    assert timezone.localdate(opinion_of("s01").extended_to) == until


def test_agency_that_answered_meanwhile_gets_no_more_time_and_nobody_else_does(world, assignment, head):
    chosen = [str(opinion_of(code).pk) for code in ("s01", "s02")]
    answer(world, assignment, "s01")
    until = typed(working_day(2, after=due_day()))

    refused = head.post("extend", whom="chosen", opinions=chosen, until=until, reason="Chờ số liệu")

    assert errors(refused)["opinions"] == [
        "One of these agencies has answered meanwhile. Nothing was changed."
    ]
    assert Extension.objects.count() == 0


# --- wishes for more time -------------------------------------------------------------------------------------------


def test_agency_asks_for_more_time_and_the_lead_finds_the_wish_on_top(world, assignment, head):
    until = working_day(2, after=due_day())
    asked = desk(world, assignment, "s01.specialist")

    response = asked.post(
        "ask", opinion=opinion_of("s01").pk, until=typed(until), reason="Đang xin ý kiến Bộ"
    )

    assert response.status_code == 302
    (row,) = head.get().context["wishes"]
    assert (row.agency, row.until, row.reason) == ("Cơ quan s01", typed(until), "Đang xin ý kiến Bộ")
    (part,) = asked.get().context["own"]
    assert part.row.wishes == [f"Asked for more time until {typed(until)}: Đang xin ý kiến Bộ"]
    assert part.ask_url == ""


def test_drafter_reads_the_wishes_and_does_not_answer_them(world, assignment):
    wish(world, "s01")
    drafter = desk(world, assignment, "skhdt.specialist")

    (row,) = drafter.get().context["wishes"]

    assert (row.grant_url, row.refuse_url) == ("", "")
    assert drafter.post("refuse", wish=row.id, answer="Không").status_code == 403


def test_wish_is_granted_with_the_wanted_day_offered(world, assignment, head):
    extension = wish(world, "s01", "Đang xin ý kiến Bộ")
    form = head.get(act="grant", wish=extension.pk).context["opened"].form
    until = timezone.localdate(extension.wanted_at)

    response = head.post("grant", wish=extension.pk, until=typed(until), reason="Đồng ý")

    assert (form["until"].value(), form["reason"].value()) == (typed(until), "Đang xin ý kiến Bộ")
    assert response.status_code == 302
    extension.refresh_from_db()
    assert (extension.state, extension.granted_until) == (ExtensionState.GRANTED, extension.wanted_at)
    (part,) = desk(world, assignment, "s01.head").get().context["own"]
    assert part.row.wishes[0].startswith(f"More time given until {typed(until)}")
    assert head.get().context["wishes"] == []


def test_wish_is_granted_with_another_day(world, assignment, head):
    extension, until = wish(world, "s01"), working_day(1, after=due_day())

    head.post("grant", wish=extension.pk, until=typed(until), reason="Chỉ được một ngày")

    assert timezone.localdate(opinion_of("s01").extended_to) == until


def test_wish_is_declined_with_a_reason_the_agency_reads(world, assignment, head):
    extension = wish(world, "s01")

    assert errors(head.post("refuse", wish=extension.pk, answer="")) == {
        "answer": ["Say why more time is not given."]
    }
    assert head.post("refuse", wish=extension.pk, answer="Thời hạn gấp").status_code == 302

    extension.refresh_from_db()
    assert extension.state == ExtensionState.REFUSED
    assert "Thời hạn gấp" in desk(world, assignment, "s01.clerk").html()
    assert "Thời hạn gấp" not in desk(world, assignment, "s02.head").html()


@pytest.mark.parametrize("op", ["grant", "refuse"])
def test_wish_somebody_else_answered_says_who_and_gives_the_words_back(world, assignment, head, op):
    extension = wish(world, "s01")
    domain.refuse_extension(extension, answer="Thời hạn gấp", actor=actor(world.who("skhdt.head")))
    until = typed(working_day(2, after=due_day()))

    lost = desk(world, assignment, "skhdt.deputy_head").post(
        op, wish=extension.pk, until=until, reason="Lý do của phó giám đốc", answer="Lý do của phó giám đốc"
    )

    assert lost.status_code == 409
    assert "Người skhdt.head" in lost.content.decode()
    assert "Lý do của phó giám đốc" in lost.content.decode()
    assert opinion_of("s01").extended_to is None


def test_second_wish_while_one_waits_is_refused(world, assignment):
    wish(world, "s01")
    until = typed(working_day(3, after=due_day()))

    refused = desk(world, assignment, "s01.head").post(
        "ask", opinion=opinion_of("s01").pk, until=until, reason="Thêm nữa"
    )

    assert errors(refused)["__all__"] == [
        "Your agency has asked for more time already; the lead has not answered yet."
    ]
    assert Extension.objects.count() == 1


def test_wish_of_an_agency_that_answered_no_longer_waits(world, assignment, head):
    wish(world, "s01")
    answer(world, assignment, "s01")

    assert head.get().context["wishes"] == []


@pytest.mark.parametrize(("username", "status"), [("s01.clerk", 403), ("s02.head", 404), ("vp.head", 404)])
def test_more_time_is_asked_for_by_those_who_may_answer_alone(world, assignment, username, status):
    until = typed(working_day(2, after=due_day()))

    response = desk(world, assignment, username).post(
        "ask", opinion=opinion_of("s01").pk, until=until, reason="Bận"
    )

    assert response.status_code == status
    assert Extension.objects.count() == 0


# --- closing early --------------------------------------------------------------------------------------------------


def test_round_is_closed_early_once_the_required_answers_are_in(world, assignment, head):
    optional("s02", "s03")
    (why,) = [offer.why_not for offer in head.get().context["offers"] if offer.name == "close"]
    answer(world, assignment, "s01")

    assert head.post("close").status_code == 302

    assert why == "To close early, 1 required answer is missing: S01"
    assert Consultation.objects.get().closing == Closing.EARLY
    assert phase_of(assignment) == Phase.DISPOSING
    assert nodes(assignment) == ["dispose"]


def test_closing_while_a_required_answer_is_missing_names_it(assignment, head):
    optional("s03")

    refused = head.post("close")

    assert refused.status_code == 422
    assert errors(refused)["__all__"] == ["2 required answers are missing: S01, S02."]
    assert phase_of(assignment) == Phase.CONSULTING


def test_two_heads_close_early_at_once_one_wins_and_the_other_is_told(world, assignment, head):
    optional("s02", "s03")
    answer(world, assignment, "s01")
    second = desk(world, assignment, "skhdt.deputy_head")
    assert second.get().context["offers"][-1].act is not None

    first, lost = head.post("close"), second.post("close")

    assert (first.status_code, lost.status_code) == (302, 409)
    assert "Người skhdt.head closed round 1 early at " in lost.content.decode()
    assert Event.objects.filter(kind="consultation.closed").count() == 1


def test_same_press_twice_closes_once_and_gets_the_first_answer(world, assignment, head):
    optional("s02", "s03")
    answer(world, assignment, "s01")
    key = uuid4()
    head.post("close", key=key)

    again = round_acts.close_early(
        Consultation.objects.select_related("assignment__directive").get(),
        attempt(world.who("skhdt.head"), key=key),
    )

    assert again.repeated
    assert Event.objects.filter(kind="consultation.closed").count() == 1


# --- rights and phases ----------------------------------------------------------------------------------------------

LEAD_OPS = ("remind", "add", "withdraw", "extend", "grant", "refuse", "close")


@pytest.mark.parametrize("op", LEAD_OPS)
@pytest.mark.parametrize("username", ["s01.head", "vp.head", "ubnd.chair", "skhdt.clerk"])
def test_nobody_else_changes_the_round(world, assignment, username, op):
    given = {"opinion": opinion_of("s02").pk, "reason": "Nhầm", "whom": "all"}

    response = desk(world, assignment, username).post(op, **given)

    assert response.status_code == 403
    assert Event.objects.filter(kind__startswith="consultation.").count() == 1
    assert not desk(world, assignment, username).get().context.get("offers")


@pytest.mark.parametrize("op", LEAD_OPS)
def test_nothing_is_changed_after_the_round_and_the_words_come_back(world, assignment, head, op):
    given = {"opinion": opinion_of("s02").pk, "reason": "Ba dòng lý do", "answer": "Ba dòng lý do"}
    run_out()

    lost = head.post(op, **given)

    assert lost.status_code == 409
    html = lost.content.decode()
    assert "Round 1 was closed at " in html
    assert "the due moment passed" in html
    assert "Ba dòng lý do" in html
    assert "offers" not in head.get().context


def ask_again(world, assignment):
    """Let everybody answer the first round, and ask two agencies in a second one, both free to answer."""
    for code in ("s01", "s02", "s03"):
        answer(world, assignment, code)
    Participation.objects.filter(agency__code__in=["s01", "s02"]).update(to_be_asked=True)
    act(world.who("skhdt.specialist"), assignment, "dispose", "ask_again")
    act(world.who("skhdt.head"), assignment, "sign_again", "send")
    optional("s01", "s02")


def test_page_of_the_first_round_changes_nothing_in_the_second(world, assignment, head):
    ask_again(world, assignment)

    lost = head.post("close", query="?round=1")

    assert lost.status_code == 409
    assert Consultation.objects.get(round=2).closed_at is None


def test_round_that_ended_while_the_press_was_under_way_does_not_close_the_next_one(world, assignment):
    seen = Consultation.objects.select_related("assignment__directive").get()
    ask_again(world, assignment)

    with pytest.raises(RoundEndedError, match="Round 1 was closed at "):
        round_acts.close_early(seen, attempt(world.who("skhdt.head")))

    assert Consultation.objects.get(round=2).closed_at is None


def test_right_is_asked_when_the_act_is_done(world, assignment):
    pressed = attempt(world.who("skhdt.head"))
    consultation = Consultation.objects.select_related("assignment__directive").get()
    ParticipationGroupGrant.objects.filter(permission__codename="sign_plan").delete()

    with pytest.raises(NotAllowedError):
        round_acts.close_early(consultation, pressed)


def test_unknown_act_is_404(assignment, head):
    assert head.post("no-such-act").status_code == 404


# --- answering again, and late --------------------------------------------------------------------------------------


def test_agency_with_an_open_task_finds_its_link_and_no_other_button(world, assignment):
    task = open_task(assignment, "prepare_opinion", world.others[0])

    (part,) = desk(world, assignment, "s01.specialist").get().context["own"]

    assert part.task_url == reverse("task", args=[task.public_id])
    assert part.again is None


def test_agency_answers_again_while_the_round_is_open(world, assignment):
    answer(world, assignment, "s01")
    asked = desk(world, assignment, "s01.specialist")
    (part,) = asked.get().context["own"]

    response = asked.post("again", opinion=opinion_of("s01").pk)

    assert part.again_label == "Answer again"
    task = open_task(assignment, "replace_opinion", world.others[0])
    assert response.url == reverse("task", args=[task.public_id])
    assert asked.post("again", opinion=opinion_of("s01").pk).url == response.url
    (part,) = asked.get().context["own"]
    assert part.task_url == response.url


def test_silent_agency_answers_late_until_the_lead_starts(world, assignment):
    run_out()
    asked = desk(world, assignment, "s01.specialist")
    (before,) = asked.get().context["own"]
    Consultation.objects.update(disposition_started_at=timezone.now())
    (after,) = asked.get().context["own"]

    refused = asked.post("again", opinion=opinion_of("s01").pk)

    assert (before.again_label, after.again) == ("Answer late", None)
    assert "late answers are no longer taken" in after.note
    assert refused.status_code == 422
    assert "late answers are no longer taken" in errors(refused)["__all__"][0]


def test_agency_that_answered_in_time_may_not_answer_after_the_round(world, assignment):
    answer(world, assignment, "s01")
    run_out()
    asked = desk(world, assignment, "s01.head")

    (part,) = asked.get().context["own"]

    assert part.again is None
    assert part.note == "The round of consultation is closed; the answer your agency gave stands."
    assert asked.post("again", opinion=opinion_of("s01").pk).status_code == 422


def test_withdrawn_agency_reads_that_it_need_not_answer(world, assignment):
    rounds.withdraw(opinion_of("s01"), reason="Gửi nhầm", actor=actor(world.who("skhdt.head")))
    asked = desk(world, assignment, "s01.head")

    refused = asked.post("again", opinion=opinion_of("s01").pk)

    assert refused.status_code == 422
    assert "was withdrawn by Người skhdt.head: Gửi nhầm" in errors(refused)["__all__"][0]


@pytest.mark.parametrize(("username", "status"), [("s01.clerk", 403), ("s02.head", 404), ("skhdt.head", 404)])
def test_answer_is_begun_by_those_who_may_give_it_alone(world, assignment, username, status):
    answer(world, assignment, "s01")

    response = desk(world, assignment, username).post("again", opinion=opinion_of("s01").pk)

    assert response.status_code == status
    assert nodes(assignment) == ["prepare_opinion"]
