"""The administrator's acts on agencies: a new one, its facts, a new name from a day, its end with its successor."""

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.authority import Actor
from accounts.models import Agency, AgencyKind, AgencyName
from notifications.outbox import emit

from .administering import Facts, check_administrator, check_seen
from .agencies import make_positions
from .chain import CHAIN
from .errors import DomainError

# Of these there is one at a time: the rules of who decides and who reviews name no other.
SINGLE = (AgencyKind.COMMITTEE, AgencyKind.OFFICE)
RESERVED = {"new"}  # a page has this address


@dataclass(frozen=True, slots=True)
class AgencyInput:
    """A new agency as it was typed."""

    code: str
    symbol: str
    kind: str
    order: int
    full_name: str
    short_name: str
    valid_from: date


def facts_of(agency: Agency) -> Facts:
    """Return what the page of an agency shows and may change, by label; two statements."""
    names = agency.names.order_by("valid_from", "pk")
    return {
        _("Symbol"): agency.symbol,
        _("Order"): str(agency.order),
        _("Names"): ", ".join(f"{each.full_name} ({each.short_name}, {in_words(each)})" for each in names),
        _("Ends on"): f"{agency.valid_to:%d/%m/%Y}" if agency.valid_to else "",
        _("Successor"): agency.successor.symbol if agency.successor else "",
    }


def in_words(dated: AgencyName) -> str:
    """Return from when to when a name is used."""
    until = f"{dated.valid_to:%d/%m/%Y}" if dated.valid_to else "…"
    return f"{dated.valid_from:%d/%m/%Y} – {until}"


@transaction.atomic
def found(given: AgencyInput, *, actor: Actor) -> Agency:
    """Add an agency with its first name and its positions.

    Raises:
        NotAllowedError: the actor is no administrator.
        DomainError: the code is taken, or there is another agency of a kind of which there is one.
    """
    check_administrator(actor)
    if given.kind in SINGLE:
        _check_single(given)

    agency = _made(given)
    AgencyName.objects.create(
        agency=agency,
        full_name=given.full_name,
        short_name=given.short_name,
        valid_from=given.valid_from,
    )
    make_positions([agency])

    after = {**_kept(agency), "kind": agency.kind, **_named(given.full_name, given.short_name)}
    _record("agency.created", agency, actor, {}, after)
    return agency


@transaction.atomic
def correct(agency: Agency, *, symbol: str, order: int, seen: str = "", actor: Actor) -> Agency:
    """Correct the symbol and the place in lists; what is as it was records nothing.

    Raises:
        NotAllowedError: the actor is no administrator.
        ChangedMeanwhileError: the page showed something else.
    """
    locked = _locked(agency, seen, actor)
    before = _kept(locked)
    locked.symbol, locked.order = symbol, order
    if _kept(locked) == before:
        return locked
    locked.save(update_fields=["symbol", "order"])

    _record("agency.corrected", locked, actor, before, _kept(locked))
    return locked


@transaction.atomic
def rename(
    agency: Agency, *, full_name: str, short_name: str, on: date, seen: str = "", actor: Actor
) -> AgencyName:
    """Give an agency a new name from a day on; the one before ends that day, without gap or overlap.

    Raises:
        NotAllowedError: the actor is no administrator.
        ChangedMeanwhileError: the page showed something else.
        DomainError: the agency does not exist that day, or has a name that begins then or later.
    """
    locked = _locked(agency, seen, actor)
    if on < locked.valid_from or (locked.valid_to is not None and on >= locked.valid_to):
        raise DomainError(_("The agency does not exist on that day."), field="on")
    if (later := locked.names.filter(valid_from__gte=on).order_by("-valid_from").first()) is not None:
        words = _("From %(day)s on it has the name %(name)s. A new one begins after that day.")
        said = {"day": f"{later.valid_from:%d/%m/%Y}", "name": later.full_name}
        raise DomainError(words % said, field="on")
    old = locked.names.order_by("-valid_from").first()

    if old is not None:
        old.valid_to = on
        old.save(update_fields=["valid_to"])
    name = AgencyName.objects.create(agency=locked, full_name=full_name, short_name=short_name, valid_from=on)

    before = _named(old.full_name, old.short_name) if old else {}
    after = {**_named(full_name, short_name), "valid_from": on.isoformat()}
    _record("agency.renamed", locked, actor, before, after)
    return name


@transaction.atomic
def end(agency: Agency, *, on: date, successor: Agency, seen: str = "", actor: Actor) -> Agency:
    """Say on which day an agency no longer exists and which one takes its place.

    Raises:
        NotAllowedError: the actor is no administrator.
        ChangedMeanwhileError: the page showed something else.
        DomainError: it had ended before, the day lies before its first, or the successor does not exist that day.
    """
    locked = _locked(agency, seen, actor)
    if on <= locked.valid_from:
        raise DomainError(_("The last day must come after the first."), field="on")
    if successor.pk == locked.pk or not Agency.objects.existing(on=on).filter(pk=successor.pk).exists():
        raise DomainError(
            _("The successor must be another agency that exists on that day."), field="successor"
        )
    if locked.names.filter(valid_from__gte=on).exists():
        raise DomainError(_("The agency has a name that begins then or later."), field="on")

    before = _ending(locked)
    locked.valid_to, locked.successor = on, successor
    if _ending(locked) == before:
        return locked
    locked.save(update_fields=["valid_to", "successor"])

    _record("agency.ended", locked, actor, before, _ending(locked))
    return locked


def _made(given: AgencyInput) -> Agency:
    """Add the row; the code may be taken, perhaps a moment ago."""
    taken = DomainError(_("There is an agency with this code."), field="code")
    if given.code in RESERVED:
        raise taken
    new = Agency(
        code=given.code,
        symbol=given.symbol,
        kind=given.kind,
        order=given.order,
        valid_from=given.valid_from,
    )
    try:
        with transaction.atomic():
            new.save(force_insert=True)
    except IntegrityError:
        raise taken from None
    return new


def _locked(agency: Agency, seen: str, actor: Actor) -> Agency:
    check_administrator(actor)
    locked = Agency.objects.select_for_update(of=("self",)).select_related("successor").get(pk=agency.pk)
    if seen:
        check_seen(seen, facts_of(locked))
    return locked


def _check_single(given: AgencyInput) -> None:
    meets = Q(valid_to=None) | Q(valid_to__gt=given.valid_from)
    other = Agency.objects.filter(meets, kind=given.kind).order_by("pk").first()
    if other is not None:
        words = _("There is one agency of this kind at a time, and %(agency)s is it.")
        raise DomainError(words % {"agency": other.symbol}, field="kind")


def _kept(agency: Agency) -> dict[str, object]:
    return {"symbol": agency.symbol, "order": agency.order}


def _named(full_name: str, short_name: str) -> dict[str, object]:
    return {"full_name": full_name, "short_name": short_name}


def _ending(agency: Agency) -> dict[str, object]:
    return {
        "valid_to": agency.valid_to.isoformat() if agency.valid_to else None,
        "successor": agency.successor.code if agency.successor else None,
    }


def _record(
    kind: str, agency: Agency, actor: Actor, before: dict[str, object], after: dict[str, object]
) -> None:
    data = {"agency": agency.code, "before": before, "after": after}
    emit(kind, chain=CHAIN, subject=agency, actor=actor, data=data)
