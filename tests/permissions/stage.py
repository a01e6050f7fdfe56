"""One case carried through every phase, a person in every role, and a second case in which none takes part."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts.authority import Actor
from accounts.domain import imports
from accounts.models import AbsenceProposal, Field, Position, User
from tests import handed_in
from tests.factories import (
    World,
    _way,
    act,
    advance,
    make_agency,
    make_directive,
    make_member,
    make_user,
    stamp,
    start,
    write_plan,
)
from tests.lending import lend, offer
from tests.permissions.table import ROLES
from tests.workflows.ballot_desk import call, make_committee
from tests.workflows.decided import annexed
from workflows.domain.directives import AssignmentInput
from workflows.flows import bulk
from workflows.models import Assignment, CaseTask, Paragraph, Participation, Product, StoredFile

ASIDE = {"vote": "decide", "suspended": "decide"}  # left again: the way goes on where it turned aside
VERBS: dict[str, tuple[str, dict[str, Any]]] = {
    "receive": ("decline", {"reason": "Không thuộc chức năng"}),
    "draft": ("finish", {}),
    "sign_request": ("return", {"reason": "Bổ sung căn cứ"}),
    "prepare_opinion": ("prepare", {"stance": "AGREE"}),
    "dispose": ("finish", {}),
    "sign_submission": ("return", {"reason": "Bổ sung căn cứ"}),
    "review": ("refuse", {"text": "Thiếu tờ trình"}),
    "sign_review": ("return", {"reason": "Bổ sung"}),
    "decide": ("return", {"requirements": "Làm rõ nguồn vốn"}),
    "vote": ("vote", {"vote": "FOR"}),
    "suspended": ("resume", {}),
    "issue": ("issue", {"recipients": ""}),
}


@dataclass
class Stage:
    """The case at one phase: who asks, and the ids of everything, its own and foreign."""

    phase: str
    assignment: Assignment
    other: Assignment
    people: dict[str, User]
    world: World
    browsers: dict[str, tuple[Client, Any]] = field(default_factory=dict)
    personal: dict[str, Any] = field(default_factory=dict)
    anothers: dict[str, Any] = field(default_factory=dict)

    def client(self, role: str) -> Client:
        """Return the browser of a role, as it was when it had signed in."""
        client, cookies = self.browsers[role]
        client.cookies = deepcopy(cookies)
        return client

    @property
    def ids(self) -> dict[str, Any]:
        """Ids of the case itself, by kind; a kind it does not have yet is absent."""
        return ids_of(self.assignment, self.phase) | self.personal

    @property
    def foreign(self) -> dict[str, Any]:
        """Ids of the other case, and of what belongs to others, by kind."""
        return ids_of(self.other, "dispose") | self.anothers

    @property
    def task(self) -> CaseTask | None:
        """The open task of the phase."""
        return task_of(self.assignment, self.phase)


def task_of(assignment: Assignment, phase: str) -> CaseTask | None:
    """Return the open task of a phase; of the member while slips are due."""
    tasks = CaseTask.objects.open().human().with_case().filter(process__assignment=assignment)
    if phase == "vote":
        return tasks.get(membership__user__username="ubnd.uv1")
    return next((task for task in tasks if task.flow_task.name == phase), None)


def ids_of(assignment: Assignment, phase: str) -> dict[str, Any]:
    """Return what stands in the addresses of a case."""
    plan = getattr(Assignment.objects.select_related("plan").get(pk=assignment.pk), "plan", None)
    task, stored = task_of(assignment, phase), StoredFile.objects.filter(assignment=assignment).first()
    paragraph = (
        Paragraph.objects.filter(revision__plan=plan, position=99).order_by("-revision__number").first()
    )
    found = {
        "directive": assignment.directive.public_id,
        "assignment": assignment.public_id,
        "plan": plan.public_id if plan else None,
        "task": task.public_id if task else None,
        "key": paragraph.key if paragraph else None,
        "file": stored.public_id if stored else None,
    }
    return {kind: key for kind, key in found.items() if key is not None}


def stages() -> Iterator[Stage]:
    """Yield the case at each phase; what is done between two of them is the way itself."""
    world = _world()
    other = _other(world)
    assignment = _begin(world)
    people = _people(world)
    browsers = {role: _signed_in(role, people) for role in ROLES}
    personal = {
        "delegation": offer(people["vice_chair"], people["outsider.head"]).public_id,
        "absence": _absence(people["chair"]).pk,
        "bulk": bulk.begin(people["vice_chair"], uuid4(), "approve", []).public_id,
        "batch": uuid4(),
        "draft": make_directive(world).public_id,
        "provider": "agency",
        **_administered(people),
    }
    anothers = {
        "delegation": offer(world.who("xa.head"), world.who("xa.specialist")).public_id,
        "absence": _absence(world.who("xa.head")).pk,
        "bulk": bulk.begin(world.who("xa.head"), uuid4(), "approve", []).public_id,
    }
    for node, verb, username, given in _way(world, world.lead.code):
        if node == "draft":
            write_plan(assignment)
            annexed(world, assignment, "Danh mục.pdf")
        at = Stage(node, assignment, other, people, world, browsers, personal, anothers)
        yield at
        if node in ASIDE.values():
            yield from _aside(at)
        if node == "prepare_opinion":
            act(world.who("s01.head"), assignment, node, verb, agency=world.others[0], **given)
        elif verb:
            act(world.who(username), assignment, node, verb, **given)
        assignment.refresh_from_db()


def _aside(at: Stage) -> Iterator[Stage]:
    """Yield the case turned aside from where it stands, and come back."""
    chair = at.world.who("ubnd.vice_chair")
    for phase in ASIDE:
        with transaction.atomic():
            if phase == "vote":
                call(at.world, at.assignment)
            else:
                act(chair, at.assignment, "decide", "suspend", reason="Chờ", event="Họp")
            at.assignment.refresh_from_db()
            yield replace(at, phase=phase)
            transaction.set_rollback(True)
        at.assignment.refresh_from_db()


def _world() -> World:
    world = make_committee(1)
    for code in ("muon", "cu", "xa", "xb"):
        for position in (Position.SPECIALIST, Position.HEAD, Position.CLERK):
            user = make_member(make_agency(code), position)
            world.people[user.username] = user
    return world


def _begin(world: World) -> Assignment:
    """Start a case that another agency led first, and in which one more is to be asked, but never was."""
    late, former = make_agency("muon"), make_agency("cu")
    row = AssignmentInput(
        title="Kế hoạch thực hiện Nghị quyết số 84/NQ-CP",
        text="Chủ trì xây dựng kế hoạch",
        lead=former,
        coordinating=(*world.others, late),
        product=Product.PLAN,
    )
    assignment = start(world, row)
    Participation.objects.filter(assignment=assignment, agency=late).update(to_be_asked=False)
    act(world.who("cu.head"), assignment, "receive", "decline", reason="Không thuộc chức năng")
    act(world.who("vp.specialist"), assignment, "reassign", "reassign", lead=world.lead, reason="Đúng")
    assignment.refresh_from_db()
    return assignment


def _other(world: World) -> Assignment:
    """Return a case of other agencies whose opinions are in."""
    second = World(world.committee, world.office, make_agency("xa"), [make_agency("xb")], world.people)
    other = start(second)
    advance(second, other, "draft")
    write_plan(other)
    annexed(world, other, "Phụ lục.pdf")
    for node, verb, username in (
        ("draft", "finish", "xa.specialist"),
        ("sign_request", "send", "xa.head"),
        ("prepare_opinion", "sign", "xb.head"),
    ):
        given = {"stance": "AGREE"} if node == "prepare_opinion" else {}
        act(world.who(username), other, node, verb, **given)
    return other


def _people(world: World) -> dict[str, User]:
    lead, outside = world.lead, make_agency("ngoai")
    left = make_member(lead, Position.HEAD, "skhdt.former")
    left.memberships.update(valid_to=timezone.localdate())
    substitute = make_member(lead, Position.CLERK, "skhdt.delegate")
    delegate = make_member(outside, Position.HEAD, "ngoai.delegate")
    lend(world.who("skhdt.head"), substitute)
    lend(world.who("ubnd.chair"), delegate)
    inactive = make_member(lead, Position.HEAD, "skhdt.inactive")
    people = {
        "late.head": world.who("muon.head"),
        "former.head": world.who("cu.head"),
        "chair": world.who("ubnd.chair"),
        "vice_chair": world.who("ubnd.vice_chair"),
        "member": world.who("ubnd.uv1"),
        "outsider.specialist": make_member(outside, Position.SPECIALIST),
        "outsider.head": make_member(outside, Position.HEAD),
        "left.head": left,
        "nobody": make_user("nobody"),
        "inactive": inactive,
        "superuser": make_user("root", is_superuser=True, is_staff=True),
        "administrator": make_user("quantri", is_staff=True),
        "substitute": substitute,
        "chair.delegate": delegate,
    }
    for name, code in (("lead", lead.code), ("asked", "s01"), ("vp", "vp")):
        for position in ("specialist", "head", "clerk"):
            people[f"{name}.{position}"] = world.who(f"{code}.{position}")
    return people


def _signed_in(role: str, people: dict[str, User]) -> tuple[Client, Any]:
    client = Client(raise_request_exception=False)
    if role != "anonymous":
        client.force_login(people[role])
    if role == "inactive":
        User.objects.filter(pk=people[role].pk).update(is_active=False)
    return client, client.cookies


def _absence(user: User) -> AbsenceProposal:
    return AbsenceProposal.objects.create(
        membership=user.memberships.get(),
        inactive_since=timezone.localdate() - timedelta(days=9),
        proposed_at=timezone.now(),
    )


def _administered(people: dict[str, User]) -> dict[str, Any]:
    """Return ids of what an administrator looks after; the table is hers, all else anybody's who administers."""
    Field.objects.create(code="kinh-te", name="Kinh tế")
    content, actor = imports.template_of("PEOPLE"), Actor(user=people["administrator"])
    sheet = imports.keep("PEOPLE", file_name="x.xlsx", content=content, actor=actor)
    return {
        "agency": "ngoai",
        "person": people["nobody"].pk,
        "field": "kinh-te",
        "sheet": sheet.public_id,
        "kind": "PEOPLE",
        "rule": "TERMS.opinion.days",
    }


