"""Who reads which file, by its address and on the pages, in every state of the answer it belongs to."""

import pytest
from django.urls import reverse

from accounts.authority import hats
from tests.factories import act, actor, attempt, make_agency, make_member, open_task
from tests.workflows.answers import attached, begin_again, downloads, opinion_of
from tests.workflows.desk import Desk
from workflows import policies
from workflows.domain import files
from workflows.flows import attaching, rounds, timers
from workflows.models import Consultation, StoredFile

from .answers import pdf

pytestmark = [pytest.mark.django_db, pytest.mark.case(at="prepare_opinion"), pytest.mark.usefixtures("media")]
OWN = {"s01.specialist", "s01.head", "s01.clerk"}
LEAD = {"skhdt.specialist", "skhdt.head", "skhdt.clerk"}
OTHER = {"s02.specialist", "s02.head", "s02.clerk"}
ABOVE = {"vp.specialist", "vp.head", "vp.clerk", "ubnd.chair", "ubnd.vice_chair"}


@pytest.fixture(scope="module")
def kept_world(kept_world):
    for position in ("SPECIALIST", "HEAD", "CLERK"):
        stranger = make_member(make_agency("ngoai"), position)
        kept_world.people[stranger.username] = stranger
    return kept_world


@pytest.fixture
def stored(world, assignment, agency):
    """Return a file of S01's answer, which is not signed yet."""
    return attached(world.who("s01.specialist"), assignment, "prepare_opinion", agency, "mật.pdf")[0]


def readers(world, stored):
    """Return who gets the file; the list of the policy must say the same."""
    by_address = {name for name, user in world.people.items() if downloads(user, stored)}
    listed = {
        name
        for name, user in world.people.items()
        if stored in policies.visible_files(hats(user), user, stored.assignment)
    }
    assert by_address == listed
    return by_address


def signs(world, assignment, number, node="prepare_opinion", **given):
    agency = world.others[number]
    given = {"stance": "AGREE"} | given
    act(world.who(f"{agency.code}.head"), assignment, node, "sign", agency=agency, **given)


# --- an answer's file ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("before", ["OWN", "ALL"])
def test_unsigned_file_is_read_by_its_agency_alone(world, stored, settings, before):
    settings.OPINIONS_SEEN = {"before": before, "after": "ALL"}

    assert readers(world, stored) == OWN


@pytest.mark.parametrize(("before", "others"), [("OWN", set()), ("ALL", OTHER)])
def test_signed_file_of_an_open_round_is_read_as_the_opinion_is(world, stored, settings, before, others):
    settings.OPINIONS_SEEN = {"before": before, "after": "OWN"}

    signs(world, stored.assignment, 0)

    assert readers(world, stored) == OWN | LEAD | others


@pytest.mark.parametrize(("after", "others"), [("OWN", set()), ("ALL", OTHER)])
def test_signed_file_of_a_closed_round_is_read_as_the_opinion_is(world, stored, settings, after, others):
    settings.OPINIONS_SEEN = {"before": "OWN", "after": after}

    signs(world, stored.assignment, 0)
    signs(world, stored.assignment, 1)

    assert readers(world, stored) == OWN | LEAD | others


def test_signed_file_is_read_by_office_and_committee_once_the_plan_was_put_forward(world, assignment, stored):
    signs(world, assignment, 0)
    signs(world, assignment, 1)
    act(world.who("skhdt.specialist"), assignment, "dispose", "finish")
    act(world.who("skhdt.head"), assignment, "sign_submission", "submit")

    assert readers(world, stored) == OWN | LEAD | OTHER | ABOVE


def test_file_of_a_silent_agency_stays_its_own(world, assignment, stored, settings):
    settings.OPINIONS_SEEN = {"before": "ALL", "after": "ALL"}

    timers.fire_due_timers(at=Consultation.objects.get().due_at)

    assert opinion_of(assignment, world.others[0]).state == "SILENT"
    assert readers(world, stored) == OWN


