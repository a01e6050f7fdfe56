"""Answering every remark: the gate before a plan is put forward."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.authority import Actor
from workflows.domain import phases, plans
from workflows.domain.errors import DomainError
from workflows.domain.events import record
from workflows.models import (
    Assignment,
    Disposition,
    OpinionState,
    Participation,
    Phase,
    PlanRevision,
    Remark,
    Requirement,
    Treatment,
)


class OpenRemarksError(DomainError):
    """Remarks without an answer; the message lists where they are."""

    def __init__(self, remarks: list[Remark]) -> None:
        where = "; ".join(f"{r.opinion.participation.agency.symbol}: {r.anchor_label}" for r in remarks[:5])
        message = _("%(n)s remarks have no answer yet: %(where)s.") % {"n": len(remarks), "where": where}
        super().__init__(message)
        self.remarks = remarks


def remarks_of(assignment: Assignment) -> QuerySet[Remark]:
    """Return the signed remarks on an assignment's plan, all rounds, in a fixed order."""
    return (
        Remark.objects.filter(opinion__consultation__assignment=assignment, opinion__state=OpinionState.GIVEN)
        .select_related("opinion__participation__agency", "opinion__consultation", "disposition")
        .order_by("opinion__consultation__round", "opinion_id", "number", "id")
    )


def open_remarks(assignment: Assignment) -> list[Remark]:
    """Return the remarks nobody has answered."""
    return list(remarks_of(assignment).filter(disposition=None))


class AnsweredMeanwhileError(DomainError):
    """Somebody answered the remark while the page was open; the next try is made on that answer."""

    def __init__(self, answer: Disposition) -> None:
        super().__init__(
            _("%(who)s has answered this remark meanwhile: %(answer)s. Record again to replace it.")
            % {"who": answer.disposed_by.full_name, "answer": answer.text or answer.get_treatment_display()}
        )
        self.answer = answer


@transaction.atomic
def dispose_remark(
    remark: Remark, *, actor: Actor, treatment: Treatment, text: str, version: int = 0
) -> Disposition:
    """Answer one remark: taken, partly taken, or explained. `version` is that of the answer it replaces, 0 for none.

    Raises:
        DomainError: an explanation without text.
        HandedOnError: the answers have left the drafter.
        AnsweredMeanwhileError: the remark has another answer than the one to be replaced.
    """
    assignment = remark.opinion.consultation.assignment
    if treatment != Treatment.ACCEPTED and not text.strip():
        raise DomainError(_("Say why the remark is not taken, or taken only in part."), field="text")
    phases.hold(assignment, Phase.DISPOSING)
    disposition = Disposition.objects.select_related("disposed_by").filter(remark=remark).first()
    if disposition is not None and disposition.version != version:
        raise AnsweredMeanwhileError(disposition)

    disposition = disposition or Disposition(remark=remark, version=0)
    disposition.treatment, disposition.text = treatment, text
    disposition.disposed_by, disposition.disposed_at = actor.person, timezone.now()
    disposition.version += 1
    disposition.save()

    record(
        "remark.disposed",
        assignment,
        subject=disposition,
        actor=actor,
        treatment=treatment,
        agency=remark.opinion.participation.agency.code,
        place=remark.anchor_label,
    )
    return disposition


def open_requirements(assignment: Assignment) -> QuerySet[Requirement]:
    """Return what the last return asked for and the lead has not answered."""
    last = assignment.submissions.order_by("-number", "-id").values("pk")[:1]
    return Requirement.objects.filter(decision__submission__in=last, answer="").order_by("number", "id")


@transaction.atomic
def answer_requirement(requirement: Requirement, *, actor: Actor, answer: str) -> Requirement:
    """Say how one requirement of a return was met.

    Raises:
        DomainError: nothing is said.
        HandedOnError: the answers have left the drafter.
    """
    assignment = requirement.decision.submission.assignment
    if not answer.strip():
        raise DomainError(_("Say how the requirement was met."), field="answer")
    phases.hold(assignment, Phase.DISPOSING)

    requirement.answer, requirement.answered_by = answer, actor.user
    requirement.save(update_fields=["answer", "answered_by"])

    record(
        "requirement.answered",
        assignment,
        subject=requirement,
        actor=actor,
        number=requirement.number,
    )
    return requirement


@transaction.atomic
def finish_dispositions(participation: Participation, *, actor: Actor, note: str = "") -> PlanRevision:
    """Hand the revised plan to the head, who signs and puts it forward.

    Raises:
        OpenRemarksError: a remark has no answer.
        DomainError: a requirement of the last return has no answer, or the plan has no text.
    """
    assignment = participation.assignment
    missing = open_remarks(assignment)
    if missing:
        raise OpenRemarksError(missing)
    unmet = open_requirements(assignment).count()
    if unmet:
        raise DomainError(_("%(n)s requirements of the last return have no answer yet.") % {"n": unmet})
    revision = plans.current_revision(assignment)
    plans.check_ready(revision)

    record(
        "dispositions.finished",
        assignment,
        subject=revision,
        actor=actor,
        revision=revision.number,
        note=note,
    )
    return revision
