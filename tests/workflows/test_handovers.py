"""A case goes to a colleague with a note, or to the Chair who takes it over; the record and the notices name both."""

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import Position
from notifications.models import Event
from tests.factories import act, actor, attempt, make_member, make_world, open_task, stamp, write_plan
from tests.workflows.cases import case_at
from tests.workflows.desk import Desk, errors, nodes
from tests.workflows.pause_desk import colleagues, drafts, put_in_charge, those_with
from workflows.domain import handovers
from workflows.domain.errors import AlreadyDoneError, DomainError, NotAllowedError
from workflows.flows import steps
from workflows.models import Decision, Handover, ParticipationUserGrant
from workflows.notices import had_it_before, those_who_must_act

pytestmark = pytest.mark.django_db
NOTE = "Lĩnh vực này do đồng chí phụ trách"


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def world():
    world = make_world(1)
    colleagues(world)
    return world


def key(world, username):
    return world.who(username).memberships.get().pk


def hand_over(world, assignment, by="ubnd.vice_chair", to="ubnd.second", node="decide"):
    return act(world.who(by), assignment, node, "hand_over", to=key(world, to), note=NOTE)


# --- handing over ---------------------------------------------------------------------------------------------------


def test_file_goes_to_the_other_leader_alone_and_its_due_moment_stays(world):
    assignment = case_at("decide", world)
    due = open_task(assignment, "decide").due_at

    hand_over(world, assignment)

    task = open_task(assignment, "decide")
    assert (task.due_at, those_with(task)) == (due, {"ubnd.second"})
    handover = Handover.objects.get()
    assert (handover.to.user, handover.handed_by, handover.note) == (
        world.who("ubnd.second"), world.who("ubnd.vice_chair"), NOTE,
    )  # fmt: skip
    assert ParticipationUserGrant.objects.get().source == "HANDOVER"


def test_whoever_handed_it_over_no_longer_decides(world):
    assignment = case_at("decide", world)
    hand_over(world, assignment)

    with pytest.raises(NotAllowedError):
        act(world.who("ubnd.vice_chair"), assignment, "decide", "approve")
    act(world.who("ubnd.second"), assignment, "decide", "approve")

    assert Decision.objects.get().decided_by == world.who("ubnd.second")


def test_new_leader_reads_note_and_sender(world):
    assignment = case_at("decide", world)
    hand_over(world, assignment)

    content = Desk(world.who("ubnd.second"), assignment, "decide").html()

    assert (NOTE in content, "From Người ubnd.vice_chair" in content) == (True, True)


def test_review_goes_to_another_specialist_of_the_office(world):
    assignment = case_at("review", world)

    hand_over(world, assignment, "vp.specialist", "vp.second", "review")

    task = open_task(assignment, "review")
    assert those_with(task) == {"vp.second", "vp.head"}
    with pytest.raises(NotAllowedError):
        act(world.who("vp.specialist"), assignment, "review", "clear", text="Đủ")


@pytest.mark.parametrize(
    "username", ["ubnd.vice_chair", "vp.second", "skhdt.head", "ubnd.left", "ubnd.member"]
)
def test_file_is_handed_to_no_one_but_another_leader_of_today(world, username):
    assignment = case_at("decide", world)
    world.people["ubnd.left"] = make_member(world.committee, Position.VICE_CHAIR, "ubnd.left")
    world.who("ubnd.left").memberships.update(valid_to=timezone.localdate())
    world.people["ubnd.member"] = make_member(world.committee, Position.MEMBER, "ubnd.member")

    with pytest.raises(DomainError, match="cannot take the case") as refusal:
        hand_over(world, assignment, to=username)

    assert (refusal.value.field, Handover.objects.count()) == ("to", 0)


def test_file_is_not_handed_to_who_wrote_the_plan(world):
    assignment = case_at("decide", world)
    drafts(world, assignment, "ubnd.second")

    with pytest.raises(DomainError, match="cannot take the case"):
        hand_over(world, assignment)

    desk = Desk(world.who("ubnd.vice_chair"), assignment, "decide")
    offered = [label for _value, label in desk.get().context["forms"]["hand_over"].fields["to"].choices]
    assert offered == ["Choose a person", "Người ubnd.chair, Chair"]


def test_file_is_not_handed_over_without_a_word(world):
    assignment = case_at("decide", world)
    part = open_task(assignment, "decide").participation
    part.assignment = assignment

    with pytest.raises(DomainError, match="Say why"):
        handovers.hand_over(
            part, actor=actor(world.who("ubnd.vice_chair")), to=key(world, "ubnd.second"), note=" "
        )

    desk = Desk(world.who("ubnd.vice_chair"), assignment, "decide")
    response = desk.post("hand_over", to=key(world, "ubnd.second"), note="")
    assert (response.status_code, errors(response)) == (422, {"note": ["Say why the case is handed over."]})


