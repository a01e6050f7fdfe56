"""In which form somebody signs a paper, told from who acts under which authority.

What is printed above a name are words of official documents: Vietnamese, never translated.
Source: Decree 30/2020/NĐ-CP art. 13 and appendix I, part I, II.7; domain notes 5.
"""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import regulation
from accounts.authority import Actor, Hat, hats, own_hats
from accounts.models import AgencyKind, DelegationForm, Position
from workflows.domain.errors import DomainError


class Paper(StrEnum):
    """Kinds of papers; the codes are those of the Decree's appendix III where it has one."""

    PLAN = "KH"
    LETTER = "CV"
    INVITATION = "GM"
    REPORT = "BC"
    NOTICE = "TB"
    SUBMISSION = "TTr"
    REVIEW = "PT"
    REQUEST = "LYK"
    OPINION = "YK"
    RESULT = "BCKQ"


class Form(StrEnum):
    """By which authority somebody signs: the last one of a chain."""

    HEAD = "TT"  # the head of an agency, in her own right
    COLLECTIVE = "TM"
    ACTING = "Q"
    DEPUTY = "KT"
    BY_ORDER = "TL"
    MANDATE = "TUQ"


# Papers of the Committee; the others are of the agency whose position the signer holds.
OF_COMMITTEE = frozenset({Paper.PLAN, Paper.LETTER, Paper.INVITATION, Paper.REPORT, Paper.NOTICE})
NAMES = {
    Paper.PLAN: gettext_lazy("a plan"),
    Paper.LETTER: gettext_lazy("a letter"),
    Paper.INVITATION: gettext_lazy("an invitation"),
    Paper.REPORT: gettext_lazy("a routine report"),
    Paper.NOTICE: gettext_lazy("a notice"),
    Paper.SUBMISSION: gettext_lazy("a submission"),
    Paper.REVIEW: gettext_lazy("the Office's review"),
    Paper.REQUEST: gettext_lazy("a request for opinions"),
    Paper.OPINION: gettext_lazy("an opinion"),
    Paper.RESULT: gettext_lazy("the report of a result"),
}
COLLECTIVE = "TM. ỦY BAN NHÂN DÂN"
CHAIR = ("CHỦ TỊCH", "PHÓ CHỦ TỊCH")
DIVISION = "TRƯỞNG PHÒNG"
# Posts beneath the leaders; they sign nothing but by order or by mandate.
SERVING = {Position.DIVISION_HEAD: DIVISION, Position.SPECIALIST: "CHUYÊN VIÊN", Position.CLERK: "VĂN THƯ"}
# What head and deputy are called, by the kind of agency; of the others by how its name begins, the first that fits.
POSTS = {
    AgencyKind.COMMITTEE: CHAIR,
    AgencyKind.DISTRICT: CHAIR,
    AgencyKind.OFFICE: ("CHÁNH VĂN PHÒNG", "PHÓ CHÁNH VĂN PHÒNG"),
    AgencyKind.DEPARTMENT: ("GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"),
}
POSTS_BY_NAME = (
    ("Thanh tra", ("CHÁNH THANH TRA", "PHÓ CHÁNH THANH TRA")),
    ("Ban Quản lý dự án", ("GIÁM ĐỐC", "PHÓ GIÁM ĐỐC")),
    ("Ban ", ("TRƯỞNG BAN", "PHÓ TRƯỞNG BAN")),
    ("Bộ Chỉ huy", ("CHỈ HUY TRƯỞNG", "PHÓ CHỈ HUY TRƯỞNG")),
    ("Cục ", ("CỤC TRƯỞNG", "PHÓ CỤC TRƯỞNG")),
    ("Tòa án", ("CHÁNH ÁN", "PHÓ CHÁNH ÁN")),
    ("Viện ", ("VIỆN TRƯỞNG", "PHÓ VIỆN TRƯỞNG")),
    ("Ủy ban", CHAIR),
    ("Hội ", CHAIR),
    ("Liên đoàn", CHAIR),
    ("", ("GIÁM ĐỐC", "PHÓ GIÁM ĐỐC")),
)
UNDER_COMMITTEE = {AgencyKind.OFFICE, AgencyKind.DEPARTMENT, AgencyKind.BODY, AgencyKind.DISTRICT}
HEADED_BY_CHAIR = {AgencyKind.COMMITTEE, AgencyKind.DISTRICT}
LOCALITY = re.compile(r",? (?:thành phố|tỉnh) .+$")


