from datetime import timedelta

from django.utils import timezone

from accounts.domain.lockout import LIMIT, WINDOW, forget_tries, is_locked, reserve_try
from accounts.models import SignInAttempt

NOW = timezone.now()


def spend(username, count=LIMIT, at=NOW):
    return [reserve_try(username, at=at) for _ in range(count)]


def test_ten_tries_are_given_and_no_more(db):
    assert spend("an", 12) == [True] * 10 + [False] * 2
    assert is_locked("an", at=NOW)


def test_the_lock_of_one_user_name_leaves_others_free(db):
    spend("an")

    assert reserve_try("binh", at=NOW)
    assert not is_locked("binh", at=NOW)


def test_the_lock_ends_after_the_window_though_tries_went_on(db):
    spend("an")
    almost, after = NOW + WINDOW - timedelta(seconds=1), NOW + WINDOW

    assert not reserve_try("an", at=almost)
    assert reserve_try("an", at=after)
    assert not is_locked("an", at=after)


def test_old_tries_are_cleared_away(db):
    spend("an")

    reserve_try("binh", at=NOW + WINDOW)

    assert list(SignInAttempt.objects.values_list("username", flat=True)) == ["binh"]


def test_forget_tries_gives_all_back(db):
    spend("an")
    spend("binh")

    forget_tries("an")

    assert (is_locked("an", at=NOW), is_locked("binh", at=NOW)) == (False, True)