def test_page_offers_no_hand_over_where_nobody_could_take_it(world):
    world.who("ubnd.second").memberships.update(valid_to=timezone.localdate())
    world.who("ubnd.chair").memberships.update(valid_to=timezone.localdate())

    forms = Desk(world.who("ubnd.vice_chair"), case_at("decide", world), "decide").get().context["forms"]

    assert list(forms) == ["approve", "return", "reject", "ask", "suspend"]


# --- taking over ----------------------------------------------------------------------------------------------------


@pytest.fixture
def led(world):
    """A case of a field that the Vice-Chair is in charge of."""
    assignment = case_at("draft", world)
    put_in_charge(world.who("ubnd.vice_chair"), assignment)
    for node, username, verb, given in (
        ("draft", "skhdt.specialist", "finish", {}),
        ("sign_request", "skhdt.head", "send", {}),
        ("prepare_opinion", "s01.head", "sign", {"stance": "AGREE"}),
        ("dispose", "skhdt.specialist", "finish", {}),
        ("sign_submission", "skhdt.head", "submit", {}),
        ("review", "vp.head", "sign", {"text": "Đủ"}),
    ):
        if node == "draft":
            write_plan(assignment)
        act(world.who(username), assignment, node, verb, **given)
    return assignment


def test_chair_takes_a_file_over_and_the_one_in_charge_is_told(world, led):
    assert those_with(open_task(led, "decide")) == {"ubnd.vice_chair"}

    act(world.who("ubnd.chair"), led, "decide", "take_over", note="Tôi trực tiếp xử lý")

    assert those_with(open_task(led, "decide")) == {"ubnd.chair"}
    event = Event.objects.get(kind="case.taken_over")
    assert had_it_before(event) == {world.who("ubnd.vice_chair").pk}
    act(world.who("ubnd.chair"), led, "decide", "approve")
    assert nodes(led) == ["issue"]


def test_chair_sees_the_file_of_another_with_one_act(world, led):
    response = Desk(world.who("ubnd.chair"), led, "decide").get()

    assert list(response.context["forms"]) == ["take_over", "ballot"]
    assert response.context["course"].in_charge_words == "Người ubnd.vice_chair, Vice-Chair"
    file = Desk(world.who("ubnd.chair"), led, "decide").client.get(
        reverse("assignment", args=[led.public_id])
    )
    assert [task["verb"] for task in file.context["mine"]] == ["Look at the file"]


@pytest.mark.parametrize("username", ["ubnd.second", "vp.head", "skhdt.head"])
def test_nobody_but_the_chair_takes_over(world, led, username):
    with pytest.raises(NotAllowedError):
        act(world.who(username), led, "decide", "take_over")


def test_chair_who_wrote_the_plan_does_not_take_it_over(world, led):
    drafts(world, led, "ubnd.chair")

    with pytest.raises(NotAllowedError, match="You wrote part"):
        act(world.who("ubnd.chair"), led, "decide", "take_over")


def test_chair_does_not_take_over_what_is_hers(world, led):
    act(world.who("ubnd.chair"), led, "decide", "take_over")

    with pytest.raises(DomainError, match="yours already"):
        act(world.who("ubnd.chair"), led, "decide", "take_over")


def test_chair_takes_over_a_file_whose_clock_stands_still(world, led):
    act(world.who("ubnd.vice_chair"), led, "decide", "suspend", reason="x", event="y")

    act(world.who("ubnd.chair"), led, "suspended", "take_over")
    act(world.who("ubnd.chair"), led, "suspended", "resume")

    assert those_with(open_task(led, "decide")) == {"ubnd.chair"}


# --- told and kept --------------------------------------------------------------------------------------------------


def test_record_and_notice_name_both(world):
    assignment = case_at("decide", world)
    hand_over(world, assignment)

    event = Event.objects.get(kind="case.handed_over")
    assert ("Người ubnd.vice_chair" in event.actor_label, "Người ubnd.second" in event.data["to"]) == (
        True,
        True,
    )
    assert world.who("ubnd.second").pk in those_who_must_act(event)
    reader = Desk(world.who("ubnd.second"), assignment, "decide").client
    content = reader.get(reverse("assignment", args=[assignment.public_id])).content.decode()
    assert "handed the file to Người ubnd.second" in content
    assert NOTE in content


def test_lead_reads_that_it_changed_hands_but_not_the_note(world):
    assignment = case_at("decide", world)
    hand_over(world, assignment)
    reader = Desk(world.who("skhdt.head"), assignment, "decide").client

    content = reader.get(reverse("assignment", args=[assignment.public_id])).content.decode()

    assert ("handed the file to" in content, NOTE in content) == (True, False)


def test_approval_that_meets_a_hand_over_loses(world):
    assignment = case_at("decide", world)
    task, seen = open_task(assignment, "decide"), stamp(assignment)
    hand_over(world, assignment)

    with pytest.raises(AlreadyDoneError) as refusal:
        steps.perform(task, "approve", attempt(world.who("ubnd.chair"), seen), {})

    assert ("Người ubnd.vice_chair" in refusal.value.who, Decision.objects.count()) == (True, 0)
