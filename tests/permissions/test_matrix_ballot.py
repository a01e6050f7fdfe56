"""Who gets what of a ballot of the members, by role and phase: the readable table, and everybody else's 404."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Position
from tests.factories import act, make_agency, make_member, make_user
from tests.workflows.ballot_desk import before_the_chair, call, cast_all, make_committee, slip_task
from workflows.models import BallotSlip, Vote

pytestmark = pytest.mark.django_db

FOR = Vote.FOR
PHASES = ("decide", "vote", "carried", "returned")
READERS = frozenset(
    {
        "skhdt.specialist",
        "skhdt.head",
        "skhdt.clerk",
        "vp.specialist",
        "vp.head",
        "vp.clerk",
        "ubnd.chair",
        "ubnd.vice_chair",
        "ubnd.uv1",
        "ubnd.uv2",
        "ubnd.uv3",
    }
)
STRANGERS = frozenset(
    {"s01.specialist", "s01.head", "s01.clerk", "outsider", "left", "superuser", "other.member"}
)
MEMBERS = ("ubnd.chair", "ubnd.vice_chair", "ubnd.uv1", "ubnd.uv2", "ubnd.uv3")
ROLES = (*sorted(READERS), *sorted(STRANGERS), "anonymous")


def people_of(world):
    """Return the world's people with those who must see nothing."""
    left = make_member(world.committee, Position.MEMBER, "left")
    left.memberships.update(valid_to=left.memberships.get().valid_from)
    elsewhere = make_member(make_agency("huyen", "DISTRICT"), Position.MEMBER, "other.member")
    root = make_user("root", is_superuser=True, is_staff=True)
    return world.people | {"left": left, "superuser": root, "other.member": elsewhere}


@pytest.fixture(params=PHASES)
def case(request):
    world = make_committee()
    people, assignment = people_of(world), before_the_chair(world)
    if request.param != "decide":
        call(world, assignment)
    if request.param in {"carried", "returned"}:
        cast_all(world, assignment, chair=FOR, vice_chair=FOR, uv1=FOR, uv2=FOR, uv3=FOR)
    if request.param == "returned":
        act(world.who("ubnd.chair"), assignment, "decide", "return", requirements="Làm rõ nguồn vốn.")
    return request.param, assignment, people


def client_of(people, role):
    client = Client()
    if role != "anonymous":
        client.force_login(people[role])
    return client


def test_tally_sheet_by_role_and_phase(case):
    phase, assignment, people = case
    url = reverse("ballots", args=[assignment.public_id])
    wrong = []
    for role in ROLES:
        is_read = role in READERS and phase != "decide"
        wanted = 302 if role == "anonymous" else 200 if is_read else 404
        status = client_of(people, role).get(url).status_code
        if status != wanted:
            wrong.append((role, status, wanted))
    assert wrong == []


def test_tally_sheet_takes_no_post_and_no_other_id(case):
    _phase, assignment, people = case
    for role in ("vp.head", "ubnd.chair", "superuser"):
        client = client_of(people, role)
        assert client.post(reverse("ballots", args=[assignment.public_id])).status_code == 405, role
        assert client.get(reverse("ballots", args=[uuid4()])).status_code == 404, role


@pytest.mark.parametrize("owner", MEMBERS)
def test_slip_is_opened_and_handed_in_by_its_owner_alone(owner):
    world = make_committee()
    people, assignment = people_of(world), before_the_chair(world)
    call(world, assignment)
    url = reverse("task", args=[slip_task(assignment, people[owner]).public_id])
    given = {"verb": "vote", "key": str(uuid4()), "vote": "FOR"}
    wrong = []
    for role in ROLES:
        client = client_of(people, role)
        if role in STRANGERS - {"s01.specialist", "s01.head", "s01.clerk"}:
            wanted = (404, {404})
        elif role == owner:
            wanted = (200, None)
        else:
            wanted = (302, {302} if role == "anonymous" else {403, 409})
        status = client.get(url).status_code
        posted = client.post(url, given).status_code if wanted[1] else None
        if status != wanted[0] or (wanted[1] and posted not in wanted[1]):
            wrong.append((role, status, posted))
    assert wrong == []
    assert not BallotSlip.objects.exclude(vote="").exists()
