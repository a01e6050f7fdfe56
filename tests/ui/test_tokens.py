"""Contrast, computed from the colours of the token file (WCAG 2.2: 1.4.3 text 4.5, 1.4.11 parts of controls 3)."""

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).resolve().parents[2] / "static" / "css" / "tokens.css"
COLOURS = dict(re.findall(r"--([a-z0-9-]+):\s*(#[0-9A-F]{6})", TOKENS.read_text()))

TEXT_ON = {
    "ink": ["paper", "sheet", "sheet-2", "accent-wash", "late-wash", "soon-wash", "done-wash"],
    "ink-2": ["paper", "sheet", "sheet-2", "accent-wash"],
    "ink-3": ["paper", "sheet", "sheet-2", "accent-wash"],
    "accent": ["paper", "sheet", "sheet-2", "accent-wash"],
    "late": ["paper", "sheet", "sheet-2", "late-wash", "accent-wash"],
    "soon": ["paper", "sheet", "sheet-2", "soon-wash", "accent-wash"],
    "done": ["paper", "sheet", "sheet-2", "done-wash"],
    "sheet": ["accent", "accent-2", "ink", "late"],
}
PARTS_ON = {
    "edge": ["paper", "sheet"],
    "soon-fill": ["sheet"],
    "done-fill": ["sheet", "paper"],
    "accent": ["sheet", "paper"],
    "late": ["sheet"],
}


def pairs(table: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(front, back) for front, backs in table.items() for back in backs]


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(front: str, back: str) -> float:
    lighter, darker = sorted((luminance(COLOURS[front]), luminance(COLOURS[back])), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize(("front", "back"), pairs(TEXT_ON))
def test_text_contrast_is_at_least_4_5(front, back):
    assert contrast(front, back) >= 4.5


@pytest.mark.parametrize(("front", "back"), pairs(PARTS_ON))
def test_parts_of_controls_contrast_is_at_least_3(front, back):
    assert contrast(front, back) >= 3


def test_contrast_agrees_with_the_published_examples():
    COLOURS.update({"black": "#000000", "white": "#FFFFFF", "grey": "#767676"})

    assert round(contrast("black", "white"), 2) == 21.0
    assert round(contrast("grey", "white"), 2) == 4.54
