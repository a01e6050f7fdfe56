"""What a submitted plan looks like to those who judge it: the Office and the Committee."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications.models import ChainHead
from workflows import holding, policies
from workflows.domain import ballots, binding, submissions
from workflows.domain.answering import is_reason
from workflows.models import Bound, Opinion, PlanRevision, Remark, StoredFile, Submission
from workflows.presenting import date_and_time, day_month_year
from workflows.views.annexes import annex_rows
from workflows.views.base import Context

from .acting import MovedOn, PlanPage
from .changes import changes_of, requirements_of
from .checking import checks_of
from .dossier import Dossier
from .moved import Drawn, dossier_moved
from .names import AgencyNames


@dataclass(frozen=True, slots=True)
class Dissent:
    """An open disagreement: what the agency says, why it upholds that, and what the lead answers."""

    agency: str
    says: list[str]
    answers: list[str]
    upholds: list[str]
    signed: str = ""


class SubmittedPage(PlanPage):
    """A page about a submission: figures, disagreements, changes, checks and the dossier.

    Its forms carry the stamp of the whole dossier: text, tasks, annexes and table of dispositions.
    """

    undrawn = ""

    def stamp(self) -> str:
        """Return what the page was drawn from."""
        return self.bound.sha256

    def drawn(self) -> str:
        """Return what the page shows, in so far as a later answer needs it to tell what changed since."""
        return str(Drawn.of(self.bound))

    @cached_property
    def submission(self) -> Submission:
        """What was put forward, and how far the record went when it was read: before everything else on the page."""
        head = ChainHead.objects.filter(chain=self.assignment.directive.chain).values("seq")[:1]
        asked = ballots.asked_of_submission()
        return submissions.last_submission(self.assignment, seq=Subquery(head), **asked)

    @cached_property
    def bound(self) -> Bound:
        """What a decision made on this page binds to."""
        return binding.bound(self.submission)

    @cached_property
    def revision(self) -> PlanRevision:
        """The revision that was put forward."""
        return self.submission.revision

    def _moved_on(self) -> MovedOn | None:
        form = next((form for form in self.made.values() if form.is_bound), None)
        if form is None or form.data.get("seen", "") == self.stamp():
            return None
        return dossier_moved(self, Drawn.parse(form.data.get("drawn", "")))

    def why_closed(self) -> str:
        """Say that the submission was recalled, where that closed the task."""
        if self.task.verb:
            return ""
        recalled = Submission.objects.filter(assignment=self.assignment, recalled_at__gte=self.task.created)
        last = recalled.order_by("-recalled_at", "-id").first()
        words = _("%(who)s recalled the submission: %(reason)s")
        return words % {"who": last.recalled_as, "reason": last.recall_reason} if last else ""

    @cached_property
    def dossier(self) -> Dossier:
        """The facts of the case."""
        return Dossier(self.assignment, self.revision)

    def facts(self) -> Context:
        """Return everything that is judged."""
        dossier = self.dossier
        submission = dossier.submission
        lead = self.assignment.lead
        changes = changes_of(dossier, self.names)
        return {
            "dossier": dossier,
            "submission": submission,
            "review": getattr(submission, "review", None),
            "tally": dossier.tally,
            "requirements": requirements_of(dossier, changes),
            "points": points_of(dossier),
            "dissents": dissents_of(dossier, self.names),
            "changes": changes,
            "checks": checks_of(dossier, submitted=True),
            "files": self._files(submission),
            "annexes": annex_rows(dossier.annexes),
            "lead": self.names.full(lead) if lead else "",
        }

    def _files(self, submission: Submission | None) -> list[StoredFile]:
        """Return the files of the case the reader may open, the agencies' replies among them; one statement."""
        asker = self.view.asker
        # The rule of `sees_all_answers`, with what the page has read already.
        known = True if submission is not None and holding.judges(asker.hats, self.assignment) else None
        files = policies.visible_files(asker.hats, asker.user, self.assignment, sees_all=known)
        return list(files.filter(annexes=None).order_by("id"))

    def lead_words(self) -> dict[str, str]:
        """Return the lead's name for a sentence."""
        return {"lead": self.names.full(self.assignment.lead) if self.assignment.lead else ""}


def points_of(dossier: Dossier) -> list[str]:
    """Return the plan in figures, one sentence each."""
    items = dossier.items
    if not items:
        return [_("The plan assigns no task.")]
    leads = len({item.lead_id for item in items})
    words = ngettext(
        "%(n)s task; lead agencies: %(leads)s.", "%(n)s tasks; lead agencies: %(leads)s.", len(items)
    )
    return [words % {"n": len(items), "leads": leads}, *_term(dossier)]


def _term(dossier: Dossier) -> Iterator[str]:
    due = sorted(item.due_on for item in dossier.items if item.due_on)
    if due:
        first, last = day_month_year(due[0]), day_month_year(due[-1])
        yield _("First due date %(first)s, last %(last)s.") % {"first": first, "last": last}


def dissents_of(dossier: Dossier, names: AgencyNames) -> list[Dissent]:
    """Return the open disagreements: opinions that disagree, and remarks whose agencies uphold their view."""
    return [_dissent_of(dossier, opinion, names) for opinion in dossier.disagreements]


def _reason(opinion: Opinion, remarks: Sequence[Remark]) -> list[str]:
    """Return the reason of an opinion, unless it stands among its remarks."""
    is_a_remark = any(is_reason(opinion.reason, each.anchor, each.text) for each in remarks)
    return [opinion.reason] if opinion.reason and not is_a_remark else []


def _dissent_of(dossier: Dossier, opinion: Opinion, names: AgencyNames) -> Dissent:
    """Put an agency's words beside the lead's; of an agency that does not disagree, what it upholds alone."""
    upheld = [remark for remark in dossier.upheld if remark.opinion_id == opinion.pk]
    remarks = dossier.remarks_on(opinion) if opinion in dossier.opposed else upheld
    answers = {remark.pk: answer for remark in remarks if (answer := answer_to(remark))}
    upholds = {remark.pk: remark.disposition.upholding for remark in upheld}
    last = max(upholds.values(), key=lambda each: each.upheld_at, default=None)
    return Dissent(
        names.full(opinion.participation.agency),
        [*_reason(opinion, remarks), *_numbered(remarks, {each.pk: each.text for each in remarks})],
        _numbered(remarks, answers),
        _numbered(remarks, {key: upholding.text for key, upholding in upholds.items()}),
        f"{last.signed_as}, {date_and_time(last.upheld_at)}" if last else "",
    )


def _numbered(remarks: Sequence[Remark], texts: Mapping[int, str]) -> list[str]:
    """Number what is said of each remark, so that the columns can be read together; one remark needs no number."""
    if len(remarks) == 1:
        return list(texts.values())
    return [f"{number}. {texts[each.pk]}" for number, each in enumerate(remarks, start=1) if each.pk in texts]


def answer_to(remark: Remark) -> str:
    """Return the lead's answer to a remark: what became of it and why; nothing where there is none."""
    disposition = getattr(remark, "disposition", None)
    if disposition is None:
        return ""
    treatment = str(disposition.get_treatment_display())
    return f"{treatment}: {disposition.text}" if disposition.text else f"{treatment}."