# The act that a page of the administrator is sent, without its input.
ACTS = {
    "administration-agency-new": "new",
    "administration-agency": "correct",
    "administration-person-new": "new",
    "administration-person": "correct",
    "administration-person-deactivate": "deactivate",
    "administration-field-new": "new",
    "administration-field": "correct",
    "administration-delegation-end": "end",
    "administration-import": "upload",
    "administration-import-check": "confirm",
    "administration-calendar": "set",
    "administration-rule": "decide",
}


def full_form(name: str, stage: Stage) -> dict[str, Any]:
    """Return what a page of this name would send where everything is filled in."""
    verb, given = VERBS.get(stage.phase, ("approve", {}))
    key = str(uuid4())
    paragraph = Paragraph.objects.filter(key=stage.ids.get("key")).order_by("-revision__number").first()
    forms: dict[str, dict[str, Any]] = {
        "task": {"verb": verb, "key": key, "seen": _seen(stage, verb), **given},
        "task-draft": {"text": "x"},
        "task-files": {"file_key": key, "uploads": _pdf()},
        "recall": {"key": key, "reason": "Bổ sung"},
        "recall-approval": {"key": key, "reason": "Bổ sung"},
        "directive-issue": {"key": key},
        "paragraph": {
            "text": "Sửa trộm",
            "version": paragraph.version if paragraph else 1,
            "base": paragraph.text if paragraph else "",
        },
        "plan-uphold": {"remark": "1", "version": "1", "text": "x"},
        "plan-annexes": {"op": "add", "uploads": _pdf()},
        "plan-items": {"op": "save", "task": "Rà soát", "lead": str(stage.world.lead.pk)},
        "plan-dispositions": {"remark": "1", "text": "x", "treatment": "ACCEPTED"},
        "plan-request": {"op": "save"},
        "consultation": {"op": "remind", "key": key},
        "case-paper": {"key": key},
        "bulk": {"verb": "approve", "viec": [str(stage.ids.get("task", key))]},
        "delegation-answer": {"answer": "accept"},
        "choose-hat": {"membership": "999999"},
        "notifications-read": {"upto": "0"},
        "set_language": {"language": "vi"},
        **{page: {"act": act} for page, act in ACTS.items()},
    }
    return forms.get(name, {"key": key})


def _seen(stage: Stage, verb: str) -> str:
    task = stage.task
    return stamp(stage.assignment) if task is not None and task.flow_task.verb(verb).binds else ""


def _pdf() -> SimpleUploadedFile:
    return SimpleUploadedFile("a.pdf", handed_in.pdf(), content_type="application/pdf")
