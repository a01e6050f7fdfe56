"""Kiểm tra hồ sơ xuất ra, không cần mạng và không cần phần mềm nào ngoài Python 3.

Checks an exported case offline; needs nothing but Python 3:

    python3 -I -S verify.py [ho-so.zip] [--key KEY]

Without a name it checks the folder it lies in. KEY is the public key of the seals as the Office published it (base64);
without it the key in the export is used and its fingerprint printed, to be compared. Exits with 1 where something is
not what it was. docs/audit-chain.md describes every form.
"""

import argparse
import base64
import hashlib
import json
import sys
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

EXPORT, SEAL, DECISION, TEXT_ALONE = "dieu-hanh/export/1", "dieu-hanh/seal/1", "dieu-hanh/decision/1", ""
GENESIS = "0" * 64
CHUNK = 1 << 20
MANIFEST, EVENTS, SEALS, KEYS = "manifest.json", "events.jsonl", "seals.jsonl", "keys.json"
KINDS = {"APPROVED": "plan.approved", "RETURNED": "plan.returned", "REJECTED": "plan.rejected"}
PAPERS, SUBMITTED, ASKED = {"paper.recorded", "paper.signed"}, "plan.submitted", "consultation.requested"
BROKEN = (
    OSError,
    ValueError,
    KeyError,
    TypeError,
    IndexError,
    AttributeError,
    RecursionError,
    zipfile.BadZipFile,
)


class Findings:
    """What is said, in both languages, and whether anything is wrong."""

    def __init__(self) -> None:
        self.breaches = 0

    def good(self, vi: str, en: str) -> None:
        """Say what was proved."""
        self._say("ĐẠT / OK", vi, en)

    def note(self, vi: str, en: str) -> None:
        """Say what the reader must know, and what is no breach."""
        self._say("LƯU Ý / NOTE", vi, en)

    def bad(self, vi: str, en: str) -> None:
        """Say what is not what it was."""
        self.breaches += 1
        self._say("SAI / BREACH", vi, en)

    def _say(self, mark: str, vi: str, en: str) -> None:
        sys.stdout.write(f"{mark}: {vi} | {en}\n")


class Box:
    """The members of an export: in a ZIP file, or in a folder it was unpacked to."""

    def __init__(self, place: Path) -> None:
        self._archive = None if place.is_dir() else zipfile.ZipFile(place)
        # Some systems take the letters of file names apart; the manifest has them in one piece.
        self._paths = {
            unicodedata.normalize("NFC", path.relative_to(place).as_posix()): path
            for path in place.rglob("*")
            if path.is_file()
        }

    def names(self) -> list[str]:
        """Return the paths of all members, a name that is there twice twice."""
        if self._archive:
            return [entry.filename for entry in self._archive.infolist()]
        return list(self._paths)

    def open(self, name: str) -> IO[bytes]:
        """Open a member."""
        return self._archive.open(name) if self._archive else self._paths[name].open("rb")

    def read(self, name: str) -> bytes:
        """Return a member's bytes."""
        with self.open(name) as member:
            return member.read()

    def measured(self, name: str) -> tuple[str, int]:
        """Return SHA-256 and size of a member."""
        digest, size = hashlib.sha256(), 0
        with self.open(name) as member:
            while chunk := member.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
        return digest.hexdigest(), size


