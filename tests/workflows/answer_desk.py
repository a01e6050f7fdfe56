"""Cases with remarks to answer, answered, put forward, and the fields of the forms that do so."""

from typing import Any
from uuid import uuid4

from tests.factories import World, act, actor, write_plan
from tests.workflows.plan_desk import send_request
from workflows.domain import consultations, dispositions, plans
from workflows.domain.answering import RemarkInput
from workflows.flows.timers import fire_due_timers
from workflows.models import Anchor, Assignment, Remark, Treatment


def drafted(assignment: Assignment) -> Any:
    """Put a paragraph into the draft; return its key."""
    write_plan(assignment)
    return plans.current_revision(assignment).paragraphs.get(position=99).key


def consulted(world: World, assignment: Assignment, *opinions: list[RemarkInput]) -> list[Remark]:
    """Send the draft out; the agencies in turn make these remarks, the others are silent. Return the remarks."""
    send_request(world, assignment)
    for agency, remarks in zip(world.others, opinions, strict=False):
        given = {"stance": "AGREE_WITH_REMARKS" if remarks else "AGREE", "remarks": remarks}
        act(world.who(f"{agency.code}.head"), assignment, "prepare_opinion", "sign", agency=agency, **given)
    if len(opinions) < len(world.others):
        fire_due_timers(at=consultations.open_round(assignment).due_at)
    return list(dispositions.remarks_of(assignment))


def on(key: Any, text: str, suggestion: str = "") -> RemarkInput:
    """Return a remark on a paragraph."""
    return RemarkInput(text, Anchor.PARAGRAPH, key, suggestion)


def rewritten(assignment: Assignment, key: Any, text: str) -> None:
    """Change a paragraph of the open revision."""
    plans.current_revision(assignment).paragraphs.filter(key=key).update(text=text)


def answered(world: World, assignment: Assignment, treatment: str = Treatment.EXPLAINED) -> None:
    """Answer what is open, all in the same way."""
    for remark in dispositions.open_remarks(assignment):
        dispositions.dispose_remark(
            remark,
            actor=actor(world.who("skhdt.specialist")),
            treatment=Treatment(treatment),
            text="Giữ như dự thảo",
        )


def put_forward(world: World, assignment: Assignment) -> None:
    """Answer what is open, sign and put the plan forward."""
    answered(world, assignment)
    act(world.who("skhdt.specialist"), assignment, "dispose", "finish")
    act(world.who("skhdt.head"), assignment, "sign_submission", "submit", document_number="1216/TTr-SKHĐT")


def before_the_committee(world: World, assignment: Assignment) -> None:
    """Let the Office clear the dossier."""
    act(world.who("vp.specialist"), assignment, "review", "clear", text="Giữ như dự thảo.")
    act(world.who("vp.head"), assignment, "sign_review", "sign", text="Giữ như dự thảo.")


def uphold(world: World, remark: Remark, text: str = "Thuộc chức năng của cơ quan") -> None:
    """Uphold the view of the remark's agency against the answer there is now."""
    answer = dispositions.remarks_of(remark.opinion.consultation.assignment).get(pk=remark.pk).disposition
    head = world.who(f"{remark.opinion.participation.agency.code}.head")
    dispositions.uphold(answer, version=answer.version, text=text, actor=actor(head))


def upholding(
    remark: Remark, *, text: str = "Vẫn giữ ý kiến", version: int = 1, **more: Any
) -> dict[str, Any]:
    """Return the fields of the form of upholding."""
    return {"remark": str(remark.pk), "version": str(version), "text": text, "key": str(uuid4())} | more
