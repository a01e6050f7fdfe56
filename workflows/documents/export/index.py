"""The table of contents of an exported case, in Vietnamese, to be read without any program but a browser."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.template.loader import render_to_string
from django.utils import translation

from notifications.models import Event
from workflows.models import DecisionVerb

from .gathering import CaseContent, place_of, revision_place
from .words import KINDS, VERBS


@dataclass(frozen=True, slots=True)
class Line:
    """One event as the table of contents names it."""

    seq: int
    at: datetime
    who: str
    what: str
    title: str


def index_of(case: CaseContent, *, at: datetime) -> str:
    """Return the page, HTML without scripts or styles."""
    context = {
        "directive": case.directive,
        "head": case.head,
        "sealed_to": case.sealed_to,
        "seals": case.proofs,
        "keys": sorted(case.keys.items()),
        "at": at,
        "assignments": case.record["assignments"],
        "decisions": [
            (decision, VERBS[DecisionVerb(decision.verb)], f"decisions/{decision.pk}/decision.json")
            for decision in case.decisions
        ],
        "revisions": [(revision, revision_place(revision)) for revision in case.revisions],
        "files": [(stored, place_of(stored)) for stored in case.files],
        "withheld": case.record["files_withheld"],
        "events": _lines(case),
    }
    with translation.override("vi"):
        return render_to_string("workflows/export/index.html", context)


def _lines(case: CaseContent) -> Iterator[Line]:
    events = Event.objects.filter(chain=case.head.chain, seq__lte=case.head.seq).order_by("seq")
    for event in events.iterator(500):
        what = KINDS.get(event.kind, event.kind)
        yield Line(event.seq, event.occurred_at, event.actor_label, what, event.data.get("title", ""))
