"""Fields of the Committee's work, and who is put in charge of which.

Source: assignment of fields by a decision of the Chair, domain notes 3.6, 10.2, 10.3.
"""

import csv
from datetime import date
from pathlib import Path

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from accounts.authority import SYSTEM, Actor
from accounts.models import AgencyKind, Field, Membership, Position, Responsibility
from notifications.outbox import emit

from .chain import CHAIN
from .errors import DomainError

DA_NANG = Path(__file__).resolve().parent.parent / "data" / "fields_danang.csv"
# Who is in charge of fields: Vice-Chairs decide in theirs, specialists of the Office review in theirs.
IN_CHARGE = {(AgencyKind.COMMITTEE, Position.VICE_CHAIR), (AgencyKind.OFFICE, Position.SPECIALIST)}


@transaction.atomic
def load_fields(path: Path | None = None, *, actor: Actor = SYSTEM) -> int:
    """Bring the fields in line with a table; return how many rows it has. Fields it does not name stay.

    The table is CSV with the columns `code, name, order`, others are notes; Đà Nẵng's where none is given.
    """
    with (path or DA_NANG).open(encoding="utf-8-sig", newline="") as table:
        rows = list(csv.DictReader(table))
    known = {field.code: field for field in Field.objects.all()}
    changed = [row for row in rows if _differs(known.get(row["code"]), row)]
    Field.objects.bulk_create(
        [Field(code=row["code"], name=row["name"], order=int(row["order"])) for row in changed],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "order"],
    )
    if changed:
        codes = [row["code"] for row in changed]
        subject = Field.objects.get(code=codes[0])
        emit("fields.loaded", chain=CHAIN, subject=subject, actor=actor, data={"codes": codes})
    return len(rows)


@transaction.atomic
def put_in_charge(
    membership: Membership,
    field: Field,
    *,
    basis: str,
    valid_from: date,
    valid_to: date | None = None,
    actor: Actor,
) -> Responsibility:
    """Put the holder of a position in charge of a field from a day on; `valid_to` is the first day without it.

    Raises:
        DomainError: nobody in such a position is in charge of fields, no document is named, the days are in the wrong
            order, or somebody else in the same position is in charge of the field on one of the days.
    """
    Field.objects.select_for_update().get(pk=field.pk)  # one at a time, or two could overlap
    place = membership.agency_position
    if (place.agency.kind, place.position) not in IN_CHARGE:
        raise DomainError(_("Fields are given to Vice-Chairs and to specialists of the Office."))
    if not basis.strip():
        raise DomainError(_("Name the document by which the fields were assigned."), field="basis")
    if valid_to is not None and valid_to <= valid_from:
        raise DomainError(_("The last day must come after the first."), field="valid_to")
    _check_free(membership, field, valid_from, valid_to)

    responsibility = Responsibility.objects.create(
        membership=membership, field=field, basis=basis.strip(), valid_from=valid_from, valid_to=valid_to
    )

    emit("field.assigned", chain=CHAIN, subject=responsibility, actor=actor, data=_facts(responsibility))
    return responsibility


@transaction.atomic
def end(responsibility: Responsibility, *, on: date, actor: Actor) -> Responsibility:
    """End a responsibility; `on` is the first day it no longer holds.

    Raises:
        DomainError: that day lies before its first.
    """
    if on < responsibility.valid_from:
        raise DomainError(_("The last day must come after the first."), field="valid_to")
    responsibility.valid_to = on
    responsibility.save(update_fields=["valid_to"])

    emit("field.ended", chain=CHAIN, subject=responsibility, actor=actor, data=_facts(responsibility))
    return responsibility


def _check_free(membership: Membership, field: Field, valid_from: date, valid_to: date | None) -> None:
    """Refuse a second holder of the position in charge of the field on one day."""
    place = membership.agency_position
    meets = Q(valid_to=None) | Q(valid_to__gt=valid_from)
    still_held = Q(membership__valid_to=None) | Q(membership__valid_to__gt=valid_from)
    if valid_to is not None:
        meets &= Q(valid_from__lt=valid_to)
    lasting = Responsibility.objects.exclude(valid_to=F("valid_from"))
    others = lasting.filter(meets, still_held, field=field, membership__agency_position=place)
    other = others.select_related("membership__user").order_by("valid_from", "pk").first()
    if other is not None:
        raise DomainError(
            _("%(person)s is in charge of %(field)s on these days.")
            % {"person": other.membership.user, "field": field}
        )


def _differs(field: Field | None, row: dict[str, str]) -> bool:
    return field is None or (field.name, field.order) != (row["name"], int(row["order"]))


def _facts(responsibility: Responsibility) -> dict[str, object]:
    membership = responsibility.membership
    return {
        "user": membership.user.username,
        "agency": membership.agency_position.agency.code,
        "position": membership.agency_position.position,
        "field": responsibility.field.code,
        "basis": responsibility.basis,
        "valid_from": responsibility.valid_from.isoformat(),
        "valid_to": responsibility.valid_to.isoformat() if responsibility.valid_to else None,
    }
