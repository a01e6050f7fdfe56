"""Forms of signature: every position at every kind of agency, lent or not, for every kind of paper."""

from datetime import UTC, datetime
from itertools import product
from uuid import uuid4

import pytest
from django.utils import translation

from accounts.authority import Actor, Hat, Lent
from accounts.models import AgencyKind, Position, User
from workflows.domain.signing import (
    OF_COMMITTEE,
    CannotSignError,
    Form,
    Paper,
    lent_form,
    own_form,
    signature_of,
)

ALL = tuple(Paper)
OWN = tuple(paper for paper in Paper if paper not in OF_COMMITTEE)
BY_ORDER = (Paper.LETTER, Paper.INVITATION, Paper.REPORT, Paper.NOTICE)
NAMES = {
    "COMMITTEE": "Ủy ban nhân dân thành phố Đà Nẵng",
    "OFFICE": "Văn phòng Ủy ban nhân dân thành phố Đà Nẵng",
    "DEPARTMENT": "Sở Kế hoạch và Đầu tư thành phố Đà Nẵng",
    "BODY": "Ban Quản lý An toàn thực phẩm thành phố Đà Nẵng",
    "VERTICAL": "Công an thành phố Đà Nẵng",
    "DISTRICT": "Ủy ban nhân dân quận Hải Châu, thành phố Đà Nẵng",
    "PARTY": "Hội Nông dân thành phố Đà Nẵng",
}
TM = "TM. ỦY BAN NHÂN DÂN"

# (kind of agency, position, acting) -> papers and what stands above the name. What is not here is refused.
SIGNS = {
    ("COMMITTEE", "CHAIR", False): {ALL: (TM, "CHỦ TỊCH")},
    ("COMMITTEE", "CHAIR", True): {ALL: (TM, "Q. CHỦ TỊCH")},
    ("COMMITTEE", "VICE_CHAIR", False): {ALL: (TM, "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH")},
    ("OFFICE", "HEAD", False): {OWN: ("CHÁNH VĂN PHÒNG",), BY_ORDER: ("TL. CHỦ TỊCH", "CHÁNH VĂN PHÒNG")},
    ("OFFICE", "HEAD", True): {OWN: ("Q. CHÁNH VĂN PHÒNG",), BY_ORDER: ("TL. CHỦ TỊCH", "Q. CHÁNH VĂN PHÒNG")},
    ("OFFICE", "DEPUTY_HEAD", False): {
        OWN: ("KT. CHÁNH VĂN PHÒNG", "PHÓ CHÁNH VĂN PHÒNG"),
        BY_ORDER: ("TL. CHỦ TỊCH", "KT. CHÁNH VĂN PHÒNG", "PHÓ CHÁNH VĂN PHÒNG"),
    },
    ("DEPARTMENT", "HEAD", False): {OWN: ("GIÁM ĐỐC",)},
    ("DEPARTMENT", "HEAD", True): {OWN: ("Q. GIÁM ĐỐC",)},
    ("DEPARTMENT", "DEPUTY_HEAD", False): {OWN: ("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC")},
    ("BODY", "HEAD", False): {OWN: ("TRƯỞNG BAN",)},
    ("BODY", "HEAD", True): {OWN: ("Q. TRƯỞNG BAN",)},
    ("BODY", "DEPUTY_HEAD", False): {OWN: ("KT. TRƯỞNG BAN", "PHÓ TRƯỞNG BAN")},
    ("VERTICAL", "HEAD", False): {OWN: ("GIÁM ĐỐC",)},
    ("VERTICAL", "HEAD", True): {OWN: ("Q. GIÁM ĐỐC",)},
    ("VERTICAL", "DEPUTY_HEAD", False): {OWN: ("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC")},
    ("DISTRICT", "CHAIR", False): {OWN: (TM, "CHỦ TỊCH")},
    ("DISTRICT", "CHAIR", True): {OWN: (TM, "Q. CHỦ TỊCH")},
    ("DISTRICT", "VICE_CHAIR", False): {OWN: (TM, "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH")},
    ("DISTRICT", "HEAD", False): {OWN: (TM, "CHỦ TỊCH")},
    ("DISTRICT", "HEAD", True): {OWN: (TM, "Q. CHỦ TỊCH")},
    ("DISTRICT", "DEPUTY_HEAD", False): {OWN: (TM, "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH")},
    ("PARTY", "HEAD", False): {OWN: ("CHỦ TỊCH",)},
    ("PARTY", "HEAD", True): {OWN: ("Q. CHỦ TỊCH",)},
    ("PARTY", "DEPUTY_HEAD", False): {OWN: ("KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH")},
}  # fmt: skip
# A deputy who is "entrusted" stays a deputy (Decree 30/2020/NĐ-CP art. 13.1): KT., never Q.
SIGNS |= {
    (kind, post, True): SIGNS[kind, post, False]
    for kind, post, acting in list(SIGNS)
    if post in {"VICE_CHAIR", "DEPUTY_HEAD"}
}
FORMS = {"TM.": Form.COLLECTIVE, "Q. ": Form.ACTING, "KT.": Form.DEPUTY, "TL.": Form.BY_ORDER}
EVERY = list(product(AgencyKind.values, Position.values, (False, True), Paper))


