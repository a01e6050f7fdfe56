"""A ballot of the members through the real door: called, cast in person, counted once, and what follows from it."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from accounts.authority import Actor, hats
from accounts.models import Delegation, DelegationForm, DocumentKind, Membership, Position
from notifications.models import Event
from tests.factories import LONG_AGO, act, actor, attempt, make_position, open_task, stamp
from tests.workflows.ballot_desk import (
    QUESTION,
    before_the_chair,
    call,
    cast,
    cast_all,
    make_committee,
    slip_task,
    voting,
)
from workflows import inbox
from workflows.domain import ballots, calendars, submissions
from workflows.domain.ballots import BallotNotCarriedError
from workflows.domain.errors import AlreadyDoneError, DomainError, NotAllowedError, StaleError
from workflows.flows import balloting, recalls, rounds, steps, timers
from workflows.models import (
    Ballot,
    BallotSlip,
    CaseTask,
    GrantSource,
    InboxEntry,
    Outcome,
    Paragraph,
    Participation,
    ParticipationUserGrant,
    Phase,
    Requirement,
    Vote,
)

pytestmark = pytest.mark.django_db

FOR, AGAINST, ABSTAIN = Vote.FOR, Vote.AGAINST, Vote.ABSTAIN


@pytest.fixture
def world():
    return make_committee()


@pytest.fixture
def running(world):
    return voting(world)


def phase_of(assignment):
    assignment.refresh_from_db(fields=["phase"])
    return assignment.phase


def nodes(assignment):
    tasks = CaseTask.objects.open().human().filter(process__assignment=assignment)
    return sorted(task.flow_task.name for task in tasks)


# --- calling ---------------------------------------------------------------------------------------------------------


def test_call_hands_every_member_a_slip_the_chairs_first(world):
    assignment = before_the_chair(world)
    seen = stamp(assignment)

    ballot = call(world, assignment)

    slips = ballot.slips.order_by("id").values_list(
        "membership__user__username", "is_chair", "vote", "member_as"
    )
    assert list(slips) == [
        ("ubnd.chair", True, "", "Người ubnd.chair, Chủ tịch UBND"),
        ("ubnd.vice_chair", False, "", "Người ubnd.vice_chair, Phó Chủ tịch UBND"),
        ("ubnd.uv1", False, "", "Người ubnd.uv1, Ủy viên UBND"),
        ("ubnd.uv2", False, "", "Người ubnd.uv2, Ủy viên UBND"),
        ("ubnd.uv3", False, "", "Người ubnd.uv3, Ủy viên UBND"),
    ]
    assert (ballot.number, ballot.members, ballot.question, ballot.choices, ballot.content_sha256) == (
        1,
        5,
        QUESTION,
        ["FOR", "AGAINST", "ABSTAIN"],
        seen,
    )
    assert ballot.due_at == calendars.load_calendar().add_working_days(ballot.called_at, 3)
    assert (phase_of(assignment), nodes(assignment)) == (Phase.VOTING, ["vote"] * 5)


def test_call_puts_a_task_into_the_inbox_of_each_member_alone(world, running):
    own = dict(Membership.objects.filter(agency_position__agency=world.committee).values_list("pk", "user"))

    shown = InboxEntry.objects.open().filter(task__process__assignment=running)

    assert sorted(shown.values_list("bucket", flat=True)) == sorted(-membership for membership in own)
    assert {entry.due_at for entry in shown} == {Ballot.objects.get().due_at}
    assert list(inbox.check()) == []


def test_call_lets_the_members_read_the_case_and_vote(world, running):
    grants = ParticipationUserGrant.objects.filter(source=GrantSource.BALLOT)

    held = set(grants.values_list("user__username", "permission__codename", "content_object__role"))

    names = ("ubnd.chair", "ubnd.vice_chair", "ubnd.uv1", "ubnd.uv2", "ubnd.uv3")
    assert held == {(name, right, "APPROVE") for name in names for right in ("view_case", "vote")}


def test_call_gives_one_slip_to_somebody_with_two_positions(world):
    vice = world.who("ubnd.vice_chair")
    place = make_position(world.committee, Position.MEMBER)
    Membership.objects.create(user=vice, agency_position=place, valid_from=LONG_AGO)

    ballot = call(world, before_the_chair(world))

    (slip,) = ballot.slips.filter(membership__user=vice)
    assert (ballot.members, slip.membership.agency_position.position) == (5, Position.VICE_CHAIR)


@pytest.mark.parametrize(
    "gone", [{"valid_to": timezone.localdate()}, {"valid_from": timezone.localdate() + timedelta(days=1)}]
)
def test_call_leaves_out_whoever_is_no_member_today(world, gone):
    Membership.objects.filter(user=world.who("ubnd.uv3")).update(**gone)

    ballot = call(world, before_the_chair(world))

    assert ballot.members == 4
    assert not ballot.slips.filter(membership__user=world.who("ubnd.uv3")).exists()


def test_call_leaves_out_an_account_that_was_closed(world):
    world.who("ubnd.uv3").__class__.objects.filter(username="ubnd.uv3").update(is_active=False)

    assert call(world, before_the_chair(world)).members == 4


@pytest.mark.parametrize("username", ["ubnd.vice_chair", "ubnd.uv1", "vp.head", "skhdt.head", "outsider"])
def test_call_is_refused_to_everybody_but_the_chair(world, username):
    assignment = before_the_chair(world)

    with pytest.raises(NotAllowedError):
        act(world.who(username), assignment, "decide", "ballot", question=QUESTION)

    assert (Ballot.objects.count(), nodes(assignment)) == (0, ["decide"])


@pytest.mark.parametrize(
    ("given", "field"),
    [({"question": "  "}, "question"), ({"due_at": timezone.now() - timedelta(seconds=1)}, "due_on")],
)
def test_call_without_a_question_or_a_day_ahead_is_refused(world, given, field):
    assignment = before_the_chair(world)

    with pytest.raises(DomainError) as refused:
        call(world, assignment, **given)

    assert (refused.value.field, Ballot.objects.count()) == (field, 0)


def test_call_on_a_page_that_is_stale_is_refused(world):
    assignment = before_the_chair(world)
    task = open_task(assignment, "decide")

    with pytest.raises(StaleError):
        steps.perform(task, "ballot", attempt(world.who("ubnd.chair"), "old"), {"question": QUESTION})


def test_second_ballot_moves_the_members_rights_to_the_position_of_their_new_slip(world):
    assignment = voting(world)
    cast_all(world, assignment, chair=FOR, vice_chair=FOR, uv1=FOR, uv2=FOR, uv3=FOR)
    uv1 = world.who("ubnd.uv1")
    uv1.memberships.update(valid_to=timezone.localdate())
    place = make_position(world.committee, Position.VICE_CHAIR)
    promoted = Membership.objects.create(user=uv1, agency_position=place, valid_from=timezone.localdate())

    ballot = call(world, assignment)

    rights = ParticipationUserGrant.objects.filter(user=uv1, source=GrantSource.BALLOT)
    assert set(rights.values_list("membership", "permission__codename", "source_id")) == {
        (promoted.pk, "view_case", ballot.pk),
        (promoted.pk, "vote", ballot.pk),
    }
    assert ballot.number == 2
    cast(uv1, assignment, FOR)


# --- voting ----------------------------------------------------------------------------------------------------------


def test_cast_keeps_vote_reason_and_amendment_on_the_own_slip(world, running):
    cast(
        world.who("ubnd.uv1"), running, AGAINST, reason=" Thiếu nguồn vốn. ", amendment="Bổ sung nguồn vốn.\n"
    )

    slip = BallotSlip.objects.get(membership__user=world.who("ubnd.uv1"))
    assert (slip.vote, slip.reason, slip.amendment, slip.cast_by) == (
        AGAINST,
        "Thiếu nguồn vốn.",
        "Bổ sung nguồn vốn.",
        world.who("ubnd.uv1"),
    )
    assert BallotSlip.objects.exclude(vote="").count() == 1
    assert phase_of(running) == Phase.VOTING


def test_cast_in_favour_drops_a_reason_typed_before_the_mind_was_changed(world, running):
    cast(world.who("ubnd.uv1"), running, FOR, reason="Không đồng ý vì…")

    assert BallotSlip.objects.get(membership__user=world.who("ubnd.uv1")).reason == ""


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"vote": AGAINST, "reason": "  "}, "reason"),
        ({"vote": "MAYBE"}, "vote"),
        ({"vote": ""}, "vote"),
        ({"vote": FOR, "amendment": "x" * 501}, "amendment"),
    ],
)
def test_cast_of_what_is_not_on_the_slip_is_refused(world, running, given, field):
    with pytest.raises(DomainError) as refused:
        cast(world.who("ubnd.uv1"), running, **given)

    assert refused.value.field == field
    assert not BallotSlip.objects.exclude(vote="").exists()


def test_cast_takes_only_the_choices_the_ballot_was_called_with(world, settings):
    settings.BALLOT = settings.BALLOT | {"choices": ("FOR", "AGAINST")}
    assignment = voting(world)

    with pytest.raises(DomainError) as refused:
        cast(world.who("ubnd.uv1"), assignment, ABSTAIN)

    assert refused.value.field == "vote"


def test_cast_twice_is_told_when_and_changes_nothing(world, running):
    uv1 = world.who("ubnd.uv1")
    cast(uv1, running, FOR)

    with pytest.raises(AlreadyDoneError):
        cast(uv1, running, AGAINST)

    assert BallotSlip.objects.get(membership__user=uv1).vote == FOR


def test_cast_twice_in_the_domain_is_refused_too(world, running):
    uv1 = world.who("ubnd.uv1")
    cast(uv1, running, FOR)
    part = Participation.objects.get(assignment=running, role="APPROVE")

    with pytest.raises(AlreadyDoneError):
        ballots.cast(part, actor=actor(uv1), vote=AGAINST, reason="Đổi ý")


def test_cast_sent_again_with_the_same_key_gets_the_first_answer(world, running):
    uv1 = world.who("ubnd.uv1")
    task, once = slip_task(running, uv1), attempt(uv1, stamp(running))
    given = {"vote": FOR, "reason": "", "amendment": ""}

    first = steps.perform(task, "vote", once, given)
    again = steps.perform(task, "vote", once, given)

    assert (first.subject_id, again.subject_id, again.repeated) == (first.subject_id, first.subject_id, True)


@pytest.mark.parametrize("username", ["ubnd.chair", "ubnd.uv2", "vp.head", "skhdt.head", "outsider"])
def test_cast_on_the_slip_of_somebody_else_is_refused(world, running, username):
    task = slip_task(running, world.who("ubnd.uv1"))

    with pytest.raises(NotAllowedError):
        steps.perform(
            task,
            "vote",
            attempt(world.who(username), stamp(running)),
            {"vote": FOR, "reason": "", "amendment": ""},
        )

    assert not BallotSlip.objects.exclude(vote="").exists()


def lend(world, principal, delegate):
    """Lend everything that can be lent, for every field."""
    now = timezone.now()
    return Delegation.objects.create(
        membership=world.who(principal).memberships.get(),
        delegate=world.who(delegate),
        form=DelegationForm.MANDATE,
        kinds=DocumentKind.values,
        basis="QĐ 12/QĐ-UBND",
        starts_at=now - timedelta(hours=1),
        ends_at=now + timedelta(days=5),
        proposed_by=world.who(principal),
        proposed_at=now,
        confirmed_at=now - timedelta(minutes=10),
        accepted_at=now - timedelta(minutes=5),
    )


@pytest.mark.parametrize("principal", ["ubnd.uv1", "ubnd.vice_chair", "ubnd.chair"])
def test_delegate_of_a_member_does_not_vote_for_her(world, running, principal):
    lend(world, principal, "ubnd.uv2")
    delegate = world.who("ubnd.uv2")
    assert any(hat.lent for hat in hats(delegate))
    task = slip_task(running, world.who(principal))

    with pytest.raises(NotAllowedError):
        steps.perform(
            task, "vote", attempt(delegate, stamp(running)), {"vote": FOR, "reason": "", "amendment": ""}
        )

    assert not BallotSlip.objects.exclude(vote="").exists()


def test_domain_refuses_a_lent_hat_by_itself(world, running):
    lend(world, "ubnd.uv1", "ubnd.uv2")
    delegate = world.who("ubnd.uv2")
    lent = next(hat for hat in hats(delegate) if hat.lent)
    part = Participation.objects.get(assignment=running, role="APPROVE")

    with translation.override("en"), pytest.raises(NotAllowedError, match="A vote is personal"):
        ballots.cast(part, actor=Actor(delegate, lent), vote=FOR)


def test_delegate_of_the_chair_does_not_call_a_ballot(world):
    assignment = before_the_chair(world)
    lend(world, "ubnd.chair", "ubnd.vice_chair")

    with pytest.raises(NotAllowedError):
        act(world.who("ubnd.vice_chair"), assignment, "decide", "ballot", question=QUESTION)


def test_cast_after_the_due_moment_is_refused_although_no_timer_has_fired(world, running):
    Ballot.objects.update(due_at=timezone.now())

    with pytest.raises(DomainError):
        cast(world.who("ubnd.uv1"), running, FOR)

    assert not BallotSlip.objects.exclude(vote="").exists()


def test_member_whose_position_ended_meanwhile_does_not_vote_and_stays_in_the_denominator(world, running):
    uv1 = world.who("ubnd.uv1")
    uv1.memberships.update(valid_to=timezone.localdate())

    with pytest.raises(NotAllowedError):
        cast(uv1, running, FOR)

    assert Ballot.objects.get().members == 5


# --- counting --------------------------------------------------------------------------------------------------------


def figures(ballot):
    return (
        ballot.outcome,
        ballot.votes_for,
        ballot.votes_against,
        ballot.abstained,
        ballot.silent,
        ballot.tie_broken,
    )


def test_last_slip_closes_the_ballot_and_the_case_is_before_the_committee_again(world, running):
    ballot = cast_all(world, running, uv1=FOR, uv2=AGAINST, uv3=ABSTAIN, chair=FOR, vice_chair=FOR)

    assert figures(ballot) == (Outcome.CARRIED, 3, 1, 1, 0, False)
    assert (phase_of(running), nodes(running)) == (Phase.DECIDING, ["decide"])
    timer = CaseTask.objects.filter(flow_task_type="TIMER").order_by("-id")[0]
    assert timer.status == "CANCELED"
    assert timers.fire_due_timers(at=ballot.due_at) == 0
    assert list(inbox.check()) == []


def test_due_moment_closes_the_ballot_with_those_who_are_silent(world, running):
    cast_all(world, running, uv1=FOR, uv2=FOR)
    due = Ballot.objects.get().due_at

    assert timers.fire_due_timers(at=due) == 1

    assert figures(Ballot.objects.get()) == (Outcome.NOT_CARRIED, 2, 0, 0, 3, False)
    assert (phase_of(running), nodes(running)) == (Phase.DECIDING, ["decide"])
    assert list(inbox.check()) == []
    with pytest.raises(DomainError):
        cast(world.who("ubnd.uv3"), running, FOR)


def test_silence_counts_as_the_rule_said_when_the_ballot_was_called(world, settings):
    settings.BALLOT = settings.BALLOT | {"silence": "FOR"}
    assignment = voting(world)
    settings.BALLOT = settings.BALLOT | {"silence": "NOT_COUNTED"}
    cast_all(world, assignment, uv1=AGAINST, uv2=AGAINST)

    timers.fire_due_timers(at=Ballot.objects.get().due_at)

    assert figures(Ballot.objects.get()) == (Outcome.CARRIED, 0, 2, 0, 3, False)


@pytest.mark.parametrize(("side", "outcome"), [(FOR, Outcome.CARRIED), (AGAINST, Outcome.NOT_CARRIED)])
def test_side_of_the_chair_breaks_a_tie(world, running, side, outcome):
    other = AGAINST if side == FOR else FOR

    ballot = cast_all(world, running, chair=side, vice_chair=other, uv1=FOR, uv2=AGAINST, uv3=ABSTAIN)

    assert figures(ballot) == (outcome, 2, 2, 1, 0, True)


def test_closing_takes_the_right_to_vote_away_and_leaves_the_right_to_read(world, running):
    cast_all(world, running, chair=FOR, vice_chair=FOR, uv1=FOR, uv2=FOR, uv3=FOR)

    left = ParticipationUserGrant.objects.filter(source=GrantSource.BALLOT, user=world.who("ubnd.uv1"))
    assert set(left.values_list("permission__codename", flat=True)) == {"view_case"}


def test_nobody_stands_as_sender_of_the_decision_that_follows(world, running):
    cast_all(world, running, chair=FOR, vice_chair=FOR, uv1=FOR, uv2=FOR, uv3=FOR)

    entry = InboxEntry.objects.open().filter(node="decide")[0]
    assert (entry.sender, entry.agency) == ("", "")


def change_dossier(assignment):
    """Change what was put forward, past every door."""
    submission = assignment.submissions.get()
    Paragraph.objects.filter(revision=submission.revision).update(text="Nội dung khác hẳn.")


def test_cast_on_a_dossier_that_was_changed_is_refused(world, running):
    change_dossier(running)

    with translation.override("en"), pytest.raises(DomainError, match="no longer counts"):
        cast(world.who("ubnd.uv1"), running, FOR)

    assert not BallotSlip.objects.exclude(vote="").exists()


def test_ballot_on_a_dossier_that_was_changed_is_void_even_where_silence_would_carry_it(world, settings):
    settings.BALLOT = settings.BALLOT | {"silence": "FOR"}
    assignment = voting(world)
    change_dossier(assignment)

    timers.fire_due_timers(at=Ballot.objects.get().due_at)

    assert figures(Ballot.objects.get()) == (Outcome.VOID, 0, 0, 0, 5, False)
    with pytest.raises(BallotNotCarriedError):
        act(world.who("ubnd.vice_chair"), assignment, "decide", "approve")


# --- what follows ----------------------------------------------------------------------------------------------------

CARRIED = {"chair": FOR, "vice_chair": FOR, "uv1": FOR, "uv2": FOR, "uv3": AGAINST}
LOST = {"chair": FOR, "vice_chair": FOR, "uv1": AGAINST, "uv2": AGAINST, "uv3": AGAINST}


def test_approval_after_a_ballot_that_was_carried_goes_through(world, running):
    cast_all(world, running, **CARRIED)

    act(world.who("ubnd.vice_chair"), running, "decide", "approve")

    assert phase_of(running) == Phase.ISSUING


def test_approval_after_a_ballot_that_was_not_carried_is_refused(world, running):
    cast_all(world, running, **LOST)

    with pytest.raises(BallotNotCarriedError):
        act(world.who("ubnd.chair"), running, "decide", "approve")

    assert (phase_of(running), nodes(running)) == (Phase.DECIDING, ["decide"])


def test_approval_of_a_dossier_the_members_did_not_vote_on_is_refused(world, running):
    cast_all(world, running, **CARRIED)
    change_dossier(running)

    with pytest.raises(BallotNotCarriedError):
        act(world.who("ubnd.chair"), running, "decide", "approve")


def test_last_ballot_decides_where_there_were_several(world, running):
    cast_all(world, running, **LOST)
    call(world, running)
    cast_all(world, running, **CARRIED)

    act(world.who("ubnd.chair"), running, "decide", "approve")

    assert phase_of(running) == Phase.ISSUING


def test_return_after_a_ballot_turns_amendments_into_requirements_of_their_slips(world, running):
    uv1, uv2 = world.who("ubnd.uv1"), world.who("ubnd.uv2")
    cast(uv1, running, FOR, amendment="Bổ sung nguồn vốn.\n\n Nêu rõ cơ quan đôn đốc.")
    cast(uv2, running, AGAINST, amendment="Bổ sung nguồn vốn.")
    cast_all(world, running, chair=FOR, vice_chair=AGAINST, uv3=AGAINST)
    submission = running.submissions.get()
    offered = list(ballots.amendments_of(submission))
    assert offered == ["Bổ sung nguồn vốn.", "Nêu rõ cơ quan đôn đốc."]

    lines = "\n".join([*offered, "Rà soát lại thời hạn."])
    act(world.who("ubnd.chair"), running, "decide", "return", requirements=lines)

    slip = BallotSlip.objects.get(membership__user=uv1)
    assert list(Requirement.objects.order_by("number").values_list("number", "text", "slip")) == [
        (1, "Bổ sung nguồn vốn.", slip.pk),
        (2, "Nêu rõ cơ quan đôn đốc.", slip.pk),
        (3, "Rà soát lại thời hạn.", None),
    ]
    assert phase_of(running) == Phase.DISPOSING


def test_amendments_of_an_earlier_ballot_are_not_offered(world, running):
    cast(world.who("ubnd.uv1"), running, AGAINST, amendment="Bổ sung nguồn vốn.")
    cast_all(world, running, chair=FOR, vice_chair=FOR, uv2=FOR, uv3=FOR)
    call(world, running)
    cast_all(world, running, **CARRIED)

    assert ballots.amendments_of(running.submissions.get()) == {}


def test_submission_is_not_recalled_once_the_members_were_asked(world, running):
    cast_all(world, running, **LOST)
    running.refresh_from_db()

    assert submissions.last_submission(running, opened=submissions.opened()).opened
    with pytest.raises(DomainError):
        recalls.recall_submission(running, attempt(world.who("skhdt.head")), reason="Xin rút về")


def test_submission_the_members_were_not_asked_about_can_still_be_recalled(world):
    assignment = before_the_chair(world)
    assignment.refresh_from_db()

    assert not submissions.last_submission(assignment, opened=submissions.opened()).opened


def test_late_answers_still_follow_the_round_after_a_ballot(world, running):
    cast_all(world, running, **LOST)
    act(world.who("ubnd.chair"), running, "decide", "return", requirements="Làm lại.")
    process = CaseTask.objects.filter(process__assignment=running)[0].process

    host = rounds._last_host(process, actor(world.who("skhdt.head")))

    assert host.flow_task.name == "consult"


# --- what is told ----------------------------------------------------------------------------------------------------


def test_events_never_say_how_somebody_voted(world, running):
    cast_all(world, running, **LOST)

    told = {event.kind: event for event in Event.objects.filter(kind__startswith="ballot.")}
    assert set(told) == {"ballot.called", "ballot.cast", "ballot.closed"}
    cast_events = Event.objects.filter(kind="ballot.cast")
    assert cast_events.count() == 5
    base = {"directive", "code", "subject", "assignment", "title", "phase"}
    assert {frozenset(event.data) for event in cast_events} == {frozenset(base | {"number"})}
    closed = told["ballot.closed"].data
    assert {
        name: closed[name] for name in ("outcome", "for", "against", "abstained", "silent", "members")
    } == {
        "outcome": "NOT_CARRIED",
        "for": 2,
        "against": 3,
        "abstained": 0,
        "silent": 0,
        "members": 5,
    }
    assert told["ballot.closed"].actor_label == ""


def test_reminder_goes_out_once_and_only_while_slips_are_missing(world, running):
    moment = Ballot.objects.get().remind_at
    assert moment is not None
    assert balloting.remind_due(at=moment - timedelta(seconds=1)) == 0

    assert balloting.remind_due(at=moment) == 1
    assert balloting.remind_due(at=moment + timedelta(hours=1)) == 0

    (event,) = Event.objects.filter(kind="ballot.reminded")
    assert event.data["missing"] == 5


def test_reminder_of_a_closed_ballot_never_goes_out(world, running):
    moment = Ballot.objects.get().remind_at
    cast_all(world, running, **CARRIED)

    assert balloting.remind_due(at=moment) == 0


def test_no_reminder_is_planned_where_the_office_wants_none(world, settings):
    settings.BALLOT = settings.BALLOT | {"remind_days": 0}

    assert call(world, before_the_chair(world)).remind_at is None


def test_return_without_a_ballot_has_requirements_of_no_slip(world):
    assignment = before_the_chair(world)

    act(world.who("ubnd.chair"), assignment, "decide", "return", requirements="Làm rõ nguồn vốn.")

    assert list(Requirement.objects.values_list("text", "slip")) == [("Làm rõ nguồn vốn.", None)]
