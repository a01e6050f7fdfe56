"""Acting for somebody else, on the screen: whose work she looks after, and under whose hat a page acts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.authority import Hat, lent_hats, own_hats
from accounts.models import DelegationForm, DocumentKind
from accounts.views.addresses import link
from workflows import inbox
from workflows.presenting import date_and_time


@dataclass(frozen=True, slots=True)
class Lender:
    """Somebody whose work the person looks after, as the rail of the inbox names her."""

    key: str
    name: str
    title: str
    url: str
    count: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Acting:
    """For whom a page acts, as the yellow bar says it."""

    title: str
    principal: str
    until: str
    ends_at: datetime
    form: str
    basis: str
    kinds: str


def acting_as(hats: Iterable[Hat], public_id: str) -> Hat | None:
    """Return the hat a delegation lends to the person now; None where none is asked for.

    Raises:
        Http404: it is not lent to her, or no longer.
    """
    if not public_id:
        return None
    try:
        wanted = UUID(public_id)
    except ValueError:
        raise Http404 from None
    found = [hat for hat in lent_hats(hats) if hat.lent and hat.lent.public_id == wanted]
    if not found:
        raise Http404
    return found[0]


def lenders(hats: Sequence[Hat], acting: Hat | None = None) -> tuple[str, list[Lender]]:
    """Return how much waits for the person herself, and whose work she looks after, with the count of each.

    One statement, and none where nothing is lent to her. The first is empty unless she reads somebody else's list.
    """
    lent = lent_hats(hats)
    if not lent:
        return "", []
    mine, *counts = inbox.totals(own_hats(hats) if acting else [], lent)
    rows = [_lender(hat, count, is_current=hat == acting) for hat, count in zip(lent, counts, strict=True)]
    return bounded(mine) if acting else "", rows


def bar_of(hats: Iterable[Hat | None]) -> list[Acting]:
    """Return what the yellow bar says of the lent hats among these, each once."""
    lent = {hat.lent.delegation_id: hat for hat in hats if hat is not None and hat.lent is not None}
    return [_acting(hat) for hat in lent.values()]


def sentence(hat: Hat | None, name: str) -> str:
    """Return in whose place an act is done, naming both people; nothing for an own hat."""
    if hat is None or hat.lent is None:
        return ""
    return _("%(name)s signs for %(principal)s, %(title)s (%(basis)s). The record names both of you.") % {
        "name": name,
        "principal": hat.lent.principal,
        "title": hat.title,
        "basis": hat.lent.basis,
    }


def bounded(count: int) -> str:
    """Return a count in words: from the limit on, "99+"."""
    return f"{inbox.COUNT_LIMIT - 1}+" if count >= inbox.COUNT_LIMIT else str(count)


def _lender(hat: Hat, count: int, *, is_current: bool) -> Lender:
    assert hat.lent is not None
    return Lender(
        key=str(hat.lent.public_id),
        name=_("For %(principal)s") % {"principal": hat.lent.principal},
        title=hat.title,
        url=link(reverse("inbox"), **{"for": hat.lent.public_id}),
        count=bounded(count),
        is_current=is_current,
    )


def _acting(hat: Hat) -> Acting:
    lent = hat.lent
    assert lent is not None
    return Acting(
        title=hat.title,
        principal=lent.principal,
        until=date_and_time(lent.ends_at),
        ends_at=lent.ends_at,
        form=str(DelegationForm(lent.form).label),
        basis=lent.basis,
        kinds=", ".join(str(kind.label) for kind in DocumentKind if kind.value in lent.kinds),
    )
