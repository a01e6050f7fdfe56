"""Lending a position: who may, to whom, how long, who answers, and when it is over."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.authority import hats, lent_hats, own_hats
from accounts.domain import delegations, lending
from accounts.domain.errors import DomainError, NotAllowedError
from accounts.models import (
    AgencyKind,
    Delegation,
    DelegationForm,
    DocumentKind,
    Field,
    Membership,
    Position,
)
from notifications.models import Event
from tests.factories import LONG_AGO, actor, make_agency, make_member, make_position, make_user
from tests.lending import lend, loan_of, offer, over

pytestmark = pytest.mark.django_db


@pytest.fixture
def stc():
    return make_agency("stc")


@pytest.fixture
def head(stc):
    return make_member(stc, Position.HEAD)


@pytest.fixture
def specialist(stc):
    return make_member(stc, Position.SPECIALIST)


def refused(act, *args, **given):
    with pytest.raises(DomainError) as caught:
        act(*args, **given)
    return caught.value


def events():
    return list(
        Event.objects.filter(chain="accounts", kind__startswith="delegation.")
        .order_by("seq")
        .values_list("kind", flat=True)
    )


def test_lend_is_offered_accepted_and_worn(head, specialist):
    delegation = lend(head, specialist)

    [lent] = lent_hats(hats(specialist))

    assert (lent.membership_id, lent.user_id) == (delegation.membership_id, head.pk)
    assert lent.lent.kinds == {"SUBMISSION", "OPINION", "REPORT", "RECEIPT"}
    assert lent.lent.principal == head.full_name
    assert events() == ["delegation.proposed", "delegation.accepted"]


def test_lend_names_both_people_in_the_actor(head, specialist):
    lend(head, specialist)
    [lent] = lent_hats(hats(specialist))
    acting = type(actor(specialist))(user=specialist, hat=lent)

    assert specialist.full_name in acting.label
    assert head.full_name in acting.label
    assert acting.on_behalf_of_id == head.pk
    assert acting.persons == {head.pk, specialist.pk}


def test_offer_alone_lends_nothing(head, specialist):
    offer(head, specialist)

    assert lent_hats(hats(specialist)) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"basis": "  "}, "basis"),
        ({"kinds": ()}, "kinds"),
        ({"kinds": (DocumentKind.PLAN,)}, "kinds"),
        ({"ends_at": timezone.now() + timedelta(days=91, hours=1)}, "ends_on"),
        ({"ends_at": timezone.now() - timedelta(hours=1)}, "ends_on"),
        ({"starts_at": timezone.now() - timedelta(days=2)}, "starts_on"),
        ({"form": DelegationForm.SUBSTITUTE}, "delegate"),
    ],
)
def test_offer_that_breaks_a_rule_is_refused(head, specialist, changes, field):
    error = refused(offer, head, specialist, **changes)

    assert error.field == field
    assert not Delegation.objects.exists()


def test_offer_to_oneself_is_refused(head):
    assert refused(offer, head, head).field == "delegate"


def test_offer_to_somebody_without_a_position_is_refused(head):
    assert refused(offer, head, make_user("ngoai")).field == "delegate"


def test_offer_to_somebody_whose_position_has_ended_is_refused(head, specialist):
    specialist.memberships.update(valid_to=timezone.localdate())

    assert refused(offer, head, specialist).field == "delegate"


def test_offer_upwards_is_refused(stc, head):
    deputy = make_member(stc, Position.DEPUTY_HEAD)

    assert refused(offer, deputy, head).field == "delegate"


def test_offer_by_mandate_to_another_agency_is_refused(head):
    stranger = make_member(make_agency("sct"), Position.SPECIALIST)

    assert refused(offer, head, stranger).field == "delegate"


def test_substitute_is_a_deputy_of_the_same_agency(stc, head):
    deputy = make_member(stc, Position.DEPUTY_HEAD)
    elsewhere = make_member(make_agency("sct"), Position.DEPUTY_HEAD)

    error = refused(offer, head, elsewhere, form=DelegationForm.SUBSTITUTE)
    delegation = lend(head, deputy, form=DelegationForm.SUBSTITUTE)

    assert error.field == "delegate"
    assert delegation.form == "KT"


def test_committee_lends_by_mandate_to_the_heads_it_leads():
    committee = make_agency("ubnd", AgencyKind.COMMITTEE)
    chair = make_member(committee, Position.CHAIR)
    director = make_member(make_agency("sct"), Position.HEAD)
    police = make_member(make_agency("catp", AgencyKind.VERTICAL), Position.HEAD)

    error = refused(offer, chair, police)
    delegation = lend(chair, director)

    assert error.field == "delegate"
    assert delegation.kinds == ["PLAN"]


@pytest.mark.parametrize("position", [Position.SPECIALIST, Position.CLERK, Position.DIVISION_HEAD])
def test_position_that_is_no_leaders_cannot_be_lent(stc, specialist, position):
    holder = make_member(stc, position, f"lent.{position.lower()}")

    with pytest.raises(NotAllowedError):
        offer(holder, specialist)


def test_members_ballot_position_cannot_be_lent(specialist):
    member = make_member(make_agency("ubnd", AgencyKind.COMMITTEE), Position.MEMBER)

    with pytest.raises(NotAllowedError):
        offer(member, specialist)


def test_lent_position_is_never_lent_on(stc, head, specialist):
    lend(head, specialist)
    third = make_member(stc, Position.SPECIALIST, "stc.third")
    [lent] = lent_hats(hats(specialist))
    wearing = type(actor(specialist))(user=specialist, hat=lent)
    loan = loan_of(
        head,
        third,
        starts_at=timezone.now() + timedelta(days=10),
        ends_at=timezone.now() + timedelta(days=11),
    )

    with pytest.raises(NotAllowedError):
        delegations.propose(loan, actor=wearing)

    assert Delegation.objects.count() == 1


def test_office_head_whose_hat_is_lent_prepares_nothing(specialist):
    office = make_agency("vp", AgencyKind.OFFICE)
    chief, borrower = make_member(office, Position.HEAD), make_member(office, Position.SPECIALIST)
    committee = make_agency("ubnd", AgencyKind.COMMITTEE)
    chair = make_member(committee, Position.CHAIR)
    lend(chief, borrower)

    prepared = lending.positions_to_lend(borrower, at=timezone.now())

    assert list(prepared) == []
    assert {each.user for each in lending.positions_to_lend(chief, at=timezone.now())} == {chief, chair}


def test_the_same_is_not_lent_twice_at_once(stc, head, specialist):
    third = make_member(stc, Position.SPECIALIST, "stc.third")
    lend(head, specialist, kinds=(DocumentKind.OPINION,))

    error = refused(offer, head, third, kinds=(DocumentKind.OPINION, DocumentKind.REPORT))
    offer(head, third, kinds=(DocumentKind.REPORT,))

    assert specialist.full_name in error.message


def test_another_field_or_another_time_may_be_lent_to_another(stc, head, specialist):
    third = make_member(stc, Position.SPECIALIST, "stc.third")
    one, other = (Field.objects.create(code=code, name=code) for code in ("kinh-te", "do-thi"))
    first = lend(head, specialist, fields=(one,))

    assert refused(offer, head, third)  # every field
    assert refused(offer, head, third, fields=(one, other))
    offer(head, third, fields=(other,))
    later = first.ends_at
    offer(head, third, fields=(one,), starts_at=later, ends_at=later + timedelta(days=1))


def test_what_was_declined_or_taken_back_may_be_lent_again(stc, head, specialist):
    third = make_member(stc, Position.SPECIALIST, "stc.third")
    delegations.decline(offer(head, specialist), reason="Đi công tác", actor=actor(specialist))
    delegations.revoke(lend(head, specialist), actor=actor(head))

    lend(head, third)

    assert len(lent_hats(hats(third))) == 1
    assert lent_hats(hats(specialist)) == []


def test_clerk_prepares_and_the_leader_confirms_first(stc, head, specialist):
    clerk = make_member(stc, Position.CLERK)

    prepared = delegations.propose(loan_of(head, specialist), actor=actor(clerk))

    assert prepared.confirmed_at is None
    assert refused(delegations.accept, prepared, actor=actor(specialist))
    with pytest.raises(NotAllowedError):
        delegations.confirm(prepared, actor=actor(clerk))
    delegations.confirm(prepared, actor=actor(head))
    delegations.accept(prepared, actor=actor(specialist))
    assert len(lent_hats(hats(specialist))) == 1
    assert events() == ["delegation.proposed", "delegation.confirmed", "delegation.accepted"]


def test_clerk_of_another_agency_prepares_nothing(head, specialist):
    clerk = make_member(make_agency("sct"), Position.CLERK)

    with pytest.raises(NotAllowedError):
        delegations.propose(loan_of(head, specialist), actor=actor(clerk))


def test_nobody_else_accepts_or_takes_back(stc, head, specialist):
    third = make_member(stc, Position.SPECIALIST, "stc.third")
    delegation = offer(head, specialist)

    for act in (delegations.accept, delegations.decline, delegations.revoke):
        with pytest.raises(NotAllowedError):
            act(delegation, actor=actor(third))
    with pytest.raises(NotAllowedError):
        delegations.revoke(delegation, actor=actor(specialist))


def test_answer_comes_once(head, specialist):
    delegation = lend(head, specialist)

    assert refused(delegations.accept, delegation, actor=actor(specialist))
    assert refused(delegations.decline, delegation, actor=actor(specialist))
    delegations.revoke(delegation, actor=actor(head))
    assert refused(delegations.revoke, delegation, actor=actor(head))


def test_accept_after_the_end_is_refused(head, specialist):
    delegation = offer(head, specialist)
    over(delegation)

    assert refused(delegations.accept, delegation, actor=actor(specialist))


def test_accept_by_somebody_who_no_longer_fits_is_refused(head, specialist):
    delegation = offer(head, specialist)
    other = make_agency("sct")
    specialist.memberships.update(agency_position=make_position(other, Position.SPECIALIST))

    assert refused(delegations.accept, delegation, actor=actor(specialist)).field == "delegate"


# --- when it is over ---


def test_hat_is_gone_at_its_minute(head, specialist):
    delegation = lend(head, specialist)

    assert len(lent_hats(hats(specialist, at=delegation.ends_at - timedelta(seconds=1)))) == 1
    assert lent_hats(hats(specialist, at=delegation.ends_at)) == []
    assert lent_hats(hats(specialist, at=delegation.accepted_at - timedelta(seconds=1))) == []


@pytest.mark.parametrize("end", ["revoked", "post ended", "leader deactivated", "delegate left"])
def test_hat_is_gone_at_once(head, specialist, end):
    delegation = lend(head, specialist)
    if end == "revoked":
        delegations.revoke(delegation, actor=actor(head))
    elif end == "post ended":
        head.memberships.update(valid_to=timezone.localdate())
    elif end == "leader deactivated":
        type(head).objects.filter(pk=head.pk).update(is_active=False)
    else:
        moved = make_position(make_agency("sct"), Position.SPECIALIST)
        specialist.memberships.update(agency_position=moved)

    assert lent_hats(hats(specialist)) == []


def test_substitute_who_is_deputy_no_more_has_lost_it(stc, head):
    deputy = make_member(stc, Position.DEPUTY_HEAD)
    lend(head, deputy, form=DelegationForm.SUBSTITUTE)
    Membership.objects.create(
        user=deputy, agency_position=make_position(stc, Position.SPECIALIST), valid_from=LONG_AGO
    )

    deputy.memberships.filter(agency_position__position=Position.DEPUTY_HEAD).update(
        valid_to=timezone.localdate()
    )

    assert lent_hats(hats(deputy)) == []
    assert len(own_hats(hats(deputy))) == 1


def test_revoke_all_ends_what_is_given_and_what_is_held(stc, head, specialist):
    chair = make_member(make_agency("ubnd", AgencyKind.COMMITTEE), Position.CHAIR)
    given, held = lend(head, specialist), lend(chair, head)
    stays = lend(
        make_member(make_agency("sct"), Position.HEAD), make_member(make_agency("sct"), Position.CLERK)
    )

    ended = delegations.revoke_all(head, head.memberships.all(), actor=actor(chair))

    assert {each.pk for each in ended} == {given.pk, held.pk}
    assert Delegation.objects.filter(revoked_at=None).get() == stays


# --- cost and constraints ---


@pytest.mark.parametrize("count", [1, 3])
def test_lent_hats_cost_three_statements(stc, specialist, django_assert_num_queries, count):
    for number in range(count):
        lend(make_member(stc, Position.HEAD, f"head{number}"), specialist)

    with django_assert_num_queries(3):
        found = [hat.capacity for hat in hats(specialist)]

    assert len(found) == count + 1


def test_fields_narrow_a_lent_hat(head, specialist):
    one, other = (Field.objects.create(code=code, name=code) for code in ("kinh-te", "do-thi"))
    lend(head, specialist, fields=(one,))
    [lent] = lent_hats(hats(specialist))

    assert lent.lent.covers(one.pk)
    assert not lent.lent.covers(other.pk)
    assert not lent.lent.covers(None)


def test_one_position_lent_twice_with_different_scopes_is_two_hats(head, specialist):
    lend(head, specialist, kinds=(DocumentKind.OPINION,))
    lend(head, specialist, kinds=(DocumentKind.REPORT,))

    assert [sorted(hat.lent.kinds) for hat in lent_hats(hats(specialist))] == [["OPINION"], ["REPORT"]]


def test_database_refuses_acceptance_before_confirmation(head, specialist):
    delegation = offer(head, specialist)

    with pytest.raises(IntegrityError), transaction.atomic():
        Delegation.objects.filter(pk=delegation.pk).update(confirmed_at=None, accepted_at=timezone.now())