def canonical(value: Any) -> bytes:
    """Return JSON with sorted keys, no spaces, UTF-8."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def sha256(data: bytes) -> str:
    """Return a SHA-256, hexadecimal."""
    return hashlib.sha256(data).hexdigest()


# --- Ed25519 (RFC 8032, section 5.1.7) ------------------------------------------------------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
Point = tuple[int, int, int, int]


def _add(a: Point, b: Point) -> Point:
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    c, d = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    x, y, z, t = f - e, d - c, d + c, f + e
    return x * y % P, z * t % P, y * z % P, x * t % P


def _times(number: int, point: Point) -> Point:
    total = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = _add(total, point)
        point, number = _add(point, point), number >> 1
    return total


def _point(data: bytes) -> Point | None:
    """Return the point that 32 bytes name; None where they name none."""
    y, sign = int.from_bytes(data, "little") & (1 << 255) - 1, data[31] >> 7
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = _point((4 * pow(5, -1, P) % P).to_bytes(32, "little")) or (0, 1, 1, 0)


def is_signed(key: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether an Ed25519 signature is that of the message under the key."""
    if len(key) != 32 or len(signature) != 64:
        return False
    a, r, s = _point(key), _point(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    left, right = _times(s, BASE), _add(r, _times(h, a))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 == (left[1] * right[2] - right[1] * left[2]) % P


# --- the checks, in order ---------------------------------------------------------------------------------------------


def check_manifest(box: Box, found: Findings) -> dict[str, Any]:
    """Compare every member with the manifest; return the manifest."""
    manifest: dict[str, Any] = json.loads(box.read(MANIFEST))
    if manifest["form"] != EXPORT:
        found.bad(f"không biết dạng {manifest['form']}", f"unknown form {manifest['form']}")
    listed, names = manifest["members"], [name for name in box.names() if name != MANIFEST]
    before = found.breaches
    for name in sorted({*listed, *names}):
        if names.count(name) != 1 or name not in listed:
            found.bad(f"{name}: thiếu, thừa hoặc lặp", f"{name}: missing, not listed or there twice")
        elif list(box.measured(name)) != [listed[name]["sha256"], listed[name]["size"]]:
            found.bad(f"{name}: nội dung đã bị thay đổi", f"{name}: its content was changed")
    for name in manifest["missing"]:
        found.bad(f"{name}: hệ thống không còn tệp này", f"{name}: the system no longer had this file")
    if found.breaches == before:
        found.good(f"{len(listed)} tệp đúng theo bảng kê", f"{len(listed)} members are as listed")
    return manifest


def check_events(box: Box, manifest: dict[str, Any], found: Findings) -> list[dict[str, Any]]:
    """Walk the chain; return its events."""
    events = [json.loads(line) for line in box.read(EVENTS).splitlines()]
    chain, digest, before = manifest["head"][0], GENESIS, found.breaches
    for place, event in enumerate(events, start=1):
        said = {name: value for name, value in event.items() if name != "hash"}
        follows = (said["chain"], said["seq"], said["prev_hash"]) == (chain, place, digest)
        digest = event["hash"]
        if not follows or sha256(said["prev_hash"].encode() + canonical(said)) != digest:
            found.bad(f"sự kiện {place}: không khớp chuỗi", f"event {place}: it does not fit the chain")
    if [chain, len(events), digest] != manifest["head"]:
        found.bad("chuỗi sự kiện thiếu phần cuối", "the chain is not as long as the manifest says")
    if found.breaches == before:
        found.good(f"chuỗi {len(events)} sự kiện liền mạch", f"the chain of {len(events)} events is whole")
    return events


def check_seals(
    box: Box, manifest: dict[str, Any], events: list[dict[str, Any]], pinned: bytes | None, found: Findings
) -> None:
    """Prove each seal and that the event it names is there."""
    keys = {name: base64.b64decode(text) for name, text in json.loads(box.read(KEYS)).items()}
    proofs = [json.loads(line) for line in box.read(SEALS).splitlines()]
    sealed = 0
    for proof in proofs:
        number, (chain, seq, digest) = proof["seal"]["number"], proof["head"]
        key = keys.get(proof["seal"]["key"], b"") if pinned is None else pinned
        if sha256(key)[:16] != proof["seal"]["key"] or proof["seal"]["form"] != SEAL:
            found.bad(f"niêm phong {number}: khóa khác", f"seal {number}: it is of another key")
        elif not is_signed(key, canonical(proof["seal"]), bytes.fromhex(proof["signature"])):
            found.bad(f"niêm phong {number}: chữ ký sai", f"seal {number}: its signature is wrong")
        elif root_of(proof) != proof["seal"]["root"]:
            found.bad(
                f"niêm phong {number}: không gồm chuỗi này", f"seal {number}: it is not over this chain"
            )
        elif not 0 < seq <= len(events) or (events[seq - 1]["chain"], events[seq - 1]["hash"]) != (
            chain,
            digest,
        ):
            found.bad(
                f"sự kiện {seq} khác sự kiện đã niêm phong",
                f"event {seq} is not the one that seal {number} names",
            )
        else:
            sealed = max(sealed, seq)
            at = proof["seal"]["sealed_at"]
            found.good(
                f"niêm phong {number} ({at}) đến sự kiện {seq}", f"seal {number} ({at}) up to event {seq}"
            )
    for name, key in sorted(keys.items()):
        found.note(
            f"khóa niêm phong {name}: đối chiếu với khóa Văn phòng công bố",
            f"key {name} = {base64.b64encode(key).decode()}: compare it with the published one",
        )
    if sealed < manifest["sealed_to"]:
        found.bad("thiếu niêm phong mà bảng kê có ghi", "a seal that the manifest speaks of is missing")
    elif not sealed:
        found.note("HỒ SƠ NÀY CHƯA ĐƯỢC NIÊM PHONG", "THIS EXPORT IS NOT SEALED YET")
    elif since := len(events) - sealed:
        found.note(
            f"{since} sự kiện cuối chưa được niêm phong", f"the last {since} events are not sealed yet"
        )


def root_of(proof: dict[str, Any]) -> str:
    """Return the root that a head and its path lead to (RFC 6962, section 2.1)."""
    digest = hashlib.sha256(b"\x00" + canonical(proof["head"])).digest()
    for side, neighbour in proof["path"]:
        pair = bytes.fromhex(neighbour) + digest if side == "L" else digest + bytes.fromhex(neighbour)
        digest = hashlib.sha256(b"\x01" + pair).digest()
    return digest.hex()


def check_decisions(box: Box, events: list[dict[str, Any]], found: Findings) -> set[str]:
    """Recompute what each decision binds to; return the SHA-256 of the files they name."""
    names, files = sorted(box.names()), set()
    decided = {
        (event["kind"], event["subject_id"]): event["data"]["sha256"]
        for event in events
        if event["kind"] in KINDS.values()
    }
    for name in (name for name in names if name.startswith("decisions/") and name.endswith("/decision.json")):
        decision = json.loads(box.read(name))
        what, parts = decision["id"], decision["parts"]
        if decided.pop((KINDS[decision["verb"]], what), None) != decision["content_sha256"]:
            found.bad(f"quyết định {what}: khác chuỗi sự kiện", f"decision {what}: the chain says otherwise")
        whole = sha256(canonical({"form": DECISION, "parts": parts}))
        if decision["form"] == DECISION and whole != decision["content_sha256"]:
            found.bad(f"quyết định {what}: mã băm sai", f"decision {what}: its hash is wrong")
        for part in sorted(parts) or ["revision"]:
            member = f"{name.rpartition('/')[0]}/{part}.json"
            if part in decision["moved_on"]:
                found.note(
                    f"quyết định {what}: {part} đã tiếp tục sau đó", f"decision {what}: {part} went on since"
                )
            elif member not in names or sha256(box.read(member)) != parts.get(
                part, decision["content_sha256"]
            ):
                found.bad(
                    f"quyết định {what}: {part} khác nội dung đã quyết",
                    f"decision {what}: {part} is not what was decided on",
                )
            else:
                files |= set(_named(json.loads(box.read(member)), part))
                found.good(
                    f"quyết định {what}: {part} đúng", f"decision {what}: {part} is what was decided on"
                )
    for _kind, what in sorted(decided):
        found.bad(f"thiếu quyết định {what}", f"decision {what} is missing")
    return files


def _named(content: Any, part: str) -> Iterator[str]:
    """Yield the SHA-256 of the files that a part of a decision names."""
    if part == "annexes":
        yield from (annex[4] for annex in content)
    if part == "dispositions":
        yield from (
            file[2] for within in content for opinion in within["opinions"] for file in opinion["files"]
        )


def check_documents(box: Box, events: list[dict[str, Any]], wanted: set[str], found: Findings) -> None:
    """Prove that every document is one the chain names, and that none is missing."""
    before, held, known = found.breaches, set(), {event["data"].get("sha256") for event in events}
    names = [name for name in sorted(box.names()) if name.startswith(("files/", "revisions/"))]
    for name in names:
        digest = box.measured(name)[0]
        held.add(digest)
        is_named = digest in known | wanted
        if not is_named or (name.startswith("files/") and name.split("/")[1] != digest):
            found.bad(
                f"{name}: không phải tài liệu ghi trong chuỗi",
                f"{name}: it is no document that the chain names",
            )
    # What agencies were asked about goes out once the plan was put forward.
    forward = {event["data"]["assignment"] for event in events if event["kind"] == SUBMITTED}
    asked = {
        event["data"]["sha256"]
        for event in events
        if event["kind"] == ASKED and event["data"]["assignment"] in forward
    }
    owed = asked | {event["data"]["sha256"] for event in events if event["kind"] in PAPERS | {SUBMITTED}}
    for digest in sorted((owed | wanted) - held):
        found.bad(f"thiếu tài liệu có mã băm {digest}", f"the document with the hash {digest} is missing")
    if found.breaches == before:
        found.good(
            f"{len(names)} tài liệu đúng như chuỗi ghi", f"{len(names)} documents are those the chain names"
        )


def check(box: Box, pinned: bytes | None, found: Findings) -> None:
    """Check everything; what cannot be read is a breach and ends nothing else."""
    manifest = _tried(lambda: check_manifest(box, found), MANIFEST, {}, found)
    events = _tried(lambda: check_events(box, manifest, found), EVENTS, [], found)
    _tried(lambda: check_seals(box, manifest, events, pinned, found), SEALS, None, found)
    files = _tried(lambda: check_decisions(box, events, found), "decisions", set(), found)
    _tried(lambda: check_documents(box, events, files, found), "files", None, found)


def _tried(step: Callable[[], Any], what: str, otherwise: Any, found: Findings) -> Any:
    try:
        return step()
    except BROKEN as error:
        found.bad(f"{what}: không đọc được ({error!r})", f"{what}: it cannot be read")
        return otherwise


def main(arguments: list[str]) -> int:
    """Check one export; return the exit code."""
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("place", nargs="?", type=Path, default=Path(__file__).resolve().parent)
    parser.add_argument("--key", type=base64.b64decode, help="public key of the seals, base64")
    given, found = parser.parse_args(arguments), Findings()
    try:
        box = Box(given.place)
    except BROKEN as error:
        found.bad(f"{given.place}: không mở được ({error!r})", f"{given.place}: it cannot be opened")
    else:
        check(box, given.key, found)
    if found.breaches:
        sys.stdout.write(
            f"KẾT LUẬN: KHÔNG TOÀN VẸN, {found.breaches} lỗi | NOT WHOLE, {found.breaches} breaches\n"
        )
        return 1
    sys.stdout.write("KẾT LUẬN: TOÀN VẸN | WHOLE\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
