"""Taking a case out on its page and by command: for whom, once, on record."""

import io
import json
from hashlib import sha256
from uuid import uuid4
from zipfile import ZipFile

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.models import AgencyKind, Membership, Position
from notifications.chain import verify_all
from notifications.models import Event
from tests.factories import attempt, make_agency, make_directive, make_member, start
from tests.lending import lend
from tests.workflows.export.desk import checked
from tests.workflows.plan_desk import signed_in
from workflows.domain.directives import AssignmentInput
from workflows.domain.errors import NotAllowedError
from workflows.flows import exporting

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _places(seals, media):
    """Seals and files of the test's own."""


@pytest.fixture
def directive(assignment):
    return assignment.directive


@pytest.fixture
def address(directive):
    return reverse("case-export", args=[directive.public_id])


def taken_out(directive):
    return Event.objects.filter(chain=directive.chain, kind="case.exported").order_by("seq")


def body(response):
    return b"".join(response.streaming_content)


@pytest.mark.parametrize("username", ["vp.head", "vp.clerk", "ubnd.chair"])
def test_case_is_taken_out_and_that_is_on_record(world, directive, address, tmp_path, username):
    client = signed_in(world.who(username))
    last = Event.objects.filter(chain=directive.chain).order_by("-seq")[0]

    response = client.post(address, {"key": str(uuid4())})

    data = body(response)
    event = taken_out(directive).get()
    with ZipFile(io.BytesIO(data)) as box:
        manifest = box.read("manifest.json")
    assert (event.actor, event.seq) == (world.who(username), last.seq + 1)
    assert event.data == {
        "directive": str(directive.public_id),
        "code": directive.code,
        "subject": directive.subject,
        "up_to": last.seq,
        "sealed_to": 0,
        "sha256": sha256(manifest).hexdigest(),
    }
    assert json.loads(manifest)["head"][1:] == [last.seq, last.hash]
    assert checked(data, tmp_path / "x.zip")[0] == 0
    assert verify_all() == []


def test_answer_is_an_attachment_with_a_vietnamese_name_that_nothing_keeps(world, directive, address):
    response = signed_in(world.who("vp.head")).post(address, {"key": str(uuid4())})

    assert response["Content-Type"] == "application/zip"
    assert "filename*=utf-8''H%E1%BB%93%20s%C6%A1" in response["Content-Disposition"]
    assert response["Cache-Control"] == "private, no-store"
    assert response["Content-Security-Policy"].startswith("sandbox")
    assert int(response["Content-Length"]) == len(body(response))


def test_same_press_twice_hands_out_and_records_once(world, directive, address):
    client, key = signed_in(world.who("vp.head")), {"key": str(uuid4())}

    first, second = client.post(address, key), client.post(address, key)

    assert body(first)[:2] == b"PK"
    assert (second.status_code, second.url) == (302, address)
    assert taken_out(directive).count() == 1
    assert body(client.post(address, {"key": str(uuid4())}))[:2] == b"PK"
    assert taken_out(directive).count() == 2


def test_press_without_a_key_hands_out_nothing(world, directive, address):
    response = signed_in(world.who("vp.head")).post(address)

    assert (response.status_code, response.url) == (302, address)
    assert not taken_out(directive).exists()


def test_page_says_who_took_the_case_out_last(world, directive, address):
    client = signed_in(world.who("vp.head"))
    assert client.get(address).context["last"] is None

    body(client.post(address, {"key": str(uuid4())}))

    context = client.get(address).context
    assert context["last"]["who"].startswith("Người vp.head, ")
    assert (context["events"], context["files"]["n"]) == (taken_out(directive).get().seq, 0)


@pytest.mark.parametrize("assignments", [1, 3])
def test_page_takes_the_same_statements_whatever_the_case_holds(
    world, client, django_assert_num_queries, assignments
):
    rows = [AssignmentInput(title=f"Việc {n}", text="Việc", lead=world.lead) for n in range(assignments)]
    address = reverse("case-export", args=[start(world, *rows).directive.public_id])
    client.force_login(world.who("vp.head"))
    client.get(address)

    with django_assert_num_queries(8):
        client.get(address)


