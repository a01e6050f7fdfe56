"""The facts of a plan's case: what was asked, answered, disposed of and put forward.

Read once, in a fixed number of statements, and counted in Python.
"""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from workflows.domain import content, dispositions
from workflows.domain.tracing import Tracing
from workflows.models import (
    ActionItem,
    Annex,
    Assignment,
    Consultation,
    Decision,
    Opinion,
    OpinionState,
    PlanRevision,
    Remark,
    Requirement,
    Stance,
    Submission,
    Treatment,
)


@dataclass(frozen=True, slots=True)
class Tally:
    """The last round and all remarks in figures."""

    asked: int
    answered: int
    silent: int
    disagreeing: int
    upheld: int
    remarks: int
    accepted: int
    partly: int
    explained: int

    @property
    def disposed(self) -> int:
        """How many remarks have an answer."""
        return self.accepted + self.partly + self.explained


class Dossier:
    """The case of one assignment at a given revision of its plan; each fact is read at the first question."""

    def __init__(self, assignment: Assignment, revision: PlanRevision) -> None:
        self.assignment = assignment
        self.revision = revision

    @cached_property
    def submissions(self) -> list[Submission]:
        """Every submission with its revision, review and decision, oldest first."""
        found = Submission.objects.filter(assignment=self.assignment)
        return list(found.select_related("revision__plan", "review", "decision").order_by("number", "id"))

    @property
    def submission(self) -> Submission | None:
        """The submission of the revision at hand, if it was put forward."""
        return next((each for each in self.submissions if each.revision_id == self.revision.pk), None)

    @property
    def earlier(self) -> Submission | None:
        """The submission before this one that was not recalled: whoever decides has read no other."""
        others = [each for each in self.submissions if each.revision_id != self.revision.pk]
        return next((each for each in reversed(others) if each.recalled_at is None), None)

    @cached_property
    def ended(self) -> list[Decision]:
        """The decisions that no longer stand, oldest first."""
        found = Decision.objects.filter(submission__assignment=self.assignment, ended_at__isnull=False)
        return list(found.order_by("ended_at", "id"))

    @cached_property
    def requirements(self) -> list[Requirement]:
        """What the last return of the Committee asked for."""
        return list(dispositions.requirements(self.assignment).select_related("decision__submission"))

    @cached_property
    def opinions(self) -> list[Opinion]:
        """Every opinion of every round, in the order they were asked for."""
        found = Opinion.objects.filter(consultation__assignment=self.assignment)
        related = found.select_related("consultation__revision__plan", "participation__agency")
        return list(related.order_by("consultation__round", "id"))

    @property
    def consultation(self) -> Consultation | None:
        """The last round."""
        return self.opinions[-1].consultation if self.opinions else None

    @property
    def last_round(self) -> list[Opinion]:
        """The opinions of the last round."""
        return [each for each in self.opinions if each.consultation_id == self.opinions[-1].consultation_id]

    @property
    def opposed(self) -> list[Opinion]:
        """The opinions of the last round that disagree."""
        return [opinion for opinion in self.last_round if opinion.stance == Stance.DISAGREE]

    @property
    def upheld(self) -> list[Remark]:
        """The remarks whose agencies uphold their view against the answer that stands."""
        return [each for each in self.remarks if hasattr(each, "disposition") and each.disposition.is_upheld]

    @property
    def disagreements(self) -> list[Opinion]:
        """The open disagreements: what `domain.decisions.disagreements` asks the database."""
        open_ones = {each.pk for each in self.opposed} | {each.opinion_id for each in self.upheld}
        return [opinion for opinion in self.opinions if opinion.pk in open_ones]

    @cached_property
    def tracing(self) -> Tracing:
        """What changed up to the revision at hand."""
        return Tracing(self.revision)

    @cached_property
    def unchanged(self) -> list[Remark]:
        """The remarks that were taken although the place named still says what it said."""
        answered = [each for each in self.remarks if hasattr(each, "disposition")]
        return [each for each in answered if self.tracing.is_unchanged(each, each.disposition)]

    @cached_property
    def remarks(self) -> list[Remark]:
        """Every signed remark with its disposition."""
        return list(dispositions.remarks_of(self.assignment))

    @property
    def open_remarks(self) -> list[Remark]:
        """The remarks without an answer."""
        return [remark for remark in self.remarks if not hasattr(remark, "disposition")]

    def remarks_on(self, opinion: Opinion) -> list[Remark]:
        """Return the remarks of one opinion."""
        return [remark for remark in self.remarks if remark.opinion_id == opinion.pk]

    @cached_property
    def items(self) -> list[ActionItem]:
        """The tasks of the revision at hand."""
        return content.items_of(self.revision)

    @cached_property
    def annexes(self) -> list[Annex]:
        """The annexes of the revision at hand."""
        return content.annexes_of(self.revision)

    @property
    def base(self) -> PlanRevision | None:
        """The revision to compare with: what was put forward before, else what the agencies were asked about."""
        if self.earlier is not None:
            return self.earlier.revision
        return self.consultation.revision if self.consultation else None

    @cached_property
    def tally(self) -> Tally:
        """The figures."""
        last = self.last_round
        treated = Counter(
            remark.disposition.treatment for remark in self.remarks if hasattr(remark, "disposition")
        )
        return Tally(
            asked=len(last),
            answered=sum(opinion.state == OpinionState.GIVEN for opinion in last),
            silent=sum(opinion.state == OpinionState.SILENT for opinion in last),
            disagreeing=len(self.disagreements),
            upheld=len(self.upheld),
            remarks=len(self.remarks),
            accepted=treated[Treatment.ACCEPTED],
            partly=treated[Treatment.PARTLY],
            explained=treated[Treatment.EXPLAINED],
        )