def hat(kind, position, *, is_acting=False, lent=None, agency=1, name=""):
    return Hat(
        membership_id=1,
        user_id=1,
        agency_id=agency,
        agency_code="a",
        agency_symbol="A",
        agency_kind=kind,
        agency_short="A",
        agency_full=name or NAMES[kind],
        position=position,
        bucket=1,
        group_id=1,
        is_acting=is_acting,
        lent=lent,
    )


def loan(form, basis="Giấy ủy quyền số 12/GUQ-UBND ngày 02/3/2020"):
    return Lent(
        delegation_id=1,
        public_id=uuid4(),
        form=form,
        basis=basis,
        principal_id=2,
        principal="Người cho",
        kinds=frozenset(),
        ends_at=datetime(2020, 4, 1, tzinfo=UTC),
    )


def last_form(lines):
    """The last authority of the chain, read from the printed lines alone."""
    marks = [FORMS[line[:3]] for line in lines if line[:3] in FORMS]
    return marks[-1] if marks else Form.HEAD


@pytest.mark.parametrize(("kind", "position", "acting", "paper"), EVERY)
def test_own_form_of_every_position_and_paper(kind, position, acting, paper):
    wanted = next(
        (lines for papers, lines in SIGNS.get((kind, position, acting), {}).items() if paper in papers), None
    )

    if wanted is None:
        with pytest.raises(CannotSignError):
            own_form(hat(kind, position, is_acting=acting), paper)
    else:
        assert own_form(hat(kind, position, is_acting=acting), paper) == (last_form(wanted), wanted)


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("Thanh tra thành phố Đà Nẵng", "CHÁNH THANH TRA"),
        ("Ban Quản lý dự án đầu tư xây dựng các công trình giao thông Đà Nẵng", "GIÁM ĐỐC"),
        ("Ban Xúc tiến và Hỗ trợ đầu tư Đà Nẵng", "TRƯỞNG BAN"),
        ("Viện Nghiên cứu phát triển kinh tế - xã hội Đà Nẵng", "VIỆN TRƯỞNG"),
        ("Bộ Chỉ huy Quân sự thành phố Đà Nẵng", "CHỈ HUY TRƯỞNG"),
        ("Cục Thuế thành phố Đà Nẵng", "CỤC TRƯỞNG"),
        ("Tòa án nhân dân thành phố Đà Nẵng", "CHÁNH ÁN"),
        ("Viện kiểm sát nhân dân thành phố Đà Nẵng", "VIỆN TRƯỞNG"),
        ("Đài Phát thanh - Truyền hình Đà Nẵng", "GIÁM ĐỐC"),
    ],
)
def test_own_form_of_other_bodies_follows_their_names(name, head):
    _form, lines = own_form(hat("BODY", "DEPUTY_HEAD", name=name), Paper.OPINION)

    assert lines == (f"KT. {head}", f"PHÓ {head}")


def test_division_head_signs_by_order_what_the_list_names(settings):
    rule = settings.SIGNING["by_order"] | {"papers": ["YK"]}
    settings.SIGNING = settings.SIGNING | {"by_order": rule}

    assert own_form(hat("DEPARTMENT", "DIVISION_HEAD"), Paper.OPINION) == (
        Form.BY_ORDER,
        ("TL. GIÁM ĐỐC", "TRƯỞNG PHÒNG"),
    )
    with pytest.raises(CannotSignError):
        own_form(hat("DEPARTMENT", "DIVISION_HEAD"), Paper.SUBMISSION)
    with pytest.raises(CannotSignError):
        own_form(hat("OFFICE", "HEAD"), Paper.LETTER)


def test_district_under_one_head_signs_without_the_collective(settings):
    settings.SIGNING = settings.SIGNING | {"collective": {"kinds": ["COMMITTEE"], "citation": ""}}

    assert own_form(hat("DISTRICT", "HEAD"), Paper.SUBMISSION) == (Form.HEAD, ("CHỦ TỊCH",))


LEADERS = {
    "COMMITTEE": ("CHAIR", "VICE_CHAIR"),
    "DISTRICT": ("CHAIR", "VICE_CHAIR", "HEAD", "DEPUTY_HEAD"),
    **dict.fromkeys(("OFFICE", "DEPARTMENT", "BODY", "VERTICAL", "PARTY"), ("HEAD", "DEPUTY_HEAD")),
}


@pytest.mark.parametrize(("kind", "principal"), list(product(AgencyKind.values, Position.values)))
def test_lent_in_the_leaders_place_only_deputies_of_the_agency_sign(kind, principal):
    lent = hat(kind, principal, lent=loan("KT"))
    for position, paper in product(Position.values, Paper):
        same, other = hat(kind, position), hat(kind, position, agency=2)
        both_lead = position in LEADERS[kind] and principal in LEADERS[kind]
        signs = SIGNS.get((kind, position, False), {})
        wanted = next((lines for papers, lines in signs.items() if paper in papers), None)
        with pytest.raises(CannotSignError):
            lent_form(lent, [other], paper)
        if both_lead and wanted:
            assert lent_form(lent, [other, same], paper) == (last_form(wanted), wanted)
        else:
            with pytest.raises(CannotSignError):
                lent_form(lent, [other, same], paper)


