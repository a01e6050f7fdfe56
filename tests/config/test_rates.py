import pytest

from config.environment import Environment
from config.rates import RATES, rates


def test_limits_are_those_of_the_office_unless_the_environment_says_otherwise(monkeypatch):
    assert rates(Environment(), wide=False) == RATES

    monkeypatch.setenv("LIMIT_UPLOAD", "20/3600")

    assert rates(Environment(), wide=False) == RATES | {"upload": (20, 3600)}


def test_tests_have_room():
    assert rates(Environment(), wide=True)["post"] == (240_000, 60)


@pytest.mark.parametrize("text", ["many", "10", "0/60", "10/0", "1/2/3", "-1/60"])
def test_what_is_no_rate_is_refused(monkeypatch, text):
    monkeypatch.setenv("LIMIT_POST", text)

    with pytest.raises(ValueError):  # noqa: PT011 - whichever reads it first
        rates(Environment(), wide=False)
