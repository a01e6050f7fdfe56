"""What a coordinating agency says: prepared by a specialist, given by the head's signature."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.authority import Actor
from workflows.domain.errors import DomainError
from workflows.domain.events import record
from workflows.domain.numbering import labels
from workflows.models import (
    ActionItem,
    Anchor,
    Consultation,
    Opinion,
    OpinionState,
    Participation,
    Remark,
    Stance,
)

MAX_REMARKS = 200


@dataclass(frozen=True, slots=True)
class RemarkInput:
    """One remark as typed: what it is about, what it says, the wording it suggests."""

    text: str
    anchor: Anchor = Anchor.WHOLE
    anchor_key: UUID | None = None
    suggestion: str = ""


class ConsultationClosedError(DomainError):
    """The round has ended."""

    def __init__(self) -> None:
        super().__init__(_("The round of consultation is closed; an opinion can no longer be given."))


@transaction.atomic
def prepare_opinion(
    participation: Participation,
    *,
    actor: Actor,
    stance: Stance,
    reason: str = "",
    remarks: Sequence[RemarkInput] = (),
    document_number: str = "",
) -> Opinion:
    """Put a prepared opinion before the agency's head; nobody outside the agency sees it.

    Raises:
        ConsultationClosedError: the round has ended.
        DomainError: the stance and the remarks do not fit.
    """
    opinion = _opinion_in_open_round(participation)
    _write(opinion, stance=stance, reason=reason, remarks=remarks, document_number=document_number)
    opinion.state = OpinionState.PREPARED
    opinion.prepared_by = actor.user
    opinion.save(update_fields=["state", "stance", "reason", "document_number", "prepared_by"])

    record(
        "opinion.prepared",
        participation.assignment,
        subject=opinion,
        actor=actor,
        agency=participation.agency.code,
    )
    return opinion


@transaction.atomic
def sign_opinion(
    participation: Participation,
    *,
    actor: Actor,
    stance: Stance,
    reason: str = "",
    remarks: Sequence[RemarkInput] = (),
    document_number: str = "",
) -> Opinion:
    """Give the agency's opinion: the head's signature makes it official.

    Raises:
        ConsultationClosedError: the round has ended.
        DomainError: the stance and the remarks do not fit.
    Source: only the leader's signed answer is the agency's opinion, domain notes 2.2.
    """
    opinion = _opinion_in_open_round(participation)
    _write(opinion, stance=stance, reason=reason, remarks=remarks, document_number=document_number)
    opinion.state = OpinionState.GIVEN
    opinion.signed_by = actor.user
    opinion.signed_as = actor.label
    opinion.answered_at = timezone.now()
    opinion.save(
        update_fields=[
            "state",
            "stance",
            "reason",
            "document_number",
            "signed_by",
            "signed_as",
            "answered_at",
        ]
    )

    record(
        "opinion.given",
        participation.assignment,
        subject=opinion,
        actor=actor,
        agency=participation.agency.code,
        stance=stance,
        remarks=len(remarks),
    )
    return opinion


@transaction.atomic
def return_opinion(participation: Participation, *, actor: Actor, reason: str) -> Opinion:
    """Send a prepared opinion back to the specialist; its text stays."""
    opinion = _opinion_in_open_round(participation)

    record(
        "opinion.returned",
        participation.assignment,
        subject=opinion,
        actor=actor,
        agency=participation.agency.code,
        reason=reason,
    )
    return opinion


def _opinion_in_open_round(participation: Participation) -> Opinion:
    opinion = (
        Opinion.objects.select_related("consultation")
        .filter(participation=participation, consultation__closed_at=None)
        .first()
    )
    if opinion is None:
        raise ConsultationClosedError
    return opinion


def _write(
    opinion: Opinion, *, stance: Stance, reason: str, remarks: Sequence[RemarkInput], document_number: str
) -> None:
    _check(stance, reason, remarks)
    before = opinion.state
    opinion.stance, opinion.reason, opinion.document_number = stance, reason, document_number
    if before == OpinionState.PREPARED:
        opinion.remarks.all().delete()
    if remarks:
        places = _places(opinion.consultation, remarks)
        Remark.objects.bulk_create(
            Remark(
                opinion=opinion,
                number=number,
                anchor=given.anchor,
                anchor_key=given.anchor_key,
                anchor_label=_place(places, given),
                text=given.text,
                suggestion=given.suggestion,
            )
            for number, given in enumerate(remarks, start=1)
        )


def _check(stance: Stance, reason: str, remarks: Sequence[RemarkInput]) -> None:
    if stance == Stance.AGREE and remarks:
        raise DomainError(
            _("Plain agreement carries no remarks: choose agreement with comments."), field="stance"
        )
    if stance == Stance.AGREE_WITH_REMARKS and not remarks:
        raise DomainError(_("Write at least one remark, or choose plain agreement."), field="remarks")
    if stance == Stance.DISAGREE and not (reason.strip() or remarks):
        raise DomainError(_("Disagreement needs a reason."), field="reason")
    if len(remarks) > MAX_REMARKS:
        raise DomainError(_("An opinion holds at most %(n)s remarks.") % {"n": MAX_REMARKS}, field="remarks")


def _places(consultation: Consultation, remarks: Sequence[RemarkInput]) -> dict[UUID, str]:
    anchors = {given.anchor for given in remarks}
    places: dict[UUID, str] = {}
    if Anchor.PARAGRAPH in anchors:
        places |= labels(list(consultation.revision.paragraphs.order_by("position", "id")))
    if Anchor.ACTION_ITEM in anchors:
        items = ActionItem.objects.filter(revision_id=consultation.revision_id).order_by("position", "id")
        places |= {item.key: _("Task %(n)s") % {"n": n} for n, item in enumerate(items, start=1)}
    return places


def _place(places: dict[UUID, str], given: RemarkInput) -> str:
    if given.anchor == Anchor.WHOLE or given.anchor_key is None:
        return _("The whole draft")
    if given.anchor_key not in places:
        raise DomainError(
            _(
                "A remark points at a paragraph that is not in the draft you were sent. Choose the paragraph again."
            ),
            field="remarks",
        )
    return places[given.anchor_key]
