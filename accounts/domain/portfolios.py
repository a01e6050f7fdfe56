"""The administrator's acts on fields of responsibility: a new one, its name, who is in charge from when to when."""

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.authority import Actor
from accounts.models import Field, Membership, Responsibility
from notifications.outbox import emit

from . import fields
from .administering import Facts, check_administrator, check_may_change, check_seen
from .chain import CHAIN
from .errors import DomainError

RESERVED = {"new"}  # a page has this address


@dataclass(frozen=True, slots=True)
class Charge:
    """A field for the holder of a position, from a day on; `valid_to` is the first day without it."""

    membership: Membership
    basis: str
    valid_from: date
    valid_to: date | None = None


def facts_of(field: Field) -> Facts:
    """Return what the page of a field shows and may change, by label; one statement."""
    held = field.responsibilities.select_related("membership__user").order_by("valid_from", "pk")
    return {
        _("Name"): field.name,
        _("Order"): str(field.order),
        _("In charge"): ", ".join(f"{each.membership.user} ({in_words(each)})" for each in held),
    }


def in_words(dated: Responsibility) -> str:
    """Return from when to when somebody is in charge."""
    until = f"{dated.valid_to:%d/%m/%Y}" if dated.valid_to else "…"
    return f"{dated.valid_from:%d/%m/%Y} – {until}"


@transaction.atomic
def add(*, code: str, name: str, order: int, actor: Actor) -> Field:
    """Add a field of the Committee's work.

    Raises:
        NotAllowedError: the actor is no administrator.
        DomainError: the code is taken.
    """
    check_administrator(actor)
    taken = DomainError(_("There is a field with this code."), field="code")
    if code in RESERVED:
        raise taken
    try:
        with transaction.atomic():
            field = Field.objects.create(code=code, name=name, order=order)
    except IntegrityError:
        raise taken from None

    _record("field.created", field, actor, {}, _kept(field))
    return field


@transaction.atomic
def correct(field: Field, *, name: str, order: int, seen: str = "", actor: Actor) -> Field:
    """Correct a field's name and place in lists; what is as it was records nothing.

    Raises:
        NotAllowedError: the actor is no administrator.
        ChangedMeanwhileError: the page showed something else.
    """
    locked = _locked(field, seen, actor)
    before = _kept(locked)
    locked.name, locked.order = name, order
    if _kept(locked) == before:
        return locked
    locked.save(update_fields=["name", "order"])

    _record("field.corrected", locked, actor, before, _kept(locked))
    return locked


@transaction.atomic
def assign(field: Field, charge: Charge, *, seen: str = "", actor: Actor) -> Responsibility:
    """Put the holder of a position in charge of a field.

    Raises:
        NotAllowedError: the actor is no administrator, or it is her own position.
        ChangedMeanwhileError: the page showed something else.
        DomainError: as `fields.put_in_charge`.
    """
    locked = _locked(field, seen, actor)
    check_may_change(charge.membership.user, actor)
    return fields.put_in_charge(
        charge.membership,
        locked,
        basis=charge.basis,
        valid_from=charge.valid_from,
        valid_to=charge.valid_to,
        actor=actor,
    )


@transaction.atomic
def end(responsibility: Responsibility, *, on: date, seen: str = "", actor: Actor) -> Responsibility:
    """End a responsibility; `on` is the first day it no longer holds.

    Raises:
        NotAllowedError: the actor is no administrator, or it is her own position.
        ChangedMeanwhileError: the page showed something else.
        DomainError: that day lies before its first, or it ended earlier.
    """
    _locked(responsibility.field, seen, actor)
    held = Responsibility.objects.select_related("field", "membership__user")
    fresh = held.select_related("membership__agency_position__agency").get(pk=responsibility.pk)
    check_may_change(fresh.membership.user, actor)
    if fresh.valid_to == on:
        return fresh
    if fresh.valid_to is not None and fresh.valid_to < on:
        raise DomainError(
            _("This ended earlier. What has ended is not made longer: assign anew."), field="on"
        )
    return fields.end(fresh, on=on, actor=actor)


def _locked(field: Field, seen: str, actor: Actor) -> Field:
    check_administrator(actor)
    locked = Field.objects.select_for_update().get(pk=field.pk)
    if seen:
        check_seen(seen, facts_of(locked))
    return locked


def _kept(field: Field) -> dict[str, object]:
    return {"name": field.name, "order": field.order}


def _record(
    kind: str, field: Field, actor: Actor, before: dict[str, object], after: dict[str, object]
) -> None:
    data = {"field": field.code, "before": before, "after": after}
    emit(kind, chain=CHAIN, subject=field, actor=actor, data=data)
