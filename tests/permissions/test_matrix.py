"""Every URL, asked by every role in every phase: the readable tables below say what must come back.

A URL that is in no table fails the suite, and so does a table row whose URL is gone.
"""

from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from accounts.models import AgencyKind, Position
from tests.factories import (
    advance,
    make_agency,
    make_directive,
    make_member,
    make_user,
    make_world,
    open_task,
    start,
)
from workflows.domain.directives import AssignmentInput
from workflows.models import CaseTask, Product

pytestmark = pytest.mark.django_db

# --- the tables ---

PHASES = (
    "receive",
    "draft",
    "sign_request",
    "prepare_opinion",
    "dispose",
    "sign_submission",
    "review",
    "sign_review",
    "decide",
    "issue",
    "issued",
)
LEAD = ("lead.specialist", "lead.head", "lead.clerk")
ASKED = ("asked.specialist", "asked.head", "asked.clerk")
OFFICE = ("vp.specialist", "vp.head", "vp.clerk")
COMMITTEE = ("chair", "vice_chair")
STRANGERS = ("outsider.specialist", "outsider.head", "left.head", "superuser")
ROLES = (*LEAD, *ASKED, *OFFICE, *COMMITTEE, *STRANGERS, "anonymous")

ALWAYS = frozenset(PHASES)
FROM_CONSULTATION = frozenset(PHASES[PHASES.index("prepare_opinion") :])
FROM_DRAFT = frozenset(PHASES[PHASES.index("draft") :])
FROM_DISPOSITION = frozenset(PHASES[PHASES.index("dispose") :])
FROM_SUBMISSION = frozenset(PHASES[PHASES.index("review") :])

# Who may read the case, in which phases; everybody else gets 404, an anonymous visitor the sign-in page.
READERS = {
    "case": {**dict.fromkeys(LEAD + OFFICE + COMMITTEE, ALWAYS), **dict.fromkeys(ASKED, FROM_CONSULTATION)},
    "plan": {
        **dict.fromkeys(LEAD, FROM_DRAFT),
        **dict.fromkeys(ASKED, FROM_CONSULTATION),
        **dict.fromkeys(OFFICE + COMMITTEE, FROM_SUBMISSION),
    },
    # A file is there for those who may read an opinion: the lead sees who was asked, an agency that it answered.
    "table": {
        **dict.fromkeys(LEAD, FROM_CONSULTATION),
        **dict.fromkeys(ASKED, FROM_DISPOSITION),
        **dict.fromkeys(OFFICE + COMMITTEE, FROM_SUBMISSION),
    },
    "round": dict.fromkeys(LEAD + ASKED + OFFICE + COMMITTEE, FROM_CONSULTATION),
    "request": dict.fromkeys(LEAD, FROM_DRAFT),
}
# Who may do the task that is open in a phase, and with which verb the attempt is made (its form is sent empty).
DOERS = {
    "receive": ("decline", {"lead.specialist", "lead.head"}),
    "draft": ("finish", {"lead.specialist", "lead.head"}),
    "sign_request": ("return", {"lead.head"}),
    "prepare_opinion": ("prepare", {"asked.specialist", "asked.head"}),
    "dispose": ("finish", {"lead.specialist", "lead.head"}),
    "sign_submission": ("return", {"lead.head"}),
    "review": ("refuse", {"vp.specialist", "vp.head"}),
    "sign_review": ("return", {"vp.head"}),
    "decide": ("return", {"chair", "vice_chair"}),
    "issue": ("issue", {"vp.clerk"}),
}
# Who may read the task that is open in a phase without doing it: the people of the agency whose answer it is.
LOOKERS = {"prepare_opinion": {"asked.clerk"}}
# URLs about a case: which readers, and what they get (GET).
CASE_URLS = {
    "directive": ("case", {200}),
    "assignment": ("case", {200}),
    "why": ("case", {200}),
    "consultation": ("round", {200}),
    "plan": ("plan", {200}),
    "plan-items": ("plan", {200}),
    "plan-dispositions": ("plan", {200}),
    "plan-opinions": ("plan", {200}),
    "plan-opinions-docx": ("table", {200}),
    "plan-opinions-xlsx": ("table", {200}),
    "plan-revisions": ("plan", {200}),
    "plan-annexes": ("plan", {200}),
    "recall": ("case", {302}),
    "recall-approval": ("case", {302}),
    "plan-request": ("request", {200}),
}
# URLs that take a POST alone or are about the asker herself: what each role gets is asserted below.
SIGNED_IN_URLS = {
    "inbox": 200,
    "done": 200,
    "directive-list": 200,
    "why-not": 200,
    "notifications": 200,
    "notifications-drawer": 200,
    "feed": 200,
    "bell": 200,
}
POST_ONLY_URLS = {
    "directive-issue",
    "paragraph",
    "plan-uphold",
    "task-draft",
    "task-files",
    "case-paper",
    "sign-out",
    "choose-hat",
    "notifications-read",
}
PUBLIC_URLS = {"sign-in", "healthz-live", "healthz-ready", "set_language"}
SPECIAL_URLS = {"directive-new", "directive-edit", "task", "file", "ballots", "plan-sheet", "plan-sheet-docx"}
# Acts on many tasks at once, and who hears of them: tests/permissions/test_matrix_bulk.py.
BULK_URLS = {"bulk", "bulk-act", "notifications-batch"}
# Lending a position and moving a leaver's work: test_delegation_pages.py, test_leaving.py, test_matrix_delegation.py.
LENDING_URLS = {"delegations", "delegation-new", "delegation-answer", "absence-dismiss", "leaving"}


