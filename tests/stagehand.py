"""What works beside a running system (tests/systems.py): orders come as JSON lines, answers go as JSON lines.

Every case is led by the demonstration's lead; acts go through the same door as the pages'.
"""

import json
import sys
from collections.abc import Callable
from typing import Any

import django

django.setup()

from django.db.models import Count, Max, Min  # noqa: E402 - Django is set up only now

from accounts.models import Agency, User  # noqa: E402
from notifications import relay  # noqa: E402
from notifications.models import Event, Notification, NotificationCursor  # noqa: E402
from tests import factories, injecting  # noqa: E402
from tests.factories import World  # noqa: E402
from tests.workflows.bulk_desk import fit_case  # noqa: E402
from workflows.domain import dispositions, editing, plans  # noqa: E402
from workflows.domain.answering import RemarkInput  # noqa: E402
from workflows.domain.directives import AssignmentInput  # noqa: E402
from workflows.models import Anchor, Assignment, CaseProcess, CaseTask, Decision, Remark, Treatment  # noqa: E402

LEAD = "skhdt"
ASKED = ("stc", "sct")
REPORT = ("report", "confirm")
STAGES: list[Any] = []  # the case that takes hostile texts, between two orders
ASIDE = ("reassign", "sign_opinion", "remarks", "answers")


def case_at(*, node: str, asked: tuple[str, ...] = ASKED) -> dict[str, Any]:
    """Begin an assignment and bring it to a node, or aside (`remarks` to answer, `answers` read); return its pages."""
    world = _world(asked)
    if node in REPORT:
        return _report_at(world, node)
    assignment = factories.start(world)
    if node in ASIDE:
        _turn_aside(world, assignment, node)
    else:
        factories.advance(world, assignment, node)
    return case(assignment=str(assignment.public_id))


def fit_cases(*, count: int) -> list[dict[str, Any]]:
    """Bring cases before the Committee whose dossiers pass every check; return their pages."""
    world = _world(ASKED)
    return [case(assignment=str(fit_case(world).public_id)) for _number in range(count)]


def _report_at(world: World, node: str) -> dict[str, Any]:
    """Begin an assignment that ends in a report, accepted, and reported where `node` is confirm."""
    row = AssignmentInput(title="Báo cáo giải ngân vốn đầu tư công", text="Chủ trì tổng hợp", lead=world.lead)
    assignment = factories.start(world, row)
    specialist = world.who(f"{LEAD}.specialist")
    factories.act(specialist, assignment, "receive", "accept")
    if node == "confirm":
        given = {"text": "Đã giải ngân 61,2% kế hoạch vốn.", "document_number": "1250/BC-SKHĐT"}
        factories.act(specialist, assignment, "report", "report", **given)
    return case(assignment=str(assignment.public_id))


def _turn_aside(world: World, assignment: Assignment, node: str) -> None:
    """Leave the shortest way: a lead that declines, an opinion that waits for its head, remarks to answer."""
    if node == "reassign":
        reason = "Nhiệm vụ này thuộc chức năng của Sở Tài chính."
        factories.act(world.who(f"{LEAD}.head"), assignment, "receive", "decline", reason=reason)
        return
    factories.advance(world, assignment, "prepare_opinion")
    key = plans.current_revision(assignment).paragraphs.get(position=99).key
    remark = RemarkInput(
        text="Ghi rõ nguồn kinh phí.", anchor=Anchor.PARAGRAPH, anchor_key=key, suggestion="Từ dự toán"
    )
    for agency in world.others:
        who, verb = ("specialist", "prepare") if node == "sign_opinion" else ("head", "sign")
        given = {"stance": "AGREE_WITH_REMARKS", "remarks": [remark]}
        factories.act(
            world.who(f"{agency.code}.{who}"), assignment, "prepare_opinion", verb, agency=agency, **given
        )
    if node == "answers":
        _answer_remarks(world, assignment)


def _answer_remarks(world: World, assignment: Assignment) -> None:
    """Take every remark, without a change of the text, and put the plan forward."""
    specialist = world.who(f"{LEAD}.specialist")
    for remark in dispositions.open_remarks(assignment):
        dispositions.dispose_remark(
            remark, actor=factories.actor(specialist), treatment=Treatment.ACCEPTED, text="Tiếp thu."
        )
    factories.act(specialist, assignment, "dispose", "finish")
    factories.act(world.who(f"{LEAD}.head"), assignment, "sign_submission", "submit")


def case(*, assignment: str) -> dict[str, Any]:
    """Tell where a case stands: its pages, its open tasks by node and agency, what was decided."""
    found = Assignment.objects.select_related("directive").get(public_id=assignment)
    plan = getattr(found, "plan", None)
    return {
        "assignment": str(found.public_id),
        "directive": str(found.directive.public_id),
        "title": found.title,
        "phase": found.phase,
        "plan": str(plan.public_id) if plan else "",
        "tasks": {_place(task): str(task.public_id) for task in _open_tasks(found)},
        "decisions": list(
            Decision.objects.filter(submission__assignment=found)
            .order_by("id")
            .values_list("verb", flat=True)
        ),
        "remarks": Remark.objects.filter(opinion__consultation__assignment=found).count(),
        "paragraphs": _paragraphs(plan),
    }


