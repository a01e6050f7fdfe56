"""Small worlds for tests: agencies, people and cases, made through the real acts wherever there is one."""

import itertools
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any
from uuid import uuid4

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.utils import timezone

from accounts.authority import Actor, hats
from accounts.models import Agency, AgencyKind, AgencyName, AgencyPosition, Membership, Position, User
from workflows.domain import directives, plans
from workflows.domain.directives import AssignmentInput, DirectiveInput
from workflows.flows import starting, steps
from workflows.flows.steps import Answer, Attempt
from workflows.models import Assignment, CaseTask, Directive, Level, Paragraph, Product

LONG_AGO = date(2016, 1, 1)
PASSWORD = "mat-khau-thu-nghiem-2020"
_numbers = itertools.count(1)


def make_agency(code: str, kind: str = AgencyKind.DEPARTMENT, *, symbol: str = "") -> Agency:
    """Return the agency with this code, made with its positions where it is missing."""
    agency, created = Agency.objects.get_or_create(
        code=code, defaults={"symbol": symbol or code.upper(), "kind": kind, "valid_from": LONG_AGO}
    )
    if created:
        AgencyName.objects.create(
            agency=agency, full_name=f"Cơ quan {code}", short_name=code.upper(), valid_from=LONG_AGO
        )
    return agency


def make_position(agency: Agency, position: str) -> AgencyPosition:
    """Return the agency's position with its group."""
    found = AgencyPosition.objects.filter(agency=agency, position=position).first()
    if found:
        return found
    group = Group.objects.create(name=f"{agency.code}:{position}")
    return AgencyPosition.objects.create(agency=agency, position=position, group=group)


def make_user(username: str, **fields: Any) -> User:
    """Return a person who can sign in with PASSWORD."""
    full_name = fields.pop("full_name", f"Người {username}")
    fields.setdefault("last_active_on", timezone.localdate())  # the day's first request writes it
    return User.objects.create(username=username, password=_hashed_password(), full_name=full_name, **fields)


@cache
def _hashed_password() -> str:
    """Return PASSWORD hashed once: hashing is slow on purpose."""
    return make_password(PASSWORD)


def make_member(agency: Agency, position: str, username: str = "") -> User:
    """Return a person who holds a position, named `<agency>.<position>` by default."""
    username = username or f"{agency.code}.{position.lower()}"
    found = User.objects.filter(username=username).first()
    if found:
        return found
    user = make_user(username)
    Membership.objects.create(user=user, agency_position=make_position(agency, position), valid_from=LONG_AGO)
    return user


def actor(user: User) -> Actor:
    """Return the person acting under the first hat."""
    return Actor(user=user, hat=next(iter(hats(user)), None))


def attempt(user: User, seen: str = "", key: Any = None) -> Attempt:
    """Return a fresh attempt of the person."""
    return Attempt(actor=actor(user), hats=hats(user), key=key or uuid4(), seen=seen)


@dataclass
class World:
    """A Committee, its Office, a lead and some coordinating agencies, with people in every position."""

    committee: Agency
    office: Agency
    lead: Agency
    others: list[Agency]
    people: dict[str, User] = field(default_factory=dict)

    def who(self, username: str) -> User:
        """Return a person by user name."""
        return self.people[username]


def make_world(coordinating: int = 2) -> World:
    """Return a world with `coordinating` agencies beside the lead."""
    world = World(
        committee=make_agency("ubnd", AgencyKind.COMMITTEE, symbol="UBND"),
        office=make_agency("vp", AgencyKind.OFFICE, symbol="VP"),
        lead=make_agency("skhdt", symbol="SKHĐT"),
        others=[make_agency(f"s{n:02d}") for n in range(1, coordinating + 1)],
    )
    for agency in [world.lead, *world.others, world.office]:
        for position in (Position.SPECIALIST, Position.HEAD, Position.CLERK):
            user = make_member(agency, position)
            world.people[user.username] = user
    for position in (Position.CHAIR, Position.VICE_CHAIR):
        user = make_member(world.committee, position)
        world.people[user.username] = user
    return world