def url_names():
    """Every named URL of the site."""
    found = set()

    def walk(patterns):
        for pattern in patterns:
            if hasattr(pattern, "url_patterns"):
                walk(pattern.url_patterns)
            else:
                found.add(pattern.name)

    walk(get_resolver().url_patterns)
    return found


# --- the generated case ---


@dataclass
class Case:
    """One case brought to a phase, with a person in every role."""

    phase: str

    def __post_init__(self):
        self.world = make_world(2)
        self.assignment = start(self.world)
        advance(self.world, self.assignment, self.phase)
        self.assignment.refresh_from_db()
        outside = make_agency("ngoai")
        self.people = {
            "outsider.specialist": make_member(outside, Position.SPECIALIST),
            "outsider.head": make_member(outside, Position.HEAD),
            "left.head": self._left(),
            "superuser": make_user("root", is_superuser=True, is_staff=True),
            "chair": self.world.who("ubnd.chair"),
            "vice_chair": self.world.who("ubnd.vice_chair"),
        }
        for position in ("specialist", "head", "clerk"):
            self.people[f"lead.{position}"] = self.world.who(f"skhdt.{position}")
            self.people[f"asked.{position}"] = self.world.who(f"s01.{position}")
            self.people[f"vp.{position}"] = self.world.who(f"vp.{position}")
        self.browsers = {role: self._signed_in(role) for role in ROLES}

    def _left(self):
        user = make_member(self.world.lead, Position.HEAD, "skhdt.former")
        user.memberships.update(valid_to=timezone.localdate())
        return user

    def _signed_in(self, role):
        client = Client()
        if role != "anonymous":
            client.force_login(self.people[role])
        return client, client.cookies

    def client(self, role):
        """The browser of a role, as it was when it had signed in."""
        client, cookies = self.browsers[role]
        client.cookies = deepcopy(cookies)
        return client

    @cached_property
    def task(self):
        """The open task of the phase; of the first asked agency while opinions are due."""
        if self.phase == "issued":
            return None
        agency = self.world.others[0] if self.phase == "prepare_opinion" else None
        return open_task(self.assignment, self.phase, agency)

    def url(self, name):
        if name == "directive":
            return reverse(name, args=[self.assignment.directive.public_id])
        if name in {"assignment", "why", "consultation", "recall", "recall-approval"}:
            return reverse(name, args=[self.assignment.public_id])
        return reverse(name, args=[self.assignment.plan.public_id])

    def reads(self, what, role):
        return self.phase in READERS[what].get(role, ())


@pytest.fixture(scope="module", params=PHASES)
def case(request, kept):
    """A case in each phase, made once: what a test does to it is undone after the test."""
    with transaction.atomic():
        yield Case(request.param)
        transaction.set_rollback(True)


