"""Writing a case as a ZIP file, member by member; the same case and moment give the same bytes."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from notifications.chain import moment
from notifications.sealing import proving
from workflows.documents import offline
from workflows.documents.file_names import named
from workflows.documents.packing import OLDEST
from workflows.domain import content, files
from workflows.domain.binding import encode
from workflows.models import Directive, StoredFile

from .gathering import CaseContent, place_of, revision_place
from .index import index_of

FORM = "dieu-hanh/export/1"
MANIFEST = "manifest.json"
VERIFIER = Path(offline.__file__).with_name("verify.py")
CHUNK = 1 << 20


class _Members:
    """Puts members into a ZIP file and remembers what each held."""

    def __init__(self, archive: ZipFile) -> None:
        self._archive = archive
        self.listed: dict[str, dict[str, Any]] = {}
        self.missing: list[str] = []

    def add(self, name: str, chunks: Iterable[bytes], *, how: int = ZIP_DEFLATED) -> None:
        entry = ZipInfo(name, OLDEST)
        entry.compress_type, entry.create_system, entry.external_attr = how, 3, 0o644 << 16
        digest, size = hashlib.sha256(), 0
        with self._archive.open(entry, "w") as member:
            for chunk in chunks:
                member.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        self.listed[name] = {"sha256": digest.hexdigest(), "size": size}

    def add_stored(self, stored: StoredFile) -> None:
        """Add a file of the case; one that is gone is named, for an export must not look whole without it."""
        name = place_of(stored)
        if name in self.listed:  # the same file under the same name, handed in by two people
            return
        if not files.path_of(stored).is_file():
            self.missing = sorted({*self.missing, name})
            return
        self.add(name, _chunks(files.path_of(stored)), how=ZIP_STORED)


def name_of(directive: Directive) -> str:
    """Return what the export of a directive is called."""
    return named("Hồ sơ", f"{directive.code} {directive.subject}", "zip")


def write(case: CaseContent, target: IO[bytes], *, at: datetime) -> str:
    """Write the export of a case; return the SHA-256 of its manifest, which names everything else."""
    with ZipFile(target, "w") as archive:
        members = _Members(archive)
        members.add("index.html", [index_of(case, at=at).encode()])
        members.add("verify.py", [VERIFIER.read_bytes()])
        members.add("case.json", [encode(case.record)])
        members.add("events.jsonl", proving.event_lines(case.head.chain, up_to=case.head.seq))
        members.add("seals.jsonl", (proof.line for proof in case.proofs))
        members.add("keys.json", [encode(case.keys)])
        for name, data in sorted(case.bound.items()):
            members.add(name, [data])
        for revision in case.revisions:
            members.add(revision_place(revision), [content.canonical(revision)])
        for stored in case.files:
            members.add_stored(stored)
        manifest = encode(_manifest(case, members, at))
        members.add(MANIFEST, [manifest])
    return hashlib.sha256(manifest).hexdigest()


def _manifest(case: CaseContent, members: _Members, at: datetime) -> dict[str, Any]:
    return {
        "form": FORM,
        "directive": str(case.directive.public_id),
        "code": case.directive.code,
        "exported_at": moment(at),
        "head": case.head,
        "sealed_to": case.sealed_to,
        "members": members.listed,
        "missing": members.missing,
    }


def _chunks(place: Path) -> Iterator[bytes]:
    with place.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk
