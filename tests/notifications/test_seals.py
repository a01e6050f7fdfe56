"""Making seals: what they hold, when none is made, and what is left out."""

import base64
import json
import stat
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notifications import triggers
from notifications.models import ChainHead, Event
from notifications.sealing import acts, keys, line
from notifications.sealing.acts import SealError
from notifications.sealing.line import Head
from notifications.sealing.walking import CHAIN, recorded

pytestmark = pytest.mark.django_db


def lines_of(seals):
    return seals.read_bytes().splitlines(keepends=True)


def head_of(chain):
    return Head(*ChainHead.objects.values_list("chain", "seq", "hash").get(pk=chain))


@pytest.fixture
def sealed(act, seals):
    """One chain of two events, sealed once."""
    act()
    act()
    return acts.seal()


def test_seal_holds_every_head_and_follows_nothing(sealed, chain, seals):
    (text,) = lines_of(seals)

    assert json.loads(text) == {
        "heads": [list(head_of(chain))],
        "seal": {
            "begins_again": "",
            "chains": 1,
            "events": 2,
            "form": "dieu-hanh/seal/1",
            "key": keys.id_of(keys.signing_key().public_key()),
            "number": 1,
            "prev": "0" * 64,
            "root": line.root([head_of(chain)]),
            "sealed_at": sealed.header["sealed_at"],
            "state": line.state_hash([head_of(chain)]),
            "unsealed": [],
        },
        "signature": sealed.signature,
    }


def test_next_seal_holds_what_moved_and_names_the_one_before(sealed, act, chain, seals):
    act(chain="another")

    second = acts.seal()

    assert [head.chain for head in second.heads] == ["another", CHAIN]
    assert (second.number, second.header["prev"]) == (2, sealed.sha256)
    assert (second.header["chains"], second.header["events"]) == (3, 4)
    assert second.header["state"] == line.state_hash([head_of(chain), *second.heads])


def test_seal_is_remembered_in_a_chain_of_its_own(sealed):
    event = Event.objects.get(chain=CHAIN)

    assert (event.kind, event.actor, event.subject_id) == ("audit.sealed", None, CHAIN)
    assert event.data == {
        "number": 1,
        "sha256": sealed.sha256,
        "sealed_at": sealed.header["sealed_at"],
        "key": sealed.header["key"],
        "chains": 1,
        "events": 2,
        "unsealed": [],
        "begins_again": "",
    }


def test_sealing_takes_as_many_statements_for_many_chains_as_for_one(act, seals):
    def statements():
        with CaptureQueriesContext(connection) as captured:
            acts.seal()
        return len(captured)

    act()
    acts.seal()
    few = statements()
    for number in range(20):
        act(chain=f"many-{number}")

    assert (few, statements()) == (10, 10)


def test_daily_seal_is_made_once_a_day(sealed, seals):
    day = timezone.now() + timedelta(days=1)

    made = [acts.seal_daily(at=day), acts.seal_daily(at=day), acts.seal_daily(at=day + timedelta(days=3))]

    assert [seal and seal.number for seal in made] == [2, None, 3]


def test_daily_seal_finds_that_of_the_day_by_the_office_s_calendar(act, seals):
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    act()

    made = [acts.seal_daily(at=midnight + timedelta(minutes=minutes)) for minutes in (-1, 0, 1439)]

    assert [seal and seal.number for seal in made] == [1, 2, None]


def test_sweep_counts_seals_and_logs_what_hinders(act, seals, caplog):
    act()

    assert (acts.sweep(), acts.sweep()) == (1, 0)
    seals.unlink()
    assert acts.sweep(at=timezone.now() + timedelta(days=1)) == 0

    assert [record.message for record in caplog.records] == ["nothing was sealed"]
    assert "missing in the file" in caplog.records[0].reason


def test_broken_chain_keeps_its_last_seal_and_is_named(sealed, act, chain, seals, caplog):
    act()
    with triggers.lifted(connection):
        Event.objects.filter(chain=chain, seq=3).update(kind="x")

    second = acts.seal()

    assert second.header["unsealed"] == [chain]
    assert chain not in {head.chain for head in second.heads}
    assert [(record.message, record.chain) for record in caplog.records] == [
        ("a broken chain is not sealed", chain)
    ]


@pytest.mark.parametrize("how", ["rehashed", "cut", "lost"])
def test_chain_that_is_not_what_was_sealed_is_left_out(sealed, act, chain, seals, how):
    act()
    with triggers.lifted(connection):
        if how == "rehashed":
            Event.objects.filter(chain=chain, seq=2).update(hash="0" * 64)
            Event.objects.filter(chain=chain, seq=3).update(prev_hash="0" * 64)
        elif how == "cut":
            Event.objects.filter(chain=chain, seq__gt=1).delete()
            ChainHead.objects.filter(pk=chain).update(seq=1, hash=Event.objects.get(chain=chain).hash)
        else:
            Event.objects.filter(chain=chain).delete()
            ChainHead.objects.filter(pk=chain).delete()

    assert acts.seal().header["unsealed"] == [chain]


def test_command_seals_and_fails_where_a_chain_is_left_out(sealed, chain, seals, capsys):
    call_command("seal_audit")
    assert capsys.readouterr().out.startswith("seal 2: 3 events in 2 chains, key ")

    ChainHead.objects.filter(pk=chain).delete()
    with pytest.raises(CommandError, match=f"broken chains were left out: {chain}"):
        call_command("seal_audit")


def test_command_prints_the_public_key_and_seals_nothing(seals, capsys):
    call_command("seal_audit", public_key=True)

    key = Ed25519PrivateKey.from_private_bytes(b"a key for nothing but the tests.").public_key()
    assert capsys.readouterr().out == f"{base64.b64encode(key.public_bytes_raw()).decode()}\n"
    assert not seals.exists()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda text: b"", "seal 1: it is recorded in the database and missing in the file"),
        (lambda text: b"nonsense\n", "line 1: it cannot be read"),
        (lambda text: text.replace(b'"events":2', b'"events":3'), "line 1: its signature is wrong"),
        (lambda text: text + text, "seal 1: it does not follow seal 1"),
    ],
)
def test_nothing_is_sealed_into_a_file_that_is_not_the_remembered_one(sealed, seals, change, why):
    seals.write_bytes(change(seals.read_bytes()))
    before = seals.read_bytes()

    with pytest.raises(SealError, match=why):
        acts.seal()

    assert (seals.read_bytes(), len(recorded())) == (before, 1)


def test_seal_that_was_written_and_not_recorded_is_recorded_by_the_next(sealed, act, seals):
    act()
    with triggers.lifted(connection):
        acts.seal()
        Event.objects.filter(chain=CHAIN, seq=2).delete()
        first = Event.objects.get(chain=CHAIN)
        ChainHead.objects.filter(pk=CHAIN).update(seq=1, hash=first.hash)

    assert acts.seal().number == 3
    assert [each.number for each in recorded()] == [1, 2, 3]


def test_torn_end_is_dropped_before_the_next_seal(sealed, seals):
    whole = seals.read_bytes()
    seals.write_bytes(whole + whole[:100])

    acts.seal()

    assert lines_of(seals)[0] == whole
    assert [json.loads(text)["seal"]["number"] for text in lines_of(seals)] == [1, 2]


def test_new_file_goes_on_where_the_record_ends(sealed, act, chain, seals, capsys):
    acts.seal()
    last = recorded()[-1]
    seals.unlink()

    call_command("seal_audit", begin_again="Ổ đĩa hỏng")

    header = json.loads(lines_of(seals)[0])["seal"]
    assert (header["number"], header["prev"], header["begins_again"]) == (3, last.sha256, "Ổ đĩa hỏng")
    assert header["chains"] == 2
    assert acts.seal().number == 4


@pytest.mark.parametrize("is_sealed", [True, False])
def test_new_file_does_not_begin_where_nothing_was_lost(act, seals, is_sealed):
    act()
    if is_sealed:
        acts.seal()

    with pytest.raises(SealError, match="begins only where"):
        acts.seal(begins_again="x")


# --- keys ---


def test_system_without_a_key_makes_one_for_its_owner_alone(act, seals, settings, capsys):
    settings.AUDIT_SEAL_KEY = ""
    act()

    call_command("seal_audit")
    call_command("seal_audit")

    place = keys.own_key_place()
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert capsys.readouterr().out.count(f"a key was made: {place}\n") == 1
    assert set(place.parent.iterdir()) == {place, seals}


def test_production_without_a_key_seals_nothing_and_makes_none(act, seals, settings):
    settings.AUDIT_SEAL_KEY, settings.PRODUCTION = "", True
    act()

    with pytest.raises(SealError, match="AUDIT_SEAL_KEY is not set"):
        acts.seal()

    assert not keys.own_key_place().exists()
    assert not seals.exists()


def test_key_may_be_pem_or_base64(settings):
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(keys.Encoding.PEM, keys.PrivateFormat.PKCS8, keys.NoEncryption()).decode()

    for text in (pem, base64.b64encode(key.private_bytes_raw()).decode()):
        assert keys.private_key(text).private_bytes_raw() == key.private_bytes_raw()


@pytest.mark.parametrize(
    "text", ["x", "AAAA", "-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----", "é"]
)
def test_what_is_no_key_is_refused(text):
    with pytest.raises(keys.BadKeyError):
        keys.private_key(text)
    with pytest.raises(keys.BadKeyError):
        keys.public_key(text)
