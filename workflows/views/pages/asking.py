"""Whom a request for opinions asks, as its signer reads it: required or not, reachable or not, asked before or not."""

from collections.abc import Mapping
from dataclasses import dataclass

from workflows.domain import consultations
from workflows.models import Assignment, Consultation, Opinion
from workflows.views.request_rows import said_before

from .dossier import Dossier
from .names import AgencyNames


@dataclass(frozen=True, slots=True)
class AskedRow:
    """One agency; `before` says what came of the last round it was asked in, `has_people` who may receive it."""

    name: str
    is_required: bool
    has_people: bool
    before: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """The agencies of a request, in the order they were chosen."""

    rows: list[AskedRow]

    @property
    def required(self) -> list[AskedRow]:
        """Those that must answer."""
        return [row for row in self.rows if row.is_required]

    @property
    def optional(self) -> list[AskedRow]:
        """Those that may answer."""
        return [row for row in self.rows if not row.is_required]

    @property
    def unreachable(self) -> list[AskedRow]:
        """Those at which nobody could receive it."""
        return [row for row in self.rows if not row.has_people]

    @property
    def again(self) -> list[AskedRow]:
        """Those that were asked before."""
        return [row for row in self.rows if row.before]


def asked_of(assignment: Assignment, names: AgencyNames, answers: Mapping[int, Opinion]) -> Asked:
    """Return whom the next request asks; two statements with the agencies' names."""
    parts = consultations.deliverable(assignment.participations.to_be_asked()).select_related("agency")
    return Asked(
        [
            AskedRow(
                names.short(part.agency),
                part.is_required,
                bool(vars(part)["has_people"]),
                said_before(answers[part.agency_id]) if part.agency_id in answers else "",
            )
            for part in parts
        ]
    )


class RoundDossier(Dossier):
    """The case as another round sees it: the draft is compared with what the agencies were last asked about."""

    @property
    def earlier(self) -> None:
        """No submission counts here; what went out to the agencies does."""
        return

    @property
    def next_round(self) -> int:
        """The number the round gets that is about to be opened."""
        last: Consultation | None = self.consultation
        return last.round + 1 if last else 1
