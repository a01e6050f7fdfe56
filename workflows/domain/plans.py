"""Drafting a plan: its text, paragraph by paragraph, its tasks, and whom to consult."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.authority import Actor
from accounts.models import Agency, User
from workflows.domain import content, grants, phases
from workflows.domain.errors import DomainError
from workflows.domain.events import record
from workflows.models import (
    ActionItem,
    Annex,
    Assignment,
    Level,
    Paragraph,
    Participation,
    Phase,
    Plan,
    PlanRevision,
    Role,
)

MAX_PARAGRAPH = 20_000
MAX_PARAGRAPHS = 500
BEFORE_CONSULTATION = (Phase.REGISTERED, Phase.RECEIVING, Phase.REASSIGNING, Phase.DRAFTING)
SKELETON = (
    (Level.SECTION, "MỤC ĐÍCH, YÊU CẦU"),
    (Level.CLAUSE, ""),
    (Level.SECTION, "NHIỆM VỤ, GIẢI PHÁP"),
    (Level.CLAUSE, ""),
    (Level.SECTION, "TỔ CHỨC THỰC HIỆN"),
    (Level.CLAUSE, ""),
)


class FrozenError(DomainError):
    """The revision has left the drafter."""

    def __init__(self) -> None:
        super().__init__(_("This revision has been sent out and can no longer be changed."))


def start_plan(assignment: Assignment, *, actor: Actor) -> Plan:
    """Create the plan of an assignment with an empty first revision, laid out as offices lay plans out.

    Source: skeleton of administrative plans, domain notes 6.17. Repeating it returns the plan that exists.
    """
    now = timezone.now()
    plan, created = Plan.objects.get_or_create(
        assignment=assignment, defaults={"title": assignment.title, "created_at": now}
    )
    if not created:
        return plan

    revision = PlanRevision.objects.create(
        plan=plan, number=1, created_at=now, edited_at=now, edited_by=actor.user
    )
    Paragraph.objects.bulk_create(
        Paragraph(revision=revision, position=index, level=level, text=text)
        for index, (level, text) in enumerate(SKELETON, start=1)
    )
    return plan


def current_revision(assignment: Assignment) -> PlanRevision:
    """Return the newest revision of an assignment's plan; one statement, none where the act has it in hand."""
    if assignment.revision_in_hand is not None:
        return assignment.revision_in_hand
    return (
        PlanRevision.objects.filter(plan__assignment=assignment)
        .select_related("plan")
        .order_by("-number", "-id")[:1]
        .get()
    )


def stamp_of(assignment: Assignment) -> str:
    """Return what a page about the plan carries: the stamp of its newest revision, which stays in hand for the act."""
    assignment.revision_in_hand = current_revision(assignment)
    return assignment.revision_in_hand.stamp


def touch(revision: PlanRevision, user: User) -> None:
    """Note that somebody changed an open revision; raises FrozenError where it has left the drafter."""
    changed = PlanRevision.objects.filter(pk=revision.pk, frozen_at=None).update(
        version=F("version") + 1, edited_at=timezone.now(), edited_by=user
    )
    if not changed:
        raise FrozenError
    revision.authors.add(user)


def check_ready(revision: PlanRevision) -> None:
    """Refuse a revision that is not fit to leave the drafter.

    Raises:
        DomainError: no text, or a task whose lead also coordinates.
    """
    texts = revision.paragraphs.exclude(text="").exclude(level=Level.SECTION)
    if not texts.exists():
        raise DomainError(_("The plan has no text yet. Write at least one paragraph before sending it."))


def freeze(revision: PlanRevision) -> None:
    """Freeze a revision with the SHA-256 of its content; it never changes afterwards."""
    revision.frozen_at = timezone.now()
    revision.sha256 = content.sha256_of(revision)
    revision.save(update_fields=["frozen_at", "sha256"])


def open_revision(assignment: Assignment, *, actor: Actor) -> PlanRevision:
    """Open the next revision as a copy of the frozen one, inside an act; returns the open one where there is one."""
    last = current_revision(assignment)
    assignment.revision_in_hand = assignment.bound_in_hand = None
    if not last.is_frozen:
        return last

    now = timezone.now()
    revision = PlanRevision.objects.create(
        plan=last.plan, number=last.number + 1, created_at=now, edited_at=now, edited_by=actor.user
    )
    Paragraph.objects.bulk_create(
        Paragraph(revision=revision, key=p.key, position=p.position, level=p.level, text=p.text)
        for p in content.paragraphs_of(last)
    )
    _copy_items(last, revision)
    Annex.objects.bulk_create(
        Annex(revision=revision, key=a.key, position=a.position, title=a.title, file_id=a.file_id)
        for a in last.annexes.order_by("position", "id")
    )
    revision.authors.set(last.authors.all())
    return revision


