"""A wrong password costs the same work whatever the account is: nobody learns by the clock who has one."""

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client

from accounts.authority import SYSTEM
from accounts.domain.people import deactivate
from tests.accounts.second_factors import give_app, sign_in
from tests.factories import make_user

pytestmark = pytest.mark.django_db


class CountingHasher(MD5PasswordHasher):
    """Counts how often a password is hashed."""

    runs = 0

    def encode(self, password, salt):
        """Hash, and count."""
        CountingHasher.runs += 1
        return super().encode(password, salt)


@pytest.fixture
def accounts(settings):
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    known = make_user("known")
    known.set_password("mat-khau-dung-2026")
    known.save()
    give_app(known)
    deactivate(make_user("closed"), actor=SYSTEM)
    invited = make_user("invited")
    invited.set_unusable_password()
    invited.save()


def work_and_answer(username):
    CountingHasher.runs = 0
    answer = sign_in(Client(), username, "sai-mat-khau")
    return CountingHasher.runs, answer.status_code, answer.text.replace(username, "?")


def without_token(text):
    return [line for line in text.splitlines() if "csrfmiddlewaretoken" not in line]


@pytest.mark.parametrize("username", ["unknown", "closed", "invited"])
def test_wrong_password_costs_the_same_and_says_the_same(accounts, username):
    known, other = work_and_answer("known"), work_and_answer(username)

    assert other[:2] == known[:2] == (1, 200)
    assert without_token(other[2]) == without_token(known[2])
