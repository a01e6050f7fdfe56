"""Why yes: under which hat, on which part, by which grant, until when."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from accounts.authority import Hat
from accounts.models import Delegation, Membership
from workflows import holding
from workflows.models import Participation, Role

from .rows import CaseRows, GrantRow

WIDE = "WIDE"  # by the position alone: the Office and the Committee see every issued directive
VIEW = "view_case"


@dataclass(frozen=True, slots=True)
class Ground:
    """One reason why a hat carries rights in a case; without a part it is the position alone."""

    hat: Hat
    source: str
    rights: frozenset[str]
    part: Participation | None = None
    row: GrantRow | None = None

    @property
    def lets_see(self) -> bool:
        """Tell whether the case may be read for this reason."""
        return VIEW in self.rights


@dataclass(frozen=True, slots=True)
class Posts:
    """The memberships and delegations behind some hats, for their dates."""

    memberships: dict[int, Membership]
    delegations: dict[int, Delegation]

    @classmethod
    def behind(cls, hats: Iterable[Hat]) -> "Posts":
        """Read them; one statement, two where a hat is lent."""
        worn = list(hats)
        lent = [hat.lent.delegation_id for hat in worn if hat.lent is not None]
        return cls(
            Membership.objects.in_bulk([hat.membership_id for hat in worn]),
            Delegation.objects.in_bulk(lent) if lent else {},
        )


class Thing(StrEnum):
    """What of a case may be read by itself."""

    PLAN = "PLAN"
    OPINIONS = "OPINIONS"


class Rule(StrEnum):
    """By which rule a thing of the case is read."""

    LEAD = "LEAD"
    ASKED = "ASKED"
    JUDGES = "JUDGES"
    OTHERS = "OTHERS"


def grounds_of(case: CaseRows, hats: Sequence[Hat]) -> list[Ground]:
    """Return every reason for which the wearer of these hats holds rights in a case, in the order of the hats."""
    if not case.is_issued:
        return []
    worn = holding.in_scope(hats, case.assignment)
    return [ground for hat in worn for ground in _grounds(case, hat)]


def _grounds(case: CaseRows, hat: Hat) -> Iterator[Ground]:
    if hat.lent is None and holding.is_office_wide([hat]):
        yield Ground(hat, WIDE, frozenset({VIEW}))
    for part in case.current:
        rows = [row for row in case.of(part) if _is_for(row, hat) and holding.lends(hat, row.right)]
        by_source: dict[tuple[str, int | None, datetime | None], list[GrantRow]] = {}
        for row in rows:
            by_source.setdefault((row.source, row.source_id, row.expires_at), []).append(row)
        for (source, _key, _end), found in by_source.items():
            yield Ground(hat, source, frozenset(row.right for row in found), part, found[0])


def _is_for(row: GrantRow, hat: Hat) -> bool:
    return row.group_id == hat.group_id if row.group_id else row.membership_id == hat.membership_id


def is_lead(grounds: Iterable[Ground]) -> bool:
    """Tell whether one of the grounds is of the lead agency."""
    return any(each.lets_see and each.part is not None and each.part.role == Role.LEAD for each in grounds)


def asked_parts(grounds: Iterable[Ground]) -> set[int]:
    """Return the keys of the coordinating parts that one of the grounds lets see."""
    return {
        each.part.pk
        for each in grounds
        if each.lets_see and each.part is not None and each.part.role == Role.COORDINATE
    }
