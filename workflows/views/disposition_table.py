"""Which remarks a page of the table holds: filters, pages, and what the answers are compared with."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.views.addresses import key_of, link
from workflows.domain.search import fold
from workflows.domain.tracing import Tracing
from workflows.forms.dispositions import PlaceChoices
from workflows.models import Remark, Treatment

from .keyset import PAGE
from .plan_page import PlanTab
from .plan_rows import answer_of

OPEN, OTHERS = "open", "others"


@dataclass(frozen=True)
class Asked:
    """What the address asks for: filters, the answer to open again, and where the page starts.

    `same` and `agency` narrow to the remarks that say the same as one, or are of one agency; `after` is the last row of
    the page before, `at` a row the page must hold.
    """

    state: str = ""
    same: int | None = None
    agency: str = ""
    edit: int | None = None
    at: int | None = None
    after: int | None = None

    @classmethod
    def of(cls, query: QueryDict) -> "Asked":
        """Read the query of an address; what is nonsense asks for nothing."""
        keys = {name: key_of(query.get(name, "")) for name in ("same", "edit", "at", "after")}
        return cls(state=query.get("state", ""), agency=query.get("agency", ""), **keys)

    @property
    def is_selection(self) -> bool:
        """Tell whether the page shows remarks that are to be answered together."""
        return self.same is not None or bool(self.agency)

    def link(self, address: str, **changes: Any) -> str:
        """Return the address with the same filters; where the page starts is only what `changes` says."""
        here = {"state": self.state, "same": self.same, "agency": self.agency}
        return link(address, **here | changes)


@dataclass(frozen=True)
class StateTab:
    """A filter of the table with its count and its address."""

    value: str
    label: str
    count: int
    url: str


class Table:
    """The remarks of a plan as one person sees them; `holds` are rows the page must show, whatever the filter."""

    def __init__(
        self, tab: PlanTab, tracing: Tracing, asked: Asked, *, is_answering: bool, holds: int | None = None
    ) -> None:
        self.tab = tab
        self.tracing = tracing
        self.asked = asked
        self.is_answering = is_answering
        self.edited = holds or asked.edit
        self.hold = holds or asked.edit or asked.at
        self.address = tab.url("plan-dispositions")

    # --- which rows ---------------------------------------------------------------------------------------------------

    @cached_property
    def source(self) -> Sequence[Remark]:
        """The remarks that are counted: those whose answer the person may know, or the other agencies'."""
        known = self.tab.remarks.known
        if self.asked.state != OTHERS:
            return known
        own = {remark.pk for remark in known}
        return [remark for remark in self.tab.remarks.all if remark.pk not in own]

    @cached_property
    def wanted(self) -> list[Remark]:
        """The remarks that pass the filters."""
        return [remark for remark in self.source if remark.pk == self.edited or self._passes(remark)]

    @cached_property
    def page(self) -> list[Remark]:
        """The remarks of this page."""
        return self.wanted[self._start : self._start + PAGE]

    @property
    def next_url(self) -> str:
        """The address of the page after this one, nothing on the last."""
        is_last = self._start + PAGE >= len(self.wanted)
        return "" if is_last else self.asked.link(self.address, after=self.page[-1].pk)

    @property
    def first_url(self) -> str:
        """The address of the first page, nothing on that page."""
        return self.asked.link(self.address) if self._start else ""

    @cached_property
    def numbers(self) -> dict[int, int]:
        """The number of each remark, by its key."""
        return {remark.pk: number for number, remark in enumerate(self.source, start=1)}

    @cached_property
    def _start(self) -> int:
        keys = [remark.pk for remark in self.wanted]
        if self.hold in keys:
            return keys.index(self.hold) // PAGE * PAGE
        last = self.numbers.get(self.asked.after or 0, 0)
        return next((at for at, key in enumerate(keys) if self.numbers[key] > last), 0)

    def _passes(self, remark: Remark) -> bool:
        asked = self.asked
        if asked.state not in {"", OTHERS} and state_of(remark) != asked.state:
            return False
        if asked.agency and remark.opinion.participation.agency.code != asked.agency:
            return False
        return asked.same is None or said(remark) == self._said_same

    @cached_property
    def _said_same(self) -> str:
        return next((said(remark) for remark in self.source if remark.pk == self.asked.same), "")

    # --- what stands around them --------------------------------------------------------------------------------------

    def states(self) -> list[StateTab]:
        """Return the filters with their counts."""
        known = self.tab.remarks.known
        found = [state_of(remark) for remark in known]
        treatments = [(value.lower(), str(label)) for value, label in Treatment.choices]
        labels = [("", _("All")), (OPEN, pgettext("remark", "Open")), *treatments]
        tabs = [(value, label, found.count(value) if value else len(found)) for value, label in labels]
        others = len(self.tab.remarks.all) - len(known)
        if others:
            tabs.append((OTHERS, _("Of other agencies"), others))
        return [StateTab(*each, link(self.address, state=each[0])) for each in tabs]

    def selection(self) -> str:
        """Say which remarks are shown, where they are to be answered together."""
        if self.asked.same is not None:
            number = self.numbers.get(self.asked.same, 0)
            return _("Remarks that say the same as remark %(n)s") % {"n": number}
        named = [self.tab.remarks.agency(remark) for remark in self.wanted[:1]]
        return _("Remarks of %(agency)s") % {"agency": named[0]} if named and self.asked.agency else ""

    def places(self) -> PlaceChoices:
        """Return the places of the draft to choose from."""
        judged = {each.consultation.revision_id: each.consultation.revision for each in self.tab.opinions}
        changed = {(each.anchor, each.key) for old in judged.values() for each in self.tracing.since(old)}
        return PlaceChoices(self.tracing.places(), changed)


def state_of(remark: Remark) -> str:
    """Return under which filter a remark falls."""
    answer = answer_of(remark)
    return answer.treatment.lower() if answer else OPEN


def said(remark: Remark) -> str:
    """Return what a remark says, so that two that say the same are equal: marks, capitals and spaces do not matter."""
    return fold(f"{remark.text}\n{remark.suggestion}")
