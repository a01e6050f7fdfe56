"""Tables of people and agencies: each row is judged, nothing is written before it is confirmed, then all or nothing."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts.authority import Actor
from accounts.domain import imports, people, personnel
from accounts.domain.administering import ChangedMeanwhileError
from accounts.domain.workbook import MOST_BYTES
from accounts.models import Agency, AgencyKind, ImportSheet, Membership, Position, User
from notifications.chain import verify_chain
from tests.administering import browser_of, errors, make_administrator, recorded
from tests.factories import LONG_AGO, make_agency, make_member, make_user
from tests.workbooks import AGENCIES, PEOPLE, workbook

pytestmark = pytest.mark.django_db
IMPORT = reverse("administration-import")
CHECK_COST = 8  # SQL statements: session, person, hats, bell, the file, agencies, people, their positions


@pytest.fixture
def administrator():
    return make_administrator(full_name="Người quản trị")


@pytest.fixture
def client(administrator):
    return browser_of(administrator)


@pytest.fixture
def stc():
    return make_agency("stc", symbol="STC")


def upload(client, content, kind="PEOPLE"):
    sent = SimpleUploadedFile("danh-sach.xlsx", content)
    return client.post(IMPORT, {"act": "upload", "upload-kind": kind, "upload-sheet": sent})


def check(client, rows, kind="PEOPLE", columns=PEOPLE):
    """Hand a table in; return the address of its check and what the page shows."""
    answer = upload(client, workbook(columns, *rows), kind)
    assert answer.status_code == 302, errors(answer)
    return answer.url, client.get(answer.url).context


def confirm(client, url, digest):
    return client.post(url, {"act": "confirm", "digest": digest})


def effects(shown):
    return [(each.number, each.effect.value) for each in sorted(shown["rows"], key=lambda each: each.number)]


def faults(shown):
    return {each.number: each.faults for each in shown["rows"] if each.faults}


def test_people_are_written_after_confirming_and_not_before(client, stc):
    rows = [
        ("stc.gd", "Lê Văn Giám", "gd@example.vn", "stc", "HEAD", date(2026, 3, 1), None),
        ("STC.CV1", "Trần  Thị Một", "", "STC", "Chuyên viên", "01/03/2026", "1/9/2026"),
        ("moi", "Không Chức Danh", None, None, None, None, None),
    ]
    before = User.objects.count()

    url, shown = check(client, rows)
    unwritten = User.objects.count()
    answer = confirm(client, url, shown["found"].digest)

    assert (unwritten, answer.status_code) == (before, 302)
    assert effects(shown) == [(2, "NEW"), (3, "NEW"), (4, "NEW")]
    held = Membership.objects.order_by("pk").values_list(
        "user__username", "user__full_name", "agency_position__position", "valid_from", "valid_to"
    )
    assert list(held) == [
        ("stc.gd", "Lê Văn Giám", "HEAD", date(2026, 3, 1), None),
        ("stc.cv1", "Trần Thị Một", "SPECIALIST", date(2026, 3, 1), date(2026, 9, 1)),
    ]
    assert not User.objects.get(username="moi").has_usable_password()
    assert [group.name for group in User.objects.get(username="stc.gd").groups.all()] == ["stc:HEAD"]
    assert [kind for kind, _data in recorded()] == [
        *["user.created"] * 3,
        *["membership.started"] * 2,
        "import.confirmed",
    ]
    assert recorded()[-1][1]["rows"] == {"NEW": 3, "CHANGED": 0, "UNCHANGED": 0, "ERROR": 0}
    assert verify_chain("accounts") == []


def test_same_file_again_changes_nothing(client, stc):
    rows = [("stc.gd", "Lê Văn Giám", "", "stc", "HEAD", date(2026, 3, 1), None)]
    url, shown = check(client, rows)
    confirm(client, url, shown["found"].digest)
    events = recorded()

    url, shown = check(client, rows)

    assert effects(shown) == [(2, "UNCHANGED")]
    assert not shown["found"].does_something
    confirm(client, url, shown["found"].digest)
    assert [kind for kind, _data in recorded()[len(events) :]] == ["import.confirmed"]


def test_confirming_twice_writes_once(client, stc):
    url, shown = check(client, [("a", "A", "", "stc", "CLERK", date(2026, 3, 1), None)])

    first = confirm(client, url, shown["found"].digest)
    events = recorded()
    second = confirm(client, url, shown["found"].digest)

    assert (first.status_code, second.status_code) == (302, 302)
    assert recorded() == events
    assert bytes(ImportSheet.objects.get().content) == b""
    assert "was written at" in client.get(url).content.decode()


def test_existing_people_are_corrected_and_their_positions_end(client, stc):
    clerk = make_member(stc, Position.CLERK)
    rows = [("stc.clerk", "Tên mới", "moi@example.vn", "stc", "CLERK", LONG_AGO, date(2030, 1, 1))]

    url, shown = check(client, rows)
    confirm(client, url, shown["found"].digest)

    clerk.refresh_from_db()
    assert effects(shown) == [(2, "CHANGED")]
    assert shown["rows"][0].changes == [
        ("Họ và tên", "Người stc.clerk", "Tên mới"),
        ("Thư điện tử", "", "moi@example.vn"),
        ("Clerk STC", "…", "01/01/2030"),
    ]
    assert (clerk.full_name, clerk.memberships.get().valid_to) == ("Tên mới", date(2030, 1, 1))


WRONG_ROWS = [
    (("", "A", "", "", "", "", ""), "Tên đăng nhập", "small letters"),
    (("có dấu", "A", "", "", "", "", ""), "Tên đăng nhập", "small letters"),
    (("a", "", "", "", "", "", ""), "Họ và tên", "at most 150"),
    (("a", "A" * 151, "", "", "", "", ""), "Họ và tên", "at most 150"),
    (("a", "A", "không phải thư", "", "", "", ""), "Thư điện tử", "no e-mail"),
    (("a", "A", "", "khong", "HEAD", "01/03/2026", ""), "Mã cơ quan", "no agency"),
    (("a", "A", "", "stc", "Vua", "01/03/2026", ""), "Chức danh", "no such position"),
    (("a", "A", "", "stc", "CHAIR", "01/03/2026", ""), "Chức danh", "no such position"),
    (("a", "A", "", "stc", "CLERK", "", ""), "Từ ngày", "from which day"),
    (("a", "A", "", "stc", "CLERK", "31/02/2026", ""), "Từ ngày", "day/month/year"),
    (("a", "A", "", "stc", "CLERK", "01/01/2015", ""), "Từ ngày", "does not exist"),
    (("a", "A", "", "stc", "CLERK", "01/03/2026", "01/03/2026"), "Thôi từ ngày", "after the first"),
    (("a", "=1+1", "", "", "", "", ""), "Họ và tên", "formula"),
    (("a", "A", "", "stc", "HEAD", "01/03/2026", ""), "Chức danh", "stc.head holds this position"),
    (("stc.head", "Người stc.head", "", "stc", "HEAD", "01/03/2026", ""), "Chức danh", "holds this position"),
    (("stc.head", "Người stc.head", "", "stc", "HEAD", LONG_AGO, "01/01/2099"), "", ""),
    (("cu", "Tên khác", "", "", "", "", ""), "Tên đăng nhập", "closed"),
    (("root", "Tên khác", "", "", "", "", ""), "Tên đăng nhập", "whoever runs the system"),
    (("quantri", "Tên khác", "", "", "", "", ""), "Tên đăng nhập", "Nobody changes her own"),
    (
        ("quantri", "Người quản trị", "", "stc", "CLERK", "01/03/2026", ""),
        "Chức danh",
        "Nobody changes her own",
    ),
]


@pytest.mark.parametrize(("row", "column", "words"), WRONG_ROWS)
def test_row_that_is_wrong_says_where_and_why_and_stops_the_whole_table(client, stc, row, column, words):
    make_member(stc, Position.HEAD)
    make_user("cu", is_active=False)
    make_user("root", is_superuser=True)

    url, shown = check(client, [("tot", "Dòng tốt", "", "", "", "", ""), row])
    answer = confirm(client, url, shown["found"].digest)

    if not words:  # the row that proves the others wrong for a reason
        assert answer.status_code == 302
        return
    assert [(heading, words in said) for heading, said in faults(shown)[3]] == [(column, True)]
    assert answer.status_code == 422
    assert not User.objects.filter(username="tot").exists()
    assert recorded() == []


def test_row_with_many_faults_says_them_all_at_once(client, stc):
    row = ["Sai Tên", "", "x", "khongco", "Vua", "hôm qua", None]

    _url, shown = check(client, [row])

    assert sorted(heading for heading, _words in faults(shown)[2]) == sorted(
        ["Tên đăng nhập", "Họ và tên", "Thư điện tử", "Mã cơ quan", "Chức danh", "Từ ngày"]
    )
    assert not User.objects.filter(full_name="").exists()


def test_rows_that_contradict_each_other_are_found(client, stc):
    rows = [
        ("a", "A", "", "stc", "CLERK", "01/03/2026", ""),
        ("A", "A", "", "STC", "clerk", date(2026, 3, 1), ""),
        ("b", "B", "", "stc", "HEAD", "01/03/2026", ""),
        ("c", "C", "", "stc", "Giám đốc", "01/06/2026", ""),
        ("b", "Bê", "", "stc", "CLERK", "01/03/2026", ""),
        ("b", "B", "", "stc", "SPECIALIST", "01/03/2026", ""),
    ]

    _url, shown = check(client, rows)

    assert {number: [words for _heading, words in found] for number, found in faults(shown).items()} == {
        3: ["This row repeats row 2."],
        5: ["b holds this position: 01/03/2026 – …"],
        6: ["Row 4 gives this user name another name or e-mail."],
    }


def test_table_is_refused_when_the_state_changed_since_the_check(client, stc):
    url, shown = check(client, [("a", "A", "", "stc", "HEAD", "01/03/2026", "")])
    other = Actor(user=make_administrator("quantri2"))
    made = personnel.add("khac", full_name="Khác", email="", actor=other)
    personnel.appoint(made, personnel.Appointment(stc, Position.HEAD, date(2026, 1, 1)), actor=other)
    events = recorded()

    answer = confirm(client, url, shown["found"].digest)

    assert answer.status_code == 409
    assert "Something changed since the check" in errors(answer)
    assert "khac holds this position" in answer.content.decode()
    assert not User.objects.filter(username="a").exists()
    assert recorded() == events


@pytest.mark.parametrize("digest", ["", "x", "0" * 64])
def test_table_is_not_written_without_the_check_it_rests_on(client, digest):
    url, _shown = check(client, [("a", "A", "", "", "", "", "")])

    assert confirm(client, url, digest).status_code == 409
    assert not User.objects.filter(username="a").exists()


def test_nothing_is_written_where_the_database_refuses_the_last_statement(client, stc):
    url, shown = check(client, [("a", "A", "", "stc", "CLERK", "01/03/2026", "")])

    def refuses(execute, sql, params, many, context):
        if sql.startswith('INSERT INTO "accounts_membership"'):
            raise IntegrityError
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuses):
        answer = confirm(client, url, shown["found"].digest)

    assert answer.status_code == 409
    assert not User.objects.filter(username="a").exists()
    assert ImportSheet.objects.get().applied_at is None
    assert recorded() == []


def test_file_is_kept_for_an_hour_and_for_its_person_alone(client, administrator):
    url, shown = check(client, [("a", "A", "", "", "", "", "")])
    other = browser_of(make_administrator("quantri2"))

    assert other.get(url).status_code == 404
    assert confirm(other, url, shown["found"].digest).status_code == 404

    ImportSheet.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get(url).status_code == 404
    with pytest.raises(ChangedMeanwhileError):
        imports.confirm(
            ImportSheet.objects.get(), digest=shown["found"].digest, actor=Actor(user=administrator)
        )
    check(other, [("b", "B", "", "", "", "", "")])
    assert list(ImportSheet.objects.values_list("user__username", flat=True)) == ["quantri2"]


def test_second_upload_replaces_the_one_that_was_not_confirmed(client):
    first, _shown = check(client, [("a", "A", "", "", "", "", "")])
    check(client, [("b", "B", "", "", "", "", "")])

    assert client.get(first).status_code == 404
    assert ImportSheet.objects.count() == 1


def test_check_is_paged_with_what_is_wrong_first(client):
    rows = [(f"u{n:03d}", f"Người {n}", "", "", "", "", "") for n in range(100)]
    rows[99] = ("u099", "", "", "", "", "", "")

    url, shown = check(client, rows)
    second = client.get(shown["next_url"]).context

    assert [each.number for each in shown["rows"]] == [101, *range(2, 91)]
    assert [each.number for each in second["rows"]] == list(range(91, 101))
    assert (second["next_url"], second["first_url"]) == ("", url)


@pytest.mark.parametrize("number", [1, 3])
def test_check_costs_the_same_whatever_its_rows(client, stc, number, django_assert_num_queries):
    rows = [(f"u{n}", "A", "", "stc", "CLERK", "01/03/2026", "") for n in range(number)]
    url, _shown = check(client, rows)

    with django_assert_num_queries(CHECK_COST):
        client.get(url)


AGENCY = ("bql", "BQL", "BODY", 300, "Ban Quản lý khu công nghiệp", "Ban QL KCN", date(2026, 3, 1))


def test_agencies_are_added_corrected_and_renamed(client, stc):
    rows = [AGENCY, ("STC", "STC-ĐN", "Sở", "7", "Sở Tài chính mới", "STC", "01/07/2026")]

    url, shown = check(client, rows, "AGENCIES", AGENCIES)
    answer = confirm(client, url, shown["found"].digest)
    _url, again = check(client, rows, "AGENCIES", AGENCIES)

    assert answer.url == reverse("administration-agencies")
    assert effects(shown) == [(2, "NEW"), (3, "CHANGED")]
    assert effects(again) == [(2, "UNCHANGED"), (3, "UNCHANGED")]
    stc.refresh_from_db()
    assert (stc.symbol, stc.order) == ("STC-ĐN", 7)
    assert list(stc.names.order_by("valid_from").values_list("full_name", "valid_to")) == [
        ("Cơ quan stc", date(2026, 7, 1)),
        ("Sở Tài chính mới", None),
    ]
    assert Agency.objects.get(code="bql").positions.count() == 5


@pytest.mark.parametrize(
    ("change", "column", "words"),
    [
        ({0: "a b"}, "Mã cơ quan", "letters without diacritics"),
        ({0: "new"}, "Mã cơ quan", "letters without diacritics"),
        ({0: "stc"}, "Loại", "does not change"),
        ({0: "stc", 2: "DEPARTMENT", 6: LONG_AGO}, "Từ ngày", "begins after that day"),
        ({1: ""}, "Ký hiệu", "1 to 30"),
        ({2: "KING"}, "Loại", "no such kind"),
        ({2: "COMMITTEE"}, "Loại", "one agency of this kind"),
        ({3: "-1"}, "Thứ tự", "whole number"),
        ({3: 10**12}, "Thứ tự", "whole number"),
        ({4: "A" * 201}, "Tên đầy đủ", "1 to 200"),
        ({6: ""}, "Từ ngày", "from which day"),
    ],
)
def test_agency_row_that_is_wrong_says_where_and_why(client, stc, change, column, words):
    make_agency("ubnd", AgencyKind.COMMITTEE)
    row = tuple(change.get(at, value) for at, value in enumerate(AGENCY))

    _url, shown = check(client, [row], "AGENCIES", AGENCIES)

    assert [(heading, words in said) for heading, said in faults(shown)[2]] == [(column, True)]


def test_agency_that_comes_twice_is_found(client):
    _url, shown = check(client, [AGENCY, AGENCY], "AGENCIES", AGENCIES)

    assert faults(shown) == {3: [("Mã cơ quan", "This row repeats row 2.")]}


@pytest.mark.parametrize("kind", ["PEOPLE", "AGENCIES"])
def test_template_is_a_table_itself_and_explains_every_column(client, kind):
    answer = client.get(reverse("administration-import-template", args=[kind]))
    book = load_workbook(BytesIO(answer.content))

    assert imports.rows(kind, answer.content) == []
    headings = [cell.value for cell in book["Dữ liệu"][1]]
    explained = [row[0].value for row in book["Hướng dẫn"].iter_rows(min_row=2)]
    assert explained == [*headings, "Chung"]
    assert "attachment" in answer["Content-Disposition"]


def test_upload_that_is_too_large_is_refused(client):
    answer = upload(client, b"PK" + b"\0" * MOST_BYTES)

    assert answer.status_code == 422
    assert "larger than 5 MB" in errors(answer)


def test_person_deactivated_meanwhile_is_named(client, stc):
    clerk = make_member(stc, Position.CLERK)
    url, shown = check(client, [("stc.clerk", "Tên mới", "", "", "", "", "")])
    people.deactivate(clerk, actor=Actor(user=make_administrator("quantri2")))

    assert confirm(client, url, shown["found"].digest).status_code == 409
