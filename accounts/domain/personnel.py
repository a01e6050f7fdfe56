"""The administrator's acts on people: adding, correcting, appointing, ending, closing and opening an account.

None of them on herself; and a right comes only from a dated membership that names its position.
"""

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.authority import Actor
from accounts.models import Agency, Membership, Position, User
from notifications.outbox import emit

from . import credentials, memberships, people
from .administering import Facts, check_administrator, check_may_change, check_seen
from .agencies import positions_at
from .chain import CHAIN
from .errors import DomainError

# Held by one person at a time: who it is must never be a question.
SINGLE = (Position.CHAIR, Position.HEAD)


@dataclass(frozen=True, slots=True)
class Appointment:
    """A position for a person, from a day on; `valid_to` is the first day without it."""

    agency: Agency
    position: str
    valid_from: date
    valid_to: date | None = None
    is_acting: bool = False


def facts_of(user: User) -> Facts:
    """Return what the page of a person shows and may change, by label; one statement."""
    held = user.memberships.select_related("agency_position__agency").order_by("valid_from", "pk")
    return {
        _("Name"): user.full_name,
        _("E-mail"): user.email,
        _("Account"): pgettext("account", "open") if user.is_active else _("closed"),
        _("Positions"): ", ".join(f"{each.agency_position} ({in_words(each)})" for each in held),
    }


def in_words(dated: Membership) -> str:
    """Return from when to when a position is held."""
    until = f"{dated.valid_to:%d/%m/%Y}" if dated.valid_to else "…"
    return f"{dated.valid_from:%d/%m/%Y} – {until}"


@transaction.atomic
def add(username: str, *, full_name: str, email: str, actor: Actor) -> User:
    """Add a person who cannot sign in yet: she has no password.

    Raises:
        NotAllowedError: the actor is no administrator.
        DomainError: the user name is taken.
    """
    check_administrator(actor)
    try:
        return people.create_user(username, full_name=full_name, email=email, actor=actor)
    except IntegrityError:
        raise DomainError(_("This user name is taken."), field="username") from None


@transaction.atomic
def correct(user: User, *, full_name: str, email: str, seen: str = "", actor: Actor) -> User:
    """Correct a person's name and e-mail; what is as it was records nothing. Signed papers keep the old name.

    Raises:
        NotAllowedError: it is the actor's own account or one above hers.
        ChangedMeanwhileError: the page showed something else.
    """
    locked = _locked(user, seen, actor)
    before = {"full_name": locked.full_name, "email": locked.email}
    after = {"full_name": full_name, "email": email}
    if before == after:
        return locked
    locked.full_name, locked.email = full_name, email
    locked.save(update_fields=["full_name", "email"])

    data = {"user": locked.username, "before": before, "after": after}
    emit("user.corrected", chain=CHAIN, subject=locked, actor=actor, data=data)
    return locked


@transaction.atomic
def appoint(user: User, given: Appointment, *, seen: str = "", actor: Actor) -> Membership:
    """Give a person a position.

    Raises:
        NotAllowedError: it is the actor's own account or one above hers.
        ChangedMeanwhileError: the page showed something else.
        DomainError: the account is closed, the agency has no such position or does not exist then, the days are in the
            wrong order, or the position is taken in that time.
    """
    locked = _locked(user, seen, actor)
    if not locked.is_active:
        raise DomainError(_("This account is closed. Open it first."))
    check_appointment(given)
    agency = Agency.objects.select_for_update().get(pk=given.agency.pk)  # one at a time, or two could overlap
    _check_free(locked, agency, given)
    membership = memberships.appoint(
        locked,
        agency,
        given.position,
        valid_from=given.valid_from,
        valid_to=given.valid_to,
        is_acting=given.is_acting,
        actor=actor,
    )
    if membership.valid_to != given.valid_to:  # one from that day on is there, and was ended
        raise DomainError(taken_by(membership), field="valid_from")
    return membership


@transaction.atomic
def end(membership: Membership, *, on: date, seen: str = "", actor: Actor) -> Membership:
    """End a membership; `on` is the first day it no longer holds.

    Raises:
        NotAllowedError: it is the actor's own or that of an account above hers.
        ChangedMeanwhileError: the page showed something else.
        DomainError: that day lies before its first, or it ended earlier.
    """
    _locked(membership.user, seen, actor)
    fresh = Membership.objects.select_related("user", "agency_position__agency").get(pk=membership.pk)
    if on < fresh.valid_from:
        raise DomainError(_("The last day must come after the first."), field="on")
    if fresh.valid_to == on:
        return fresh
    if fresh.valid_to is not None and fresh.valid_to < on:
        words = _("This position ended on %(day)s. What has ended is not made longer: appoint anew.")
        raise DomainError(words % {"day": f"{fresh.valid_to:%d/%m/%Y}"}, field="on")
    memberships.end_membership(fresh, on=on, actor=actor)
    return fresh


