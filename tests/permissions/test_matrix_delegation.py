"""Who gets where by a delegation, in every phase: which pages open, which acts go through."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.authority import hats
from accounts.models import Position
from tests.factories import advance, make_agency, make_member, make_world, open_task, start
from tests.lending import lend, over
from workflows import holding

pytestmark = pytest.mark.django_db

PHASES = (
    "receive",
    "draft",
    "sign_request",
    "prepare_opinion",
    "sign_submission",
    "review",
    "sign_review",
    "decide",
    "issue",
)
# By whose delegation the task of a phase may be done; the delegate holds a post that is asked nothing by herself.
LENDERS = {"lead": "skhdt.head", "asked": "s01.head", "office": "vp.head", "chair": "ubnd.chair"}
DOES = {
    "lead": {"receive", "sign_request", "sign_submission"},
    "asked": {"prepare_opinion"},
    "office": {"review", "sign_review"},
    "chair": {"decide"},
}
SEES_THE_CASE_FROM = {"lead": "receive", "asked": "prepare_opinion", "office": "receive", "chair": "receive"}
VERBS = {"review": "sign", "sign_review": "sign", "decide": "approve", "receive": "accept", "issue": "issue"}


def delegate_of(world, lender):
    """Return somebody who gets nothing of the case but what the lender lends her, and the delegation."""
    principal = world.who(LENDERS[lender])
    agency = principal.memberships.get().agency_position.agency
    if lender == "chair":
        delegate = make_member(make_agency("ngoai"), Position.HEAD, "ngoai.delegate")
    else:
        delegate = make_member(agency, Position.CLERK, f"{agency.code}.delegate")
    return delegate, lend(principal, delegate)


def browser_of(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture(params=PHASES)
def at(request):
    world = make_world(1)
    assignment = start(world)
    advance(world, assignment, request.param)
    return world, assignment, request.param


@pytest.mark.parametrize("lender", LENDERS)
def test_delegate_does_what_was_lent_and_nothing_once_it_is_over(at, lender):
    world, assignment, phase = at
    delegate, delegation = delegate_of(world, lender)
    client = browser_of(delegate)
    agency = world.others[0] if phase == "prepare_opinion" else None
    task = open_task(assignment, phase, agency)
    url = reverse("task", args=[task.public_id])
    own = bool(holding.rights_on(hats(delegate)[:1], task.participation) & task.flow_task.rights)
    sees = PHASES.index(phase) >= PHASES.index(SEES_THE_CASE_FROM[lender])

    status = client.get(url).status_code
    case_status = client.get(reverse("assignment", args=[assignment.public_id])).status_code
    may = phase in DOES[lender] or own

    assert case_status == (200 if sees or own else 404)
    assert status == (
        200 if may or (lender == "asked" and phase == "prepare_opinion") else 302 if sees else 404
    )

    over(delegation)
    after = client.get(url).status_code
    if own:  # what the delegate may do by herself she may do afterwards
        return
    posted = client.post(url, {"verb": VERBS.get(phase, "return"), "key": str(uuid4())}).status_code
    wanted = {"chair": ({404}, {404})}.get(lender, ({200, 302} if sees else {404}, {403, 404, 409, 422}))
    assert after in wanted[0]
    assert posted in wanted[1]
    task.refresh_from_db()
    assert task.is_open
