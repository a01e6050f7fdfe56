"""Every question of who may do what, in pairs that must agree: one object, and the list.

Which hat carries which right is `holding`'s to say.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.utils import timezone

from accounts import regulation
from accounts.authority import Hat, own_hats
from accounts.models import Agency, AgencyKind, Position, User

from .holding import in_scope, is_office_wide, judges, participations_with
from .models import (
    Annex,
    Assignment,
    Ballot,
    BallotSlip,
    CaseTask,
    Consultation,
    Directive,
    DirectiveState,
    InboxEntry,
    Opinion,
    OpinionFile,
    OpinionState,
    PaperSignature,
    PlanRevision,
    Report,
    Role,
    StoredFile,
    Submission,
)

TIDYING = {Position.HEAD, Position.CLERK}
# Who may take a whole case out of the system: those who answer for the record, and the Chair.
EXPORTING = {
    (AgencyKind.OFFICE, Position.HEAD),
    (AgencyKind.OFFICE, Position.DEPUTY_HEAD),
    (AgencyKind.OFFICE, Position.CLERK),
    (AgencyKind.COMMITTEE, Position.CHAIR),
}


def can_register_directive(hats: Iterable[Hat]) -> bool:
    """Tell whether the person may enter directives: the Office's clerk or specialist (Decree 30/2020 art. 6.3)."""
    return any(
        hat.agency_kind == AgencyKind.OFFICE and hat.position in {Position.CLERK, Position.SPECIALIST}
        for hat in own_hats(hats)
    )


def visible_directives(hats: Sequence[Hat], user: User) -> QuerySet[Directive]:
    """Return the directives the person may read.

    Those being entered are seen by those who may enter them; issued ones by Office and Committee, and by every
    agency that takes part in one of their assignments.
    """
    seen: Any = Q(state=DirectiveState.ISSUED)
    if not is_office_wide(hats):
        mine = participations_with(hats, user, "view_case").filter(assignment__directive=OuterRef("pk"))
        seen &= Exists(mine)
    if can_register_directive(hats):
        seen |= Q(state=DirectiveState.DRAFT)
    return Directive.objects.filter(seen)


def visible_assignments(hats: Sequence[Hat], user: User) -> QuerySet[Assignment]:
    """Return the assignments whose case the person may read."""
    issued = Assignment.objects.filter(directive__state=DirectiveState.ISSUED)
    if is_office_wide(hats):
        return issued
    mine = participations_with(hats, user, "view_case").filter(assignment=OuterRef("pk"))
    return issued.filter(Exists(mine))


def may_ask_who_sees(hats: Iterable[Hat], assignment: Assignment) -> bool:
    """Tell whether somebody who reads a case may ask who else does: the Office's leaders and the lead agency's head.

    Under their own hats alone.
    """
    return any(
        (hat.agency_kind == AgencyKind.OFFICE and hat.position in {Position.HEAD, Position.DEPUTY_HEAD})
        or (hat.agency_id == assignment.lead_id and hat.position == Position.HEAD)
        for hat in own_hats(hats)
    )


def sees_draft(hats: Sequence[Hat], user: User, assignment: Assignment) -> bool:
    """Tell whether the person may read a revision that has not left the drafter: the lead's people alone."""
    return participations_with(hats, user, "view_case").filter(assignment=assignment, role=Role.LEAD).exists()


def visible_revisions(
    hats: Sequence[Hat], user: User, assignment: Assignment, *, is_lead: bool | None = None
) -> QuerySet[PlanRevision]:
    """Return the revisions of an assignment's plan the person may read.

    The lead reads all; an agency that was asked reads what it was sent; Office and Committee read what was put
    forward (drafts and opinions are internal until then; domain notes 10.5). `is_lead` is the answer of `sees_draft`
    where it is known.
    """
    revisions = PlanRevision.objects.filter(plan__assignment=assignment)
    if sees_draft(hats, user, assignment) if is_lead is None else is_lead:
        return revisions
    seen = Q(consultations__opinions__participation__in=participations_with(hats, user, "view_case"))
    if judges(hats, assignment):
        seen |= Q(submission__isnull=False)
    return revisions.filter(seen, frozen_at__isnull=False).distinct()


def wrote(persons: Collection[int], outer: str) -> Exists:
    """Return the condition that one of the persons wrote part of the revision that `outer` names.

    Such a person neither reviews nor decides on it, herself or through somebody who acts for her.
    """
    through = PlanRevision.authors.through
    return Exists(through.objects.filter(planrevision=OuterRef(outer), user__in=list(persons)))


