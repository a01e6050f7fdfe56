"""Several hands on one case before the Committee: one wins, the others are told why, nothing is stuck."""

import pytest
from django.utils import timezone

from accounts.models import Position
from benchmarks.deciding import races
from tests.factories import act, attempt, make_member, make_world
from tests.workflows.bulk_desk import fit_case
from workflows.domain.errors import DomainError
from workflows.flows import recalls
from workflows.models import Handover, Phase

RACES = 30


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_each_race_has_one_winner_and_the_others_are_told_why():
    figures = dict(line.split(": ") for line in races.lines(RACES))

    wrong = ("no_winner", "several_winners", "errors", "stuck")
    assert {name: figures[f"races_{name}"] for name in wrong} == dict.fromkeys(wrong, "0")
    assert figures["races_with_exactly_one_winner"] == str(RACES)
    assert figures["races_losers_told_why"] == figures["races_losers"]


def handed(world, assignment, agency, position):
    """Put a hand-over of the case on record."""
    taker = make_member(agency, position, "taker")
    by = world.who("ubnd.vice_chair")
    return Handover.objects.create(
        submission=assignment.submissions.get(),
        to=taker.memberships.get(),
        to_as=str(taker),
        handed_by=by,
        handed_as=str(by),
        handed_at=timezone.now(),
    )


@pytest.mark.django_db
def test_recall_after_the_leader_handed_the_file_on_is_refused():
    world = make_world(1)
    assignment = fit_case(world)
    taker = make_member(world.committee, Position.VICE_CHAIR, "taker")
    to = taker.memberships.get().pk
    act(world.who("ubnd.vice_chair"), assignment, "decide", "hand_over", to=to, note="Đồng chí xem giúp.")

    with pytest.raises(DomainError):
        recalls.recall_submission(assignment, attempt(world.who("skhdt.head")), reason="Rà soát lại.")

    assignment.refresh_from_db()
    assert assignment.phase == Phase.DECIDING


@pytest.mark.django_db
def test_recall_after_the_office_handed_its_review_on_goes_through():
    world = make_world(1)
    assignment = fit_case(world)
    handed(world, assignment, world.office, Position.SPECIALIST)

    recalls.recall_submission(assignment, attempt(world.who("skhdt.head")), reason="Rà soát lại.")

    assignment.refresh_from_db()
    assert assignment.phase == Phase.DISPOSING
