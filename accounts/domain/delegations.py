"""A leader lends one of her positions for a time: proposed, confirmed, accepted, revoked.

Source: Decree 30/2020/NĐ-CP art. 13; domain notes 5.3, 10.7.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts import regulation
from accounts.authority import Actor
from accounts.models import (
    AgencyKind,
    Delegation,
    DelegationForm,
    DocumentKind,
    Field,
    Membership,
    User,
)
from notifications.outbox import Draft, emit, emit_many

from . import absences, lending
from .administering import check_administrator
from .chain import CHAIN
from .errors import DomainError, NotAllowedError

# Which kinds of papers the leaders of an agency sign; what is not here they cannot lend.
OF_AN_AGENCY = (DocumentKind.SUBMISSION, DocumentKind.OPINION, DocumentKind.REPORT, DocumentKind.RECEIPT)
KINDS: dict[str, tuple[DocumentKind, ...]] = {
    AgencyKind.COMMITTEE: (DocumentKind.PLAN,),
    AgencyKind.OFFICE: (DocumentKind.REVIEW, *OF_AN_AGENCY),
}


@dataclass(frozen=True, slots=True)
class Loan:
    """What is to be lent: which position, to whom, in which form, by which document, for what, how long."""

    membership: Membership
    delegate: User
    form: DelegationForm
    basis: str
    kinds: tuple[DocumentKind, ...]
    starts_at: datetime
    ends_at: datetime
    fields: tuple[Field, ...] = ()
    note: str = ""


def kinds_of(membership: Membership) -> tuple[DocumentKind, ...]:
    """Return the kinds of papers the holder of a position may lend."""
    return KINDS.get(membership.agency_position.agency.kind, OF_AN_AGENCY)


@transaction.atomic
def propose(loan: Loan, *, actor: Actor) -> Delegation:
    """Propose a delegation: the leader her own; the Office's head or the agency's clerk prepares one for her.

    A leader's own goes to the other side at once, a prepared one waits for her first. Closes the proposals made
    because she was absent.

    Raises:
        NotAllowedError: the position is not the actor's, and she prepares nothing for its holder.
        DomainError: a rule of lending is broken; `field` names the input at fault.
    """
    # One delegation of a position at a time is written, or two could overlap.
    Membership.objects.select_for_update().get(pk=loan.membership.pk)
    now = timezone.now()
    lending.check_proposer(loan.membership, actor.person, at=now)
    _check_scope(loan)
    _check_time(loan.starts_at, loan.ends_at, now)
    lending.check_sides(loan.membership, loan.delegate, loan.form, at=now)
    _check_free(loan)

    is_own = loan.membership.user_id == actor.user_id
    delegation = Delegation.objects.create(
        membership=loan.membership,
        delegate=loan.delegate,
        form=loan.form,
        basis=loan.basis.strip(),
        kinds=[kind.value for kind in loan.kinds],
        starts_at=loan.starts_at,
        ends_at=loan.ends_at,
        note=loan.note,
        proposed_by=actor.person,
        proposed_at=now,
        confirmed_at=now if is_own else None,
    )
    delegation.fields.set(loan.fields)
    absences.close(loan.membership, actor=actor)

    _record("delegation.proposed", delegation, actor)
    return delegation


@transaction.atomic
def confirm(delegation: Delegation, *, actor: Actor) -> Delegation:
    """Stand behind a delegation that was prepared for the leader; it goes to the other side.

    Raises:
        NotAllowedError: the position is not the actor's.
        DomainError: it is answered, revoked or over, or no longer keeps the rules.
    """
    locked = _locked(delegation)
    if locked.membership.user_id != actor.user_id:
        raise NotAllowedError(_("Only the leader herself confirms what she lends."))
    _check_waits(locked, is_confirmed=False)

    locked.confirmed_at = timezone.now()
    locked.save(update_fields=["confirmed_at"])

    _record("delegation.confirmed", locked, actor)
    return locked


@transaction.atomic
def accept(delegation: Delegation, *, actor: Actor) -> Delegation:
    """Take over what is lent; from its first minute on the other side may act.

    Raises:
        NotAllowedError: it is not offered to the actor.
        DomainError: it is not confirmed, is answered, revoked or over, or no longer keeps the rules.
    """
    locked = _locked(delegation)
    _check_offered(locked, actor)
    _check_waits(locked, is_confirmed=True)

    locked.accepted_at = timezone.now()
    locked.save(update_fields=["accepted_at"])

    _record("delegation.accepted", locked, actor)
    return locked


@transaction.atomic
def decline(delegation: Delegation, *, reason: str = "", actor: Actor) -> Delegation:
    """Refuse what is offered.

    Raises:
        NotAllowedError: it is not offered to the actor.
        DomainError: it is not confirmed, is answered, revoked or over.
    """
    locked = _locked(delegation)
    _check_offered(locked, actor)
    _check_unanswered(locked)

    locked.declined_at, locked.decline_reason = timezone.now(), reason
    locked.save(update_fields=["declined_at", "decline_reason"])

    _record("delegation.declined", locked, actor, reason=reason)
    return locked


@transaction.atomic
def revoke(delegation: Delegation, *, actor: Actor) -> Delegation:
    """Take back what was lent, at once: an act under way ends first, none comes after.

    Raises:
        NotAllowedError: the position is not the actor's.
        DomainError: it was declined or revoked before, or is over.
    """
    locked = _locked(delegation)
    if locked.membership.user_id != actor.user_id:
        raise NotAllowedError(_("Only the leader herself takes back what she lent."))
    _check_unfinished(locked)

    locked.revoked_at, locked.revoked_by = timezone.now(), actor.user
    locked.save(update_fields=["revoked_at", "revoked_by"])

    _record("delegation.revoked", locked, actor)
    return locked


@transaction.atomic
def end_for_a_reason(delegation: Delegation, *, reason: str, actor: Actor) -> Delegation:
    """End a delegation as administrator, at once: one of its sides is gone, or the reason says why it may not stay.

    Both sides are told as of one that was taken back. What is taken away here was lent; nothing is given.

    Raises:
        NotAllowedError: the actor is no administrator.
        DomainError: no reason, or it was declined or revoked before, or is over.
    """
    check_administrator(actor)
    locked = _locked(delegation)
    if not reason.strip():
        raise DomainError(_("Say why the delegation ends."), field="reason")
    _check_unfinished(locked)

    locked.revoked_at, locked.revoked_by = timezone.now(), actor.user
    locked.save(update_fields=["revoked_at", "revoked_by"])

    _record("delegation.revoked", locked, actor, reason=reason.strip(), by_administrator=True)
    return locked


@transaction.atomic
def revoke_all(user: User, memberships: Iterable[Membership], *, actor: Actor) -> list[Delegation]:
    """End everything these positions lend and everything that is lent to the person, because she leaves."""
    now = timezone.now()
    theirs = Q(membership__in=list(memberships)) | Q(delegate=user)
    found = Delegation.objects.unfinished(at=now).filter(theirs).order_by("pk")
    ending = list(_read(found.select_for_update(of=("self",))))
    Delegation.objects.filter(pk__in=[each.pk for each in ending]).update(
        revoked_at=now, revoked_by=actor.user
    )

    emit_many([_draft("delegation.revoked", each, actor, {"is_leaving": True}) for each in ending])
    return ending


def _check_scope(loan: Loan) -> None:
    if not loan.basis.strip():
        raise DomainError(_("Name the document by which the position is lent."), field="basis")
    if not loan.kinds:
        raise DomainError(_("Choose at least one kind of papers."), field="kinds")
    if not set(loan.kinds) <= set(kinds_of(loan.membership)):
        raise DomainError(_("The holder of this position does not sign papers of this kind."), field="kinds")


def _check_time(starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    longest = regulation.rules("DELEGATION")["max_days"]
    if ends_at <= starts_at:
        raise DomainError(_("The delegation must begin before it ends."), field="ends_on")
    if ends_at <= now:
        raise DomainError(_("The end must be after now."), field="ends_on")
    if ends_at - starts_at > timedelta(days=longest):
        words = _("A delegation lasts at most %(days)s days.") % {"days": longest}
        raise DomainError(words, field="ends_on")
    if timezone.localdate(starts_at) < timezone.localdate(now):
        raise DomainError(_("A delegation cannot begin in the past."), field="starts_on")


def _check_free(loan: Loan) -> None:
    """Refuse what would lend the same thing twice at the same time."""
    lent = Delegation.objects.filter(
        membership=loan.membership,
        declined_at=None,
        revoked_at=None,
        starts_at__lt=loan.ends_at,
        ends_at__gt=loan.starts_at,
    )
    for other in lent.select_related("delegate").prefetch_related("fields").order_by("pk"):
        if _shares(other, loan):
            words = _("The same is already lent to %(person)s from %(from)s to %(until)s.")
            raise DomainError(
                words
                % {
                    "person": other.delegate,
                    "from": in_words(other.starts_at),
                    "until": in_words(other.ends_at),
                }
            )


def _shares(other: Delegation, loan: Loan) -> bool:
    fields = {field.pk for field in other.fields.all()}
    wanted = {field.pk for field in loan.fields}
    in_field = not fields or not wanted or fields & wanted
    return bool(in_field and set(other.kinds) & {kind.value for kind in loan.kinds})


def in_words(moment: datetime) -> str:
    """Return the minute and the day of a moment as refusals name them."""
    return date_format(timezone.localtime(moment), "H:i d/m/Y")


def _check_offered(locked: Delegation, actor: Actor) -> None:
    if locked.delegate_id != actor.user_id:
        raise NotAllowedError(_("This delegation is not offered to you."))


def _check_unanswered(locked: Delegation) -> None:
    _check_unfinished(locked)
    if locked.accepted_at is not None:
        words = _("This delegation was accepted at %(when)s.")
        raise DomainError(words % {"when": in_words(locked.accepted_at)})
    if locked.confirmed_at is None:
        raise DomainError(_("The leader has not confirmed this delegation yet."))


def _check_waits(locked: Delegation, *, is_confirmed: bool) -> None:
    """Refuse what does not wait for this answer, or could no longer be proposed as it is."""
    _check_unfinished(locked)
    if is_confirmed:
        _check_unanswered(locked)
    elif locked.confirmed_at is not None:
        words = _("This delegation was confirmed at %(when)s.")
        raise DomainError(words % {"when": in_words(locked.confirmed_at)})
    lending.check_sides(locked.membership, locked.delegate, DelegationForm(locked.form), at=timezone.now())


def _check_unfinished(locked: Delegation) -> None:
    if locked.revoked_at is not None:
        raise DomainError(
            _("This delegation was taken back at %(when)s.") % {"when": in_words(locked.revoked_at)}
        )
    if locked.declined_at is not None:
        raise DomainError(
            _("This delegation was declined at %(when)s.") % {"when": in_words(locked.declined_at)}
        )
    if locked.ends_at <= timezone.now():
        raise DomainError(_("This delegation ended at %(when)s.") % {"when": in_words(locked.ends_at)})


def _locked(delegation: Delegation) -> Delegation:
    return _read(Delegation.objects.select_for_update(of=("self",)).filter(pk=delegation.pk)).get()


def _read(delegations: QuerySet[Delegation]) -> QuerySet[Delegation]:
    return delegations.select_related(
        "membership__user", "membership__agency_position__agency", "delegate", "proposed_by"
    ).prefetch_related("fields")


def _record(kind: str, delegation: Delegation, actor: Actor, **more: object) -> None:
    draft = _draft(kind, delegation, actor, more)
    emit(kind, chain=CHAIN, subject=delegation, actor=actor, data=draft.data)


def _draft(kind: str, delegation: Delegation, actor: Actor, more: dict[str, object]) -> Draft:
    place = delegation.membership.agency_position
    data: dict[str, object] = {
        "delegation": str(delegation.public_id),
        "principal": delegation.membership.user.username,
        "principal_name": str(delegation.membership.user),
        "agency": place.agency.code,
        "position": place.position,
        "delegate": delegation.delegate.username,
        "delegate_name": str(delegation.delegate),
        "form": delegation.form,
        "basis": delegation.basis,
        "kinds": list(delegation.kinds),
        "fields": sorted(field.code for field in delegation.fields.all()),
        "from": delegation.starts_at.isoformat(),
        "until": delegation.ends_at.isoformat(),
    }
    return Draft(kind=kind, chain=CHAIN, subject=delegation, actor=actor, data=data | more)
