"""What is known of the tasks chosen for a bulk act, read for all of them at once."""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from workflows.domain import binding, opinions
from workflows.models import (
    Ballot,
    CaseTask,
    Inquiry,
    Opinion,
    OpinionFile,
    Outcome,
    PlanRevision,
    Stance,
    Submission,
    Verdict,
)

from .pages.checking import checks_of, dissent_checks
from .pages.dossier import Dossier
from .pages.dossiers import dossiers_of
from .pages.names import AgencyNames


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one task: what the act would be bound to, its input, its figures, and what stands in its way.

    `words` is what would be signed, where it was prepared; `writers` wrote part of it and may not judge it.
    """

    seen: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)
    number: str = ""
    figures: str = ""
    words: str = ""
    against: Sequence[str] = ()
    writers: Collection[int] = frozenset()


# --- what the Office signs and the Committee decides


def of_decisions(tasks: Sequence[CaseTask], names: AgencyNames) -> dict[int, Facts]:
    """Return the facts of tasks that decide on a submission, by task; eighteen statements whatever their number."""
    return _submitted(tasks, names)


def of_reviews(tasks: Sequence[CaseTask], names: AgencyNames) -> dict[int, Facts]:
    """Return the facts of tasks that sign the Office's opinion as it was prepared, by task; statements as above."""
    facts = _submitted(tasks, names)
    return {key: _with_review(each) for key, each in facts.items()}


def _with_review(facts: Facts) -> Facts:
    against = (
        facts.against if facts.words else [*facts.against, _("The Office's opinion has not been prepared.")]
    )
    return replace(facts, given={"text": facts.words}, against=against)


def _submitted(tasks: Sequence[CaseTask], names: AgencyNames) -> dict[int, Facts]:
    submissions = _submissions(tasks)
    bound, dossiers, writers = binding.bound_all(submissions), dossiers_of(submissions), _writers(submissions)
    lost, asked = _lost_ballots(submissions), _open_inquiries(submissions)
    of_case = {each.assignment_id: each for each in submissions}
    facts: dict[int, Facts] = {}
    for task in tasks:
        submission = of_case[task.process.assignment_id]
        dossier = dossiers[submission.assignment_id]
        against = list(_objections(dossier, names))
        if submission.pk in lost:
            against.append(_("The members' ballot was not carried."))
        if submission.pk in asked:
            against.append(_("A question to the submitter waits for its answer."))
        facts[task.pk] = Facts(
            seen=bound[submission.pk].sha256,
            number=submission.document_number,
            figures=figures_of(dossier),
            words=_review_of(submission),
            against=against,
            writers=writers.get(submission.revision_id, frozenset()),
        )
    return facts


def _review_of(submission: Submission) -> str:
    """Return the Office's opinion on a submission, signed or not."""
    review = getattr(submission, "review", None)
    return review.text if review is not None and review.verdict == Verdict.CLEARED else ""


def _submissions(tasks: Sequence[CaseTask]) -> list[Submission]:
    """Return the newest submission of each task's case; one statement."""
    cases = {task.process.assignment_id: task.process.assignment for task in tasks}
    last = Submission.objects.filter(assignment=OuterRef("assignment")).order_by("-number", "-id")
    newest = Submission.objects.filter(assignment__in=cases, pk=Subquery(last.values("pk")[:1]))
    rows = list(newest.select_related("revision__plan", "review").order_by("pk"))
    for row in rows:
        row.assignment = cases[row.assignment_id]
    return rows


def figures_of(dossier: Dossier) -> str:
    """Return a submitted case in one line: asked and answered, what became of the remarks, the plan's tasks."""
    tally = dossier.tally
    figures = [_("answered %(done)s/%(all)s") % {"done": tally.answered, "all": tally.asked}]
    if tally.remarks:
        words = _("remarks %(all)s: accepted %(accepted)s, partly %(partly)s, explained %(explained)s")
        counts = {"accepted": tally.accepted, "partly": tally.partly, "explained": tally.explained}
        figures.append(words % {"all": tally.remarks, **counts})
    tasks = len(dossier.items)
    figures.append(ngettext("%(n)s task in the plan", "%(n)s tasks in the plan", tasks) % {"n": tasks})
    return " · ".join(figures)