# The delegate's agency, led by the Committee, and her position there -> her post under the Chair's title.
LED = {
    ("OFFICE", "HEAD"): "CHÁNH VĂN PHÒNG",
    ("OFFICE", "DEPUTY_HEAD"): "PHÓ CHÁNH VĂN PHÒNG",
    ("DEPARTMENT", "HEAD"): "GIÁM ĐỐC SỞ KẾ HOẠCH VÀ ĐẦU TƯ",
    ("DEPARTMENT", "DEPUTY_HEAD"): "PHÓ GIÁM ĐỐC SỞ KẾ HOẠCH VÀ ĐẦU TƯ",
    ("BODY", "HEAD"): "TRƯỞNG BAN",
    ("BODY", "DEPUTY_HEAD"): "PHÓ TRƯỞNG BAN",
    **dict.fromkeys([("DISTRICT", "HEAD"), ("DISTRICT", "CHAIR")], "CHỦ TỊCH"),
    **dict.fromkeys([("DISTRICT", "DEPUTY_HEAD"), ("DISTRICT", "VICE_CHAIR")], "PHÓ CHỦ TỊCH"),
}
BENEATH = {"DIVISION_HEAD": "TRƯỞNG PHÒNG", "SPECIALIST": "CHUYÊN VIÊN", "CLERK": "VĂN THƯ"}
EVERY_MANDATE = list(product(AgencyKind.values, Position.values, Paper))


def is_head(kind, position):
    return position == LEADERS[kind][0] or (kind == "DISTRICT" and position == "HEAD")


def title_of(kind, position):
    """The last line of a leader's own block."""
    return SIGNS[kind, position, False][ALL if kind == "COMMITTEE" else OWN][-1]


@pytest.mark.parametrize(("kind", "principal", "paper"), EVERY_MANDATE)
def test_lent_by_mandate_only_those_beneath_a_head_sign(kind, principal, paper):
    lent = hat(kind, principal, lent=loan("TUQ"))
    for is_here, (other, position) in product((True, False), product(AgencyKind.values, Position.values)):
        if is_here and other != kind:
            continue
        if is_here:
            deputy = title_of(kind, position) if position in LEADERS[kind][1::2] else None
            post = BENEATH.get(position) or deputy
        else:
            post = LED.get((other, position)) if kind == "COMMITTEE" else None
        own = [hat(other, position, agency=1 if is_here else 2)]
        if is_head(kind, principal) and post:
            lines = (f"TUQ. {title_of(kind, principal)}", post)
            assert lent_form(lent, own, paper) == (Form.MANDATE, lines)
        else:
            with pytest.raises(CannotSignError):
                lent_form(lent, own, paper)


def test_no_chain_leads_on_from_a_mandate():
    lent = hat("COMMITTEE", "CHAIR", lent=loan("TUQ"))

    _form, lines = lent_form(lent, [hat("OFFICE", "DEPUTY_HEAD", agency=2)], Paper.PLAN)

    assert lines == ("TUQ. CHỦ TỊCH", "PHÓ CHÁNH VĂN PHÒNG")


@pytest.mark.parametrize("form", ["KT", "TUQ"])
@pytest.mark.parametrize("basis", ["", "  "])
def test_nobody_signs_for_another_without_a_document(form, basis):
    own = [hat("COMMITTEE", "VICE_CHAIR"), hat("DEPARTMENT", "HEAD", agency=2)]

    with pytest.raises(CannotSignError):
        lent_form(hat("COMMITTEE", "CHAIR", lent=loan(form, basis)), own, Paper.PLAN)


def test_signature_names_the_signer():
    actor = Actor(user=User(full_name="Trần Văn Ba"), hat=hat("COMMITTEE", "VICE_CHAIR"))

    signature = signature_of(actor, Paper.PLAN)

    assert signature.plain() == {
        "form": "KT",
        "lines": [TM, "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"],
        "name": "Trần Văn Ba",
        "basis": "",
    }
    assert signature.title == "TM. ỦY BAN NHÂN DÂN / KT. CHỦ TỊCH / PHÓ CHỦ TỊCH"


def test_without_a_position_nothing_is_signed():
    with pytest.raises(CannotSignError):
        signature_of(Actor(user=User(full_name="Ai đó")), Paper.PLAN)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_lines_are_vietnamese_whoever_reads(language):
    with translation.override(language):
        assert own_form(hat("OFFICE", "DEPUTY_HEAD"), Paper.REVIEW)[1] == (
            "KT. CHÁNH VĂN PHÒNG",
            "PHÓ CHÁNH VĂN PHÒNG",
        )
