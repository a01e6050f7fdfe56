"""Playing the demonstration: one plan from receipt to issue, through the same acts the pages use."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db.models import Max
from django.utils import timezone

from accounts.authority import Actor, hats
from accounts.models import Agency, User
from notifications.models import Event
from workflows.domain import consultations, dispositions, editing, plans
from workflows.domain.answering import RemarkInput
from workflows.domain.editing import ItemInput
from workflows.flows import steps
from workflows.flows.timers import fire_due_timers
from workflows.models import (
    Anchor,
    Assignment,
    CaseTask,
    Directive,
    Paragraph,
    Phase,
    PlanRevision,
    Requirement,
    Stance,
    Treatment,
)

from . import case, load


class StuckError(Exception):
    """The play could not go on."""


@dataclass(frozen=True, slots=True)
class Line:
    """One act as it was played."""

    step: str
    actor: str
    agency: str
    phase: str
    event: str

    def as_dict(self) -> dict[str, str]:
        """Return the act as the command prints it."""
        return asdict(self)


def untouched() -> Assignment:
    """Return the plan-type assignment to play; issues the directive once more where the first was used."""
    found = _playable(
        Directive.objects.filter(symbol=case.SYMBOL, issued_on=case.ISSUED_ON).values_list("pk", flat=True)
    )
    if found is not None:
        return found
    last = Directive.objects.filter(symbol=case.SYMBOL).aggregate(last=Max("number"))["last"]
    again = _playable([load.issue(last + 1).pk])
    if again is None:
        message = "no assignment of the demonstration waits to be accepted"
        raise StuckError(message)
    return again


def _playable(directives: Any) -> Assignment | None:
    waiting = Assignment.objects.filter(
        directive__in=list(directives), number=case.PLAN_ROW, phase=Phase.RECEIVING
    )
    return waiting.select_related("directive__issuer", "lead").order_by("id").first()


class Play:
    """Plays one assignment; `lines()` yields what happened, act by act."""

    def __init__(self, assignment: Assignment) -> None:
        self.assignment = assignment
        self.lead = assignment.lead.code if assignment.lead else ""

    def lines(self) -> Iterator[Line]:
        """Play from receipt to the issued plan."""
        yield self.act(f"{self.lead}.specialist", "receive", "accept")
        yield from self.write()
        yield self.act(f"{self.lead}.specialist", "draft", "finish")
        yield self.act(
            f"{self.lead}.head", "sign_request", "send", note="Đề nghị các cơ quan tham gia ý kiến dự thảo."
        )
        yield from self.consult()
        yield from self.answer()
        yield from self.put_forward()
        yield self.act("ubnd.vice_chair", "decide", "return", requirements="\n".join(case.REQUIREMENTS))
        yield from self.meet_requirements()
        yield from self.put_forward()
        yield self.act("ubnd.vice_chair", "decide", "approve", overrides=True)
        yield self.act("vp.clerk", "issue", "issue", recipients=case.RECIPIENTS)

    def issued(self) -> str:
        """Return number and symbol of the issued plan."""
        decision = self.assignment.submissions.order_by("-number", "-id")[:1].get().decision
        return str(decision.issued_document.code) if decision else ""

    def act(self, username: str, node: str, verb: str, agency: str = "", **given: Any) -> Line:
        """Do one act as the person, on the page as it is now."""
        user = User.objects.get(username=username)
        task = self.task(node, agency)
        seen = task.flow_task.stamp(task.process.assignment) if task.flow_task.verb(verb).binds else ""
        own = hats(user)
        attempt = steps.Attempt(Actor(user=user, hat=own[0]), own, uuid4(), seen)
        steps.perform(task, verb, attempt, given)
        return self.line(f"{node}.{verb}", username, own[0].agency_code)

    def task(self, node: str, agency: str = "") -> CaseTask:
        """Return the open task at a node, of one agency where given."""
        tasks = (
            CaseTask.objects.open()
            .human()
            .with_case()
            .filter(process__assignment=self.assignment)
            .order_by("id")
        )
        for task in tasks:
            if task.flow_task.name == node and (not agency or task.participation.agency.code == agency):
                return task  # type: ignore[no-any-return]
        message = f"nobody waits at {node}"
        raise StuckError(message)

    def line(self, step: str, actor: str, agency: str) -> Line:
        """Return what just happened."""
        self.assignment.refresh_from_db(fields=["phase"])
        event = Event.objects.filter(chain=self.assignment.directive.chain).order_by("-seq")[:1].get()
        return Line(step, actor, agency, self.assignment.phase, event.kind)

    # --- the acts that are more than one call --------------------------------------------------------------------

    def write(self) -> Iterator[Line]:
        """Write the plan, its tasks, and choose whom to consult."""
        actor = self.drafter()
        revision = plans.current_revision(self.assignment)
        for paragraph in list(revision.paragraphs.order_by("position", "id")):
            editing.remove_paragraph(revision, paragraph.key, actor=actor)
        for level, text in case.PARAGRAPHS:
            editing.insert_paragraph(revision, after=None, level=level, text=text, actor=actor)
        by_code = {agency.code: agency for agency in Agency.objects.all()}
        for item in case.ITEMS:
            editing.save_item(revision, _item(item, by_code), actor=actor)
        plans.choose_coordinators(self.assignment, [by_code[code] for code in case.ASKED], actor=actor)
        yield self.line("draft.write", f"{self.lead}.specialist", self.lead)

    def consult(self) -> Iterator[Line]:
        """Every asked agency but one answers; the clock records the silent one at the due moment."""
        revision = plans.current_revision(self.assignment)
        for agency, (stance, remarks) in case.OPINIONS.items():
            given: dict[str, Any] = {"stance": Stance(stance), "remarks": _remarks(revision, remarks)}
            if given["remarks"]:
                yield self.act(f"{agency}.specialist", "prepare_opinion", "prepare", agency, **given)
                yield self.act(f"{agency}.head", "sign_opinion", "sign", agency, **given)
            else:
                yield self.act(f"{agency}.head", "prepare_opinion", "sign", agency, **given)
        due_at = consultations.open_round(self.assignment).due_at
        if not fire_due_timers(at=due_at):
            message = "the timer of the consultation did not fire"
            raise StuckError(message)
        yield self.line("consult.timeout", "", case.SILENT)

    def answer(self) -> Iterator[Line]:
        """Answer every remark, change the text where it was taken, hand over to the head."""
        actor = self.drafter()
        revision = plans.current_revision(self.assignment)
        for remark in dispositions.open_remarks(self.assignment):
            treatment, text, wording = next(
                a for start, a in case.ANSWERS.items() if remark.text.startswith(start)
            )
            if wording and remark.anchor_key:
                self.rewrite(revision, remark.anchor_key, wording)
            dispositions.dispose_remark(remark, actor=actor, treatment=Treatment(treatment), text=text)
            yield self.line("dispose.remark", f"{self.lead}.specialist", self.lead)
        yield self.act(f"{self.lead}.specialist", "dispose", "finish")

    def put_forward(self) -> Iterator[Line]:
        """The head signs, the Office reviews and signs."""
        yield self.act(f"{self.lead}.head", "sign_submission", "submit")
        yield self.act("vp.specialist", "review", "clear", text=case.REVIEW)
        yield self.act("vp.head", "sign_review", "sign", text=case.REVIEW)

    def meet_requirements(self) -> Iterator[Line]:
        """Do what the return asked for."""
        revision = plans.current_revision(self.assignment)
        paragraph = revision.paragraphs.get(text__startswith="Rà soát từng dự án")
        self.rewrite(revision, paragraph.key, case.REQUIRED_TEXT)
        for requirement in list(dispositions.open_requirements(self.assignment)):
            self.meet(requirement)
            yield self.line("dispose.requirement", f"{self.lead}.specialist", self.lead)
        yield self.act(f"{self.lead}.specialist", "dispose", "finish")

    def meet(self, requirement: Requirement) -> None:
        """Answer one requirement."""
        dispositions.answer_requirement(
            requirement, actor=self.drafter(), answer="Đã bổ sung vào nội dung giải ngân vốn."
        )

    def rewrite(self, revision: PlanRevision, key: UUID, text: str) -> None:
        """Change one paragraph of the open revision."""
        version = Paragraph.objects.get(revision=revision, key=key).version
        editing.save_paragraph(revision, key, version=version, text=text, actor=self.drafter())

    def drafter(self) -> Actor:
        """Return the lead's specialist."""
        return load.acting(User.objects.get(username=f"{self.lead}.specialist"))


def _item(item: case.Item, by_code: dict[str, Agency]) -> ItemInput:
    return ItemInput(
        task=item.task,
        lead=by_code[item.lead],
        coordinating=tuple(by_code[code] for code in item.coordinating),
        due_on=timezone.localdate() + timedelta(days=item.days),
        product=item.product,
        target=item.target,
    )


def _remarks(revision: PlanRevision, remarks: tuple[tuple[str, str, str], ...]) -> list[RemarkInput]:
    return [
        RemarkInput(
            text=text,
            anchor=Anchor.PARAGRAPH,
            suggestion=suggestion,
            anchor_key=revision.paragraphs.values_list("key", flat=True).get(text__startswith=start),
        )
        for start, text, suggestion in remarks
    ]
