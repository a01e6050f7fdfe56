"""A short form of benchmarks/accessing/xss.py: hostile text through the forms, looked at in a browser."""

import pytest

from benchmarks.accessing import xss
from tests.scripted import payloads

pytestmark = pytest.mark.browser


def test_hostile_text_stays_text_wherever_it_is_shown(person, system):
    found = xss.watch(system, person, payloads(60), cases=1, size=5)

    assert found.pop("xss_seconds") > 0
    counts = [found.pop(name) for name in ("xss_fields", "xss_pages", "xss_pages_that_show_them")]
    assert [count >= 18 for count in counts] == [True, True, True], counts
    assert found == {
        "xss_payloads": 60,
        "xss_not_tried": 0,
        "xss_run": 0,
        "xss_stopped_by_policy_only": 0,
        "xss_elements": 0,
    }


@pytest.mark.parametrize(
    "markup",
    [
        "<img src=x onerror=alert(1)>",
        "<script>window.__xss=1</script>",
        "<a href='java\tscript:alert(1)'>x</a>",
        "<iframe srcdoc=x></iframe>",
        "<style>*{}</style>",
    ],
)
def test_what_would_run_is_seen(person, markup):
    page = person.visitor(expects="Content Security Policy|violates|404")
    page.context.add_init_script(xss.TRAP)
    page.goto("/sign-in/")
    page.evaluate("(html) => document.querySelector('main').insertAdjacentHTML('beforeend', html)", markup)

    assert page.evaluate(xss.LOOK) != []