DRAFTING_NODES = ("draft", "dispose")


def drafting_tasks(hats: Sequence[Hat], user: User) -> QuerySet[CaseTask]:
    """Return the open tasks in which the person may change a plan: drafting it, and answering the remarks on it."""
    at_work = InboxEntry.objects.open().filter(task=OuterRef("pk"), node__in=DRAFTING_NODES)
    return CaseTask.objects.open().filter(
        Exists(at_work), participation__in=participations_with(hats, user, "draft_plan")
    )


def can_edit_plan(hats: Sequence[Hat], user: User, assignment: Assignment) -> bool:
    """Tell whether the person may change the assignment's plan now."""
    return drafting_tasks(hats, user).filter(process__assignment=assignment).exists()


def sees_all_answers(hats: Sequence[Hat], user: User, assignment: Assignment) -> bool:
    """Tell whether the person may read every opinion and what became of it.

    The lead may; Office and Committee may once the plan was put forward (domain notes 10.5).
    """
    return sees_what_was_put_forward(hats, assignment) or sees_draft(hats, user, assignment)


def sees_what_was_put_forward(hats: Sequence[Hat], assignment: Assignment) -> bool:
    """Tell whether the person is of Office or Committee and the plan was put before them."""
    return judges(hats, assignment) and Submission.objects.filter(assignment=assignment).exists()


def visible_opinions(
    hats: Sequence[Hat], user: User, assignment: Assignment, *, sees_all: bool | None = None
) -> QuerySet[Opinion]:
    """Return the opinions, given or silent, the person may read; `answer_known` tells whose answers she may know.

    An agency reads its own opinion with its answers; whether it reads the others' of its round, before and after that
    has closed, the working regulation says (`OPINIONS_SEEN`). `sees_all` is the answer of `sees_all_answers` where it
    is known.
    """
    opinions = Opinion.objects.filter(
        consultation__assignment=assignment, state__in=[OpinionState.GIVEN, OpinionState.SILENT]
    )
    if sees_all_answers(hats, user, assignment) if sees_all is None else sees_all:
        return opinions.annotate(answer_known=Value(value=True))
    return _seen_by_agencies(opinions, hats, user, assignment)


def accounted_opinions(
    hats: Sequence[Hat], user: User, assignment: Assignment, *, sees_all: bool | None = None
) -> QuerySet[Opinion]:
    """Return the opinions the table of opinions accounts for.

    Those of `visible_opinions`; for whoever sees all also the agencies that have not answered and those withdrawn.
    """
    everything = sees_all_answers(hats, user, assignment) if sees_all is None else sees_all
    if everything:
        opinions = Opinion.objects.filter(consultation__assignment=assignment)
        return opinions.annotate(answer_known=Value(value=True))
    return visible_opinions(hats, user, assignment, sees_all=False)


def _seen_by_agencies(
    opinions: QuerySet[Opinion], hats: Sequence[Hat], user: User, assignment: Assignment
) -> QuerySet[Opinion]:
    parts = participations_with(hats, user, "view_case").filter(assignment=assignment, role=Role.COORDINATE)
    asked = Opinion.objects.filter(consultation=OuterRef("consultation"), participation__in=parts).exclude(
        state=OpinionState.WITHDRAWN
    )
    known = opinions.annotate(answer_known=Exists(parts.filter(pk=OuterRef("participation"))))
    seen: Any = Q(answer_known=True)
    for when, is_open in (("before", True), ("after", False)):
        if regulation.rules("OPINIONS_SEEN")[when] == "ALL":
            seen |= Q(Exists(asked), consultation__closed_at__isnull=is_open)
    return known.filter(seen)


