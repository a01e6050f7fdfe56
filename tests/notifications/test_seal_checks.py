"""Checking seals: what a database administrator, or somebody at the file of seals, cannot hide."""

import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import CommandError, call_command
from django.db import connection

from notifications import triggers
from notifications.chain import Breach, event_hash, verify_all
from notifications.models import ChainHead, Event
from notifications.sealing import acts, keys, line
from notifications.sealing.checking import verify_seals
from notifications.sealing.walking import CHAIN, SealBreach

pytestmark = pytest.mark.django_db


@pytest.fixture
def sealed(act, seals):
    """A chain of three events of which two are sealed, another one, and two seals."""
    act(chain="untouched")
    act()
    act()
    acts.seal()
    acts.seal()
    act()


def rewritten(chain, first=1):
    """Make a chain anew from one of its events on, as its administrator can: hashes and head fit."""
    digest = Event.objects.filter(chain=chain, seq__lt=first).values_list("hash", flat=True).last()
    digest = digest or "0" * 64
    for event in Event.objects.filter(chain=chain, seq__gte=first).order_by("seq"):
        event.prev_hash, event.actor_label = digest, f"{event.actor_label} khác"
        digest = event.hash = event_hash(digest, event)
        event.save(update_fields=["prev_hash", "actor_label", "hash"])
    ChainHead.objects.filter(pk=chain).update(hash=digest)


def found():
    return verify_seals().breaches


def test_what_was_sealed_and_went_on_is_whole(sealed, django_assert_num_queries):
    with django_assert_num_queries(3):
        report = verify_seals()

    assert (report.seals, report.breaches) == (2, [])
    assert report.notes[-1].endswith("; 2 events since then")


def test_rewritten_chain_is_found(sealed, chain):
    with triggers.lifted(connection):
        rewritten(chain)

    assert verify_all() == []
    assert found() == [Breach(chain, 2, "it is not the event that seal 1 names")]


def test_rewriting_what_no_seal_covers_is_not_found(sealed, chain):
    """The border of what a seal can show: docs/audit-chain.md says so."""
    with triggers.lifted(connection):
        rewritten(chain, first=3)

    assert (verify_all(), found()) == ([], [])


def test_cut_end_with_its_head_is_found(sealed, chain):
    with triggers.lifted(connection):
        Event.objects.filter(chain=chain, seq__gt=1).delete()
        ChainHead.objects.filter(pk=chain).update(seq=1, hash=Event.objects.get(chain=chain).hash)

    assert verify_all() == []
    assert found() == [Breach(chain, 2, "seal 1 names it, the last one found is 1")]


def test_deleted_chain_is_found(sealed, chain):
    with triggers.lifted(connection):
        Event.objects.filter(chain=chain).delete()
        ChainHead.objects.filter(pk=chain).delete()

    assert verify_all() == []
    assert found() == [Breach(chain, 2, "seal 1 names it, and the whole chain is gone")]


def test_check_of_one_chain_looks_at_no_other(sealed, chain):
    with triggers.lifted(connection):
        rewritten(chain)

    assert verify_seals(chain="untouched").breaches == []
    assert len(verify_seals(chain=chain).breaches) == 1


# --- the file ---


def test_missing_file_is_found(sealed, seals):
    seals.unlink()

    missing = "it is recorded in the database and missing in the file"
    assert found() == [SealBreach(1, missing), SealBreach(2, missing)]


def test_cut_file_is_found(sealed, seals):
    seals.write_bytes(seals.read_bytes().splitlines(keepends=True)[0])

    assert found() == [SealBreach(2, "it is recorded in the database and missing in the file")]


def test_cut_record_is_found(sealed, seals):
    with triggers.lifted(connection):
        Event.objects.filter(chain=CHAIN, seq=2).delete()
        ChainHead.objects.filter(pk=CHAIN).update(seq=1, hash=Event.objects.get(chain=CHAIN).hash)

    assert verify_all() == []
    assert found() == [SealBreach(2, "it is in the file and not recorded in the database")]


def test_file_and_record_cut_together_leave_a_gap(sealed, seals):
    """Both ends cut is the state of an earlier day; a copy of the file elsewhere shows it."""
    seals.write_bytes(seals.read_bytes().splitlines(keepends=True)[0])
    with triggers.lifted(connection):
        Event.objects.filter(chain=CHAIN).delete()
        ChainHead.objects.filter(pk=CHAIN).delete()

    assert found() == [SealBreach(1, "it is in the file and not recorded in the database")]


