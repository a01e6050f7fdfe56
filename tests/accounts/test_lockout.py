from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.domain.lockout import (
    LIMIT,
    LIMIT_OF_A_NAME,
    LIMIT_OF_AN_ADDRESS,
    WINDOW,
    forget_tries,
    hash_of,
    is_locked,
    network_of,
    reserve_try,
)
from accounts.models import SignInAttempt

NOW = timezone.now()


def spend(username, count=LIMIT, at=NOW, address=""):
    return [reserve_try(username, address, at=at) for _ in range(count)]


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

    assert list(SignInAttempt.objects.values_list("username_hash", flat=True)) == [hash_of("binh")]


def test_forget_tries_gives_all_back(db):
    spend("an")
    spend("binh")

    forget_tries("an")

    assert (is_locked("an", at=NOW), is_locked("binh", at=NOW)) == (False, True)


def test_the_lock_of_one_address_leaves_others_free(db):
    assert spend("an", 11, address="10.0.0.1") == [True] * 10 + [False]

    assert reserve_try("an", "10.0.0.2", at=NOW)
    assert not is_locked("an", "10.0.0.2", at=NOW)


def test_a_user_name_tried_from_everywhere_is_locked_everywhere(db):
    answers = [reserve_try("an", f"10.0.0.{number}", at=NOW) for number in range(LIMIT_OF_A_NAME + 1)]

    assert answers == [True] * LIMIT_OF_A_NAME + [False]
    assert is_locked("an", "10.9.9.9", at=NOW)
    assert not is_locked("binh", "10.9.9.9", at=NOW)


def test_an_address_that_tries_everybody_is_locked_for_everybody(db):
    answers = [reserve_try(f"u{number}", "10.0.0.1", at=NOW) for number in range(LIMIT_OF_AN_ADDRESS + 1)]

    assert answers == [True] * LIMIT_OF_AN_ADDRESS + [False]
    assert is_locked("an", "10.0.0.1", at=NOW)
    assert not is_locked("an", "10.0.0.2", at=NOW)
    assert SignInAttempt.objects.count() == LIMIT_OF_AN_ADDRESS


def test_an_unknown_address_locks_nobody_else_out(db):
    for number in range(LIMIT_OF_AN_ADDRESS):
        reserve_try(f"u{number}", at=NOW)

    assert reserve_try("an", at=NOW)


def test_a_sign_in_gives_back_only_what_was_tried_there(db):
    spend("an", address="10.0.0.1")
    spend("an", address="10.0.0.2")

    forget_tries("an", "10.0.0.1")

    assert not is_locked("an", "10.0.0.1", at=NOW)
    assert is_locked("an", "10.0.0.2", at=NOW)


def test_a_user_name_is_not_kept_as_it_was_typed(db):
    reserve_try("my-password-by-mistake", at=NOW)

    assert "my-password" not in str(SignInAttempt.objects.values().get())


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
        ("", ""),
        ("unix:", ""),
    ],
)
def test_an_ipv6_customer_counts_as_one_address(address, network):
    assert network_of(address) == network


@pytest.mark.parametrize("count", [1, 3])
def test_reserve_try_costs_the_same_whatever_was_tried(db, django_assert_num_queries, count):
    spend("an", count, address="10.0.0.1")

    with django_assert_num_queries(3):  # clear, count in, look
        reserve_try("an", "10.0.0.1", at=NOW)
