"""The head of an administrative document: superior body, issuing agency, place (Decree 30/2020/NĐ-CP, appendix I)."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from accounts.models import Agency, AgencyKind
from workflows.models import Assignment

COUNTRY = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"

UNDER_COMMITTEE = {AgencyKind.DEPARTMENT, AgencyKind.BODY, AgencyKind.OFFICE}
COMMITTEE = "Ủy ban nhân dân"
LOCALITY = re.compile(
    rf"{COMMITTEE} ((?:thành phố|tỉnh|quận|huyện|thị xã|phường|xã|thị trấn|đặc khu) ([^,]+))(?:, .+)?"
)


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What stands at the top left, as printed, and the place beside the date; `superior` and `place` may be empty."""

    superior: str
    issuer: str
    place: str


def letterhead(assignment: Assignment, full: Callable[[Agency], str]) -> Letterhead:
    """Return the head of a document of the assignment's lead agency, of the Committee where there is none."""
    committee = assignment.directive.issuer
    return letterhead_of(assignment.lead or committee, committee, full)


def letterhead_of(agency: Agency, committee: Agency, full: Callable[[Agency], str]) -> Letterhead:
    """Return the head of a document of an agency.

    An agency under the Committee names it above its own name and leaves the locality to it; Committees and agencies
    of other systems stand alone.

    Source: Decree 30/2020/NĐ-CP, appendix I, part I, II.2 and II.4; domain notes 6.11 and 6.12.
    """
    own, above = full(agency), full(committee)
    if agency.kind not in UNDER_COMMITTEE or committee.kind != AgencyKind.COMMITTEE:
        return Letterhead("", own.upper(), _place(own) or _place(above))
    locality = LOCALITY.fullmatch(above)
    short = own.removesuffix(f" {locality[1]}") if locality else own
    return Letterhead(above.replace(COMMITTEE, "UBND", 1).upper(), short.upper(), _place(above))


def _place(name: str) -> str:
    """Return the locality in a Committee's name: "Đà Nẵng", but "Quận 1", because a number alone names no place."""
    found = LOCALITY.fullmatch(name)
    if found is None:
        return ""
    whole, proper = found[1], found[2]
    return whole[:1].upper() + whole[1:] if proper.isdigit() else proper
