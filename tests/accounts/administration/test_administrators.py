"""Who administers is said by a command alone, and what was shown is held to."""

import pytest
from django.core.management import CommandError, call_command

from accounts.domain.administering import ChangedMeanwhileError, check_seen, stamp
from accounts.models import User
from tests.administering import recorded
from tests.factories import make_user

NONE = {"administrator": False, "superuser": False}
ADMINISTERS = {"administrator": True, "superuser": False}


@pytest.mark.django_db
def test_command_makes_an_administrator_and_ends_it_once_each(capsys):
    make_user("binh")

    for _twice in range(2):
        call_command("administrator", "Binh")
    call_command("administrator", "binh", "--end")

    assert capsys.readouterr().out.split("\n")[1:3] == ["binh: administrator", "binh: no administrator"]
    assert recorded() == [
        ("user.powers_changed", {"user": "binh", "before": NONE, "after": ADMINISTERS}),
        ("user.powers_changed", {"user": "binh", "before": ADMINISTERS, "after": NONE}),
    ]


@pytest.mark.django_db
def test_command_makes_a_missing_account_where_it_has_a_name():
    with pytest.raises(CommandError):
        call_command("administrator", "moi")
    assert not User.objects.exists()

    call_command("administrator", "moi", "--name", "Người Mới")

    made = User.objects.get()
    assert (made.full_name, made.is_staff, made.is_superuser, made.has_usable_password()) == (
        "Người Mới",
        True,
        False,
        False,
    )


def test_check_seen_says_what_changed_and_looks_at_one_fact_where_one_is_named():
    seen = stamp({"A": "1", "B": "2"})
    check_seen(seen, {"A": "1", "B": "2"})
    check_seen(seen, {"A": "1", "B": "3"}, only="A")

    with pytest.raises(ChangedMeanwhileError, match="B: 2 → 3; C: – → 4"):
        check_seen(seen, {"A": "1", "B": "3", "C": "4"})


@pytest.mark.parametrize("seen", ["", "x:y:z", stamp({"A": "1"})[:-1]], ids=["nothing", "no stamp", "cut"])
def test_check_seen_takes_no_word_that_is_not_its_own(seen):
    with pytest.raises(ChangedMeanwhileError):
        check_seen(seen, {"A": "1"})
