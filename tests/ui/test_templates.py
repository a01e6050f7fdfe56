"""Templates as text: names that exist, nothing a strict content policy would block, error pages that stand alone."""

import re
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.utils import translation

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SPRITE = (ROOT / "templates" / "icons.svg.html").read_text()
ERROR_PAGES = [
    "400.html",
    "403.html",
    "403_csrf.html",
    "404.html",
    "409.html",
    "429.html",
    "500.html",
    "503.html",
]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT / "templates"))


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_template_uses_icons_that_are_drawn(path):
    used = set(re.findall(r'{% icon ["\']([\w-]+)["\']', path.read_text()))

    assert used - set(re.findall(r'id="i-([\w-]+)"', SPRITE)) == set()


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_template_has_no_inline_script_or_style(path):
    text = path.read_text()

    assert (
        re.findall(r"<script(?![^>]*\bsrc=)[^>]*>|<style|\sstyle=|\son[a-z]+=|hx-on|javascript:", text) == []
    )


def test_sprite_draws_every_place_on_the_stage_line():
    assert re.findall(r'id="mini-(\d)"', SPRITE) == list("123456789")


@pytest.mark.parametrize("script", sorted((ROOT / "static" / "js").glob("*.js")), ids=lambda path: path.name)
def test_script_says_only_words_that_are_given(script):
    words = (ROOT / "templates" / "c" / "words.html").read_text()
    given = {
        re.sub(r"-(\w)", lambda m: m[1].upper(), name) for name in re.findall(r"data-say-([\w-]+)=", words)
    }

    assert set(re.findall(r"(?<!/)\bwords\.(\w+)", script.read_text())) - given == set()


@pytest.mark.parametrize("name", ERROR_PAGES)
def test_error_page_needs_no_context_and_says_what_to_do(name):
    with translation.override("vi"):
        html = render_to_string(name)

    assert html.count("<h1>") == 1
    assert '<html lang="vi">' in html
    assert re.search(r'<a class="btn primary" href="(/|\?)">', html)


def test_error_pages_escape_what_they_are_told():
    html = render_to_string("409.html", {"title": "<i>t</i>", "message": "<i>m</i>", "back_url": '"><i>'})

    assert "<i>" not in html
    assert "&lt;i&gt;t&lt;/i&gt;" in html
