import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import F

from notifications import triggers
from notifications.chain import Breach, canonical, event_hash, verify_all, verify_chain
from notifications.models import ChainHead, Event


@pytest.fixture
def three(person, act, chain):
    """Three events of one chain, and a second chain that nobody touches."""
    someone = person("a")
    act(by=someone, chain="untouched")
    return [act(by=someone, n=n) for n in range(3)]


@pytest.fixture
def behind_its_back(db):
    """Give what a database administrator can do: change rows with the triggers away."""
    with triggers.lifted(connection):
        yield Event.objects


def test_canonical_form_is_the_documented_one(three, chain):
    event = three[0]

    assert canonical(Event.objects.get(pk=event.pk)) == (
        f'{{"actor":{event.actor_id},"actor_label":"Trần Thị B, Giám đốc Sở Tài chính","chain":"{chain}",'
        f'"data":{{"n":0,"to":[]}},"kind":"test.told",'
        f'"occurred_at":"{event.occurred_at:%Y-%m-%dT%H:%M:%S.%f}+00:00","on_behalf_of":null,'
        f'"prev_hash":"{"0" * 64}","public_id":"{event.public_id}","seq":1,'
        f'"subject_id":"{event.subject_id}","subject_type":"{event.subject_type}"}}'
    )


def test_untouched_chains_verify(three, chain, django_assert_num_queries):
    with django_assert_num_queries(2):
        assert verify_all() == []
    assert verify_chain(chain) == []


def test_changed_event_is_found(three, chain, behind_its_back):
    behind_its_back.filter(pk=three[1].pk).update(data={"n": 1, "to": [5]})

    assert verify_all() == [Breach(chain, 2, "its content is not what was hashed")]


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "x"},
        {"actor": None},
        {"actor_label": "x"},
        {"subject_id": "0"},
        {"occurred_at": "2000-01-01T00:00Z"},
    ],
)
def test_change_of_any_column_is_found(three, chain, behind_its_back, change):
    behind_its_back.filter(pk=three[0].pk).update(**change)

    assert verify_all() == [Breach(chain, 1, "its content is not what was hashed")]


def test_event_hashed_anew_is_found_by_its_successor(three, chain, behind_its_back):
    forged = three[1]
    forged.data = {"forged": True}
    behind_its_back.filter(pk=forged.pk).update(data=forged.data, hash=event_hash(forged.prev_hash, forged))

    assert verify_all() == [Breach(chain, 3, "does not follow the event before it")]


def test_deleted_event_is_found(three, chain, behind_its_back):
    behind_its_back.filter(pk=three[1].pk).delete()

    assert verify_all() == [
        Breach(chain, 3, "event 2 is missing before it"),
        Breach(chain, 3, "does not follow the event before it"),
    ]


def test_inserted_event_is_found(three, chain, behind_its_back):
    behind_its_back.filter(pk=three[2].pk).update(seq=4)
    three[1].pk, three[1].seq, three[1].public_id = None, 3, "00000000-0000-0000-0000-000000000001"
    three[1].save(force_insert=True)

    findings = [(breach.seq, breach.finding) for breach in verify_all()]

    assert (3, "does not follow the event before it") in findings
    assert (3, "its content is not what was hashed") in findings
    assert (None, "it names event 3, the last one found is 4") in findings


def test_swapped_events_are_found(three, chain, behind_its_back):
    behind_its_back.filter(pk=three[0].pk).update(seq=99)
    behind_its_back.filter(pk=three[1].pk).update(seq=1)
    behind_its_back.filter(pk=three[0].pk).update(seq=2)

    assert {breach.seq for breach in verify_all()} == {1, 2, 3}


def test_cut_tail_is_found(three, chain, behind_its_back):
    behind_its_back.filter(pk=three[2].pk).delete()

    assert verify_all() == [Breach(chain, None, "it names event 3, the last one found is 2")]


def test_lost_chain_is_found(three, chain, behind_its_back):
    behind_its_back.filter(chain=chain).delete()

    assert verify_all() == [Breach(chain, None, "it names event 3, the last one found is 0")]


def test_lost_head_is_found(three, chain):
    ChainHead.objects.filter(pk=chain).delete()

    assert verify_all() == [Breach(chain, None, "there is none")]


def test_moved_head_is_found(three, chain):
    ChainHead.objects.filter(pk=chain).update(seq=F("seq") - 1)

    assert verify_all() == [Breach(chain, None, "it names event 2, the last one found is 3")]


def test_event_moved_to_another_chain_is_found(three, chain, behind_its_back):
    behind_its_back.filter(pk=three[2].pk).update(chain="untouched", seq=2)

    assert {breach.chain for breach in verify_all()} == {chain, "untouched"}


def test_verify_audit_says_so_where_all_is_whole(three, capsys):
    call_command("verify_audit")

    assert capsys.readouterr().out == "NOTE no seal was made yet\nevery chain of events is whole, 0 seals\n"


def test_verify_audit_prints_breaches_and_fails(three, chain, capsys):
    with triggers.lifted(connection), transaction.atomic():
        Event.objects.filter(pk=three[1].pk).update(kind="x")

    with pytest.raises(CommandError, match="1 breaches, 0 triggers missing") as failure:
        call_command("verify_audit")

    assert failure.value.returncode == 1
    assert capsys.readouterr().out == (
        f"BREACH chain {chain}, event 2: its content is not what was hashed\nNOTE no seal was made yet\n"
    )


def test_verify_audit_of_one_chain_looks_at_no_other(three, chain):
    with triggers.lifted(connection), transaction.atomic():
        Event.objects.filter(pk=three[1].pk).update(kind="x")

    call_command("verify_audit", chain="untouched")
    with pytest.raises(CommandError):
        call_command("verify_audit", chain=chain)


def test_verify_audit_misses_triggers(db, capsys):
    with triggers.lifted(connection), pytest.raises(CommandError, match="triggers missing"):
        call_command("verify_audit")

    assert "MISSING TRIGGER event_no_update" in capsys.readouterr().out