def act(
    *, assignment: str, username: str, node: str, verb: str, agency: str = "", **given: Any
) -> dict[str, Any]:
    """Do one act as the person; return where the case stands then."""
    found = Assignment.objects.select_related("directive", "lead").get(public_id=assignment)
    person = User.objects.get(username=username)
    of = Agency.objects.get(code=agency) if agency else None
    factories.act(person, found, node, verb, agency=of, **given)
    return case(assignment=assignment)


def rewrite(*, assignment: str, username: str, key: str, text: str) -> int:
    """Save one paragraph of the open revision as the person; return its new version."""
    revision = plans.current_revision(Assignment.objects.get(public_id=assignment))
    paragraph = revision.paragraphs.get(key=key)
    actor = factories.actor(User.objects.get(username=username))
    saved = editing.save_paragraph(revision, paragraph.key, version=paragraph.version, text=text, actor=actor)
    return int(saved.version)


def meet_requirements(*, assignment: str) -> int:
    """Answer what the last return asked for; return how much that was."""
    found = Assignment.objects.get(public_id=assignment)
    actor = factories.actor(User.objects.get(username=f"{LEAD}.specialist"))
    waiting = list(dispositions.open_requirements(found))
    for requirement in waiting:
        dispositions.answer_requirement(requirement, actor=actor, answer="Đã bổ sung.")
    return len(waiting)


def directives(*, count: int) -> int:
    """Issue so many directives, each with a plan-type assignment; return how many events wait to be told."""
    world = _world(ASKED)
    for _number in range(count):
        factories.start(world)
    return pending()


def pending() -> int:
    """Count the events whose readers have not been told."""
    return Event.objects.filter(dispatched_at=None).count()


def last_event() -> int:
    """Return the newest event's key."""
    return int(Event.objects.aggregate(last=Max("id"))["last"] or 0)


def feeds() -> dict[str, Any]:
    """Tell what is wrong with all feeds together: events not told or given up, feeds with gaps."""
    told = Notification.objects.values("user").annotate(n=Count("seq"), first=Min("seq"), last=Max("seq"))
    heads = dict(NotificationCursor.objects.values_list("user", "last_seq"))
    return {
        "pending": pending(),
        "dead": Event.objects.exclude(dead_at=None).count(),
        "gaps": [row["user"] for row in told if not row["n"] == row["last"] == heads[row["user"]]],
    }


def readers(*, since: int) -> dict[str, int]:
    """Count who ought to have been told of the events after `since`, as the notices say now, and who was.

    Only meaningful for cases that stood still since: readers are found at the moment of telling.
    """
    events = Event.objects.filter(pk__gt=since)
    due = {(event.pk, user_id) for event in events for user_id in relay._recipients(event)}
    told = set(Notification.objects.filter(event__in=events).values_list("event", "user"))
    return {"due": len(due), "told": len(told), "missing": len(due - told), "strange": len(told - due)}


def inject(*, texts: list[str], size: int) -> dict[str, Any]:
    """Begin a case whose every field takes a hostile text; return the first pages that show them (`injected`)."""
    STAGES[:] = [injecting.stage(_world(ASKED), texts, size)]
    return injected()


def injected() -> dict[str, Any]:
    """Bring that case to its next stage; return the pages to look at, none where it has come to its end."""
    pages, injector = next(STAGES[0], ([], None))
    if injector is None:
        return {"pages": []}
    return {"pages": pages, "left": injector.left, "fields": injector.fields}


def unfinished() -> int:
    """Count the processes that are open without a task anybody or any timer could end."""
    stuck = CaseProcess.objects.filter(finished=None).exclude(
        pk__in=CaseTask.objects.open().values("process")
    )
    return int(stuck.count())


def _world(asked: tuple[str, ...]) -> World:
    """Return the demonstration's people as the factories know a world."""
    agencies = {agency.code: agency for agency in Agency.objects.all()}
    return World(
        committee=agencies["ubnd"],
        office=agencies["vp"],
        lead=agencies[LEAD],
        others=[agencies[code] for code in asked],
        people={user.username: user for user in User.objects.all()},
    )


def _open_tasks(assignment: Assignment) -> Any:
    return CaseTask.objects.open().human().with_case().filter(process__assignment=assignment).order_by("id")


def _place(task: CaseTask) -> str:
    """Name an open task: by its node, and by its agency where several are asked."""
    node = task.flow_task.name
    return f"{node}.{task.participation.agency.code}" if node.endswith("_opinion") else node


def _paragraphs(plan: Any) -> dict[str, dict[str, Any]]:
    if plan is None:
        return {}
    newest = plan.revisions.order_by("-number").first()
    return {
        str(paragraph.key): {"text": paragraph.text, "version": paragraph.version}
        for paragraph in newest.paragraphs.order_by("position", "id")
    }


ORDERS: dict[str, Callable[..., Any]] = {
    order.__name__: order
    for order in (
        case_at,
        case,
        fit_cases,
        act,
        rewrite,
        meet_requirements,
        directives,
        pending,
        last_event,
        feeds,
        readers,
        unfinished,
        inject,
        injected,
    )
}


def main() -> None:
    """Do orders until there are no more."""
    for line in sys.stdin:
        order = json.loads(line)
        try:
            answer = {"result": ORDERS[order["do"]](**order["given"])}
        except Exception as error:  # noqa: BLE001 - whoever ordered it decides
            answer = {"error": f"{type(error).__name__}: {error}"}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