def visible_files(
    hats: Sequence[Hat], user: User, assignment: Assignment, *, sees_all: bool | None = None
) -> QuerySet[StoredFile]:
    """Return the files of an assignment the person may read.

    A file of a signed answer, or of one that was replaced, is read by those who may read that opinion; one that is not
    signed yet by its own agency alone, whatever became of the request. A reported file is read with the case,
    the paper of an approval with the plan. What
    belongs to nothing (taken out again) is left to whoever stored it. `sees_all` is the answer of `sees_all_answers`
    where it is known.
    """
    own = participations_with(hats, user, "view_case").filter(assignment=assignment, role=Role.COORDINATE)
    opinions = visible_opinions(hats, user, assignment, sees_all=sees_all)
    links = OpinionFile.objects.filter(file=OuterRef("pk"))
    annexed = Annex.objects.filter(file=OuterRef("pk"))
    leading = participations_with(hats, user, "view_case").filter(assignment=assignment, role=Role.LEAD)
    sent = visible_revisions(hats, user, assignment, is_lead=False)
    readable = (
        Q(Exists(links.filter(is_given=True, opinion__in=opinions.values("pk"))))
        | Q(Exists(links.filter(opinion__participation__in=own)))
        | Q(Exists(annexed), Exists(leading))
        | Q(Exists(annexed.filter(revision__in=sent.values("pk"))))
        | Q(Exists(Report.objects.filter(file=OuterRef("pk"))))
        | Q(Exists(readable_papers(hats, user, assignment).filter(file=OuterRef("pk"))))
        | Q(stored_by=user.pk)
    )
    case = visible_assignments(hats, user).filter(pk=assignment.pk)
    return StoredFile.objects.filter(readable, assignment__in=case)


def reads_sheet(hats: Iterable[Hat], assignment: Assignment, *, is_signed: bool) -> bool:
    """Tell whether the person may read the Office's sheet on a submission.

    The Office may from the start, the Committee once it is signed, nobody else (domain notes 3.4, 10.5).
    """
    worn = in_scope(hats, assignment)
    return any(hat.agency_kind == AgencyKind.OFFICE for hat in worn) or (
        is_signed and judges(worn, assignment)
    )


def readable_papers(hats: Sequence[Hat], user: User, assignment: Assignment) -> QuerySet[PaperSignature]:
    """Return the papers of an assignment's approval the person may read: those of a plan she may read.

    The rule of `visible_revisions` for what was put forward, asked without a statement of its own.
    """
    parts = participations_with(hats, user, "view_case").filter(assignment=assignment)
    asked = Q(decision__submission__revision__consultations__opinions__participation__in=parts)
    seen = Q() if judges(hats, assignment) else Q(Exists(parts.filter(role=Role.LEAD))) | asked
    standing = PaperSignature.objects.standing().filter(decision__submission__assignment=assignment)
    return standing.filter(seen).distinct()


def can_read_file(hats: Sequence[Hat], user: User, stored: StoredFile) -> bool:
    """Tell whether the person may read this file."""
    return visible_files(hats, user, stored.assignment).filter(pk=stored.pk).exists()


RUN_ROUND = ("sign_plan",)  # what changes a signed request is the signer's
REMIND = ("sign_plan", "draft_plan")


def rounds_to_run(hats: Sequence[Hat], user: User) -> QuerySet[Consultation]:
    """Return the open rounds the person may change: whom they ask, until when, and when they end."""
    return _open_rounds_of_lead(hats, user, RUN_ROUND)


def may_run_round(hats: Sequence[Hat], user: User, consultation: Consultation) -> bool:
    """Tell whether the person may change this round now: one statement."""
    return rounds_to_run(hats, user).filter(pk=consultation.pk).exists()


def rounds_to_remind(hats: Sequence[Hat], user: User) -> QuerySet[Consultation]:
    """Return the open rounds whose silent agencies the person may remind."""
    return _open_rounds_of_lead(hats, user, REMIND)


def may_remind(hats: Sequence[Hat], user: User, consultation: Consultation) -> bool:
    """Tell whether the person may remind the silent agencies of this round now: one statement."""
    return rounds_to_remind(hats, user).filter(pk=consultation.pk).exists()


def _open_rounds_of_lead(hats: Sequence[Hat], user: User, rights: Collection[str]) -> QuerySet[Consultation]:
    leading = participations_with(hats, user, *rights).filter(
        role=Role.LEAD, assignment=OuterRef("assignment")
    )
    return Consultation.objects.filter(Exists(leading), closed_at=None)


