"""The administrator's pages of people: nobody changes her own rights, and what is shown is what is changed."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.domain import personnel
from accounts.domain.errors import NotAllowedError
from accounts.models import AgencyKind, Membership, Position, User
from tests.administering import browser_of, errors, make_administrator, recorded, send
from tests.factories import LONG_AGO, actor, make_agency, make_member, make_user

pytestmark = pytest.mark.django_db
LIST = reverse("administration-people")
# SQL statements of the list: session, person, hats and bell of the frame, people, their positions, agencies.
COST = 7


@pytest.fixture
def administrator():
    return make_administrator(full_name="A Quản trị")


@pytest.fixture
def client(administrator):
    return browser_of(administrator)


@pytest.fixture
def agency():
    return make_agency("stc", symbol="STC")


@pytest.fixture
def person():
    return make_user("tranvanb", full_name="Trần Văn Bình")


def page_of(user):
    return reverse("administration-person", args=[user.pk])


def posts(user):
    held = user.memberships.order_by("valid_from", "pk")
    return [(each.agency_position.position, each.valid_from, each.valid_to, each.is_acting) for each in held]


def appoint(client, user, at, position="SPECIALIST", *, seen=None, **more):
    typed = {"agency": str(at.pk), "position": position, "valid_from": "01/03/2026"} | more
    return send(client, page_of(user), "appoint", seen, **typed)


@pytest.mark.parametrize("number", [1, 3])
def test_list_costs_the_same_whatever_its_rows(client, agency, number, django_assert_num_queries):
    for n in range(number):
        make_member(agency, Position.SPECIALIST, f"nguoi{n}")
    client.get(LIST)

    with django_assert_num_queries(COST):
        answer = client.get(LIST)

    assert [row["posts"] for row in answer.context["rows"]] == [[], *[["Specialist STC"]] * number]


def test_list_is_paged_by_name(client):
    for n in range(32):
        make_user(f"nguoi{n:02d}")

    first = client.get(f"{LIST}?q=nguoi")
    second = client.get(first.context["next_url"])

    assert [row["person"].username for row in first.context["rows"]] == [f"nguoi{n:02d}" for n in range(30)]
    assert [row["person"].username for row in second.context["rows"]] == ["nguoi30", "nguoi31"]


def test_list_is_narrowed_by_name_agency_and_account(client, agency, person):
    make_member(agency, Position.HEAD)
    make_user("cu", is_active=False)

    def found(query):
        return [row["person"].username for row in client.get(f"{LIST}?{query}").context["rows"]]

    assert found("q=TRAN+van+binh") == ["tranvanb"]
    assert found("q=tranvan") == ["tranvanb"]
    assert found("agency=stc") == ["stc.head"]
    assert found("state=closed") == ["cu"]
    assert "cu" in found("state=all")
    assert found("q=%25") == []


def test_new_person_has_no_password_and_the_page_says_so(client):
    answer = send(
        client, reverse("administration-person-new"), "new", username=" NguyenVanA ", full_name="A", email=""
    )

    made = User.objects.get(username="nguyenvana")
    assert answer.url == page_of(made)
    assert not made.has_usable_password()
    assert not made.is_staff
    assert "no password yet" in client.get(page_of(made)).content.decode()
    assert recorded() == [("user.created", {"user": "nguyenvana", "demo": False})]


@pytest.mark.parametrize("username", ["tranvanb", "TranVanB", "có dấu", "a b", "-x"])
def test_new_person_with_a_taken_or_impossible_user_name_is_refused(client, person, username):
    answer = send(
        client, reverse("administration-person-new"), "new", username=username, full_name="A", email=""
    )

    assert answer.status_code == 422
    assert User.objects.count() == 2


def test_is_staff_cannot_be_set_by_any_form(client, person):
    send(client, page_of(person), "correct", full_name="B", email="", is_staff="on", is_superuser="on")

    person.refresh_from_db()
    assert (person.full_name, person.is_staff, person.is_superuser) == ("B", False, False)


def test_correction_records_before_and_after(client, person):
    send(client, page_of(person), "correct", full_name="Trần Văn B", email="b@example.vn")
    send(client, page_of(person), "correct", full_name="Trần Văn B", email="b@example.vn")

    assert recorded() == [
        (
            "user.corrected",
            {
                "user": "tranvanb",
                "before": {"full_name": "Trần Văn Bình", "email": ""},
                "after": {"full_name": "Trần Văn B", "email": "b@example.vn"},
            },
        )
    ]


def test_appointment_gives_the_position_and_its_group(client, person, agency):
    answer = appoint(client, person, agency, "HEAD", is_acting="on")

    assert answer.status_code == 302
    assert posts(person) == [("HEAD", date(2026, 3, 1), None, True)]
    assert [group.name for group in person.groups.all()] == ["stc:HEAD"]
    assert recorded()[0][1]["is_acting"] is True


@pytest.mark.parametrize(
    ("position", "more", "words"),
    [
        ("CHAIR", {}, "no such position"),
        ("SPECIALIST", {"valid_to": "01/03/2026"}, "must come after"),
        ("SPECIALIST", {"valid_from": "01/01/2015"}, "does not exist on that day"),
        ("SPECIALIST", {"is_acting": "on"}, "Only the head's post"),
        ("HEAD", {}, "Người stc.head holds this position: 01/01/2016 – …"),
        ("CLERK", {"agency": "999999"}, "valid choice"),
    ],
)
def test_appointment_that_does_not_fit_is_refused(client, person, position, more, words):
    agency = make_agency("stc", symbol="STC")
    make_member(agency, Position.HEAD)

    answer = appoint(client, person, agency, position, **more)

    assert answer.status_code == 422
    assert words in errors(answer)
    assert posts(person) == []


def test_appointment_sent_twice_is_one(client, person, agency):
    seen = client.get(page_of(person)).context["seen"]

    first = appoint(client, person, agency, seen=seen)
    second = appoint(client, person, agency, seen=seen)
    anew = appoint(client, person, agency)

    assert (first.status_code, second.status_code, anew.status_code) == (302, 409, 422)
    assert len(posts(person)) == 1


def test_second_administrator_is_told_of_the_position_that_was_given_meanwhile(client, person, agency):
    other = browser_of(make_administrator("quantri2"))
    seen = client.get(page_of(person)).context["seen"]
    appoint(other, person, agency)

    answer = appoint(client, person, agency, "CLERK", seen=seen)

    assert answer.status_code == 409
    assert "Positions: – → Specialist STC (01/03/2026 – …)" in errors(answer)
    assert [position for position, *_days in posts(person)] == ["SPECIALIST"]


def test_position_ends_on_a_day_and_is_not_made_longer(client, agency):
    person = make_member(agency, Position.CLERK)
    membership = person.memberships.get()
    until = timezone.localdate() + timedelta(days=10)

    ended = send(client, page_of(person), "end", which=str(membership.pk), on=f"{until:%d/%m/%Y}")
    longer = send(client, page_of(person), "end", which=str(membership.pk), on="01/01/2099")
    before = send(client, page_of(person), "end", which=str(membership.pk), on="31/12/2015")

    assert (ended.status_code, longer.status_code, before.status_code) == (302, 422, 422)
    assert posts(person) == [("CLERK", LONG_AGO, until, False)]


def test_position_of_somebody_else_does_not_end_here(client, agency, person):
    other = make_member(agency, Position.CLERK).memberships.get()
    make_membership = Membership.objects.create
    make_membership(user=person, agency_position=other.agency_position, valid_from=LONG_AGO)

    answer = send(client, page_of(person), "end", which=str(other.pk), on="01/03/2026")

    assert answer.status_code == 422
    other.refresh_from_db()
    assert other.valid_to is None


def test_account_is_closed_after_a_page_that_says_what_it_means_and_opened_again(client, person):
    url = reverse("administration-person-deactivate", args=[person.pk])
    assert "signed out everywhere" in client.get(url).content.decode()
    assert person.is_active

    closed = send(client, url, "deactivate")
    again = client.post(url, {"act": "deactivate", "seen": client.get(url).context["seen"]})
    person.refresh_from_db()
    assert (closed.url, again.status_code, person.is_active) == (page_of(person), 302, False)

    send(client, page_of(person), "reactivate")
    person.refresh_from_db()
    assert (person.is_active, person.deactivated_at, person.has_usable_password()) == (True, None, False)
    assert [kind for kind, _data in recorded()] == ["user.deactivated", "user.reactivated"]


def test_account_of_a_head_whose_post_is_somebody_elses_is_not_opened_again(client, agency, person):
    former = make_member(agency, Position.HEAD)
    User.objects.filter(pk=former.pk).update(is_active=False)
    appoint(client, person, agency, "HEAD")

    refused = send(client, page_of(former), "reactivate")
    send(client, page_of(former), "correct", full_name="Cũ", email="")
    former.memberships.update(valid_to=timezone.localdate())
    opened = send(client, page_of(former), "reactivate")

    assert "Trần Văn Bình holds this position" in errors(refused)
    assert (refused.status_code, opened.status_code) == (422, 302)


def test_nobody_changes_her_own_account_or_rights(client, administrator, agency):
    own = reverse("administration-person-deactivate", args=[administrator.pk])

    refused = [
        appoint(client, administrator, agency),
        send(client, own, "deactivate"),
        send(client, page_of(administrator), "correct", full_name="Khác", email="x@example.vn"),
    ]

    assert [each.status_code for each in refused] == [422, 422, 422]
    assert ["Nobody changes her own account or rights" in errors(each) for each in refused] == [True] * 3
    administrator.refresh_from_db()
    assert (administrator.is_active, administrator.full_name, posts(administrator)) == (
        True,
        "A Quản trị",
        [],
    )
    assert recorded() == []


def test_own_position_does_not_end_by_oneself(client, administrator, agency):
    place = make_member(agency, Position.CLERK).memberships.get().agency_position
    own = Membership.objects.create(user=administrator, agency_position=place, valid_from=LONG_AGO)

    answer = send(client, page_of(administrator), "end", which=str(own.pk), on="01/03/2026")

    assert "Nobody changes her own" in errors(answer)


def test_superusers_account_is_not_changed_by_an_administrator(client, agency):
    root = make_user("root", is_superuser=True, email="root@example.vn")
    url = reverse("administration-person-deactivate", args=[root.pk])

    refused = [
        send(client, page_of(root), "correct", full_name="x", email="thief@example.vn"),
        appoint(client, root, agency),
        send(client, url, "deactivate"),
    ]

    root.refresh_from_db()
    assert [each.status_code for each in refused] == [422, 422, 422]
    assert (root.email, root.is_active, posts(root)) == ("root@example.vn", True, [])


def test_domain_itself_refuses_whoever_does_not_administer(person, agency):
    chair = make_member(make_agency("ubnd", AgencyKind.COMMITTEE), Position.CHAIR)
    given = personnel.Appointment(agency, Position.HEAD, date(2026, 3, 1))

    with pytest.raises(NotAllowedError):
        personnel.appoint(person, given, actor=actor(chair))
    with pytest.raises(NotAllowedError):
        personnel.deactivate(person, actor=actor(chair))
    with pytest.raises(NotAllowedError):
        personnel.add("moi", full_name="Mới", email="", actor=actor(chair))


def test_link_to_set_a_password_is_shown_once_on_record_and_works(client, person):
    answer = send(client, page_of(person), "invite")
    first, second = client.get(answer["Location"]).text, client.get(answer["Location"]).text

    link = re.search(r"http://testserver(/welcome/[^<\s]+)", first)[1]
    assert "/welcome/" not in second
    assert recorded() == [("user.invited", {"user": "tranvanb"})]
    assert "new_password1" in Client().get(link, follow=True).text


@pytest.mark.parametrize("who", ["own", "root", "closed"])
def test_link_to_an_account_that_is_not_hers_to_open_is_refused(client, administrator, who):
    user = {
        "own": lambda: administrator,
        "root": lambda: make_user("root", is_superuser=True),
        "closed": lambda: make_user("closed", is_active=False),
    }[who]()

    assert send(client, page_of(user), "invite").status_code == 422
    assert recorded() == []