# --- the assertions ---


def test_every_url_is_in_a_table():
    signed_in = (
        set(CASE_URLS) | set(SIGNED_IN_URLS) | POST_ONLY_URLS | SPECIAL_URLS | BULK_URLS | LENDING_URLS
    )
    known = signed_in | PUBLIC_URLS
    assert url_names() == known


def test_pages_of_the_case(case):
    wrong = []
    for name, (what, expected) in CASE_URLS.items():
        if what != "case" and case.phase == "receive":
            continue
        for role in ROLES:
            status = case.client(role).get(case.url(name)).status_code
            wanted = {302} if role == "anonymous" else expected if case.reads(what, role) else {404}
            if status not in wanted:
                wrong.append((name, role, status, wanted))
    assert wrong == []


def test_task_of_the_phase(case):
    if case.task is None:
        return
    _verb, doers = DOERS[case.phase]
    url = reverse("task", args=[case.task.public_id])
    wrong = []
    for role in ROLES:
        status = case.client(role).get(url).status_code
        if role == "anonymous":
            wanted = {302}
        elif role in doers:
            # Drafting and disposing happen on the plan's own page.
            wanted = {302} if case.phase in {"draft", "dispose"} else {200}
        elif role in LOOKERS.get(case.phase, ()):
            wanted = {200}
        else:
            wanted = {302} if case.reads("case", role) else {404}
        if status not in wanted:
            wrong.append((role, status, wanted))
    assert wrong == []


def test_act_of_the_phase_is_refused_to_everybody_without_the_right(case):
    if case.task is None:
        return
    verb, doers = DOERS[case.phase]
    url = reverse("task", args=[case.task.public_id])
    wrong = []
    for role in ROLES:
        if role in doers:
            continue
        given = {
            "verb": verb,
            "key": str(uuid4()),
            "reason": "Lý do đủ dài để hợp lệ",
            "text": "x",
            "requirements": "x",
            "stance": "AGREE",
            "recipients": "",
        }
        status = case.client(role).post(url, given).status_code
        wanted = {302} if role == "anonymous" else {403, 409} if case.reads("case", role) else {404}
        if status not in wanted:
            wrong.append((role, status, wanted))
    assert wrong == []
    case.task.refresh_from_db()
    assert case.task.is_open


def test_act_without_input_is_refused_to_those_with_the_right(case):
    if case.task is None:
        return
    verb, doers = DOERS[case.phase]
    url = reverse("task", args=[case.task.public_id])
    for role in sorted(doers):
        assert case.client(role).post(url, {"verb": verb}).status_code == 422, role
        assert case.client(role).post(url, {"verb": "no-such-verb"}).status_code == 404, role
    case.task.refresh_from_db()
    assert case.task.is_open


@pytest.mark.parametrize("case", ["draft", "decide"], indirect=True)
def test_other_ids_in_the_urls_are_404(case):
    """Nothing is found by these ids, whatever the phase: two of them will do."""
    for name in (*CASE_URLS, "task", "file", "task-draft", "task-files", "directive-issue", "directive-edit"):
        for role in ("lead.head", "vp.clerk", "chair", "superuser"):
            client = case.client(role)
            url = reverse(name, args=[uuid4()])
            assert client.get(url).status_code in {404, 405}, (name, role)
            assert client.post(url).status_code in {404, 405}, (name, role)


def test_another_cases_task_is_invisible_to_strangers_of_that_case(db):
    case = Case("prepare_opinion")
    second = open_task(case.assignment, "prepare_opinion", case.world.others[1])
    url = reverse("task", args=[second.public_id])
    client = case.client("asked.head")
    assert client.get(url).status_code == 302
    given = {"verb": "sign", "key": str(uuid4()), "stance": "AGREE"}
    assert client.post(url, given).status_code in {403, 422}
    second.refresh_from_db()
    assert second.is_open


def test_pages_of_the_signed_in():
    case = Case("draft")
    for name, expected in SIGNED_IN_URLS.items():
        for role in ROLES:
            status = case.client(role).get(reverse(name)).status_code
            assert status == (302 if role == "anonymous" else expected), (name, role)