def readable_requests(hats: Sequence[Hat], user: User) -> QuerySet[Consultation]:
    """Return the rounds whose request the person may read, with the names of those it went to and who has answered.

    Those are the lead's people, Office and Committee, and whoever was asked; what was answered is another question.
    """
    issued = Consultation.objects.filter(assignment__directive__state=DirectiveState.ISSUED)
    if is_office_wide(hats):
        return issued
    leading = participations_with(hats, user, "view_case").filter(
        role=Role.LEAD, assignment=OuterRef("assignment")
    )
    asked = opinions_asked_of(hats, user).filter(consultation=OuterRef("pk"))
    judging = participations_with(hats, user, "view_case").filter(
        role__in=[Role.REVIEW, Role.APPROVE], assignment=OuterRef("assignment")
    )
    return issued.filter(Q(Exists(leading)) | Q(Exists(asked)) | Q(Exists(judging)))


def opinions_asked_of(hats: Sequence[Hat], user: User) -> QuerySet[Opinion]:
    """Return what was asked of the person's own agencies, answered or not, with everything that proves it."""
    return Opinion.objects.filter(
        participation__in=participations_with(hats, user, "view_case").filter(role=Role.COORDINATE)
    )


def opinions_to_prepare(hats: Sequence[Hat], user: User) -> QuerySet[Opinion]:
    """Return those of them for which the person may answer, or ask for more time."""
    return Opinion.objects.filter(
        participation__in=participations_with(hats, user, "prepare_opinion").filter(role=Role.COORDINATE)
    )


# Whose business a ballot is: who put the plan forward, who reviews it, who decides on it and who is asked.
BALLOT_READERS = (Role.LEAD, Role.REVIEW, Role.APPROVE)
# Who reads each slip: the Office as it reviews the case, and the Chair (domain notes 10.5). Nobody for somebody else.
READ_SLIPS = ("review_plan", "sign_review", "call_ballot")


def readable_ballots(hats: Sequence[Hat], user: User) -> QuerySet[Ballot]:
    """Return the ballots of which the person may know: how many slips are in, and the sum once they are closed."""
    parts = participations_with(hats, user, "view_case").filter(
        role__in=BALLOT_READERS, assignment=OuterRef("submission__assignment")
    )
    return Ballot.objects.filter(Exists(parts))


def can_read_ballot(hats: Sequence[Hat], user: User, ballot: Ballot) -> bool:
    """Tell whether the person may know of this ballot: one statement."""
    return readable_ballots(hats, user).filter(pk=ballot.pk).exists()


def readable_slips(hats: Sequence[Hat], user: User) -> QuerySet[BallotSlip]:
    """Return the slips the person may read: her own, and each where she reviews the case or may call a ballot."""
    parts = participations_with(own_hats(hats), user, *READ_SLIPS).filter(
        assignment=OuterRef("ballot__submission__assignment")
    )
    own = Q(membership__in=[hat.membership_id for hat in own_hats(hats)])
    return BallotSlip.objects.filter(own | Q(Exists(parts)))


def can_read_slip(hats: Sequence[Hat], user: User, slip: BallotSlip) -> bool:
    """Tell whether the person may read this slip: one statement."""
    return readable_slips(hats, user).filter(pk=slip.pk).exists()


def agencies_to_tidy(hats: Iterable[Hat]) -> QuerySet[Agency]:
    """Return the agencies at which the person may move the work of somebody who leaves.

    The Office's head at every one, elsewhere the agency's own head or clerk; under their own hats alone.
    """
    own = own_hats(hats)
    existing = Agency.objects.existing(on=timezone.localdate())
    if any(hat.agency_kind == AgencyKind.OFFICE and hat.position == Position.HEAD for hat in own):
        return existing
    return existing.filter(pk__in=[hat.agency_id for hat in own if hat.position in TIDYING])


def may_move_work(hats: Iterable[Hat], agency: Agency) -> bool:
    """Tell whether the person may move work at an agency; one statement."""
    return agencies_to_tidy(hats).filter(pk=agency.pk).exists()


def exporting_hats(hats: Iterable[Hat]) -> list[Hat]:
    """Return the person's own hats under which a case may be taken out; what is lent to her opens nothing here."""
    return [hat for hat in own_hats(hats) if (hat.agency_kind, hat.position) in EXPORTING]


def cases_to_export(hats: Iterable[Hat]) -> QuerySet[Directive]:
    """Return the directives whose case the person may take out: issued ones."""
    issued = Directive.objects.issued()
    return issued if exporting_hats(hats) else issued.none()


def can_export_case(hats: Iterable[Hat], directive: Directive) -> bool:
    """Tell whether the person may take out the case of this directive; asks nothing."""
    return directive.state == DirectiveState.ISSUED and bool(exporting_hats(hats))
