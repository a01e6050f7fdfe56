"""What a dossier must hold before somebody signs it, computed from the facts."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from workflows.models import ActionItem

from .dossier import Dossier

MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Check:
    """One finding: its words, and whether it is as it should be."""

    text: str
    ok: bool


def checks_of(dossier: Dossier, *, submitted: bool) -> list[Check]:
    """Return the checklist; `submitted` adds what exists only once the plan was put forward."""
    found = [_number(dossier)] if submitted else []
    return [
        *found,
        _remarks(dossier),
        *_unchanged(dossier),
        _opinions(dossier),
        *_requirements(dossier),
        _items(dossier),
        *dissent_checks(dossier),
    ]


def _number(dossier: Dossier) -> Check:
    number = dossier.submission.document_number if dossier.submission else ""
    if number:
        return Check(_("Submission No. %(number)s") % {"number": number}, ok=True)
    return Check(_("The submission has no number"), ok=False)


def _remarks(dossier: Dossier) -> Check:
    tally = dossier.tally
    if not tally.remarks:
        return Check(_("No remark was made"), ok=True)
    words = _("Remarks answered: %(done)s/%(all)s") % {"done": tally.disposed, "all": tally.remarks}
    return Check(words, ok=tally.disposed == tally.remarks)


def _opinions(dossier: Dossier) -> Check:
    tally = dossier.tally
    words = _("Agencies that answered: %(done)s/%(all)s") % {"done": tally.answered, "all": tally.asked}
    return Check(words, ok=tally.asked > 0 and tally.answered == tally.asked)


def _requirements(dossier: Dossier) -> Iterator[Check]:
    required = dossier.requirements
    if required:
        done = sum(bool(requirement.answer) for requirement in required)
        words = _("Requirements of the return met: %(done)s/%(all)s") % {"done": done, "all": len(required)}
        yield Check(words, ok=done == len(required))


def _items(dossier: Dossier) -> Check:
    if not dossier.items:
        return Check(_("The plan assigns no task"), ok=False)
    lacking = sum(not _is_complete(item) for item in dossier.items)
    if not lacking:
        return Check(_("Every task has a lead, a due date and a product"), ok=True)
    words = ngettext(
        "%(n)s task lacks a due date or a product", "%(n)s tasks lack a due date or a product", lacking
    ) % {"n": lacking}
    return Check(words, ok=False)


def _unchanged(dossier: Dossier) -> Iterator[Check]:
    remarks = dossier.unchanged
    if remarks:
        words = ngettext(
            "%(n)s accepted remark where the text has not changed: %(where)s",
            "%(n)s accepted remarks where the text has not changed: %(where)s",
            len(remarks),
        )
        where = [f"{each.opinion.participation.agency.symbol}, {each.anchor_label}" for each in remarks]
        named = "; ".join(where[:MOST_NAMED]) + ("…" if len(where) > MOST_NAMED else "")
        yield Check(words % {"n": len(remarks), "where": named}, ok=False)


def dissent_checks(dossier: Dossier) -> Iterator[Check]:
    """Yield the findings on open disagreements."""
    opposed, upheld = len(dossier.opposed), dossier.tally.upheld
    if opposed:
        words = ngettext("%(n)s agency disagrees", "%(n)s agencies disagree", opposed) % {"n": opposed}
        yield Check(words, ok=False)
    if upheld:
        words = ngettext("%(n)s remark is upheld", "%(n)s remarks are upheld", upheld) % {"n": upheld}
        yield Check(words, ok=False)


def _is_complete(item: ActionItem) -> bool:
    return item.due_on is not None and bool(item.product)
