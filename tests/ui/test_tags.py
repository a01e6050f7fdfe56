"""Tags and filters: what they print, and that they escape what they are given."""

from datetime import UTC, date, datetime

import pytest
from django.template import Context, Template
from django.utils import translation

from workflows.presenting import Change, DueLabel, DueState, Segment

EVIL = "<b>&\"'"
SAFE = "&lt;b&gt;&amp;&quot;&#x27;"


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def render(source: str, **context: object) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


def test_icon_names_a_symbol():
    assert render('{% icon "bell" %}') == '<svg class="i" aria-hidden="true"><use href="#i-bell"/></svg>'


@pytest.mark.parametrize(
    ("state", "shapes"),
    [
        (DueState.LATE, ["disc", "bang"]),
        (DueState.TODAY, ["ring", "pie"]),
        (DueState.SOON, ["ring", "pie"]),
        (DueState.OK, ["ring", "pie"]),
        (DueState.MET, ["disc", "bang"]),
        (DueState.NONE, ["ring"]),
    ],
)
def test_due_draws_a_shape_and_says_the_words(state, shapes):
    html = render(
        "{% due label %}", label=DueLabel(state, "words", "due 03/07", 40, "2020-07-03T17:00:00+07:00")
    )

    assert html.startswith(f'<span class="due {state}"><svg')
    assert [shape for shape in ("disc", "ring", "bang", "pie") if f'class="{shape}"' in html] == sorted(
        shapes, key=["disc", "ring", "bang", "pie"].index
    )
    assert (
        '<b>words</b><small><time datetime="2020-07-03T17:00:00+07:00">due 03/07</time></small></span>'
        in html
    )


def test_due_escapes():
    html = render("{% due label %}", label=DueLabel(DueState.OK, EVIL, EVIL, 1, EVIL))

    assert "<b>&lt;b&gt;" in html
    assert html.count(SAFE) == 3


def test_mini_uses_a_symbol_and_says_the_stage():
    html = render('{% mini 4 "Consultation" "late" %}')

    assert html == (
        '<span class="mini late"><svg viewBox="0 0 86 8" aria-hidden="true"><use href="#mini-4"/></svg>'
        "<small>Consultation</small></span>"
    )


@pytest.mark.parametrize(("given", "shown"), [(0, 1), (1, 1), (9, 9), (12, 9)])
def test_mini_stays_within_the_drawn_symbols(given, shown):
    assert f"#mini-{shown}" in render('{% mini n "x" %}', n=given)


def test_redline_says_in_words_what_it_shows():
    pieces = [Segment(Change.SAME, "a "), Segment(Change.REMOVED, EVIL), Segment(Change.ADDED, "c")]

    assert render("{% redline pieces %}", pieces=pieces) == (
        f'a <del><span class="vh">removed: </span>{SAFE}</del><ins><span class="vh">added: </span>c</ins>'
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("3983/UBND-TKTH", '<span class="nb">3983/UBND-TKTH</span>'),
        ("theo 15/2020/QĐ-TTg.", 'theo <span class="nb">15/2020/QĐ-TTg</span>.'),
        ("1216/TTr-SKHĐT", '<span class="nb">1216/TTr-SKHĐT</span>'),
        ("01/BC-KH&ĐT", '<span class="nb">01/BC-KH&amp;ĐT</span>'),
        ("29/5/2020", "29/5/2020"),
        (EVIL, SAFE),
        ("<b>84/NQ-CP</b>", '&lt;b&gt;<span class="nb">84/NQ-CP</span>&lt;/b&gt;'),
    ],
)
def test_sokh_keeps_numbers_whole_and_escapes(text, shown):
    assert render("{{ text|sokh }}", text=text) == shown


def test_dates_are_two_digits_and_local():
    late_evening_in_utc = datetime(2020, 7, 2, 18, 30, tzinfo=UTC)

    assert render("{{ d|dmy }}", d=date(2020, 7, 3)) == "03/07/2020"
    assert render("{{ d|dmy }}", d=late_evening_in_utc) == "03/07/2020"
    assert render("{{ d|dmyhm }}", d=late_evening_in_utc) == "03/07/2020 01:30"
    assert render("{{ d|dmy }}{{ d|dmyhm }}{% moment d %}", d=None) == ""


def test_moment_is_a_time_element():
    assert render("{% moment d %}", d=date(2020, 7, 3)) == '<time datetime="2020-07-03">03/07/2020</time>'
    assert render("{% moment d words %}", d=date(2020, 7, 3), words=EVIL) == (
        f'<time datetime="2020-07-03">{SAFE}</time>'
    )
