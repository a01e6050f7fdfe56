"""The head of a document, as Decree 30/2020/NĐ-CP and the kinds of agencies have it."""

import pytest

from accounts.models import Agency, AgencyKind
from workflows.documents.letterhead import Letterhead, letterhead
from workflows.models import Assignment, Directive

CITY = "Ủy ban nhân dân thành phố Đà Nẵng"


def head_of(kind, name, *, issuer=CITY, issuer_kind=AgencyKind.COMMITTEE):
    committee, lead = Agency(pk=1, kind=issuer_kind), Agency(pk=2, kind=kind)
    assignment = Assignment(directive=Directive(issuer=committee), lead=lead if name else None)
    return letterhead(assignment, lambda agency: issuer if agency.pk == 1 else name)


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [
        (
            AgencyKind.DEPARTMENT,
            "Sở Kế hoạch và Đầu tư thành phố Đà Nẵng",
            ("UBND THÀNH PHỐ ĐÀ NẴNG", "SỞ KẾ HOẠCH VÀ ĐẦU TƯ", "Đà Nẵng"),
        ),
        (
            AgencyKind.OFFICE,
            "Văn phòng Ủy ban nhân dân thành phố Đà Nẵng",
            ("UBND THÀNH PHỐ ĐÀ NẴNG", "VĂN PHÒNG ỦY BAN NHÂN DÂN", "Đà Nẵng"),
        ),
        (
            AgencyKind.BODY,
            "Thanh tra thành phố",
            ("UBND THÀNH PHỐ ĐÀ NẴNG", "THANH TRA THÀNH PHỐ", "Đà Nẵng"),
        ),
        (
            AgencyKind.DISTRICT,
            "Ủy ban nhân dân quận Hải Châu, thành phố Đà Nẵng",
            ("", "ỦY BAN NHÂN DÂN QUẬN HẢI CHÂU, THÀNH PHỐ ĐÀ NẴNG", "Hải Châu"),
        ),
        (
            AgencyKind.VERTICAL,
            "Công an thành phố Đà Nẵng",
            ("", "CÔNG AN THÀNH PHỐ ĐÀ NẴNG", "Đà Nẵng"),
        ),
        (AgencyKind.DEPARTMENT, "", ("", "ỦY BAN NHÂN DÂN THÀNH PHỐ ĐÀ NẴNG", "Đà Nẵng")),
    ],
)
def test_head_names_the_superior_where_there_is_one(kind, name, expected):
    assert head_of(kind, name) == Letterhead(*expected)


def test_district_known_by_a_number_keeps_its_kind_in_the_place():
    found = head_of(AgencyKind.DISTRICT, "Ủy ban nhân dân quận 1, thành phố Hồ Chí Minh")

    assert found.place == "Quận 1"


def test_name_without_a_locality_gives_no_place():
    assert head_of(AgencyKind.DEPARTMENT, "Sở X", issuer="Bộ Y") == Letterhead("BỘ Y", "SỞ X", "")


def test_agency_under_another_body_than_a_committee_stands_alone():
    found = head_of(AgencyKind.DEPARTMENT, "Sở X", issuer_kind=AgencyKind.OFFICE)

    assert (found.superior, found.issuer) == ("", "SỞ X")