@transaction.atomic
def deactivate(user: User, *, seen: str = "", actor: Actor) -> None:
    """Close an account.

    Raises:
        NotAllowedError: it is the actor's own account or one above hers.
        ChangedMeanwhileError: the page showed something else.
    """
    locked = _locked(user, seen, actor)
    people.deactivate(locked, actor=actor)


@transaction.atomic
def invite(user: User, *, seen: str = "", actor: Actor) -> tuple[str, str]:
    """Return the parts of a link with which the person sets her password, once.

    Her second factors stay: those are taken away by whoever runs the system alone, so that no administrator gets into
    the account of somebody who decides.

    Raises:
        NotAllowedError: it is the actor's own account or one above hers.
        ChangedMeanwhileError: the page showed something else.
        DomainError: the account is closed.
    """
    locked = _locked(user, seen, actor)
    if not locked.is_active:
        raise DomainError(_("The account is closed."))
    return credentials.invite(locked, actor=actor)


@transaction.atomic
def reactivate(user: User, *, seen: str = "", actor: Actor) -> None:
    """Open a closed account again; without a password, and with the memberships that hold still.

    Raises:
        NotAllowedError: it is the actor's own account or one above hers.
        ChangedMeanwhileError: the page showed something else.
        DomainError: a post of hers that one person holds is somebody else's by now.
    """
    locked = _locked(user, seen, actor)
    if locked.is_active:
        return
    _check_posts_free(locked)
    locked.is_active, locked.deactivated_at = True, None
    locked.save(update_fields=["is_active", "deactivated_at"])

    emit("user.reactivated", chain=CHAIN, subject=locked, actor=actor, data={"user": locked.username})


def check_appointment(given: Appointment) -> None:
    """Refuse what fits no agency and no time, whoever is appointed.

    Raises:
        DomainError: it does not fit; `field` names the input at fault.
    """
    agency = given.agency
    if given.position not in positions_at(agency):
        raise DomainError(_("This agency has no such position."), field="position")
    if given.valid_to is not None and given.valid_to <= given.valid_from:
        raise DomainError(_("The last day must come after the first."), field="valid_to")
    ends_before = agency.valid_to is not None and agency.valid_to <= given.valid_from
    if given.valid_from < agency.valid_from or ends_before:
        raise DomainError(_("The agency does not exist on that day."), field="valid_from")
    if given.is_acting and given.position not in SINGLE:
        raise DomainError(_("Only the head's post is entrusted (Q.)."), field="is_acting")


def _check_free(user: User, agency: Agency, given: Appointment) -> None:
    other = holders(agency, given).exclude(user=user).select_related("user").order_by("valid_from").first()
    if given.position in SINGLE and other is not None:
        raise DomainError(taken_by(other), field="position")
    own = holders(agency, given).filter(user=user).select_related("user").order_by("valid_from").first()
    if own is not None:
        raise DomainError(taken_by(own), field="valid_from")


def _check_posts_free(user: User) -> None:
    """Refuse to bring back a second holder of a post that one person holds."""
    today = timezone.localdate()
    held = user.memberships.filter(Q(valid_to=None) | Q(valid_to__gt=today))
    for each in held.filter(agency_position__position__in=SINGLE).select_related("agency_position__agency"):
        place, begins = each.agency_position, max(today, each.valid_from)
        given = Appointment(place.agency, place.position, begins, each.valid_to)
        other = holders(place.agency, given).exclude(user=user).select_related("user").first()
        if other is not None:
            raise DomainError(taken_by(other))


def taken_by(membership: Membership) -> str:
    """Say who holds a position in the time that was asked for."""
    words = _("%(person)s holds this position: %(time)s")
    return words % {"person": membership.user, "time": in_words(membership)}


def holders(agency: Agency, given: Appointment) -> QuerySet[Membership]:
    """Return who holds a position at some time of an appointment."""
    meets = Q(valid_to=None) | Q(valid_to__gt=given.valid_from)
    if given.valid_to is not None:
        meets &= Q(valid_from__lt=given.valid_to)
    held = Membership.objects.exclude(valid_to=F("valid_from"))
    place = {"agency_position__agency": agency, "agency_position__position": given.position}
    return held.filter(meets, user__is_active=True, **place)


def _locked(user: User, seen: str, actor: Actor) -> User:
    locked = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    check_may_change(locked, actor)
    if seen:
        check_seen(seen, facts_of(locked))
    return locked
