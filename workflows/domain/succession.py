"""An agency is abolished: its open work passes to its successor, in one act.

What the agency has said stays its own: an answered request for opinions keeps its name, and the successor may read it.
Source: domain notes, section 7 (agencies are renamed and merged); Law 77/2015/QH13.
"""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.authority import Actor
from accounts.models import Agency
from notifications.outbox import Draft, emit_many
from workflows.domain import grants
from workflows.domain.errors import DomainError
from workflows.domain.events import case_data
from workflows.models import Assignment, CaseProcess, GrantSource, Opinion, Participation, Role


@dataclass(frozen=True, slots=True)
class Estate:
    """What an abolished agency leaves: its parts in cases that go on, to whom they pass."""

    agency: Agency
    successor: Agency
    parts: tuple[Participation, ...]

    @property
    def cases(self) -> list[Assignment]:
        """The cases, each once, in the order of their parts."""
        return list({part.assignment_id: part.assignment for part in self.parts}.values())


def estate_of(agency: Agency) -> Estate:
    """Return what passes; two statements.

    Raises:
        DomainError: the agency still exists, names no successor, or its successor does not exist.
    """
    today = timezone.localdate()
    if agency.valid_to is None or agency.valid_to > today:
        raise DomainError(_("%(agency)s still exists.") % {"agency": agency})
    heir = agency.successor
    if heir is None:
        raise DomainError(_("%(agency)s names no successor.") % {"agency": agency})
    if heir.valid_from > today or (heir.valid_to is not None and heir.valid_to <= today):
        raise DomainError(_("The successor %(agency)s does not exist today.") % {"agency": heir})
    running = CaseProcess.objects.filter(assignment=OuterRef("assignment"), finished=None)
    left = Participation.objects.current().filter(Exists(running), agency=agency)
    parts = left.exclude(group_grants__source=GrantSource.SUCCESSION)
    return Estate(
        agency, heir, tuple(parts.select_related("assignment__directive").order_by("assignment", "pk"))
    )


@transaction.atomic
def pass_on(estate: Estate, *, actor: Actor) -> None:
    """Give every part to the successor's people, and the successor's name to what is still to be done.

    The name of a part stays where the agency has spoken, and where the successor has a part in the case already. The
    agency is asked nothing any more; in a further round the successor is, where it has no part of its own.
    """
    spoken, taken = _spoken(estate), _taken(estate)
    moved = [part for part in estate.parts if part.pk not in spoken and part.assignment_id not in taken]
    kept = [part for part in estate.parts if part not in moved and part.role == Role.COORDINATE]
    Participation.objects.filter(pk__in=[part.pk for part in moved]).update(agency=estate.successor)
    led = [part.assignment_id for part in moved if part.role == Role.LEAD]
    Assignment.objects.filter(pk__in=led).update(lead=estate.successor)
    Participation.objects.filter(pk__in=[part.pk for part in kept]).update(to_be_asked=False)
    Participation.objects.bulk_create(
        Participation(
            assignment=part.assignment,
            agency=estate.successor,
            role=Role.COORDINATE,
            added_by=actor.user,
            added_at=timezone.now(),
            to_be_asked=part.to_be_asked,
            is_required=part.is_required,
        )
        for part in kept
        if part.assignment_id not in taken
    )
    grants.succeed(estate.parts, estate.successor, of=estate.agency)

    _record(estate, {part.pk for part in moved}, actor)


def _spoken(estate: Estate) -> set[int]:
    """Return the parts in which the agency has answered; one statement."""
    given = Opinion.objects.filter(participation__in=[part.pk for part in estate.parts]).given()
    return set(given.values_list("participation", flat=True))


def _taken(estate: Estate) -> set[int]:
    """Return the cases in which the successor has a part already; one statement."""
    parts = Participation.objects.current().filter(
        assignment__in=[case.pk for case in estate.cases], agency=estate.successor
    )
    return set(parts.values_list("assignment", flat=True))


def _record(estate: Estate, moved: set[int], actor: Actor) -> None:
    emit_many(
        [
            Draft(
                kind="agency.succeeded",
                chain=part.assignment.directive.chain,
                subject=part,
                actor=actor,
                data=case_data(part.assignment)
                | {
                    "from": estate.agency.code,
                    "from_name": str(estate.agency),
                    "to": estate.successor.code,
                    "to_name": str(estate.successor),
                    "role": part.role,
                    "named_anew": part.pk in moved,
                },
            )
            for part in estate.parts
        ]
    )