class CannotSignError(DomainError):
    """The person may not sign this paper in any form."""


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature block: the authority, the lines of capitals above the name, the name, the document it rests on."""

    form: str
    lines: tuple[str, ...]
    name: str
    basis: str = ""

    @property
    def title(self) -> str:
        """The lines in one."""
        return " / ".join(self.lines)

    def plain(self) -> dict[str, Any]:
        """Return the signature as it is stored."""
        return asdict(self) | {"lines": list(self.lines)}


def signature_of(actor: Actor, paper: Paper) -> Signature:
    """Return how the actor signs a paper; no statement, but three where she acts for somebody else.

    Raises:
        CannotSignError: she may not sign it.
    """
    hat = actor.hat
    if hat is None:
        raise CannotSignError(_("Who holds no position signs no paper."))
    if hat.lent is None:
        form, lines = own_form(hat, paper)
        return Signature(form, lines, actor.person.full_name)
    form, lines = lent_form(hat, own_hats(hats(actor.person)), paper)
    return Signature(form, lines, actor.person.full_name, hat.lent.basis)


def signed(actor: Actor, paper: Paper) -> dict[str, Any]:
    """Return how the actor signs a paper, as it is stored with the act.

    Raises:
        CannotSignError: she may not sign it.
    """
    return signature_of(actor, paper).plain()


def own_form(hat: Hat, paper: Paper) -> tuple[Form, tuple[str, ...]]:
    """Return form and lines of somebody who signs under a position of her own.

    Raises:
        CannotSignError: the position does not sign this paper.
    """
    if paper in OF_COMMITTEE and hat.agency_kind == AgencyKind.OFFICE:
        _check_by_order(paper)
        form, lines = _of_leader(hat)
        return (Form.BY_ORDER if form == Form.HEAD else form), (f"TL. {CHAIR[0]}", *lines)
    if paper in OF_COMMITTEE and hat.agency_kind != AgencyKind.COMMITTEE:
        raise CannotSignError(_("Only the Committee and its Office sign papers of the Committee."))
    if hat.position == Position.DIVISION_HEAD and hat.agency_kind not in HEADED_BY_CHAIR:
        _check_by_order(paper)
        return Form.BY_ORDER, (f"TL. {_posts(hat)[0]}", DIVISION)
    form, lines = _of_leader(hat)
    if hat.agency_kind not in regulation.rules("SIGNING")["collective"]["kinds"]:
        return form, lines
    return (Form.COLLECTIVE if form == Form.HEAD else form), (COLLECTIVE, *lines)


def lent_form(hat: Hat, own: Sequence[Hat], paper: Paper) -> tuple[Form, tuple[str, ...]]:
    """Return form and lines of somebody who acts for another under a lent position; `own` are her own ones.

    In the leader's place (KT.) a deputy of the same agency signs as that deputy; by mandate (TUQ.) of a head somebody
    beneath, under a post of her own, by a document that is named and dated (to whom a position may be lent at all:
    `accounts.domain.lending`).

    Raises:
        CannotSignError: neither holds.
    """
    if hat.lent is None or not hat.lent.basis.strip():
        raise CannotSignError(_("Whoever signs for somebody else names the document that allows it."))
    if hat.lent.form == DelegationForm.MANDATE:
        return _by_mandate(hat, own)
    leading = [
        each for each in own if each.agency_id == hat.agency_id and (_is_head(each) or _is_deputy(each))
    ]
    if not leading or not (_is_head(hat) or _is_deputy(hat)):
        raise CannotSignError(_("Only a deputy of the same agency signs in the leader's place (KT.)."))
    return own_form(leading[0], paper)


def _by_mandate(hat: Hat, own: Sequence[Hat]) -> tuple[Form, tuple[str, ...]]:
    """Return two lines and never more: whoever signs by mandate signs in person, and nobody in her place."""
    if not _is_head(hat):
        raise CannotSignError(_("Only the head of an agency lets others sign by mandate (TUQ.)."))
    beneath = [each for each in own if _is_beneath(each, hat)]
    if not beneath:
        raise CannotSignError(_("Only somebody beneath the leader signs by mandate (TUQ.)."))
    return Form.MANDATE, (f"TUQ. {_posts(hat)[0]}", _post_of(beneath[0], hat))


def _is_beneath(own: Hat, principal: Hat) -> bool:
    """Tell whether a position is beneath the head: at the same agency, or at the head of one the Committee leads."""
    if own.agency_id == principal.agency_id:
        return own.position in SERVING or _is_deputy(own)
    return (
        principal.agency_kind == AgencyKind.COMMITTEE
        and own.agency_kind in UNDER_COMMITTEE
        and (_is_head(own) or _is_deputy(own))
    )


def _post_of(own: Hat, principal: Hat) -> str:
    """Return the post of a delegate, with her department's name: a reader could not tell one director from another."""
    if own.position in SERVING:
        return SERVING[Position(own.position)]
    post = _posts(own)[0 if _is_head(own) else 1]
    if own.agency_kind != AgencyKind.DEPARTMENT or own.agency_id == principal.agency_id:
        return post
    return f"{post} {LOCALITY.sub('', own.agency_full).upper()}"


def _of_leader(hat: Hat) -> tuple[Form, tuple[str, ...]]:
    head, deputy = _posts(hat)
    if _is_head(hat):
        return (Form.ACTING, (f"Q. {head}",)) if hat.is_acting else (Form.HEAD, (head,))
    if _is_deputy(hat):
        return Form.DEPUTY, (f"KT. {head}", deputy)
    raise CannotSignError(_("Your position does not sign papers: the head or a deputy does."))


def _check_by_order(paper: Paper) -> None:
    rule = regulation.rules("SIGNING")["by_order"]
    if paper not in rule["papers"]:
        words = _("By order (TL.) %(paper)s is not signed. %(citation)s")
        raise CannotSignError(words % {"paper": NAMES[paper], "citation": rule["citation"]})


def _is_head(hat: Hat) -> bool:
    post = Position.CHAIR if hat.agency_kind == AgencyKind.COMMITTEE else Position.HEAD
    return hat.position == post or (hat.agency_kind == AgencyKind.DISTRICT and hat.position == Position.CHAIR)


def _is_deputy(hat: Hat) -> bool:
    post = Position.VICE_CHAIR if hat.agency_kind == AgencyKind.COMMITTEE else Position.DEPUTY_HEAD
    return hat.position == post or (
        hat.agency_kind == AgencyKind.DISTRICT and hat.position == Position.VICE_CHAIR
    )


def _posts(hat: Hat) -> tuple[str, str]:
    known = POSTS.get(AgencyKind(hat.agency_kind))
    return known or next(posts for start, posts in POSTS_BY_NAME if hat.agency_full.startswith(start))
