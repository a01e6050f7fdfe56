"""A case in which everything is that a decision binds to: annexes, files, questions, replaced and upheld answers."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tests import handed_in
from tests.factories import World, act, actor, advance, start
from tests.workflows.answer_desk import before_the_committee, drafted, on, put_forward, uphold
from tests.workflows.plan_desk import in_days, send_request
from workflows.domain import annexes, consultations, dispositions, editing, files, plans
from workflows.domain.answering import RemarkInput
from workflows.domain.editing import ItemInput
from workflows.flows import rounds, timers
from workflows.models import (
    Assignment,
    Consultation,
    EarlierAnswer,
    Opinion,
    OpinionFile,
    Question,
    QuestionAnswer,
    Stance,
)


def upload(name: str) -> Any:
    """Return a small PDF of this name; another name has other bytes."""
    return SimpleUploadedFile(name, handed_in.pdf(name), content_type="application/pdf")


def annexed(world: World, assignment: Assignment, *names: str) -> None:
    """Let the drafter put files beside the text."""
    revision = plans.current_revision(assignment)
    annexes.add(revision, [upload(name) for name in names], actor=actor(world.who("skhdt.specialist")))


def full_case(world: World) -> Assignment:
    """Return a case before the Committee that holds something of every kind; the world has four other agencies."""
    assignment = start(world)
    advance(world, assignment, "draft")
    key = drafted(assignment)
    _items(world, assignment)
    annexed(world, assignment, "Danh mục dự án.pdf", "Dự toán.pdf")
    send_request(world, assignment)
    _answers(world, assignment, key)
    put_forward(world, assignment)
    remarks = list(dispositions.remarks_of(assignment))
    uphold(world, remarks[0], "Thuộc chức năng của S01")
    before_the_committee(world, assignment)
    return assignment


def decided_case(world: World) -> Assignment:
    """Return such a case approved over the disagreement, waiting for its number."""
    assignment = full_case(world)
    act(world.who("ubnd.chair"), assignment, "decide", "approve", overrides=True, text="Đồng ý")
    assignment.refresh_from_db()
    return assignment


def _items(world: World, assignment: Assignment) -> None:
    revision, who = plans.current_revision(assignment), actor(world.who("skhdt.specialist"))
    others = tuple(world.others[:2])
    for number in (1, 2):
        given = ItemInput(
            f"Rà soát {number}",
            world.lead,
            others,
            in_days(20 + number),
            f"Báo cáo {number}",
            f"{number} dự án",
        )
        editing.save_item(revision, given, actor=who)


def _answers(world: World, assignment: Assignment, key: Any) -> None:
    """S01 disagrees with a file and an earlier answer, S02 remarks, S03 is withdrawn, S04 silent."""
    consultation = consultations.open_round(assignment)
    Consultation.objects.filter(pk=consultation.pk).update(request_number="1/SKHĐT", request_on=in_days(0))
    remarks = [on(key, "Giao S01 chủ trì", "Giao Sở S01 chủ trì"), RemarkInput("Bổ sung nguồn vốn")]
    given = {"stance": Stance.DISAGREE, "reason": "Chưa có nguồn vốn", "document_number": "12/S01"}
    _sign(world, assignment, "s01", remarks=remarks, **given)
    _sign(world, assignment, "s02", stance=Stance.AGREE_WITH_REMARKS, remarks=[on(key, "Ý nhỏ")])
    question = Question.objects.create(
        consultation=consultation, number=1, text="Chọn phương án", options=["Một", "Hai"], picks=1
    )
    _beside(world, assignment, question)
    lead = actor(world.who("skhdt.head"))
    third = Opinion.objects.select_related("consultation__assignment__directive", "participation__agency")
    rounds.withdraw(third.get(participation__agency__code="s03"), reason="Ngoài phạm vi", actor=lead)
    timers.fire_due_timers(at=consultations.open_round(assignment).due_at)


def _sign(world: World, assignment: Assignment, code: str, **given: Any) -> None:
    agency = next(agency for agency in world.others if agency.code == code)
    act(world.who(f"{code}.head"), assignment, "prepare_opinion", "sign", agency=agency, **given)


def _beside(world: World, assignment: Assignment, question: Question) -> None:
    first = Opinion.objects.get(participation__agency__code="s01")
    who = actor(world.who("s01.head"))
    stored, _created = files.keep_file(upload("Công văn trả lời.pdf"), assignment, actor=who)
    OpinionFile.objects.create(
        opinion=first, file=stored, is_given=True, added_by=who.person, added_at=timezone.now()
    )
    QuestionAnswer.objects.create(opinion=first, question=question, chosen=[2])
    EarlierAnswer.objects.create(
        opinion=first,
        number=1,
        stance=Stance.AGREE,
        content={"stance": "AGREE", "reason": "", "document_number": "11/S01", "remarks": [], "files": []},
        signed_by=who.person,
        signed_as="Giám đốc S01",
        answered_at=timezone.now(),
        replaced_at=timezone.now(),
    )
