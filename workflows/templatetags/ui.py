"""Tags and filters of the interface. They print what was prepared in `workflows.presenting`, and escape everything."""

import re
from collections.abc import Iterable
from datetime import date, datetime

from django import template
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from workflows.presenting import STAGES, Change, DueLabel, DueState, Segment, date_and_time, day_month_year

register = template.Library()

# A document number and its symbol, e.g. 3983/UBND-TKTH, 15/2020/QĐ-TTg, 1216/TTr-SKHĐT (Decree 30/2020/NĐ-CP, annex I).
DOCUMENT_NUMBER = re.compile(r"(?<![\w/])(\d{1,5}(?:/\d{4})?/[A-ZĐ][A-Za-zĐ]*(?:-[A-ZĐ&][A-Za-zĐ&]*)+)")

DISC = mark_safe('<circle class="disc" cx="7" cy="7" r="7"/>')
BANG = mark_safe('<path class="bang" d="M7 3.4v4.4M7 10.6v.01"/>')
TICK = mark_safe('<path class="bang" fill="none" d="M4 7.3l2.1 2.1L10.2 5"/>')
RING = mark_safe('<circle class="ring" cx="7" cy="7" r="6.2"/>')
PIE = (
    '<circle class="pie" cx="7" cy="7" r="2.5" pathLength="100"'
    ' stroke-dasharray="{} 100" transform="rotate(-90 7 7)"/>'
)


@register.simple_tag
def icon(name: str) -> SafeString:
    """Print an icon of templates/icons.svg.html; it is decoration, the words beside it carry the meaning."""
    return format_html('<svg class="i" aria-hidden="true"><use href="#i-{}"/></svg>', name)


@register.simple_tag
def due(label: DueLabel) -> SafeString:
    """Print a due moment: a glyph whose shape differs for each state, the words, the date."""
    when = (
        format_html('<small><time datetime="{}">{}</time></small>', label.iso, label.date)
        if label.date
        else ""
    )
    return format_html(
        '<span class="due {}"><svg viewBox="0 0 14 14" aria-hidden="true">{}</svg><b>{}</b>{}</span>',
        label.state,
        _glyph(label),
        label.words,
        when,
    )


def _glyph(label: DueLabel) -> SafeString:
    if label.state == DueState.LATE:
        return DISC + BANG
    if label.state == DueState.MET:
        return DISC + TICK
    return RING if label.state == DueState.NONE else RING + format_html(PIE, int(label.frac))


@register.simple_tag
def mini(current: int, label: str, state: str = "") -> SafeString:
    """Print the stage line in small: `current` is 1 to 8, 9 says that all stages are behind; the label carries it."""
    ticks = format_html(
        '<svg viewBox="0 0 86 8" aria-hidden="true"><use href="#mini-{}"/></svg>', _station(current)
    )
    return format_html('<span class="mini {}">{}<small>{}</small></span>', state, ticks, label)


def _station(current: int) -> int:
    return min(max(int(current), 1), len(STAGES) + 1)


@register.simple_tag
def redline(segments: Iterable[Segment]) -> SafeString:
    """Print the pieces of a comparison; what colour and line say is also said in hidden words."""
    return format_html_join("", "{}", ((_piece(segment),) for segment in segments))


def _piece(segment: Segment) -> SafeString:
    if segment.change == Change.ADDED:
        return format_html('<ins><span class="vh">{} </span>{}</ins>', _("added:"), segment.text)
    if segment.change == Change.REMOVED:
        return format_html('<del><span class="vh">{} </span>{}</del>', _("removed:"), segment.text)
    return conditional_escape(segment.text)


@register.simple_tag
def moment(value: datetime | date | None, words: str = "") -> SafeString:
    """Print a date, with its time where it has one, as a time element; `words` replaces what is read."""
    if value is None:
        return SafeString("")
    shown = words or (date_and_time(value) if isinstance(value, datetime) else day_month_year(value))
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), shown)


@register.filter
def dmy(value: datetime | date | None) -> str:
    """Return dd/mm/yyyy."""
    return day_month_year(value)


@register.filter
def dmyhm(value: datetime | None) -> str:
    """Return dd/mm/yyyy hh:mm."""
    return date_and_time(value)


@register.filter
def sokh(text: object) -> SafeString:
    """Keep document numbers (số, ký hiệu) of a plain text on one line: they never break at the hyphen."""
    return format_html_join("", "{}", ((_unbroken(piece),) for piece in DOCUMENT_NUMBER.split(str(text))))


def _unbroken(piece: str) -> str:
    return format_html('<span class="nb">{}</span>', piece) if DOCUMENT_NUMBER.fullmatch(piece) else piece
