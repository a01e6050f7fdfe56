import csv
import unicodedata
from datetime import date

import pytest
from django.contrib.auth.models import Group

from accounts.authority import Actor
from accounts.domain.agencies import DA_NANG_2020, ensure_positions, load_agencies
from accounts.models import Agency, AgencyKind, AgencyName, AgencyPosition, Position
from notifications.models import Event
from tests.factories import LONG_AGO, make_agency, make_user

HEADER = "code,symbol,symbol_proven,kind,order,full_name,short_name,valid_from\n"


def snapshot():
    return (
        list(Agency.objects.in_order().values()),
        list(AgencyName.objects.order_by("pk").values()),
        list(AgencyPosition.objects.order_by("pk").values()),
        list(Group.objects.order_by("pk").values()),
    )


def write(path, *rows):
    path.write_text(HEADER + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def test_load_agencies_reads_every_row(db):
    loaded = load_agencies()

    assert loaded == Agency.objects.count() == 57
    assert {kind: Agency.objects.filter(kind=kind).count() for kind in AgencyKind.values} == {
        "COMMITTEE": 1,
        "OFFICE": 1,
        "DEPARTMENT": 17,
        "BODY": 11,
        "VERTICAL": 13,
        "DISTRICT": 8,
        "PARTY": 6,
    }


def test_load_agencies_twice_changes_nothing(db):
    load_agencies()
    before = snapshot()

    load_agencies()

    assert snapshot() == before


def test_only_symbols_seen_in_a_document_are_marked_proven(db):
    load_agencies()

    proven = Agency.objects.filter(symbol_proven=True).exclude(kind=AgencyKind.DISTRICT)
    assert not Agency.objects.filter(symbol_proven=True, kind=AgencyKind.DISTRICT).exists()
    assert set(proven.values_list("symbol", flat=True)) == {"UBND", "SNV", "SKHĐT", "SGTVT", "STTTT", "CATP"}


def test_every_proven_symbol_names_its_document():
    with DA_NANG_2020.open(encoding="utf-8", newline="") as table:
        proven = [row for row in csv.DictReader(table) if row["symbol_proven"]]

    assert all(row["symbol_proven"] == "yes" and row["symbol"] in row["note"] for row in proven)


def test_codes_are_ascii_and_names_are_composed():
    with DA_NANG_2020.open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table))

    assert all(row["code"].isascii() and row["code"].islower() for row in rows)
    assert len({row["code"] for row in rows}) == len({row["order"] for row in rows}) == len(rows)
    assert all(unicodedata.is_normalized("NFC", value) for row in rows for value in row.values())
    assert all(AgencyKind(row["kind"]) and date.fromisoformat(row["valid_from"]) for row in rows)


def test_corrected_row_changes_the_agency_and_keeps_its_positions(db, tmp_path):
    row = "abc,SABC,,DEPARTMENT,1,Sở ABC thành phố,Sở ABC,2016-01-01"
    load_agencies(write(tmp_path / "a.csv", row))
    positions = list(AgencyPosition.objects.order_by("pk").values())

    load_agencies(write(tmp_path / "b.csv", "abc,SXYZ,yes,DEPARTMENT,1,Sở XYZ thành phố,Sở XYZ,2016-01-01"))

    agency = Agency.objects.get()
    assert (agency.symbol, agency.symbol_proven) == ("SXYZ", True)
    assert [name.short_name for name in agency.names.all()] == ["Sở XYZ"]
    assert list(AgencyPosition.objects.order_by("pk").values()) == positions


@pytest.mark.parametrize("count", [1, 3])
def test_load_agencies_costs_the_same_whatever_the_rows(db, tmp_path, django_assert_num_queries, count):
    rows = [f"a{n},SA{n},,DEPARTMENT,{n},Sở A{n},Sở A{n},2016-01-01" for n in range(count)]
    table = write(tmp_path / "a.csv", *rows)
    load_agencies()  # the chain's head exists, as at any time but the first

    with django_assert_num_queries(15):
        load_agencies(table)
    with django_assert_num_queries(7):
        load_agencies(table)