def test_file_of_a_withdrawn_agency_stays_its_own(world, assignment, stored):
    rounds.withdraw(
        opinion_of(assignment, world.others[0]), reason="Nhầm", actor=actor(world.who("skhdt.head"))
    )

    assert readers(world, stored) == OWN


def test_file_beside_a_standing_answer_is_read_by_its_agency_alone(world, assignment, agency, stored):
    signs(world, assignment, 0)
    begin_again(world.who("s01.head"), assignment, agency)
    (second,) = attached(world.who("s01.specialist"), assignment, "replace_opinion", agency, "hai.pdf")

    assert readers(world, second) == OWN
    assert readers(world, stored) == OWN | LEAD


def test_file_of_a_replaced_answer_stays_with_those_who_read_the_opinion(world, assignment, agency, stored):
    signs(world, assignment, 0)
    begin_again(world.who("s01.head"), assignment, agency)
    task = open_task(assignment, "replace_opinion", agency)
    attaching.detach(task, attempt(world.who("s01.head")), stored.public_id)
    signs(world, assignment, 0, "replace_opinion", stance="DISAGREE", reason="Chưa phù hợp")

    assert readers(world, stored) == OWN | LEAD


def test_file_that_was_taken_out_is_left_to_who_stored_it(world, assignment, agency, stored):
    task = open_task(assignment, "prepare_opinion", agency)

    attaching.detach(task, attempt(world.who("s01.head")), stored.public_id)

    assert readers(world, stored) == {"s01.specialist"}


def test_file_of_nothing_is_left_to_who_stored_it(world, assignment):
    stored = files.store_file(pdf(), assignment, actor=actor(world.who("skhdt.specialist")))

    assert readers(world, stored) == {"skhdt.specialist"}


def test_right_to_a_file_ends_with_the_membership(world, assignment, stored):
    user = world.who("s01.clerk")
    assert downloads(user, stored)

    user.memberships.update(valid_to=user.memberships.get().valid_from)

    assert not downloads(user, stored)


def test_question_about_one_file_agrees_with_the_list(world, assignment, agency, stored):
    signs(world, assignment, 0)
    begin_again(world.who("s01.head"), assignment, agency)
    attached(world.who("s01.specialist"), assignment, "replace_opinion", agency, "hai.pdf")
    attached(world.who("s02.specialist"), assignment, "prepare_opinion", world.others[1], "ba.pdf")

    for user in world.people.values():
        own = hats(user)
        listed = set(policies.visible_files(own, user, assignment))
        every = StoredFile.objects.select_related("assignment")
        assert listed == {each for each in every if policies.can_read_file(own, user, each)}, user.username


# --- on the pages ----------------------------------------------------------------------------------------------------


def test_dossier_lists_the_files_of_the_answers_and_none_that_was_not_signed(world, assignment, agency):
    attached(world.who("s01.specialist"), assignment, "prepare_opinion", agency, "đã ký.pdf")
    attached(world.who("s02.specialist"), assignment, "prepare_opinion", world.others[1], "chưa ký.pdf")
    signs(world, assignment, 0)
    timers.fire_due_timers(at=Consultation.objects.get().due_at)
    act(world.who("skhdt.specialist"), assignment, "dispose", "finish")
    act(world.who("skhdt.head"), assignment, "sign_submission", "submit")

    response = Desk(world.who("vp.specialist"), assignment, "review").get()

    assert [each.name for each in response.context["files"]] == ["đã ký.pdf"]
    assert "chưa ký.pdf" not in response.content.decode()


def test_page_of_another_agency_shows_no_file_of_the_first(world, assignment, stored):
    desk = Desk(world.who("s02.head"), assignment, "prepare_opinion", world.others[1])

    content = desk.html()

    assert "mật.pdf" not in content
    assert reverse("file", args=[stored.public_id]) not in content
