"""What the verifier finds: bytes that changed, and changes by somebody who makes the manifest anew."""

import base64
import hashlib
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from notifications.sealing import keys
from tests.workflows.export.conftest import KEY
from tests.workflows.export.desk import checked, encoded, members_of, packed

pytestmark = pytest.mark.django_db
PUBLIC = keys.printed(keys.private_key(KEY).public_key())


def named(members, start, end=""):
    return next(name for name in sorted(members) if name.startswith(start) and name.endswith(end))


def test_whole_export_is_whole(exported, tmp_path):
    code, said = checked(exported.sealed, tmp_path / "x.zip", "--key", PUBLIC)

    assert (code, "BREACH" in said) == (0, False)
    assert said.endswith("KẾT LUẬN: TOÀN VẸN | WHOLE\n")


def test_one_changed_bit_of_any_member_is_found(exported, tmp_path):
    members = members_of(exported.sealed)
    missed = []
    for name, data in members.items():
        for at in {0, len(data) // 2, len(data) - 1}:
            changed = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
            code, _said = checked(packed(members | {name: changed}, listed=False), tmp_path / "x.zip")
            if code != 1:
                missed.append((name, at))
    assert missed == []


def test_every_missing_member_is_found(exported, tmp_path):
    members = members_of(exported.sealed)
    for name in members:
        rest = {other: data for other, data in members.items() if other != name}
        assert checked(packed(rest, listed=False), tmp_path / "x.zip")[0] == 1, name


def test_member_that_is_not_listed_is_found(exported, tmp_path):
    members = members_of(exported.sealed) | {"files/x/Thêm.pdf": b"x"}

    assert "not listed" in checked(packed(members, listed=False), tmp_path / "x.zip")[1]


# --- the manifest made anew ---


def event_changed(members):
    lines = members["events.jsonl"].splitlines(keepends=True)
    event = json.loads(lines[3])
    lines[3] = encoded(event | {"actor_label": "Người khác"}) + b"\n"
    return {"events.jsonl": b"".join(lines)}


def chain_made_anew(members):
    """Every hash fits, and the manifest's head too: only the seal knows."""
    digest, lines = "0" * 64, []
    for line in members["events.jsonl"].splitlines():
        event = json.loads(line)
        del event["hash"]
        event |= {"prev_hash": digest, "actor_label": "Người khác"}
        digest = hashlib.sha256((digest + encoded(event).decode()).encode()).hexdigest()
        lines.append(encoded(event | {"hash": digest}) + b"\n")
    return {"events.jsonl": b"".join(lines), "manifest.json": head_said(members, len(lines), digest)}


def end_cut(members):
    lines = members["events.jsonl"].splitlines(keepends=True)[:-1]
    head = head_said(members, len(lines), json.loads(lines[-1])["hash"])
    return {"events.jsonl": b"".join(lines), "manifest.json": head}


def head_said(members, seq, digest):
    manifest = json.loads(members["manifest.json"])
    return encoded(manifest | {"head": [manifest["head"][0], seq, digest]})


def seal_changed(members):
    proof = json.loads(members["seals.jsonl"])
    proof["seal"]["sealed_at"] = "2019-01-01T00:00:00.000000+00:00"
    return {"seals.jsonl": encoded(proof) + b"\n"}


def seal_of_another_head(members):
    proof = json.loads(members["seals.jsonl"])
    proof["head"][1] -= 1
    return {"seals.jsonl": encoded(proof) + b"\n"}


def seal_path_changed(members):
    proof = json.loads(members["seals.jsonl"])
    proof["path"][0][0] = "L" if proof["path"][0][0] == "R" else "R"
    return {"seals.jsonl": encoded(proof) + b"\n"}


def key_changed(members):
    """The key under the name of the right one: the name is its fingerprint."""
    name = next(iter(json.loads(members["keys.json"])))
    return {"keys.json": encoded({name: base64.b64encode(b"k" * 32).decode()})}


def part_changed(members):
    name = named(members, "decisions/", "/revision.json")
    return {name: members[name].replace("Rà soát".encode(), "Xem xét".encode()) + b" "}


def decision_changed(members):
    """Part, its hash and the hash over all of them fit each other; the chain knows."""
    name = named(members, "decisions/", "/decision.json")
    part, decision = name.replace("decision.json", "revision.json"), json.loads(members[name])
    text = members[part] + b" "
    parts = decision["parts"] | {"revision": hashlib.sha256(text).hexdigest()}
    whole = hashlib.sha256(encoded({"form": decision["form"], "parts": parts})).hexdigest()
    return {part: text, name: encoded(decision | {"parts": parts, "content_sha256": whole})}


def verb_changed(members):
    name = named(members, "decisions/", "/decision.json")
    return {name: encoded(json.loads(members[name]) | {"verb": "REJECTED"})}


def part_hash_changed(members):
    name = named(members, "decisions/", "/decision.json")
    decision = json.loads(members[name])
    return {
        name: encoded(
            decision | {"parts": decision["parts"] | {"annexes": "0" * 64}, "moved_on": ["annexes"]}
        )
    }


def revision_changed(members):
    name = named(members, "revisions/")
    return {name: members[name] + b" "}


def file_changed(members):
    name = named(members, "files/")
    return {name: members[name] + b" "}


def file_replaced(members):
    """Bytes and path agree; no event names them."""
    name = named(members, "files/")
    digest = hashlib.sha256(b"another").hexdigest()
    return {name: None, f"files/{digest}/Khác.pdf": b"another"}


def paper_left_out(members):
    paper = next(
        file for file in json.loads(members["case.json"])["files"] if file["name"].startswith("Kế hoạch")
    )
    return {paper["member"]: None}


def without(start, end=""):
    def removed(members):
        return {named(members, start, end): None}

    removed.__name__ = f"without {start}{end}"
    return removed


FORGERIES = [
    event_changed,
    chain_made_anew,
    end_cut,
    seal_changed,
    seal_of_another_head,
    seal_path_changed,
    key_changed,
    part_changed,
    decision_changed,
    verb_changed,
    part_hash_changed,
    revision_changed,
    file_changed,
    file_replaced,
    without("decisions/", "/decision.json"),
    without("decisions/", "/annexes.json"),
    without("files/", "/Dự toán.pdf"),
    without("files/", "/Công văn trả lời.pdf"),
    paper_left_out,
    without("events.jsonl"),
    without("seals.jsonl"),
    without("keys.json"),
]


@pytest.mark.parametrize("forgery", FORGERIES, ids=lambda forgery: forgery.__name__)
def test_forgery_with_a_manifest_that_fits_is_found(exported, tmp_path, forgery):
    members = members_of(exported.sealed)
    changed = members | forgery(members)

    code, said = checked(
        packed({name: data for name, data in changed.items() if data is not None}, listed=True),
        tmp_path / "x.zip",
    )

    assert code == 1, said
    assert "as listed" in said  # the manifest fits: something else has found it


def test_export_sealed_anew_by_a_forger_is_found_by_who_knows_the_key(exported, tmp_path):
    members = members_of(exported.sealed)
    members |= chain_made_anew(members)
    forger, last = Ed25519PrivateKey.generate(), json.loads(members["events.jsonl"].splitlines()[-1])
    head = [last["chain"], last["seq"], last["hash"]]
    root = hashlib.sha256(b"\x00" + encoded(head)).hexdigest()
    header = json.loads(members["seals.jsonl"])["seal"] | {
        "root": root,
        "key": keys.id_of(forger.public_key()),
    }
    proof = {"head": head, "path": [], "seal": header, "signature": forger.sign(encoded(header)).hex()}
    theirs = keys.printed(forger.public_key())
    members |= {"seals.jsonl": encoded(proof), "keys.json": encoded({header["key"]: theirs})}
    data = packed(members, listed=True)

    with_their_key, with_ours = (checked(data, tmp_path / "x.zip", *more) for more in ((), ("--key", PUBLIC)))

    assert theirs in with_their_key[1]  # said, so that it can be compared
    assert with_ours[0] == 1
    assert "it is of another key" in with_ours[1]


def test_export_before_the_first_seal_says_so_and_is_whole(exported, tmp_path):
    code, said = checked(exported.unsealed, tmp_path / "x.zip")

    assert code == 0
    assert "HỒ SƠ NÀY CHƯA ĐƯỢC NIÊM PHONG | THIS EXPORT IS NOT SEALED YET" in said


@pytest.mark.parametrize("data", [b"", b"PK", b"{}"])
def test_what_is_no_export_is_a_breach(data, tmp_path):
    assert checked(data, tmp_path / "x.zip")[0] == 1


@pytest.mark.parametrize("content", [b"", b"[]", b"null", b"[[]]", b'{"form":1}', b"\xff", b"[" * 100_000])
@pytest.mark.parametrize("start", ["manifest.json", "events.jsonl", "seals.jsonl", "keys.json", "decisions/"])
def test_nonsense_in_any_place_is_a_breach_and_no_crash(exported, tmp_path, start, content):
    members = members_of(exported.sealed)
    members[named(members, start)] = content

    code, said = checked(packed(members, listed=start != "manifest.json"), tmp_path / "x.zip")

    assert code == 1
    assert "NOT WHOLE" in said
