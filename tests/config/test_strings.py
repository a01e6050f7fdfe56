"""A short form of benchmarks/accessing/strings.py: text in headers, and where redirects lead."""

import pytest

from benchmarks.accessing import strings

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder")]


@pytest.fixture
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


def test_sixty_payloads_lead_nowhere_else():
    found = strings.redirects(60)

    assert found == {
        "redirect_payloads": 60,
        "redirect_places": 6,
        "redirects_that_left_the_site": 0,
        "redirect_errors": 0,
    }


@pytest.mark.parametrize(
    ("location", "away"),
    [
        ("/inbox/", False),
        ("", False),
        ("http://testserver/a", False),
        ("//evil.example", True),
        ("/\\evil.example", True),
        ("/\t/evil.example", True),
        ("javascript:alert(1)", True),
        ("http://testserver@evil.example/", True),
    ],
)
def test_what_leads_away_is_known(location, away):
    assert strings.leaves(location) is away


def test_forty_strings_add_nothing_to_an_answer():
    found = strings.headers(40)

    assert (found["header_strings"], found["header_injections"], found["header_errors"]) == (40, 0, 0)
