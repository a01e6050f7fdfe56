"""A case brought to a phase of its own, with a person in every role, for tests that change it."""

from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Position
from tests.factories import (
    advance,
    make_agency,
    make_member,
    make_user,
    make_world,
    open_task,
    start,
)

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
