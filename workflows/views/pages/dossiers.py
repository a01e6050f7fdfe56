"""The facts of many submitted cases at once, for lists that judge them: as many statements for one as for hundreds."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from workflows.domain.tracing import Content, Tracing
from workflows.models import (
    TAKEN,
    ActionItem,
    Opinion,
    OpinionState,
    Paragraph,
    PlanRevision,
    Remark,
    Requirement,
    Submission,
)

from .dossier import Dossier

Grouped = dict[int, list[Any]]


def dossiers_of(submissions: Sequence[Submission]) -> dict[int, Dossier]:
    """Return the dossier of each submission, assignment and revision loaded, by assignment; eight statements.

    Each fact is what `Dossier` would read at the first question.
    """
    cases = [each.assignment_id for each in submissions]
    earlier, required, opinions, remarks = (
        _submissions(cases),
        _required(cases),
        _opinions(cases),
        _remarks(cases),
    )
    contents = _contents(submissions, [each for found in remarks.values() for each in found])
    dossiers: dict[int, Dossier] = {}
    for each in submissions:
        case, dossier = each.assignment_id, Dossier(each.assignment, each.revision)
        vars(dossier).update(
            submissions=earlier.get(case, []),
            requirements=_last(required.get(case, [])),
            opinions=opinions.get(case, []),
            remarks=remarks.get(case, []),
            items=list(contents[each.revision_id][1]),
            tracing=Tracing(each.revision, contents),
        )
        dossiers[case] = dossier
    return dossiers


def _grouped(rows: Iterable[Any], case: Callable[[Any], int]) -> Grouped:
    found: Grouped = {}
    for row in rows:
        found.setdefault(case(row), []).append(row)
    return found


def _submissions(cases: Sequence[int]) -> Grouped:
    found = Submission.objects.filter(assignment__in=cases).order_by("number", "id")
    rows = found.select_related("revision__plan", "review", "decision")
    return _grouped(rows, lambda row: row.assignment_id)


def _required(cases: Sequence[int]) -> Grouped:
    found = Requirement.objects.filter(decision__submission__assignment__in=cases)
    rows = found.select_related("decision__submission").order_by("decision__submission__number", "number")
    return _grouped(rows, lambda row: row.decision.submission.assignment_id)


def _last(rows: Sequence[Requirement]) -> list[Requirement]:
    """Keep what the last return asked for."""
    return [row for row in rows if row.decision_id == rows[-1].decision_id]


def _opinions(cases: Sequence[int]) -> Grouped:
    found = Opinion.objects.filter(consultation__assignment__in=cases).order_by("consultation__round", "id")
    rows = found.select_related("consultation__revision__plan", "participation__agency")
    return _grouped(rows, lambda row: row.consultation.assignment_id)


def _remarks(cases: Sequence[int]) -> Grouped:
    given = Remark.objects.filter(
        opinion__consultation__assignment__in=cases, opinion__state=OpinionState.GIVEN
    )
    rows = given.select_related(
        "opinion__participation__agency", "opinion__consultation__revision", "disposition__upholding"
    ).order_by("opinion__consultation__round", "opinion_id", "number", "id")
    return _grouped(rows, lambda row: row.opinion.consultation.assignment_id)


def _contents(submissions: Sequence[Submission], remarks: Sequence[Remark]) -> dict[int, Content]:
    """Return paragraphs and tasks of the submitted revisions, and of those that a taken remark is traced from."""
    judged = {
        each.opinion.consultation.revision_id: each.opinion.consultation.revision
        for each in remarks
        if hasattr(each, "disposition") and each.disposition.treatment in TAKEN
    }
    revisions: dict[int, PlanRevision] = judged | {each.revision_id: each.revision for each in submissions}
    texts = _grouped(
        Paragraph.objects.filter(revision__in=revisions).order_by("position", "id"),
        lambda row: row.revision_id,
    )
    items = ActionItem.objects.filter(revision__in=revisions).select_related("lead")
    tasks = _grouped(
        items.prefetch_related("coordinating").order_by("position", "id"), lambda row: row.revision_id
    )
    return {key: (texts.get(key, []), tasks.get(key, [])) for key in revisions}
