"""Moving all open work of somebody who leaves."""

from io import StringIO
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from accounts.authority import hats
from accounts.models import AgencyKind, Delegation, Field, Position
from notifications import relay
from notifications.models import Event
from tests.factories import act, actor, advance, make_agency, make_member, make_world, open_task, start
from tests.lending import lend
from tests.workflows.test_routing import begin, bucket_of, buckets_at, charge
from workflows import inbox, policies
from workflows.domain import grants, leaving
from workflows.domain.errors import DomainError
from workflows.models import GrantSource, Participation, ParticipationUserGrant, Role

pytestmark = pytest.mark.django_db
URL = reverse("leaving")


@pytest.fixture
def world():
    return make_world(1)


@pytest.fixture
def leaver(world):
    """The Vice-Chair in charge of a field, with a case before her."""
    user = make_member(world.committee, Position.VICE_CHAIR, "ubnd.vice_chair2")
    charge(user, Field.objects.create(code="kinh-te", name="Kinh tế"))
    return user


@pytest.fixture
def case(world, leaver):
    assignment = begin(world, Field.objects.get())
    advance(world, assignment, "decide")
    return assignment


def browser_of(user):
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    client.force_login(user)
    return client


def chosen(world, leaver, successor, **more):
    return {"agency": "ubnd", "from": leaver.username, "to": successor.username, **more}


def test_move_takes_grants_and_inbox_to_the_other(world, leaver, case):
    successor = world.who("ubnd.vice_chair")

    load = leaving.move_work(leaver, successor, world.committee, actor=actor(world.who("vp.head")))

    assert [each.pk for each in load.cases] == [case.pk]
    assert buckets_at(case, "decide") == {bucket_of(successor)}
    assert not ParticipationUserGrant.objects.filter(user=leaver).exists()
    assert list(inbox.check()) == []
    act(successor, case, "decide", "approve")


def test_move_ends_delegations_given_and_held(world, leaver, case):
    successor = world.who("ubnd.vice_chair")
    lend(leaver, world.who("skhdt.head"))
    lend(world.who("ubnd.chair"), leaver, form="KT")

    leaving.move_work(leaver, successor, world.committee, actor=actor(world.who("vp.head")))

    assert Delegation.objects.filter(revoked_at=None).count() == 0
    assert Event.objects.filter(kind="delegation.revoked").count() == 2


def test_move_leaves_slips_of_a_ballot(world, leaver, case):
    part = Participation.objects.get(assignment=case, role=Role.APPROVE)
    post = leaver.memberships.get()
    grants.give(part, [post], ["vote"], source=GrantSource.BALLOT)

    leaving.move_work(
        leaver, world.who("ubnd.vice_chair"), world.committee, actor=actor(world.who("vp.head"))
    )

    [left] = ParticipationUserGrant.objects.filter(user=leaver)
    assert (left.source, left.permission.codename) == ("BALLOT", "vote")


def test_move_is_one_event_a_case_and_one_notification(world, leaver, case):
    second = begin(world, Field.objects.get())
    advance(world, second, "decide")
    successor = world.who("ubnd.vice_chair")
    relay.dispatch_pending()

    leaving.move_work(leaver, successor, world.committee, actor=actor(world.who("vp.head")))
    relay.dispatch_pending()

    assert Event.objects.filter(kind="work.moved").count() == 2
    [told] = Event.objects.filter(kind="work.handed_over")
    assert set(told.notifications.values_list("user", flat=True)) == {successor.pk, leaver.pk}
    assert not Event.objects.filter(kind="work.moved", notifications__isnull=False).exists()


def test_move_of_what_both_hold_doubles_nothing(world, leaver, case):
    successor = world.who("ubnd.vice_chair")
    part = Participation.objects.get(assignment=case, role=Role.APPROVE)
    grants.give(part, [successor.memberships.get()], ["decide"], source=GrantSource.HANDOVER)
    inbox.reopen_entries(open_task(case, "decide"), ["decide"], actor=actor(leaver))

    leaving.move_work(leaver, successor, world.committee, actor=actor(world.who("vp.head")))

    assert buckets_at(case, "decide") == {bucket_of(successor)}
    assert ParticipationUserGrant.objects.filter(content_object=part).count() == 1
    assert list(inbox.check()) == []


@pytest.mark.parametrize("who", ["skhdt.head", "self"])
def test_move_to_somebody_who_does_not_fit_changes_nothing(world, leaver, case, who):
    successor = leaver if who == "self" else world.who(who)

    with pytest.raises(DomainError):
        leaving.move_work(leaver, successor, world.committee, actor=actor(world.who("vp.head")))

    assert buckets_at(case, "decide") == {bucket_of(leaver)}
    assert not Event.objects.filter(kind="work.moved").exists()


def test_move_needs_a_post_that_may_have_the_rights(world, leaver, case):
    member = make_member(world.committee, Position.MEMBER)

    with pytest.raises(DomainError):
        leaving.move_work(leaver, member, world.committee, actor=actor(world.who("vp.head")))

    assert ParticipationUserGrant.objects.filter(user=leaver).exists()


