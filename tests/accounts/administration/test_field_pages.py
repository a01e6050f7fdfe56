"""The administrator's pages of fields and of delegations."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.authority import hats, lent_hats
from accounts.domain import delegations
from accounts.domain.errors import NotAllowedError
from accounts.models import AgencyKind, Delegation, Field, Position
from notifications import relay
from notifications.models import Notification
from tests.administering import browser_of, errors, make_administrator, recorded, send
from tests.factories import actor, make_agency, make_member, make_user
from tests.lending import lend

pytestmark = pytest.mark.django_db
LIST = reverse("administration-fields")
DELEGATIONS = reverse("administration-delegations")
FIELDS_COST = 6  # SQL statements: session, person, hats, bell, fields, who is in charge
DELEGATIONS_COST = 7  # SQL statements: session, person, hats, bell, delegations, their fields, their titles


@pytest.fixture
def client():
    return browser_of(make_administrator())


@pytest.fixture
def field():
    return Field.objects.create(code="kinh-te", name="Kinh tế", order=10)


@pytest.fixture
def deputy():
    return make_member(make_agency("ubnd", AgencyKind.COMMITTEE, symbol="UBND"), Position.VICE_CHAIR)


def page_of(field):
    return reverse("administration-field", args=[field.code])


def assign(client, field, person, seen=None, **more):
    typed = {
        "membership": str(person.memberships.get().pk),
        "basis": "12/QĐ-UBND",
        "valid_from": "01/03/2026",
    } | more
    return send(client, page_of(field), "assign", seen, **typed)


def charges(field):
    return list(
        field.responsibilities.order_by("pk").values_list("membership__user", "valid_from", "valid_to")
    )


@pytest.mark.parametrize("number", [1, 3])
def test_list_of_fields_costs_the_same_whatever_its_rows(client, deputy, number, django_assert_num_queries):
    for n in range(number):
        assign(client, Field.objects.create(code=f"f{n}", name=f"Lĩnh vực {n}", order=n), deputy)

    with django_assert_num_queries(FIELDS_COST):
        answer = client.get(LIST)

    found = [
        (row["field"].code, [each.membership.user for each in row["people"]])
        for row in answer.context["rows"]
    ]
    assert found == [(f"f{n}", [deputy]) for n in range(number)]


def test_field_is_assigned_with_its_document_once(client, field, deputy):
    seen = client.get(page_of(field)).context["seen"]

    first = assign(client, field, deputy, seen)
    second = assign(client, field, deputy, seen)
    other_deputy = make_member(make_agency("ubnd"), Position.VICE_CHAIR, "pct2")
    overlapping = assign(client, field, other_deputy)

    assert (first.status_code, second.status_code, overlapping.status_code) == (302, 409, 422)
    assert "is in charge of Kinh tế on these days" in errors(overlapping)
    assert charges(field) == [(deputy.pk, date(2026, 3, 1), None)]
    assert [kind for kind, _data in recorded()] == ["field.assigned"]


def test_field_is_offered_to_those_alone_who_may_be_in_charge(client, field, deputy):
    make_member(make_agency("stc"), Position.SPECIALIST)
    reviewer = make_member(make_agency("vp", AgencyKind.OFFICE), Position.SPECIALIST)
    make_member(make_agency("ubnd"), Position.SPECIALIST, "ubnd.lạ")

    shown = client.get(page_of(field)).context["forms"]["assign"].fields["membership"].choices

    assert {key for key, _words in shown if key} == {
        str(each.memberships.get().pk) for each in (deputy, reviewer)
    }


def test_nobody_puts_herself_in_charge(field, deputy):
    deputy.is_staff = True
    deputy.save(update_fields=["is_staff"])

    answer = assign(browser_of(deputy), field, deputy)

    assert "Nobody changes her own account or rights" in errors(answer)
    assert charges(field) == []


def test_responsibility_ends_on_a_day(client, field, deputy):
    assign(client, field, deputy)
    held = field.responsibilities.get()

    ended = send(client, page_of(field), "end", which=str(held.pk), on="01/01/2099")
    longer = send(client, page_of(field), "end", which=str(held.pk), on="02/01/2099")
    before = send(client, page_of(field), "end", which=str(held.pk), on="01/02/2026")

    assert (ended.status_code, longer.status_code, before.status_code) == (302, 422, 422)
    assert charges(field) == [(deputy.pk, date(2026, 3, 1), date(2099, 1, 1))]


def test_field_is_added_and_corrected_with_what_stood_there(client, field):
    added = send(client, reverse("administration-field-new"), "new", code="do-thi", name="Đô thị", order="20")
    again = send(client, reverse("administration-field-new"), "new", code="do-thi", name="Đô thị", order="20")
    reserved = send(client, reverse("administration-field-new"), "new", code="new", name="Mới", order="20")
    send(client, page_of(field), "correct", name="Kinh tế tổng hợp", order="10")

    assert (added.status_code, again.status_code, reserved.status_code) == (302, 422, 422)
    assert [kind for kind, _data in recorded()] == ["field.created", "field.corrected"]
    assert recorded()[1][1] == {
        "field": "kinh-te",
        "before": {"name": "Kinh tế", "order": 10},
        "after": {"name": "Kinh tế tổng hợp", "order": 10},
    }


def test_second_administrator_is_told_what_became_of_the_field(client, field, deputy):
    seen = client.get(page_of(field)).context["seen"]
    assign(browser_of(make_administrator("quantri2")), field, deputy)

    answer = send(client, page_of(field), "correct", seen, name="Khác", order="1")

    assert answer.status_code == 409
    assert "In charge: – → Người ubnd.vice_chair (01/03/2026 – …)" in errors(answer)


# --- delegations ---


@pytest.fixture
def lent():
    stc = make_agency("stc")
    return lend(make_member(stc, Position.HEAD), make_member(stc, Position.SPECIALIST))


@pytest.mark.parametrize("number", [1, 3])
def test_list_of_delegations_costs_the_same_whatever_its_rows(client, number, django_assert_num_queries):
    for n in range(number):
        agency = make_agency(f"s{n}")
        lend(make_member(agency, Position.HEAD), make_member(agency, Position.SPECIALIST))
    client.get(DELEGATIONS)

    with django_assert_num_queries(DELEGATIONS_COST):
        answer = client.get(DELEGATIONS)

    assert len(answer.context["rows"]) == number
    assert client.get(f"{DELEGATIONS}?list=past").context["rows"] == []


def test_delegation_is_ended_for_a_reason_and_both_sides_are_told(client, lent):
    url = reverse("administration-delegation-end", args=[lent.public_id])
    delegate = lent.delegate
    relay.dispatch_pending()
    before = Notification.objects.count()

    without = send(client, url, "end", reason=" ")
    ended = send(client, url, "end", reason="Trưởng đơn vị đã nghỉ hưu")
    again = send(client, url, "end", reason="Trưởng đơn vị đã nghỉ hưu")
    relay.dispatch_pending()

    assert (without.status_code, ended.status_code, again.status_code) == (422, 302, 422)
    assert lent_hats(hats(delegate)) == []
    kind, data = recorded()[-1]
    assert (kind, data["reason"], data["by_administrator"]) == (
        "delegation.revoked",
        "Trưởng đơn vị đã nghỉ hưu",
        True,
    )
    assert Notification.objects.count() == before + 2
    assert [row.delegation for row in client.get(f"{DELEGATIONS}?list=past").context["rows"]] == [lent]


def test_delegation_is_ended_by_administrators_alone(lent):
    with pytest.raises(NotAllowedError):
        delegations.end_for_a_reason(lent, reason="Vì thế", actor=actor(make_user("khac")))

    assert Delegation.objects.active(at=timezone.now()).get() == lent
