import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.urls import reverse

from accounts.authority import SYSTEM, Actor
from accounts.domain.people import create_user, deactivate
from accounts.models import Position, User
from notifications.models import Event
from tests.factories import PASSWORD, make_agency, make_member, make_user


def events():
    return list(Event.objects.order_by("seq").values_list("kind", "actor__username", "data"))


def is_let_in(client):
    return client.get(reverse("choose-hat")).status_code == 405  # behind sign-in, and by POST only


def test_create_user_keeps_the_name_in_lower_case_and_the_password_hashed(db):
    user = create_user(" STC.Head ", full_name=" Trần Thị An ", password=PASSWORD, is_demo=True, actor=SYSTEM)

    user.refresh_from_db()
    assert (user.username, user.full_name, user.is_demo, user.is_active) == (
        "stc.head",
        "Trần Thị An",
        True,
        True,
    )
    assert user.check_password(PASSWORD)
    assert PASSWORD not in user.password
    assert events() == [("user.created", None, {"user": "stc.head", "demo": True})]


def test_create_user_without_password_cannot_sign_in(db):
    assert not create_user("an", full_name="An", actor=SYSTEM).has_usable_password()


def test_taken_user_name_is_refused_in_any_case(db):
    make_user("an")

    with pytest.raises(IntegrityError), transaction.atomic():
        create_user("AN", full_name="An", actor=SYSTEM)

    assert events() == []


def test_deactivate_ends_sessions_at_once(client, db):
    user = make_user("an")
    client.force_login(user)
    assert is_let_in(client)

    deactivate(user, actor=Actor(make_user("boss")))

    assert not is_let_in(client)
    assert (user.is_active, user.has_usable_password()) == (False, False)
    assert user.deactivated_at is not None
    assert events() == [("user.deactivated", "boss", {"user": "an"})]


def test_sessions_stay_ended_when_the_account_is_opened_again(client, db):
    user = make_user("an")
    client.force_login(user)
    deactivate(user, actor=SYSTEM)

    User.objects.update(is_active=True)

    assert not is_let_in(client)


def test_deactivate_twice_is_one_event_and_keeps_the_first_moment(db):
    user = make_user("an")
    deactivate(user, actor=SYSTEM)
    first = user.deactivated_at

    deactivate(user, actor=SYSTEM)

    assert user.deactivated_at == first
    assert len(events()) == 1


def test_somebody_with_a_membership_cannot_be_deleted(db):
    user = make_member(make_agency("stc"), Position.HEAD)

    with pytest.raises(ProtectedError):
        user.delete()


@pytest.mark.parametrize(
    ("full_name", "initials"), [("Nguyễn Văn An", "VA"), ("Đỗ Ý", "ĐÝ"), ("An", "A"), ("", "B")]
)
def test_initials_are_of_the_last_two_words(full_name, initials):
    assert User(username="b", full_name=full_name).initials == initials


def test_deactivate_closes_the_persons_sockets_on_commit(db, monkeypatch, django_capture_on_commit_callbacks):
    user = make_user("lan")
    kicked = []
    monkeypatch.setattr("accounts.domain.people.push_kick", kicked.append)

    with django_capture_on_commit_callbacks(execute=True):
        deactivate(user, actor=SYSTEM)
        assert kicked == []

    assert kicked == [user.pk]