def make_directive(world: World, *rows: AssignmentInput) -> Directive:
    """Register a directive; one plan-type assignment of the lead by default."""
    number = next(_numbers)
    default = AssignmentInput(
        title="Kế hoạch thực hiện Nghị quyết số 84/NQ-CP",
        text="Chủ trì xây dựng kế hoạch",
        lead=world.lead,
        coordinating=tuple(world.others),
        product=Product.PLAN,
    )
    return directives.register_directive(
        DirectiveInput(
            number=number,
            symbol="UBND-TKTH",
            issued_on=timezone.localdate(),
            subject="Triển khai nghị quyết",
            issuer=world.committee,
        ),
        rows or [default],
        actor=actor(world.who("vp.clerk")),
    )


def start(world: World, *rows: AssignmentInput) -> Assignment:
    """Register and issue a directive; return its first assignment."""
    directive = make_directive(world, *rows)
    starting.issue_directive(directive, actor=actor(world.who("vp.clerk")))
    return directive.assignments.select_related("directive", "lead").in_order()[0]


def open_task(assignment: Assignment, node: str, agency: Agency | None = None) -> CaseTask:
    """Return the open task at a node of the assignment's process, of one agency where given."""
    tasks = CaseTask.objects.open().human().with_case().filter(process__assignment=assignment)
    found = [
        task
        for task in tasks
        if task.flow_task.name == node and (agency is None or task.participation.agency_id == agency.pk)
    ]
    assert len(found) == 1, f"{len(found)} open tasks at {node}"
    return found[0]


def stamp(assignment: Assignment) -> str:
    """Return what a page of the task that waits would carry, drawn now."""
    fresh = Assignment.objects.get(pk=assignment.pk)
    waiting = CaseTask.objects.open().human().filter(process__assignment=fresh).order_by("-id").first()
    return waiting.flow_task.stamp(fresh) if waiting else plans.stamp_of(fresh)


def act(
    user: User, assignment: Assignment, node: str, verb: str, *, agency: Agency | None = None, **given: Any
) -> Answer:
    """Do one act as the person, on the page as it is now."""
    task = open_task(assignment, node, agency)
    seen = (
        task.flow_task.stamp(Assignment.objects.get(pk=assignment.pk))
        if task.flow_task.verb(verb).binds
        else ""
    )
    return steps.perform(task, verb, attempt(user, seen), given)


def write_plan(assignment: Assignment, text: str = "Rà soát từng dự án, cam kết tiến độ giải ngân.") -> None:
    """Put a paragraph into the open revision."""
    revision = plans.current_revision(assignment)
    Paragraph.objects.create(revision=revision, position=99, level=Level.POINT, text=text)


def advance(world: World, assignment: Assignment, to: str) -> None:
    """Bring a plan-type assignment through the real acts until a node is open.

    Every coordinating agency agrees; the shortest way to `to`.
    """
    lead = world.lead.code
    for node, verb, username, given in _way(world, lead):
        if node == to:
            return
        if node == "draft":
            write_plan(assignment)
        if node == "prepare_opinion":
            for agency in world.others:
                act(world.who(f"{agency.code}.head"), assignment, node, verb, agency=agency, **given)
            continue
        act(world.who(username), assignment, node, verb, **given)


def _way(world: World, lead: str) -> list[tuple[str, str, str, dict[str, Any]]]:
    return [
        ("receive", "accept", f"{lead}.specialist", {}),
        ("draft", "finish", f"{lead}.specialist", {}),
        ("sign_request", "send", f"{lead}.head", {}),
        ("prepare_opinion", "sign", "", {"stance": "AGREE"}),
        ("dispose", "finish", f"{lead}.specialist", {}),
        ("sign_submission", "submit", f"{lead}.head", {}),
        ("review", "clear", "vp.specialist", {"text": "Đủ điều kiện trình ký."}),
        ("sign_review", "sign", "vp.head", {"text": "Đủ điều kiện trình ký."}),
        ("decide", "approve", "ubnd.vice_chair", {}),
        ("issue", "issue", "vp.clerk", {}),
        ("issued", "", "", {}),
    ]
