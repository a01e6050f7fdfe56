import pytest
from django.db import IntegrityError, connection, transaction

from accounts import triggers
from accounts.models import User
from tests.factories import make_user


def delete_behind_the_back(user):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM accounts_user WHERE id = %s", [user.pk])


def test_people_cannot_be_deleted_by_sql(db):
    user = make_user("an")

    with pytest.raises(IntegrityError, match="never deleted"):
        delete_behind_the_back(user)

    assert User.objects.get() == user


def test_people_cannot_be_deleted_by_a_queryset(db):
    make_user("an")

    with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
        User.objects.all().delete()


def test_lifted_takes_the_trigger_away_and_puts_it_back(db):
    user, other = make_user("an"), make_user("binh")

    with triggers.lifted(connection):
        delete_behind_the_back(user)

    with pytest.raises(IntegrityError, match="never deleted"):
        delete_behind_the_back(other)
    assert list(User.objects.all()) == [other]
