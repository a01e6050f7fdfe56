"""A case changes hands: the one in charge hands it to a colleague with a note, or the Chair takes it over.

Source: domain notes 3.5 (the leader passes a file on), 10.3 (the Chair may handle a deputy's matter and tells her).
"""

from collections.abc import Collection, Sequence

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.authority import Actor, hats
from accounts.models import Membership, Position
from workflows.domain import routing
from workflows.domain.errors import DomainError, NotAllowedError
from workflows.domain.events import record
from workflows.domain.submissions import last_submission
from workflows.models import (
    GrantSource,
    Handover,
    Participation,
    ParticipationUserGrant,
    Role,
    Submission,
)
from workflows.models.grant import alive, permission_ids

# Who may be handed a case, by the part that has it.
TAKERS: dict[Role, Collection[Position]] = {
    Role.APPROVE: (Position.CHAIR, Position.VICE_CHAIR),
    Role.REVIEW: (Position.SPECIALIST,),
}
KINDS = {Role.APPROVE: "case.handed_over", Role.REVIEW: "review.handed_over"}


@transaction.atomic
def hand_over(participation: Participation, *, actor: Actor, to: int, note: str) -> Handover:
    """Hand the case to the colleague who holds the membership `to`; its due moment stays.

    Raises:
        DomainError: no note, or she cannot take it: not in such a position today, the actor herself, or an author of
            the plan.
    """
    submission = _undecided(participation)
    if not note.strip():
        raise DomainError(_("Say why the case is handed over."), field="note")
    taker = takers(participation, submission, besides=actor.persons).filter(pk=to).first()
    if taker is None:
        raise DomainError(_("This person cannot take the case now."), field="to")

    return _entrust(submission, participation, taker, actor, note, kind=KINDS[Role(participation.role)])


@transaction.atomic
def take_over(participation: Participation, *, actor: Actor, note: str = "") -> Handover:
    """Take a case over from the one in charge, who is told.

    Raises:
        NotAllowedError: the actor wrote part of the plan.
        DomainError: she is in charge already.
    """
    submission = _undecided(participation)
    taker = Membership.objects.select_related("user").get(pk=actor.hat.membership_id if actor.hat else 0)
    if _wrote(submission, actor):
        raise NotAllowedError(_("You wrote part of this plan, so another person must decide."))
    if [each.pk for each in in_charge(participation)] == [taker.pk]:
        raise DomainError(_("The case is yours already."))

    return _entrust(submission, participation, taker, actor, note, kind="case.taken_over")


def in_charge(participation: Participation) -> Sequence[Membership]:
    """Return whom the case was entrusted to alone, by the latest first; none where a whole position may take it."""
    right = permission_ids()[routing.ROUTES[Role(participation.role)].right]
    granted = ParticipationUserGrant.objects.filter(alive(), content_object=participation, permission=right)
    return list(
        Membership.objects.filter(pk__in=granted.values("membership")).select_related(
            "user", "agency_position"
        )
    )


def takers(
    participation: Participation, submission: Submission, *, besides: Collection[int]
) -> QuerySet[Membership]:
    """Return the memberships a case may be handed to, by name; nobody of `besides`, nobody who wrote the plan."""
    colleagues = Membership.objects.valid(on=timezone.localdate()).filter(
        agency_position__agency=participation.agency_id,
        agency_position__position__in=TAKERS[Role(participation.role)],
        user__is_active=True,
    )
    others = colleagues.exclude(user__in=list(besides)).exclude(
        user__in=submission.revision.authors.values("pk")
    )
    return others.select_related("user", "agency_position").order_by("user__full_name", "pk")


def _entrust(
    submission: Submission, part: Participation, taker: Membership, actor: Actor, note: str, *, kind: str
) -> Handover:
    before = in_charge(part)
    handover = Handover.objects.create(
        submission=submission,
        to=taker,
        to_as=_label(taker),
        note=note.strip(),
        handed_by=actor.person,
        handed_as=actor.label,
        handed_at=timezone.now(),
    )
    routing.entrust(part, taker, source=GrantSource.HANDOVER, source_id=handover.pk)

    record(
        kind,
        part.assignment,
        subject=handover,
        actor=actor,
        to=handover.to_as,
        note=handover.note,
        before=[each.pk for each in before if each.pk != taker.pk],
    )
    return handover


def _label(membership: Membership) -> str:
    """Return name and post of the holder, as the record keeps them."""
    own = [hat for hat in hats(membership.user) if hat.membership_id == membership.pk]
    return Actor(user=membership.user, hat=own[0] if own else None).label


def _undecided(participation: Participation) -> Submission:
    submission = last_submission(participation.assignment)
    if submission.decision is not None:
        raise DomainError(_("This submission has already been decided."))
    return submission


def _wrote(submission: Submission, actor: Actor) -> bool:
    return submission.revision.authors.filter(pk__in=list(actor.persons)).exists()
