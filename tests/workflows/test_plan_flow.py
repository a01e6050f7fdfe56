"""The plan flow, node by node: who may do what, where it leads, and that loops work any number of times."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import act, advance, make_world, open_task, stamp, start, write_plan
from tests.workflows.cases import answer_remarks
from workflows import inbox
from workflows.domain import dispositions, plans
from workflows.domain.answering import RemarkInput
from workflows.domain.errors import DomainError, NotAllowedError
from workflows.flows.timers import fire_due_timers
from workflows.models import CaseTask, Consultation, Opinion, OpinionState, Phase, Role, Stance

pytestmark = pytest.mark.django_db


def phase(assignment):
    assignment.refresh_from_db()
    return assignment.phase


def names(assignment):
    return sorted(
        t.flow_task.name for t in CaseTask.objects.open().human().filter(process__assignment=assignment)
    )


def test_shortest_way_ends_in_an_issued_plan():
    world = make_world(2)
    assignment = start(world)

    advance(world, assignment, "issued")

    assert phase(assignment) == Phase.ISSUED
    assert assignment.submissions.get().decision.issued_document.code == "01/KH-UBND"
    assert assignment.processes.get().finished is not None
    assert names(assignment) == []
    assert list(inbox.check()) == []


def test_numbers_of_one_series_have_no_gap():
    world = make_world(1)
    codes = []
    for _ in range(3):
        assignment = start(world)
        advance(world, assignment, "issued")
        codes.append(assignment.submissions.get().decision.issued_document.code)
    assert codes == ["01/KH-UBND", "02/KH-UBND", "03/KH-UBND"]


def test_declined_assignment_is_reassigned_and_the_former_lead_loses_every_right():
    world = make_world(2)
    assignment = start(world)

    act(
        world.who("skhdt.specialist"), assignment, "receive", "decline", reason="Không thuộc chức năng của Sở"
    )
    assert phase(assignment) == Phase.REASSIGNING
    other = world.others[0]
    plans.choose_coordinators(assignment, world.others[1:], actor=_actor(world))
    act(world.who("vp.specialist"), assignment, "reassign", "reassign", lead=other, reason="Đúng chức năng")

    assert phase(assignment) == Phase.RECEIVING
    assert open_task(assignment, "receive").participation.agency == other
    with pytest.raises(NotAllowedError):
        act(world.who("skhdt.specialist"), assignment, "receive", "accept")
    act(world.who(f"{other.code}.specialist"), assignment, "receive", "accept")
    assert names(assignment) == ["draft"]
    assert list(inbox.check()) == []


def _actor(world):
    from tests.factories import actor

    return actor(world.who("vp.specialist"))


def test_reassigning_to_a_coordinating_agency_is_refused():
    world = make_world(2)
    assignment = start(world)
    act(
        world.who("skhdt.specialist"), assignment, "receive", "decline", reason="Không thuộc chức năng của Sở"
    )
    with pytest.raises(DomainError) as refusal:
        act(world.who("vp.specialist"), assignment, "reassign", "reassign", lead=world.others[0], reason="x")
    assert refusal.value.field == "lead"
    assert phase(assignment) == Phase.REASSIGNING


def test_decline_with_a_short_reason_is_refused():
    world = make_world(1)
    assignment = start(world)
    with pytest.raises(DomainError):
        act(world.who("skhdt.specialist"), assignment, "receive", "decline", reason="không")
    assert names(assignment) == ["receive"]


def test_empty_plan_does_not_leave_the_drafter():
    world = make_world(1)
    assignment = start(world)
    advance(world, assignment, "draft")
    with pytest.raises(DomainError):
        act(world.who("skhdt.specialist"), assignment, "draft", "finish")
    assert names(assignment) == ["draft"]


def test_head_returns_the_draft_and_signs_it_the_second_time():
    world = make_world(1)
    assignment = start(world)
    advance(world, assignment, "sign_request")
    head, specialist = world.who("skhdt.head"), world.who("skhdt.specialist")

    for _ in range(3):
        act(head, assignment, "sign_request", "return", reason="Bổ sung chỉ tiêu")
        act(specialist, assignment, "draft", "finish")
    act(head, assignment, "sign_request", "send")

    assert phase(assignment) == Phase.CONSULTING
    assert names(assignment) == ["prepare_opinion"]


def test_specialist_does_not_sign_for_the_lead():
    world = make_world(1)
    assignment = start(world)
    advance(world, assignment, "sign_request")
    with pytest.raises(NotAllowedError):
        act(world.who("skhdt.specialist"), assignment, "sign_request", "send")


def test_request_freezes_the_revision_and_opens_one_task_for_each_agency():
    world = make_world(3)
    assignment = start(world)
    advance(world, assignment, "prepare_opinion")

    revision = plans.current_revision(assignment)
    assert revision.is_frozen
    assert names(assignment) == ["prepare_opinion"] * 3
    asked = Opinion.objects.values_list("participation__agency__code", "state").order_by("id")
    assert list(asked) == [(agency.code, OpinionState.ASKED) for agency in world.others]
    assert list(inbox.check()) == []


def test_opinion_is_prepared_returned_and_signed_by_the_head():
    world = make_world(2)
    assignment = start(world)
    advance(world, assignment, "prepare_opinion")
    agency = world.others[0]
    specialist, head = world.who(f"{agency.code}.specialist"), world.who(f"{agency.code}.head")
    given = {"stance": Stance.AGREE_WITH_REMARKS, "remarks": [RemarkInput(text="Nêu rõ kinh phí")]}

    act(specialist, assignment, "prepare_opinion", "prepare", agency=agency, **given)
    act(head, assignment, "sign_opinion", "return", agency=agency, reason="Bổ sung căn cứ")
    act(specialist, assignment, "prepare_opinion", "prepare", agency=agency, **given)
    act(head, assignment, "sign_opinion", "sign", agency=agency, **given)

    opinion = Opinion.objects.get(participation__agency=agency)
    assert (opinion.state, opinion.stance, opinion.signed_by) == (
        OpinionState.GIVEN,
        Stance.AGREE_WITH_REMARKS,
        head,
    )
    assert [r.text for r in opinion.remarks.all()] == ["Nêu rõ kinh phí"]
    assert names(assignment) == ["prepare_opinion"]


def test_nobody_gives_another_agencys_opinion():
    world = make_world(2)
    assignment = start(world)
    advance(world, assignment, "prepare_opinion")
    with pytest.raises(NotAllowedError):
        act(
            world.who("s01.head"),
            assignment,
            "prepare_opinion",
            "sign",
            agency=world.others[1],
            stance=Stance.AGREE,
        )


def test_join_fires_once_when_the_last_agency_has_answered():
    world = make_world(3)
    assignment = start(world)
    advance(world, assignment, "prepare_opinion")
    for agency in world.others:
        assert "dispose" not in names(assignment)
        act(
            world.who(f"{agency.code}.head"),
            assignment,
            "prepare_opinion",
            "sign",
            agency=agency,
            stance=Stance.AGREE,
        )

    assert names(assignment) == ["dispose"]
    joins = [
        t for t in CaseTask.objects.filter(process__assignment=assignment) if t.flow_task.name == "gather"
    ]
    assert len(joins) == 1
    assert Consultation.objects.get().closing == "ALL_ANSWERED"
    assert fire_due_timers(at=timezone.now() + timedelta(days=400)) == 0


def test_silence_is_recorded_by_the_clock_at_the_due_moment():
    world = make_world(3)
    assignment = start(world)
    advance(world, assignment, "prepare_opinion")
    answered, prepared, silent = world.others
    act(
        world.who(f"{answered.code}.head"),
        assignment,
        "prepare_opinion",
        "sign",
        agency=answered,
        stance=Stance.AGREE,
    )
    act(
        world.who(f"{prepared.code}.specialist"),
        assignment,
        "prepare_opinion",
        "prepare",
        agency=prepared,
        stance=Stance.AGREE,
    )
    due_at = Consultation.objects.get().due_at

    assert fire_due_timers(at=due_at - timedelta(seconds=1)) == 0
    assert fire_due_timers(at=due_at) == 1
    assert fire_due_timers(at=due_at) == 0

    stances = dict(Opinion.objects.values_list("participation__agency__code", "stance"))
    assert stances == {
        answered.code: Stance.AGREE,
        prepared.code: Stance.DEEMED_AGREED,
        silent.code: Stance.DEEMED_AGREED,
    }
    assert Opinion.objects.filter(stance=Stance.DEEMED_AGREED, signed_by__isnull=False).count() == 0
    assert names(assignment) == ["dispose"]
    assert phase(assignment) == Phase.DISPOSING
    assert list(inbox.check()) == []


def test_plan_is_not_put_forward_while_a_remark_is_open():
    world = make_world(1)
    assignment = start(world)
    advance(world, assignment, "prepare_opinion")
    agency = world.others[0]
    act(
        world.who(f"{agency.code}.head"),
        assignment,
        "prepare_opinion",
        "sign",
        agency=agency,
        stance=Stance.AGREE_WITH_REMARKS,
        remarks=[RemarkInput(text="Nêu rõ kinh phí")],
    )
    drafter = world.who("skhdt.specialist")
    with pytest.raises(dispositions.OpenRemarksError):
        act(drafter, assignment, "dispose", "finish")

    remark = dispositions.open_remarks(assignment)[0]
    from tests.factories import actor

    dispositions.dispose_remark(remark, actor=actor(drafter), treatment="ACCEPTED", text="")
    act(drafter, assignment, "dispose", "finish")
    assert names(assignment) == ["sign_submission"]


def test_return_by_the_approver_comes_back_with_every_requirement_answered():
    world = make_world(1)
    assignment = start(world)
    advance(world, assignment, "decide")
    drafter = world.who("skhdt.specialist")
    from tests.factories import actor

    for _ in range(2):
        act(
            world.who("ubnd.vice_chair"),
            assignment,
            "decide",
            "return",
            requirements="Làm rõ kinh phí\nBổ sung chỉ tiêu",
        )
        assert phase(assignment) == Phase.DISPOSING
        with pytest.raises(DomainError):
            act(drafter, assignment, "dispose", "finish")
        for requirement in list(dispositions.open_requirements(assignment)):
            dispositions.answer_requirement(requirement, actor=actor(drafter), answer="Đã bổ sung")
        write_plan(assignment, "Bổ sung")
        act(drafter, assignment, "dispose", "finish")
        act(world.who("skhdt.head"), assignment, "sign_submission", "submit")
        act(world.who("vp.head"), assignment, "review", "sign", text="Đủ điều kiện")

    act(world.who("ubnd.chair"), assignment, "decide", "approve")
    assert phase(assignment) == Phase.ISSUING
    assert [s.number for s in assignment.submissions.order_by("number")] == [1, 2, 3]


def test_office_returns_an_incomplete_dossier():
    world = make_world(1)
    assignment = start(world)
    advance(world, assignment, "review")
    act(
        world.who("vp.specialist"),
        assignment,
        "review",
        "refuse",
        grounds=["MISSING_PARTS"],
        text="Thiếu bảng tổng hợp",
    )
    assert phase(assignment) == Phase.DISPOSING
    assert names(assignment) == ["dispose"]
    assert not plans.current_revision(assignment).is_frozen


def test_rejection_ends_the_process():
    world = make_world(1)
    assignment = start(world)
    advance(world, assignment, "decide")
    act(world.who("ubnd.chair"), assignment, "decide", "reject", reason="Không còn phù hợp")
    assert phase(assignment) == Phase.REJECTED
    assert assignment.processes.get().finished is not None
    assert names(assignment) == []


def test_approver_who_drafted_may_not_decide():
    world = make_world(1)
    assignment = start(world)
    advance(world, assignment, "decide")
    chair = world.who("ubnd.chair")
    plans.current_revision(assignment).authors.add(chair)
    with pytest.raises(NotAllowedError):
        act(chair, assignment, "decide", "approve")


def test_disagreement_must_be_seen_before_approval():
    world = make_world(1)
    assignment = start(world)
    advance(world, assignment, "prepare_opinion")
    agency = world.others[0]
    act(
        world.who(f"{agency.code}.head"),
        assignment,
        "prepare_opinion",
        "sign",
        agency=agency,
        stance=Stance.DISAGREE,
        reason="Không khả thi",
    )
    with pytest.raises(DomainError, match="S01"):  # a bare reason is a remark: it needs an answer
        act(world.who("skhdt.specialist"), assignment, "dispose", "finish")
    answer_remarks(world, assignment)
    act(world.who("skhdt.specialist"), assignment, "dispose", "finish")
    act(world.who("skhdt.head"), assignment, "sign_submission", "submit")
    act(world.who("vp.head"), assignment, "review", "sign", text="Đủ điều kiện")

    with pytest.raises(DomainError) as refusal:
        act(world.who("ubnd.chair"), assignment, "decide", "approve")
    assert refusal.value.field == "overrides"
    act(world.who("ubnd.chair"), assignment, "decide", "approve", overrides=True)
    assert phase(assignment) == Phase.ISSUING


def test_only_the_clerk_numbers():
    world = make_world(1)
    assignment = start(world)
    advance(world, assignment, "issue")
    for username in ("vp.specialist", "vp.head", "ubnd.chair", "skhdt.head"):
        with pytest.raises(NotAllowedError):
            act(world.who(username), assignment, "issue", "issue")


def test_rights_are_granted_to_the_parts_alone():
    world = make_world(2)
    assignment = start(world)
    parts = assignment.participations.current()
    granted = {(p.role, p.agency.code): p.group_grants.count() for p in parts}
    assert granted[(Role.COORDINATE, "s01")] == 0
    assert granted[(Role.LEAD, "skhdt")] > 0


def test_stamp_changes_with_every_edit():
    world = make_world(1)
    assignment = start(world)
    advance(world, assignment, "draft")
    from tests.factories import actor
    from workflows.domain import editing

    before = stamp(assignment)
    revision = plans.current_revision(assignment)
    paragraph = revision.paragraphs.order_by("position")[1]
    editing.save_paragraph(
        revision, paragraph.key, version=1, text="Nội dung", actor=actor(world.who("skhdt.specialist"))
    )
    assert stamp(assignment) != before