@pytest.mark.parametrize(
    ("change", "breach"),
    [
        (lambda first, second: [b"{}\n", second], SealBreach(None, "line 1: it cannot be read")),
        (lambda first, second: [b"\xff\xfe\n", second], SealBreach(None, "line 1: it cannot be read")),
        (lambda first, second: [first, second[:-1]], SealBreach(None, "line 2: it cannot be read")),
        (
            lambda first, second: [first.replace(b":", b": ", 1), second],
            SealBreach(None, "line 1: it cannot be read"),
        ),
        (
            lambda first, second: [first, second.replace(b'"number":2', b'"number":3')],
            SealBreach(None, "line 2: its signature is wrong"),
        ),
        (
            lambda first, second: [first.replace(b'"untouched",1', b'"untouched",2'), second],
            SealBreach(None, "line 1: its heads are not those that were signed"),
        ),
        (lambda first, second: [second, first], SealBreach(2, "it does not follow seal 0")),
        (lambda first, second: [second], SealBreach(2, "it does not follow seal 0")),
        (lambda first, second: [first, second, second], SealBreach(2, "it does not follow seal 2")),
    ],
)
def test_changed_file_is_found(sealed, seals, change, breach):
    seals.write_bytes(b"".join(change(*seals.read_bytes().splitlines(keepends=True))))

    assert breach in found()


def test_seal_of_a_key_that_is_not_trusted_is_found(sealed, seals, settings):
    settings.AUDIT_SEAL_KEY = base64.b64encode(b"another key, as an attacker has.").decode()

    first, second = (breach.finding for breach in found()[:2])

    assert first.startswith("line 1: its key ")
    assert second.endswith(" is not trusted")


def test_seal_made_anew_with_another_key_under_the_old_name_is_found(sealed, seals):
    forger = Ed25519PrivateKey.generate()
    first, second = seals.read_bytes().splitlines(keepends=True)
    said = json.loads(second)
    forged = line.signed(said["seal"], [line.Head(*head) for head in said["heads"]], forger)
    seals.write_bytes(first + forged.line)

    assert SealBreach(None, "line 2: its signature is wrong") in found()


def test_former_key_is_trusted_as_long_as_it_is_named(sealed, act, seals, settings):
    former = keys.printed(keys.signing_key().public_key())
    settings.AUDIT_SEAL_KEY = base64.b64encode(b"the next key, after a rotation..").decode()
    settings.AUDIT_SEAL_PUBLIC_KEYS = (former,)

    third = acts.seal()

    assert third.header["key"] != json.loads(seals.read_bytes().splitlines()[0])["seal"]["key"]
    assert found() == []
    settings.AUDIT_SEAL_PUBLIC_KEYS = ()
    assert (
        SealBreach(None, f"line 1: its key {keys.id_of(keys.public_key(former))} is not trusted") in found()
    )


def test_checking_needs_the_public_key_alone(sealed, seals, settings):
    settings.AUDIT_SEAL_PUBLIC_KEYS = (keys.printed(keys.signing_key().public_key()),)
    settings.AUDIT_SEAL_KEY, settings.PRODUCTION = "", True

    assert found() == []


def test_file_begun_again_is_a_note_and_the_lost_seals_are_not(sealed, seals):
    seals.unlink()
    acts.seal(begins_again="Ổ đĩa hỏng")

    report = verify_seals()

    assert report.breaches == []
    assert report.notes[0] == "seal 3 begins a new file: Ổ đĩa hỏng"


def test_lost_seals_that_are_found_again_fit_before_the_new_ones(sealed, seals):
    old = seals.read_bytes()
    seals.unlink()
    acts.seal(begins_again="Ổ đĩa hỏng")
    seals.write_bytes(old + seals.read_bytes())

    assert found() == []


def test_left_out_chains_are_noted(sealed, chain, seals):
    with triggers.lifted(connection):
        rewritten(chain)
    acts.seal()

    assert f"seal 3 leaves out broken chains: {chain}" in verify_seals().notes


# --- the command ---


def test_verify_audit_prints_breaches_of_both_kinds(sealed, chain, seals, capsys):
    with triggers.lifted(connection):
        rewritten(chain)
    seals.write_bytes(seals.read_bytes().splitlines(keepends=True)[0])

    with pytest.raises(CommandError, match="2 breaches, 0 triggers missing") as failure:
        call_command("verify_audit")

    assert failure.value.returncode == 1
    assert capsys.readouterr().out.splitlines()[:2] == [
        "BREACH seal 2: it is recorded in the database and missing in the file",
        f"BREACH chain {chain}, event 2: it is not the event that seal 1 names",
    ]


def test_verify_audit_counts_the_seals(sealed, capsys):
    call_command("verify_audit")

    assert capsys.readouterr().out.splitlines()[-1] == "every chain of events is whole, 2 seals"


def test_verify_audit_says_that_the_keys_cannot_be_read(sealed, settings, capsys):
    settings.AUDIT_SEAL_PUBLIC_KEYS = ("no key",)

    with pytest.raises(CommandError):
        call_command("verify_audit")

    assert "BREACH seals: they cannot be read: a public key" in capsys.readouterr().out
