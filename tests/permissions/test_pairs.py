"""Each question of the policy and its list agree, for everybody, on everything, in a generated world."""

import pytest

from accounts.authority import hats
from accounts.models import Position
from tests.factories import advance, make_agency, make_directive, make_member, make_user, make_world, start
from workflows import holding, inbox, policies
from workflows.models import (
    Assignment,
    CaseTask,
    Consultation,
    Directive,
    DirectiveState,
    InboxEntry,
    Opinion,
    Participation,
    ParticipationGroupGrant,
    PlanRevision,
    Role,
)

pytestmark = pytest.mark.django_db

RIGHTS = ("view_case", "draft_plan", "sign_opinion", "review_plan", "decide")


@pytest.fixture(scope="module")
def world(kept):
    """Made once: the tests only ask."""
    world = make_world(2)
    for node in ("draft", "prepare_opinion", "decide", "issued"):
        advance(world, start(world), node)
    make_directive(world)
    outside = make_agency("ngoai")
    world.people["outsider"] = make_member(outside, Position.HEAD)
    world.people["nobody"] = make_user("nobody")
    return world


@pytest.fixture(scope="module")
def rights(world):
    """What each person holds on each current part, read off the rows: every question is held against it."""
    parts = {
        part.pk: part for part in Participation.objects.current().select_related("assignment__directive")
    }
    rows = ParticipationGroupGrant.objects.values_list("group", "content_object", "permission__codename")
    held = {user: {part: set() for part in parts.values()} for user in world.people.values()}
    groups = {user: {hat.group_id for hat in hats(user)} for user in held}
    for group, part, right in list(rows):
        for user in held:
            if group in groups[user]:
                held[user][parts[part]].add(right)
    return held


def with_right(held, right, *roles):
    return {part for part, names in held.items() if right in names and (not roles or part.role in roles)}


def test_questions_about_a_part_agree(rights):
    (case,) = Consultation.objects.filter(closed_at=None).values_list("assignment", flat=True)
    for user, held in rights.items():
        own = hats(user)
        parts = [part for part in held if part.assignment_id == case]
        on_record = {part: holding.rights_on(own, part) for part in parts}
        assert on_record == {part: held[part] for part in parts}, user.username
        for right in RIGHTS:
            listed = with_right(held, right)
            assert set(holding.participations_with(own, user, right)) == listed, (user.username, right)
            here = listed & set(parts)
            assert {part for part in parts if holding.may(own, user, right, part)} == here
            assert {part for part in parts if holding.hat_for(own, None, right, part)} == here


def test_several_rights_are_listed_where_one_of_them_is_held(rights):
    for user, held in rights.items():
        listed = set(holding.participations_with(hats(user), user, "sign_plan", "view_case"))
        assert listed == with_right(held, "sign_plan") | with_right(held, "view_case")


def test_visible_assignments_are_those_whose_case_may_be_viewed(rights):
    issued = set(Assignment.objects.filter(directive__state=DirectiveState.ISSUED))
    for user, held in rights.items():
        own = hats(user)
        seen = {part.assignment for part in with_right(held, "view_case")} & issued
        expected = issued if holding.is_office_wide(own) else seen
        assert set(policies.visible_assignments(own, user)) == expected, user.username


def test_rounds_to_run_and_to_remind_are_the_open_ones_of_the_lead(rights):
    still_open = list(Consultation.objects.filter(closed_at=None))
    assert still_open
    for user, held in rights.items():
        own = hats(user)
        signs = {part.assignment_id for part in with_right(held, "sign_plan", Role.LEAD)}
        drafts = {part.assignment_id for part in with_right(held, "draft_plan", Role.LEAD)}
        run = {each for each in still_open if each.assignment_id in signs}
        remind = {each for each in still_open if each.assignment_id in signs | drafts}
        assert set(policies.rounds_to_run(own, user)) == run, user.username
        assert set(policies.rounds_to_remind(own, user)) == remind, user.username
        assert {each for each in Consultation.objects.all() if policies.may_run_round(own, user, each)} == run
        assert {each for each in Consultation.objects.all() if policies.may_remind(own, user, each)} == remind


def test_requests_are_read_by_lead_office_committee_and_whoever_was_asked(rights):
    rounds = list(Consultation.objects.prefetch_related("opinions"))
    for user, held in rights.items():
        own = hats(user)
        leads = {part.assignment_id for part in with_right(held, "view_case", Role.LEAD)}
        asked = {part.pk for part in with_right(held, "view_case", Role.COORDINATE)}
        expected = {
            each
            for each in rounds
            if holding.is_office_wide(own)
            or each.assignment_id in leads
            or asked & {opinion.participation_id for opinion in each.opinions.all()}
        }
        assert set(policies.readable_requests(own, user)) == expected, user.username


def test_opinions_are_asked_of_an_agency_and_prepared_by_those_who_may(rights):
    opinions = list(Opinion.objects.all())
    for user, held in rights.items():
        own = hats(user)
        for right, listed in (
            ("view_case", policies.opinions_asked_of(own, user)),
            ("prepare_opinion", policies.opinions_to_prepare(own, user)),
        ):
            parts = {part.pk for part in with_right(held, right, Role.COORDINATE)}
            expected = {each for each in opinions if each.participation_id in parts}
            assert set(listed) == expected, (user.username, right)


def test_nobody_outside_sees_a_directive(world):
    for username in ("outsider", "nobody"):
        user = world.who(username)
        assert list(policies.visible_directives(hats(user), user)) == []
    clerk = world.who("vp.clerk")
    assert set(policies.visible_directives(hats(clerk), clerk)) == set(Directive.objects.all())
    chair = world.who("ubnd.chair")
    assert set(policies.visible_directives(hats(chair), chair)) == set(Directive.objects.issued())


def test_inbox_holds_what_may_be_done_and_nothing_else(world):
    assert list(inbox.check()) == []
    for user in world.people.values():
        own = hats(user)
        shown = set(
            InboxEntry.objects.open()
            .filter(bucket__in=[h.bucket for h in own])
            .values_list("task_id", flat=True)
        )
        doable = {
            task.pk
            for task in CaseTask.objects.open().human().with_case()
            if holding.rights_on(own, task.participation) & task.flow_task.rights
        }
        assert shown == doable, user.username


def test_cases_to_export_are_the_issued_ones_of_those_who_answer_for_the_record(world):
    deputy = make_member(world.office, Position.DEPUTY_HEAD)
    may = {world.who("vp.head"), world.who("vp.clerk"), world.who("ubnd.chair"), deputy}
    issued = set(Directive.objects.filter(state=DirectiveState.ISSUED))

    for user in {*world.people.values(), deputy}:
        mine = hats(user)
        listed = set(policies.cases_to_export(mine))
        assert listed == (issued if user in may else set()), user
        assert listed == {each for each in Directive.objects.all() if policies.can_export_case(mine, each)}, (
            user
        )


def test_revision_that_is_not_frozen_is_the_leads_alone(world):
    """Nothing unfrozen is ever sent out; were it so, nobody would read it all the same."""
    case = Assignment.objects.filter(phase="DECIDING").get()
    newest = PlanRevision.objects.filter(plan__assignment=case).latest("number")
    PlanRevision.objects.filter(pk=newest.pk).update(frozen_at=None, sha256="")

    readers = {
        name
        for name, user in world.people.items()
        if policies.visible_revisions(hats(user), user, case).filter(pk=newest.pk).exists()
    }

    assert readers == {name for name in world.people if name.startswith(world.lead.code)}