def _copy_items(source: PlanRevision, target: PlanRevision) -> None:
    originals = content.items_of(source)
    copies = ActionItem.objects.bulk_create(
        ActionItem(
            revision=target,
            key=i.key,
            position=i.position,
            task=i.task,
            lead_id=i.lead_id,
            due_on=i.due_on,
            product=i.product,
            target=i.target,
        )
        for i in originals
    )
    link = ActionItem.coordinating.through
    link.objects.bulk_create(
        link(actionitem_id=copy.pk, agency_id=agency.pk)
        for copy, original in zip(copies, originals, strict=True)
        for agency in original.coordinating.all()
    )


@transaction.atomic
def finish_draft(participation: Participation, *, actor: Actor, note: str = "") -> PlanRevision:
    """Hand the draft to the head of the lead agency, who signs the request for opinions.

    Raises:
        DomainError: the plan has no text, or nobody to consult was chosen.
    """
    assignment = participation.assignment
    revision = current_revision(assignment)
    check_ready(revision)
    if not assignment.participations.to_be_asked().exists():
        raise DomainError(_("Choose at least one agency to consult."), field="agencies")

    record("draft.finished", assignment, subject=revision, actor=actor, revision=revision.number, note=note)
    return revision


@transaction.atomic
def return_draft(participation: Participation, *, actor: Actor, reason: str) -> PlanRevision:
    """Send the draft back to the specialist with what must be changed."""
    revision = current_revision(participation.assignment)

    record("draft.returned", participation.assignment, subject=revision, actor=actor, reason=reason)
    return revision


@transaction.atomic
def choose_coordinators(
    assignment: Assignment, agencies: Sequence[Agency], *, actor: Actor, optional: Collection[int] = ()
) -> list[Participation]:
    """Set which agencies the next request asks; before it leaves nothing is granted to them.

    `optional` holds the keys of the agencies whose answer is not required. Before the first request the others lose
    their part; later they keep it, because they were asked before.

    Raises:
        DomainError: the lead is among them.
        HandedOnError: the request has been signed; the agencies that were asked stay.
    """
    phases.hold(assignment, *BEFORE_CONSULTATION, Phase.DISPOSING)
    if assignment.lead_id in {agency.pk for agency in agencies}:
        raise DomainError(_("The lead agency cannot also coordinate."), field="agencies")

    current = {part.agency_id: part for part in assignment.participations.coordinating()}
    before = {agency_id: part.is_required for agency_id, part in current.items() if part.to_be_asked}
    wanted = {agency.pk: agency.pk not in optional for agency in agencies}
    now = timezone.now()
    _leave_out([part for agency_id, part in current.items() if agency_id not in wanted], assignment, at=now)
    Participation.objects.bulk_create(
        Participation(
            assignment=assignment,
            agency_id=agency_id,
            role=Role.COORDINATE,
            is_required=is_required,
            added_by=actor.person,
            added_at=now,
        )
        for agency_id, is_required in wanted.items()
        if agency_id not in current
    )
    for is_required in (True, False):
        same = [key for key, value in wanted.items() if value == is_required and key in current]
        assignment.participations.coordinating().filter(agency__in=same).update(
            to_be_asked=True, is_required=is_required
        )

    if before != wanted:
        record(
            "coordinators.chosen",
            assignment,
            subject=assignment,
            actor=actor,
            agencies=sorted(agency.code for agency in agencies),
        )
    return list(assignment.participations.to_be_asked())


def _leave_out(parts: Sequence[Participation], assignment: Assignment, *, at: datetime) -> None:
    """End the parts of agencies nobody has asked yet; those asked before are only not asked again."""
    keys = [part.pk for part in parts]
    if assignment.phase in BEFORE_CONSULTATION:
        Participation.objects.filter(pk__in=keys).update(ended_at=at)
        grants.revoke(parts)
    else:
        Participation.objects.filter(pk__in=keys).update(to_be_asked=False)


def next_position(revision: PlanRevision, model: type[Paragraph] | type[ActionItem]) -> int:
    """Return the position after the last paragraph or item of a revision."""
    last = model.objects.filter(revision=revision).aggregate(last=Max("position"))["last"]
    return (last or 0) + 1


def paragraph_or_error(revision: PlanRevision, key: UUID) -> Paragraph:
    """Return a paragraph of the revision, locked for the change.

    Raises:
        DomainError: the paragraph is gone.
    """
    found = Paragraph.objects.select_for_update().filter(revision=revision, key=key).first()
    if found is None:
        raise DomainError(
            _("This paragraph is gone: somebody removed it. Reload the page to see the plan as it is.")
        )
    return found
