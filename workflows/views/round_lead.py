"""What the lead is offered on the page of its round: the acts, why one cannot be done yet, the wishes that wait."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import regulation
from workflows.models import Extension
from workflows.presenting import Act, date_and_time, day_month_year

from .base import Context
from .round_ops import Add, Close, Extend, Remind, RoundOp
from .round_page import RoundPage


@dataclass(frozen=True, slots=True)
class Offer:
    """An act as a button: a form in the page, a link that opens one, or a reason why it cannot be done now."""

    name: str
    label: str
    icon: str
    act: Act | None = None
    url: str = ""
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class WishRow:
    """A wish for more time that waits for the lead's answer; the links are there for those who may answer."""

    id: int
    agency: str
    asked: str
    until: str
    earlier: str
    reason: str
    grant_url: str
    refuse_url: str


def lead_of(page: RoundPage) -> Context:
    """Return what the lead's people find on the page of an open round."""
    if not (page.is_open and page.is_lead):
        return {}
    return {"offers": _offers(page), "wishes": [_wish(page, wish) for wish in page.wishes]}


def _offers(page: RoundPage) -> list[Offer]:
    offers = [_pressed(Remind(page), _why_no_reminder(page))] if page.can_remind else []
    if not page.can_run:
        return offers
    return [
        *offers,
        _linked(Extend(page)),
        _linked(Add(page), "" if page.consultation.due_at > page.now else _too_late()),
        _pressed(Close(page), _why_not_closed(page)),
    ]


def _pressed(op: RoundOp, why_not: str) -> Offer:
    name, label = op.form_class.name, str(op.label)
    return Offer(name, label, op.icon, act=None if why_not else op.act(op.form()), why_not=why_not)


def _linked(op: RoundOp, why_not: str = "") -> Offer:
    name = op.form_class.name
    return Offer(name, str(op.label), op.icon, url=op.page.here(act=name), why_not=why_not)


def _too_late() -> str:
    return _("The due moment of this round has passed; no further agency can be asked in it.")


def _why_no_reminder(page: RoundPage) -> str:
    last = page.reminded["by_lead"]
    free_at = last + timedelta(hours=regulation.rules("CONSULTATION")["remind_gap_hours"]) if last else None
    if free_at is None or free_at <= page.now:
        return ""
    words = _("The lead reminded them at %(when)s; again from %(next)s.")
    return words % {"when": date_and_time(last), "next": date_and_time(free_at)}


def _why_not_closed(page: RoundPage) -> str:
    """Name the required answers that are missing, the first of them where they are many."""
    count = page.figures["required"]
    if not count:
        return ""
    agencies = ", ".join(page.names.short(opinion.participation.agency) for opinion in page.missing)
    if count > len(page.missing):
        agencies += ", …"
    words = ngettext(
        "To close early, %(n)s required answer is missing: %(agencies)s",
        "To close early, %(n)s required answers are missing: %(agencies)s",
        count,
    )
    return words % {"n": count, "agencies": agencies}


def _wish(page: RoundPage, wish: Extension) -> WishRow:
    asked = _("%(who)s, %(when)s") % {"who": wish.asked_as, "when": date_and_time(wish.asked_at)}
    return WishRow(
        id=wish.pk,
        agency=page.names.full(wish.opinion.participation.agency),
        asked=asked,
        until=day_month_year(wish.wanted_at),
        earlier=day_month_year(wish.earlier_due),
        reason=wish.reason,
        grant_url=page.here(act="grant", wish=wish.pk) if page.can_run else "",
        refuse_url=page.here(act="refuse", wish=wish.pk) if page.can_run else "",
    )
