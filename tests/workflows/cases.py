"""Cases brought to a node the long way: every agency disagrees and remarks, the Committee returns the plan once."""

from collections.abc import Callable, Iterator

from tests.factories import World, act, actor, advance, start, write_plan
from workflows.domain import dispositions, plans
from workflows.domain.answering import RemarkInput
from workflows.domain.directives import AssignmentInput
from workflows.models import ActionItem, Assignment, Product, Stance, Treatment

Step = Callable[[World, Assignment], None]


def case_at(node: str, world: World) -> Assignment:
    """Return a case brought to a node the short way."""
    assignment = start(world)
    advance(world, assignment, node)
    return assignment


def report_case(node: str, world: World) -> Assignment:
    """Return a case of the report flow at a node."""
    row = AssignmentInput(title="Báo cáo kết quả", text="Thực hiện", lead=world.lead, product=Product.REPORT)
    assignment = start(world, row)
    if node != "receive":
        act(world.who("skhdt.specialist"), assignment, "receive", "accept")
    if node == "confirm":
        act(
            world.who("skhdt.specialist"),
            assignment,
            "report",
            "report",
            text="Đã làm",
            document_number="1/BC",
        )
    return assignment


def grown_case(node: str, world: World, size: int) -> Assignment:
    """Return a case with `size` tasks, remarks of each agency and requirements at a node."""
    return next(assignment for name, assignment in growing_case(world, size) if name == node)


def growing_case(world: World, size: int) -> Iterator[tuple[str, Assignment]]:
    """Yield such a case at each node on its way."""
    assignment = start(world)
    for name, step in _long_way(size):
        if name:
            yield name, assignment
        step(world, assignment)
    yield "issue", assignment


def _long_way(size: int) -> list[tuple[str, Step]]:
    once = [("sign_submission", put_forward), ("review", clear), ("sign_review", sign_review)]
    first = [("", step) for _name, step in once]
    return [
        ("receive", lambda world, case: _do(world, case, "skhdt.specialist", "receive", "accept")),
        ("draft", lambda world, case: draft(world, case, size)),
        ("sign_request", lambda world, case: _do(world, case, "skhdt.head", "sign_request", "send")),
        ("prepare_opinion", lambda world, case: disagree(world, case, size)),
        ("dispose", answer_all),
        *first,
        ("", lambda world, case: send_back(world, case, size)),
        ("", answer_all),
        *once,
        ("decide", approve),
    ]


def draft(world: World, assignment: Assignment, size: int) -> None:
    """Write a plan with tasks and hand it to the head."""
    revision = plans.current_revision(assignment)
    for number in range(size):
        item = ActionItem.objects.create(
            revision=revision, position=number, task=f"Việc {number}", lead=world.lead
        )
        item.coordinating.set(world.others)
    write_plan(assignment)
    _do(world, assignment, "skhdt.specialist", "draft", "finish")


def disagree(world: World, assignment: Assignment, size: int) -> None:
    """Let every agency disagree with `size` remarks."""
    for agency in world.others:
        act(
            world.who(f"{agency.code}.head"),
            assignment,
            "prepare_opinion",
            "sign",
            agency=agency,
            stance=Stance.DISAGREE,
            reason="Chưa phù hợp",
            remarks=[RemarkInput(f"Góp ý {n}") for n in range(size)],
        )


def answer_remarks(world: World, assignment: Assignment) -> None:
    """Answer every remark."""
    who = actor(world.who("skhdt.specialist"))
    for remark in dispositions.open_remarks(assignment):
        dispositions.dispose_remark(remark, actor=who, treatment=Treatment.ACCEPTED, text="Đã sửa")


def answer_all(world: World, assignment: Assignment) -> None:
    """Answer every remark and requirement, and hand the plan to the head."""
    answer_remarks(world, assignment)
    who = actor(world.who("skhdt.specialist"))
    for requirement in dispositions.open_requirements(assignment):
        dispositions.answer_requirement(requirement, actor=who, answer="Đã sửa")
    _do(world, assignment, "skhdt.specialist", "dispose", "finish")


def put_forward(world: World, assignment: Assignment) -> None:
    """Sign and put forward."""
    act(world.who("skhdt.head"), assignment, "sign_submission", "submit", document_number="1216/TTr-SKHĐT")


def clear(world: World, assignment: Assignment) -> None:
    """Find the dossier complete."""
    act(world.who("vp.specialist"), assignment, "review", "clear", text="Giữ như dự thảo.")


def sign_review(world: World, assignment: Assignment) -> None:
    """Sign the Office's opinion."""
    act(world.who("vp.head"), assignment, "sign_review", "sign", text="Giữ như dự thảo.")


def send_back(world: World, assignment: Assignment, size: int) -> None:
    """Return the plan with `size` requirements."""
    requirements = "\n".join(f"Yêu cầu {n}" for n in range(size))
    act(world.who("ubnd.chair"), assignment, "decide", "return", requirements=requirements)


def approve(world: World, assignment: Assignment) -> None:
    """Approve over the disagreements."""
    act(world.who("ubnd.chair"), assignment, "decide", "approve", overrides=True)


def _do(world: World, assignment: Assignment, username: str, node: str, verb: str) -> None:
    act(world.who(username), assignment, node, verb)