def test_link_stands_on_the_directive_s_page_for_those_who_may(world, directive, address):
    page = reverse("directive", args=[directive.public_id])

    shown = {
        name: address in signed_in(world.who(name)).get(page).content.decode()
        for name in ("vp.head", "vp.clerk", "vp.specialist", "ubnd.chair", "ubnd.vice_chair", "skhdt.head")
    }

    assert [name for name, is_there in shown.items() if is_there] == ["vp.head", "vp.clerk", "ubnd.chair"]


def test_deputy_head_of_the_office_may(world, address):
    deputy = make_member(world.office, Position.DEPUTY_HEAD)

    assert signed_in(deputy).get(address).status_code == 200


def test_heads_of_other_agencies_may_not(world, address):
    district = make_agency("huyen", AgencyKind.DISTRICT)

    for position in (Position.HEAD, Position.CLERK, Position.CHAIR):
        assert signed_in(make_member(district, position)).get(address).status_code == 404


def test_lent_position_opens_nothing(world, directive, address):
    delegate = world.who("ubnd.vice_chair")
    lend(world.who("ubnd.chair"), delegate)

    client = signed_in(delegate)
    assert client.get(address).status_code == 404
    assert client.post(address, {"key": str(uuid4())}).status_code == 404
    assert not taken_out(directive).exists()


def test_case_is_taken_out_under_the_hat_that_opens_it(world, directive, address):
    user = world.who("skhdt.head")
    clerk = make_member(world.office, Position.CLERK, "vp.other-clerk")
    Membership.objects.filter(user=clerk).update(user=user)

    body(signed_in(user).post(address, {"key": str(uuid4())}))

    assert "VP" in taken_out(directive).get().actor_label


def test_directive_that_is_not_issued_has_no_case(world):
    draft = make_directive(world)

    address = reverse("case-export", args=[draft.public_id])

    assert signed_in(world.who("vp.clerk")).get(address).status_code == 404


def test_seals_that_cannot_be_read_hand_out_nothing(world, directive, address, settings):
    settings.AUDIT_SEAL_PUBLIC_KEYS = ("no key",)

    response = signed_in(world.who("vp.head")).post(address, {"key": str(uuid4())})

    assert response.status_code == 409
    assert not taken_out(directive).exists()


def test_right_is_asked_with_the_act(world, directive):
    target = io.BytesIO()

    for username in ("vp.specialist", "ubnd.vice_chair", "skhdt.head"):
        with pytest.raises(NotAllowedError):
            exporting.export(directive, target, attempt(world.who(username)))

    assert not taken_out(directive).exists()


# --- the command ---


def test_command_writes_the_case_and_says_who_ran_it(directive, tmp_path, monkeypatch):
    monkeypatch.setenv("LOGNAME", "vanthu")
    place = tmp_path / "Hồ sơ.zip"

    call_command("export_case", str(directive.public_id), str(place))

    assert checked(place.read_bytes(), tmp_path / "x.zip")[0] == 0
    event = taken_out(directive).get()
    assert (event.actor, event.data["by"]) == (None, "export_case: vanthu")


def test_command_writes_over_nothing(directive, tmp_path):
    place = tmp_path / "x.zip"
    place.write_bytes(b"kept")

    with pytest.raises(CommandError, match="is there already"):
        call_command("export_case", str(directive.public_id), str(place))

    assert (place.read_bytes(), taken_out(directive).exists()) == (b"kept", False)


def test_command_refuses_what_is_no_issued_directive(world, tmp_path):
    for public_id in (uuid4(), make_directive(world).public_id):
        with pytest.raises(CommandError, match="names no issued directive"):
            call_command("export_case", str(public_id), str(tmp_path / "x.zip"))
    assert not (tmp_path / "x.zip").exists()


def test_command_leaves_no_half_written_file(directive, tmp_path, settings):
    settings.AUDIT_SEAL_PUBLIC_KEYS = ("no key",)

    with pytest.raises(CommandError):
        call_command("export_case", str(directive.public_id), str(tmp_path / "x.zip"))

    assert not (tmp_path / "x.zip").exists()