def test_load_agencies_records_what_changed_and_by_whom(db, tmp_path):
    clerk = make_user("clerk")
    rows = [f"a{n},SA{n},,DEPARTMENT,{n},Sở A{n},Sở A{n},2016-01-01" for n in range(3)]
    load_agencies(write(tmp_path / "a.csv", *rows), actor=Actor(clerk))
    rows[1] = rows[1].replace("SA1", "SB1")
    rows[2] = rows[2].replace("Sở A2", "Sở B2")

    load_agencies(write(tmp_path / "a.csv", *rows), actor=Actor(clerk))
    load_agencies(write(tmp_path / "a.csv", *rows), actor=Actor(clerk))

    assert list(Event.objects.order_by("seq").values_list("kind", "actor", "data")) == [
        ("agencies.loaded", clerk.pk, {"codes": ["a0", "a1", "a2"]}),
        ("agencies.loaded", clerk.pk, {"codes": ["a1", "a2"]}),
    ]


def test_a_table_saved_by_a_spreadsheet_is_read(db, tmp_path):
    path = write(tmp_path / "a.csv", "abc,SABC,,DEPARTMENT,1,Sở ABC,Sở ABC,2016-01-01")
    path.write_text(path.read_text(encoding="utf-8").replace("\n", "\r\n"), encoding="utf-8-sig")

    assert load_agencies(path) == 1
    assert Agency.objects.get().symbol == "SABC"


@pytest.mark.parametrize(
    "bad",
    [
        "abc,SABC,,MINISTRY,1,Sở ABC,Sở ABC,2016-01-01",
        "abc,SABC,,DEPARTMENT,1,Sở ABC,Sở ABC,2016-13-01",
        "xyz,SABC,,DEPARTMENT,1,Sở ABC,Sở ABC,2016-01-01",
    ],
)
def test_bad_row_loads_nothing(db, tmp_path, bad):
    good = "xyz,SXYZ,,DEPARTMENT,1,Sở XYZ,Sở XYZ,2016-01-01"

    with pytest.raises(ValueError, match=r"MINISTRY|2016-13-01|month|twice: xyz"):
        load_agencies(write(tmp_path / "a.csv", good, bad))

    assert not Agency.objects.exists()


def test_every_agency_has_one_group_a_position(db):
    agency, committee = make_agency("stc"), make_agency("ubnd", AgencyKind.COMMITTEE)

    places = ensure_positions(agency) + ensure_positions(committee)

    assert {(place.position, place.group.name) for place in places} == {
        (Position.HEAD, "stc:HEAD"),
        (Position.DEPUTY_HEAD, "stc:DEPUTY_HEAD"),
        (Position.DIVISION_HEAD, "stc:DIVISION_HEAD"),
        (Position.SPECIALIST, "stc:SPECIALIST"),
        (Position.CLERK, "stc:CLERK"),
        (Position.CHAIR, "ubnd:CHAIR"),
        (Position.VICE_CHAIR, "ubnd:VICE_CHAIR"),
        (Position.MEMBER, "ubnd:MEMBER"),
    }
    assert ensure_positions(agency) + ensure_positions(committee) == places


def test_existing_leaves_out_an_agency_on_its_last_date(db):
    agency = make_agency("stnmt")
    agency.valid_to = date(2025, 3, 1)
    agency.save(update_fields=["valid_to"])

    assert list(Agency.objects.existing(on=date(2025, 2, 28))) == [agency]
    assert not Agency.objects.existing(on=date(2025, 3, 1)).exists()
    assert not Agency.objects.existing(on=date(2015, 12, 31)).exists()
    assert list(Agency.objects.existing(on=LONG_AGO)) == [agency]
