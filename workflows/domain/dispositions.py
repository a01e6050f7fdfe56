"""Answering every remark: the gate before a plan is put forward."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.authority import Actor
from workflows.domain import phases, plans
from workflows.domain.errors import DomainError
from workflows.domain.events import Entry, record, record_all
from workflows.domain.phases import HandedOnError
from workflows.models import (
    TAKEN,
    ActionItem,
    Anchor,
    Assignment,
    Consultation,
    Disposition,
    OpinionState,
    Paragraph,
    Participation,
    Phase,
    PlanRevision,
    Remark,
    Requirement,
    Treatment,
    Upholding,
)

UPHOLDING = (Phase.CONSULTING, Phase.REVIEWING, Phase.DECIDING)


class OpenRemarksError(DomainError):
    """Remarks without an answer; the message lists where they are."""

    def __init__(self, remarks: list[Remark]) -> None:
        where = "; ".join(f"{r.opinion.participation.agency.symbol}: {r.anchor_label}" for r in remarks[:5])
        message = _("%(n)s remarks have no answer yet: %(where)s.") % {"n": len(remarks), "where": where}
        super().__init__(message)
        self.remarks = remarks


class AnswerChangedError(DomainError):
    """The lead has changed an answer since an agency read it."""

    def __init__(self) -> None:
        super().__init__(_("The lead has changed this answer meanwhile. Read it again."))


class UpholdingClosedError(HandedOnError):
    """No view can be upheld now."""

    def __init__(self) -> None:
        DomainError.__init__(
            self,
            _(
                "The answers are being changed or the case is decided: no view can be upheld now. Nothing was recorded."
            ),
        )


def remarks_of(assignment: Assignment) -> QuerySet[Remark]:
    """Return the signed remarks on an assignment's plan, all rounds, in a fixed order."""
    return (
        Remark.objects.filter(opinion__consultation__assignment=assignment, opinion__state=OpinionState.GIVEN)
        .select_related(
            "opinion__participation__agency", "opinion__consultation__revision", "disposition__upholding"
        )
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


@dataclass(frozen=True, slots=True)
class AnswerToRemark:
    """What the lead does with a remark. `place` is where the text was changed, by default where the remark points.

    A remark that is explained names no other place, and whether the draft needs a change is no question there.
    """

    treatment: Treatment
    text: str = ""
    place: tuple[Anchor, UUID | None] | None = None
    needs_no_change: bool = False


@transaction.atomic
def dispose_remark(
    remark: Remark,
    *,
    actor: Actor,
    treatment: Treatment,
    text: str,
    version: int = 0,
    place: tuple[Anchor, UUID | None] | None = None,
    needs_no_change: bool = False,
) -> Disposition:
    """Answer one remark: taken, partly taken, or explained. `version` is that of the answer it replaces, 0 for none.

    Raises:
        DomainError: an explanation without text.
        HandedOnError: the answers have left the drafter.
        AnsweredMeanwhileError: the remark has another answer than the one to be replaced.
    """
    answer = AnswerToRemark(treatment, text, place, needs_no_change)
    return dispose_remarks({remark: version}, answer, actor=actor)[0]


@transaction.atomic
def dispose_remarks(
    versions: Mapping[Remark, int], answer: AnswerToRemark, *, actor: Actor
) -> list[Disposition]:
    """Answer remarks of one case with the same words, all or none; `versions` as in `dispose_remark`.

    Raises:
        DomainError, HandedOnError, AnsweredMeanwhileError: as `dispose_remark`.
    """
    remarks = list(versions)
    assignment = remarks[0].opinion.consultation.assignment
    _check_answer(answer)
    phases.hold(assignment, Phase.DISPOSING)
    _check_place(answer, assignment)
    known = {
        each.remark_id: each
        for each in Disposition.objects.filter(remark__in=remarks).select_related("disposed_by")
    }
    for remark in remarks:
        before = known.get(remark.pk)
        if before is not None and before.version != versions[remark]:
            raise AnsweredMeanwhileError(before)
    start(assignment)
    answered = [_answer(remark, known.get(remark.pk), answer, actor) for remark in remarks]
    record_all(assignment, [_said(each, actor) for each in answered])
    return answered


def _check_answer(answer: AnswerToRemark) -> None:
    if answer.treatment != Treatment.ACCEPTED and not answer.text.strip():
        raise DomainError(_("Say why the remark is not taken, or taken only in part."), field="text")
    if answer.needs_no_change and answer.treatment in TAKEN and not answer.text.strip():
        raise DomainError(_("Say why the draft needs no change."), field="text")


def _check_place(answer: AnswerToRemark, assignment: Assignment) -> None:
    """Refuse a place chosen from a page that shows what is no longer there; one statement where one was chosen."""
    anchor, key = answer.place or (Anchor.WHOLE, None)
    if anchor == Anchor.WHOLE or answer.treatment not in TAKEN:
        return
    rows = Paragraph.objects if anchor == Anchor.PARAGRAPH else ActionItem.objects
    newest = PlanRevision.objects.filter(plan__assignment=assignment).order_by("-number").values("pk")[:1]
    if not rows.filter(revision__in=newest, key=key).exists():
        raise DomainError(_("The place you chose is no longer in the draft. Choose it again."), field="place")


def _answer(
    remark: Remark, disposition: Disposition | None, answer: AnswerToRemark, actor: Actor
) -> Disposition:
    disposition = disposition or Disposition(remark=remark, version=0)
    is_taken = answer.treatment in TAKEN
    own = (Anchor(remark.anchor), remark.anchor_key)
    disposition.treatment, disposition.text = answer.treatment, answer.text
    disposition.anchor, disposition.anchor_key = (answer.place if is_taken else None) or own
    disposition.needs_no_change = is_taken and answer.needs_no_change
    disposition.disposed_by, disposition.disposed_at = actor.person, timezone.now()
    disposition.version += 1
    disposition.published_at = None
    disposition.save()
    return disposition


def _said(disposition: Disposition, actor: Actor) -> Entry:
    remark = disposition.remark
    said = {
        "treatment": disposition.treatment,
        "agency": remark.opinion.participation.agency.code,
        "place": remark.anchor_label,
    }
    return Entry("remark.disposed", disposition, actor, said)


def start(assignment: Assignment) -> None:
    """From the first answer on, late opinions are no longer taken; one statement."""
    Consultation.objects.filter(assignment=assignment, disposition_started_at=None).update(
        disposition_started_at=timezone.now()
    )


def publish(assignment: Assignment) -> None:
    """Let the agencies read what became of their remarks: the head has signed; one statement."""
    Disposition.objects.filter(
        remark__opinion__consultation__assignment=assignment, published_at=None
    ).update(published_at=timezone.now())


def check_answered(assignment: Assignment) -> None:
    """Refuse to go on while a remark has no answer.

    Raises:
        OpenRemarksError: lists them.
    """
    missing = open_remarks(assignment)
    if missing:
        raise OpenRemarksError(missing)


@transaction.atomic
def uphold(disposition: Disposition, *, version: int, text: str, actor: Actor) -> Upholding:
    """Uphold the agency's view against the lead's answer (bảo lưu ý kiến): it travels to whoever decides.

    `version` is that of the answer the agency read.

    Raises:
        UpholdingClosedError: the case is decided, or the answers are being changed.
        AnswerChangedError: the answer was changed meanwhile.
        DomainError: no reason.
    """
    assignment = disposition.remark.opinion.consultation.assignment
    if not text.strip():
        raise DomainError(_("Say why your agency upholds its view."), field="text")
    try:
        phases.hold(assignment, *UPHOLDING)
    except HandedOnError as error:
        raise UpholdingClosedError from error
    disposition.refresh_from_db(fields=["version", "published_at"])
    if disposition.version != version or disposition.published_at is None:
        raise AnswerChangedError
    signature = {"signed_by": actor.person, "signed_as": actor.label, "upheld_at": timezone.now()}
    upholding, _created = Upholding.objects.update_or_create(
        disposition=disposition, defaults={"version": version, "text": text, **signature}
    )

    record(
        "opinion.upheld",
        assignment,
        subject=upholding,
        actor=actor,
        agency=disposition.remark.opinion.participation.agency.code,
        place=disposition.remark.anchor_label,
        reason=text,
    )
    return upholding


def requirements(assignment: Assignment) -> QuerySet[Requirement]:
    """Return what the last return of the Committee asked for, whatever became of the submissions since; in order.

    A submission that was recalled, or that the Office sent back, leaves the requirements of that return in force.
    """
    found = Requirement.objects.filter(decision__submission__assignment=assignment)
    last = found.order_by("-decision__submission__number", "-decision_id").values("decision")[:1]
    return found.filter(decision__in=last).order_by("number", "id")


def open_requirements(assignment: Assignment) -> QuerySet[Requirement]:
    """Return those of them that the lead has not answered."""
    return requirements(assignment).filter(answer="")


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
    check_answered(assignment)
    start(assignment)
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