def _objections(dossier: Dossier, names: AgencyNames) -> Iterator[str]:
    """Yield what is against going in bulk: open disagreements by name, and every failed check."""
    disagreeing = dossier.disagreements
    if disagreeing:
        who = ", ".join(dict.fromkeys(names.short(each.participation.agency) for each in disagreeing))
        yield _("Open disagreement: %(names)s. It is decided on its own page.") % {"names": who}
    dissent = {check.text for check in dissent_checks(dossier)}
    for check in checks_of(dossier, submitted=True):
        if not check.ok and check.text not in dissent:
            yield check.text


def _writers(submissions: Sequence[Submission]) -> dict[int, set[int]]:
    """Return who wrote part of what was submitted, by revision; one statement."""
    through = PlanRevision.authors.through
    rows = through.objects.filter(planrevision__in=[each.revision_id for each in submissions])
    writers: dict[int, set[int]] = {}
    for revision_id, user_id in rows.values_list("planrevision", "user"):
        writers.setdefault(revision_id, set()).add(user_id)
    return writers


def _lost_ballots(submissions: Sequence[Submission]) -> set[int]:
    """Return the submissions whose last ballot was not carried; one statement."""
    rows = Ballot.objects.filter(submission__in=submissions).order_by("number")
    last = dict(rows.values_list("submission", "outcome"))
    return {key for key, outcome in last.items() if outcome == Outcome.NOT_CARRIED}


def _open_inquiries(submissions: Sequence[Submission]) -> set[int]:
    """Return the submissions with a question nobody has answered; one statement."""
    rows = Inquiry.objects.filter(submission__in=submissions, answered_at=None)
    return set(rows.values_list("submission", flat=True))


# --- what an agency's head signs


def of_answers(tasks: Sequence[CaseTask], _names: AgencyNames) -> dict[int, Facts]:
    """Return the facts of tasks that sign an agency's opinion as it was prepared, by task; two statements."""
    found = Opinion.objects.select_related("consultation", "prepared", "withdrawn_by")
    newest = found.filter(participation__in=[task.participation_id for task in tasks])
    of_part = {opinion.participation_id: opinion for opinion in newest.order_by("consultation__round", "id")}
    files = _files_to_send(list(of_part.values()))
    return {
        task.pk: _answer_facts(of_part[task.participation_id], files)
        for task in tasks
        if task.participation_id in of_part
    }


def _files_to_send(answers: Sequence[Opinion]) -> dict[int, list[str]]:
    """Return the files that would go with each answer; one statement."""
    rows = OpinionFile.objects.of_the_next().filter(opinion__in=answers).order_by("id")
    files: dict[int, list[str]] = {}
    for opinion_id, sha256 in rows.values_list("opinion", "file__sha256"):
        files.setdefault(opinion_id, []).append(sha256)
    return files


def _answer_facts(opinion: Opinion, files: Mapping[int, list[str]]) -> Facts:
    prepared = getattr(opinion, "prepared", None)
    refusal = opinions.refusal_of(opinion)
    if refusal is not None:
        return Facts(against=[refusal.message])
    if prepared is None:
        return Facts(against=[_("No opinion has been prepared.")])
    content, attached = prepared.content, files.get(opinion.pk, [])
    stance = Stance(content["stance"])
    digest = hashlib.sha256(json.dumps([content, attached], sort_keys=True).encode()).hexdigest()
    remarks = len(content["remarks"])
    counted = [ngettext("%(n)s remark", "%(n)s remarks", remarks) % {"n": remarks}] if remarks else []
    if attached:
        counted.append(ngettext("%(n)s file", "%(n)s files", len(attached)) % {"n": len(attached)})
    return Facts(
        seen=digest,
        given=content,
        number=content["document_number"],
        figures=" · ".join([str(stance.label), *counted]),
        words=_said(content),
        against=[_("The opinion disagrees. It is signed on its own page.")]
        if stance == Stance.DISAGREE
        else [],
    )


def _said(content: Mapping[str, Any]) -> str:
    return "\n\n".join(filter(None, [content["reason"], *(each["text"] for each in content["remarks"])]))
