"""A consultation with everything the table of opinions accounts for, made through the real acts.

Round 1 (draft 1): s01 replaced its answer and made three remarks, s02 disagreed, s03 was silent, s04 was withdrawn,
s05 answered late. Round 2 (the next draft) asked s01 and s02 again.
"""

from typing import Any

from django.utils import timezone

from tests.factories import World, act, actor, advance, start, write_plan
from workflows.domain import consultations, dispositions, plans
from workflows.domain.answering import RemarkInput
from workflows.domain.dispositions import AnswerToRemark
from workflows.flows import rounds
from workflows.flows.timers import fire_due_timers
from workflows.models import (
    ActionItem,
    Anchor,
    Assignment,
    Disposition,
    Opinion,
    Remark,
    RequestDraft,
    Stance,
    Treatment,
)

QUESTION = {"text": "Phương án bố trí kinh phí", "options": ["Ngân sách.", "Xã hội hóa."], "picks": 1}


def opinion_of(assignment: Assignment, code: str, round_number: int = 1) -> Opinion:
    """Return an agency's opinion in a round, loaded as the acts want it."""
    return Opinion.objects.select_related(
        "consultation__assignment__directive", "participation__agency", "participation__assignment__directive"
    ).get(
        consultation__assignment=assignment,
        participation__agency__code=code,
        consultation__round=round_number,
    )


def say(
    world: World, assignment: Assignment, code: str, *, node: str = "prepare_opinion", **given: Any
) -> None:
    """Sign an agency's opinion."""
    agency = next(agency for agency in world.others if agency.code == code)
    act(world.who(f"{code}.head"), assignment, node, "sign", agency=agency, **given)


def send(world: World, node: str, assignment: Assignment, **given: Any) -> None:
    """Sign the request with one question."""
    RequestDraft.objects.create(
        assignment=assignment,
        questions=[QUESTION],
        saved_by=world.who("skhdt.head"),
        saved_at=timezone.now(),
    )
    act(world.who("skhdt.head"), assignment, node, "send", draft_version=1, **given)


def answer(world: World, remark: Remark, treatment: str, text: str, **more: Any) -> Disposition:
    """Answer a remark as the lead's specialist."""
    given = AnswerToRemark(Treatment(treatment), text, **more)
    return rounds.dispose_remarks({remark: 0}, given, actor=actor(world.who("skhdt.specialist")))[0]


def first_round(world: World) -> Assignment:
    """Return a case whose first round is over and not yet answered."""
    assignment = start(world)
    advance(world, assignment, "draft")
    write_plan(assignment)
    revision = plans.current_revision(assignment)
    item = ActionItem.objects.create(revision=revision, position=0, task="Rà soát dự án", lead=world.lead)
    act(world.who("skhdt.specialist"), assignment, "draft", "finish")
    send(world, "sign_request", assignment, request_number="12/SKHĐT-TH")
    place = revision.paragraphs.get(position=99).key
    remarks = [
        RemarkInput("Bổ sung nguồn kinh phí", Anchor.PARAGRAPH, place, "từ ngân sách thành phố"),
        RemarkInput("Bỏ nhiệm vụ này", Anchor.ACTION_ITEM, item.key),
        RemarkInput("Sửa lỗi trình bày"),
    ]
    say(world, assignment, "s01", stance=Stance.AGREE, answers={1: [1]})
    rounds.answer_again(opinion_of(assignment, "s01").participation, actor=actor(world.who("s01.head")))
    said = {"stance": Stance.AGREE_WITH_REMARKS, "remarks": remarks, "document_number": "5/S01"}
    say(world, assignment, "s01", node="replace_opinion", answers={1: [2]}, **said)
    say(world, assignment, "s02", stance=Stance.DISAGREE, reason="Chưa phù hợp", answers={1: [1]})
    rounds.withdraw(
        opinion_of(assignment, "s04"), reason="Không thuộc phạm vi", actor=actor(world.who("skhdt.head"))
    )
    fire_due_timers(at=consultations.open_round(assignment).due_at)
    rounds.answer_again(opinion_of(assignment, "s05").participation, actor=actor(world.who("s05.head")))
    say(world, assignment, "s05", node="replace_opinion", stance=Stance.AGREE, answers={1: [1]})
    return assignment


def two_rounds(world: World) -> Assignment:
    """Return a case after two rounds, every remark of the first answered; one answer is upheld against."""
    assignment = first_round(world)
    first, second, third, disagreement = dispositions.remarks_of(assignment)
    answer(world, first, "ACCEPTED", "Đã bổ sung")
    upheld = answer(world, second, "EXPLAINED", "Nhiệm vụ do Chính phủ giao")
    answer(world, third, "ACCEPTED", "Không có lỗi nào còn lại", needs_no_change=True)
    answer(world, disagreement, "EXPLAINED", "Đã phù hợp với Nghị quyết")
    specialist = world.who("skhdt.specialist")
    plans.choose_coordinators(assignment, world.others[:2], actor=actor(specialist))
    act(specialist, assignment, "dispose", "ask_again")
    send(world, "sign_again", assignment)
    upheld.refresh_from_db()
    dispositions.uphold(
        upheld, version=upheld.version, text="Vượt thẩm quyền", actor=actor(world.who("s01.head"))
    )
    say(world, assignment, "s01", stance=Stance.AGREE, answers={1: [1]})
    say(
        world,
        assignment,
        "s02",
        stance=Stance.AGREE_WITH_REMARKS,
        remarks=[RemarkInput("Góp ý lần hai")],
        answers={1: [1]},
    )
    return assignment
