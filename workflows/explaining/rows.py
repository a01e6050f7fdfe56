"""The rows of one case on which every right in it rests, with what makes them explainable."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.models import Agency, Responsibility
from workflows.models import (
    Assignment,
    Ballot,
    DirectiveState,
    GrantSource,
    Handover,
    Opinion,
    Participation,
    ParticipationGroupGrant,
    ParticipationUserGrant,
)


@dataclass(frozen=True, slots=True)
class GrantRow:
    """One right on one part: of a position (`group_id`) or of one holder of it (`membership_id`); the other is 0."""

    part_id: int
    right: str
    group_id: int
    membership_id: int
    source: str
    source_id: int | None
    expires_at: datetime | None

    def is_alive(self, at: datetime) -> bool:
        """Tell whether the grant has not expired."""
        return self.expires_at is None or self.expires_at > at


@dataclass(frozen=True, slots=True)
class CaseRows:
    """Everything granted in one case, whoever asks; `parts` are all that there ever were."""

    assignment: Assignment
    parts: tuple[Participation, ...]
    rows: tuple[GrantRow, ...]
    responsibilities: dict[int, Responsibility]
    handovers: dict[int, Handover]
    ballots: dict[int, Ballot]
    predecessors: dict[int, Agency]  # whose parts passed to a successor, which is loaded
    read_at: datetime

    @classmethod
    def load(cls, assignment: Assignment) -> "CaseRows":
        """Read them, the assignment's directive and field loaded: six statements whatever their number."""
        parts = tuple(
            assignment.participations.select_related("agency", "added_by").order_by("ended_at", "pk")
        )
        rows = tuple(_rows(assignment))
        return cls(
            assignment=assignment,
            parts=parts,
            rows=rows,
            responsibilities=_by_key(
                Responsibility.objects.select_related("field", "membership__user"), rows, GrantSource.FIELD
            ),
            handovers=_by_key(Handover.objects.all(), rows, GrantSource.HANDOVER),
            ballots=_by_key(Ballot.objects.all(), rows, GrantSource.BALLOT),
            predecessors=_by_key(Agency.objects.select_related("successor"), rows, GrantSource.SUCCESSION),
            read_at=timezone.now(),
        )

    @property
    def is_issued(self) -> bool:
        """Tell whether the directive is issued: before that nobody reads the case."""
        return self.assignment.directive.state == DirectiveState.ISSUED

    @property
    def current(self) -> list[Participation]:
        """The parts that have not ended."""
        return [part for part in self.parts if part.ended_at is None]

    def of(self, part: Participation) -> list[GrantRow]:
        """Return what is granted on a part and has not expired."""
        return [row for row in self.rows if row.part_id == part.pk and row.is_alive(self.read_at)]


@dataclass(frozen=True, slots=True)
class Asked:
    """One agency asked in one round: for what, what came of it, and whether the round is closed."""

    part_id: int
    round_id: int
    state: str
    is_closed: bool
    is_frozen: bool


def asked_in(assignment: Assignment) -> list[Asked]:
    """Return who was asked for an opinion in a case; one statement."""
    found = Opinion.objects.filter(consultation__assignment=assignment).order_by("pk")
    return [
        Asked(part, consultation, state, closed is not None, frozen is not None)
        for part, consultation, state, closed, frozen in found.values_list(
            "participation",
            "consultation",
            "state",
            "consultation__closed_at",
            "consultation__revision__frozen_at",
        )
    ]


def _rows(assignment: Assignment) -> Iterator[GrantRow]:
    columns = ("content_object_id", "permission__codename", "source", "source_id", "expires_at")
    groups = ParticipationGroupGrant.objects.filter(content_object__assignment=assignment).order_by("pk")
    for part, right, source, source_id, expires, group in groups.values_list(*columns, "group_id"):
        yield GrantRow(part, right, group, 0, source, source_id, expires)
    persons = ParticipationUserGrant.objects.filter(content_object__assignment=assignment).order_by("pk")
    for part, right, source, source_id, expires, held in persons.values_list(*columns, "membership_id"):
        yield GrantRow(part, right, 0, held, source, source_id, expires)


def _by_key(found: Any, rows: Collection[GrantRow], source: GrantSource) -> dict[int, Any]:
    keys = {row.source_id for row in rows if row.source == source and row.source_id}
    return {row.pk: row for row in found.filter(pk__in=keys).order_by("pk")}