def test_move_of_nothing_is_refused(world, leaver):
    with pytest.raises(DomainError):
        leaving.move_work(
            leaver, world.who("ubnd.vice_chair"), world.committee, actor=actor(world.who("vp.head"))
        )


def test_finished_cases_stay_where_they_are(world, leaver, case):
    act(leaver, case, "decide", "approve")
    act(world.who("vp.clerk"), case, "issue", "issue", recipients="Các sở")

    assert leaving.load_of(leaver, world.committee).cases == ()


def test_page_shows_what_moves_and_moves_it(world, leaver, case):
    successor = world.who("ubnd.vice_chair")
    client = browser_of(world.who("vp.head"))
    lend(leaver, successor, form="KT")

    shown = client.get(URL, chosen(world, leaver, successor))
    answer = client.post(URL, chosen(world, leaver, successor, key=str(uuid4())))

    assert [each.pk for each in shown.context["shown"]] == [case.pk]
    assert len(shown.context["load"].delegations) == 1
    assert "Move everything to" in shown.content.decode()
    assert answer.status_code == 302
    assert buckets_at(case, "decide") == {bucket_of(successor)}


def test_page_repeats_nothing_for_the_same_press(world, leaver, case):
    client, key = browser_of(world.who("vp.head")), str(uuid4())
    given = chosen(world, leaver, world.who("ubnd.vice_chair"), key=key)

    answers = [client.post(URL, given).status_code for _press in range(2)]

    assert answers == [302, 302]
    assert Event.objects.filter(kind="work.handed_over").count() == 1


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("vp.head", 200),
        ("skhdt.head", 404),
        ("skhdt.clerk", 404),
        ("skhdt.specialist", 404),
        ("ubnd.chair", 404),
        ("vp.specialist", 404),
    ],
)
def test_page_of_the_committee_is_the_office_heads(world, leaver, case, who, status):
    client = browser_of(world.who(who))
    given = chosen(world, leaver, world.who("ubnd.vice_chair"), key=str(uuid4()))

    assert client.get(URL, given).status_code == status
    if status == 404:
        assert client.post(URL, given).status_code == 404
        assert buckets_at(case, "decide") == {bucket_of(leaver)}


def test_head_and_clerk_move_work_at_their_own_agency_alone(world):
    for position in ("head", "clerk"):
        own = policies.agencies_to_tidy(hats(world.who(f"skhdt.{position}")))
        assert [each.code for each in own] == ["skhdt"]
    assert policies.agencies_to_tidy(hats(world.who("skhdt.specialist"))).count() == 0


def test_lent_hat_of_a_head_moves_nothing(world):
    clerk = make_member(world.lead, Position.SPECIALIST, "skhdt.other")
    lend(world.who("skhdt.head"), clerk)

    assert policies.agencies_to_tidy(hats(clerk)).count() == 0


def test_refusal_is_said_on_the_page(world, leaver, case):
    member = make_member(world.committee, Position.MEMBER)
    client = browser_of(world.who("vp.head"))

    answer = client.post(URL, chosen(world, leaver, member, key=str(uuid4())))

    assert answer.status_code == 422
    assert "holds no fitting post" in answer.content.decode()


@pytest.mark.parametrize("cases", [1, 3])
def test_preview_costs_the_same_whatever_moves(world, leaver, case, cases, django_assert_num_queries):
    for _number in range(cases - 1):
        more = begin(world, Field.objects.get())
        advance(world, more, "decide")
    client = browser_of(world.who("vp.head"))
    given = chosen(world, leaver, world.who("ubnd.vice_chair"))
    client.get(URL, given)

    with django_assert_num_queries(14):
        client.get(URL, given)


def test_history_of_the_agency_says_it(world):
    """Within an agency's own case: the sentence is known to that agency."""
    from workflows.views.history import OWN_AGENCY_ONLY, SENTENCES

    assert "work.moved" in OWN_AGENCY_ONLY
    assert "work.moved" in SENTENCES


def test_command_shows_then_moves(world, leaver, case):
    successor, out = world.who("ubnd.vice_chair"), StringIO()
    given = {"leaver": leaver.username, "successor": successor.username, "agency": "ubnd"}

    call_command("move_work", **given, dry_run=True, stdout=out)
    assert buckets_at(case, "decide") == {bucket_of(leaver)}
    call_command("move_work", **given, stdout=out)

    assert "would move: 1 cases" in out.getvalue()
    assert "moved: 1 cases" in out.getvalue().splitlines()[-1]
    assert buckets_at(case, "decide") == {bucket_of(successor)}
    with pytest.raises(CommandError):
        call_command("move_work", **given, stdout=out)


def test_stranger_agency_is_404(world):
    make_agency("ngoai", AgencyKind.DEPARTMENT)

    assert browser_of(world.who("skhdt.head")).get(URL, {"agency": "ngoai"}).status_code == 404
    assert start(world)