def test_directives_are_entered_by_the_office_alone():
    case = Case("receive")
    draft = make_directive(case.world)
    issue = reverse("directive-issue", args=[draft.public_id])
    for role in ROLES:
        client = case.client(role)
        may = role in {"vp.clerk", "vp.specialist"}
        wanted = 302 if role == "anonymous" else 200 if may else 404
        assert client.get(reverse("directive-new")).status_code == wanted, role
        edit = reverse("directive-edit", args=[draft.public_id])
        assert client.get(edit).status_code == wanted, role
        if not may:
            assert client.post(edit, {}).status_code == (302 if role == "anonymous" else 404), role
        read = client.get(reverse("directive", args=[draft.public_id])).status_code
        assert read == wanted, role
        if not may:
            assert client.post(issue, {"key": str(uuid4())}).status_code == (
                302 if role == "anonymous" else 404
            ), role
    draft.refresh_from_db()
    assert draft.state == "DRAFT"


def test_editing_is_the_leads_alone(case):
    if case.phase == "receive":
        return
    plan = case.assignment.plan
    revision = plan.revisions.order_by("-number")[0]
    paragraph = revision.paragraphs.order_by("position")[1]
    before = paragraph.text
    editors = {"lead.specialist", "lead.head"} if case.phase in {"draft", "dispose"} else set()
    url = reverse("paragraph", args=[plan.public_id, paragraph.key])
    for role in ROLES:
        if role in editors:
            continue
        answer = case.client(role).post(
            url, {"text": "Sửa trộm", "version": paragraph.version, "base": before}
        )
        assert answer.status_code in ({302} if role == "anonymous" else {403, 404, 409}), (
            role,
            answer.status_code,
        )
        asked = case.client(role).post(reverse("plan-request", args=[plan.public_id]), {})
        assert asked.status_code in ({302} if role == "anonymous" else {403, 404, 409}), (
            role,
            asked.status_code,
        )
    paragraph.refresh_from_db()
    assert paragraph.text == before


def test_view_cannot_be_upheld_where_no_remark_is_known(case):
    """No remark was made in these cases; who upholds what is in tests/workflows/test_upholding.py."""
    if case.phase == "receive":
        return
    for role in ROLES:
        url = reverse("plan-uphold", args=[case.assignment.plan.public_id])
        status = case.client(role).post(url, {"remark": "1", "version": "1", "text": "x"}).status_code
        assert status == (302 if role == "anonymous" else 404), role


def test_post_only_urls_refuse_a_get():
    case = Case("draft")
    for name in ("sign-out", "choose-hat", "notifications-read"):
        assert case.client("lead.head").get(reverse(name)).status_code == 405, name


def test_report_tasks_reach_lead_and_office_alone():
    world = make_world(1)
    row = AssignmentInput(title="Báo cáo", text="Báo cáo kết quả", lead=world.lead, product=Product.REPORT)
    assignment = start(world, row)
    task = CaseTask.objects.human().open().get(process__assignment=assignment)
    outsider = make_member(make_agency("ngoai", AgencyKind.DEPARTMENT), Position.HEAD)
    client = Client()
    client.force_login(outsider)
    assert client.get(reverse("task", args=[task.public_id])).status_code == 404
    client.force_login(world.who("s01.head"))
    assert client.get(reverse("task", args=[task.public_id])).status_code == 404
    client.force_login(world.who("skhdt.head"))
    assert client.get(reverse("task", args=[task.public_id])).status_code == 200


def test_files_of_an_answer_are_changed_by_those_who_give_it_alone(case):
    if case.task is None:
        return
    url = reverse("task-files", args=[case.task.public_id])
    doers = DOERS[case.phase][1] if case.phase == "prepare_opinion" else set()
    wrong = []
    for role in ROLES:
        status = case.client(role).post(url, {"file_key": str(uuid4())}).status_code
        if role == "anonymous":
            wanted = {302}
        elif role in doers:
            wanted = {422}  # nothing was chosen
        elif case.phase == "prepare_opinion":
            wanted = {403} if case.reads("case", role) else {404}
        else:
            wanted = {404}  # no other task has files of this kind
        if status not in wanted:
            wrong.append((role, status, wanted))
    assert wrong == []
