"""Looking at the signatures inside a PDF somebody handed in: a program of its own, with little memory and time.

Run as `python -m workflows.signing.examining FILE [FOLDER]`; FOLDER holds the certificates that are trusted, as PEM.
Prints a JSON list, one entry a signature: signer, issuer, signed_at, intact, valid, trusted, covers_whole_file,
changed, unreadable. A hostile file can end this process and nothing else: nothing of ours is imported here.
"""

import json
import logging
import resource
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CPU_SECONDS = 20
MEMORY = 1024 * 1024 * 1024
MAX_SIGNATURES = 50


def main(path: str, roots: str = "") -> None:
    """Examine a file within the limits and print what was found."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    logging.disable(logging.CRITICAL)
    sys.stdout.write(json.dumps(examine(Path(path), Path(roots) if roots else None), ensure_ascii=False))


def examine(path: Path, roots: Path | None) -> list[dict[str, Any]]:
    """Return what is found of the signatures of a PDF; one entry `unreadable` where it cannot be read."""
    from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: PLC0415 - after the limits are set
    from pyhanko_certvalidator import ValidationContext  # noqa: PLC0415

    with path.open("rb") as file:
        try:
            # Forgiving readers agree on no single text: what is not written to the letter is not vouched for.
            found = PdfFileReader(file, strict=True).embedded_regular_signatures[:MAX_SIGNATURES]
        except Exception:  # noqa: BLE001 - a broken or hostile file fails in every way there is
            return [unreadable()]
        context = ValidationContext(trust_roots=list(_certificates(roots)), allow_fetching=False)
        return [_finding(signature, context) for signature in found]


def unreadable() -> dict[str, Any]:
    """Return the entry of a signature that could not be examined."""
    return {
        "signer": "",
        "issuer": "",
        "signed_at": None,
        "intact": False,
        "valid": False,
        "trusted": False,
        "covers_whole_file": False,
        "changed": False,
        "unreadable": True,
    }


def _finding(signature: Any, context: Any) -> dict[str, Any]:
    from pyhanko.sign.diff_analysis import ModificationLevel  # noqa: PLC0415
    from pyhanko.sign.validation import validate_pdf_signature  # noqa: PLC0415
    from pyhanko.sign.validation.status import SignatureCoverageLevel  # noqa: PLC0415

    try:
        status = validate_pdf_signature(signature, context)
        certificate = status.signing_cert
        is_whole = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
        # What others may add without touching what was signed: further signatures, and what validates them.
        is_added_to = status.modification_level not in {
            None,
            ModificationLevel.NONE,
            ModificationLevel.LTA_UPDATES,
            ModificationLevel.FORM_FILLING,
        }
        is_changed = not (status.intact and status.valid) or is_added_to or status.docmdp_ok is False
        when = status.signer_reported_dt
        return unreadable() | {
            "signer": name_of(certificate.subject),
            "issuer": name_of(certificate.issuer),
            "signed_at": when.isoformat() if when else None,
            "intact": bool(status.intact),
            "valid": bool(status.valid),
            "trusted": bool(status.trusted),
            "covers_whole_file": is_whole,
            "changed": bool(is_changed or (not is_whole and status.modification_level is None)),
            "unreadable": False,
        }
    except Exception:  # noqa: BLE001 - a signature no library understands
        return unreadable()


def name_of(name: Any) -> str:
    """Return the common name of a certificate's subject, else all of it."""
    common = name.native.get("common_name")
    return str(common if isinstance(common, str) else name.human_friendly)[:300]


def _certificates(folder: Path | None) -> Iterator[Any]:
    from pyhanko.keys import load_certs_from_pemder  # noqa: PLC0415

    if folder is not None:
        paths = [str(path) for path in sorted(folder.glob("*.pem"))]
        yield from load_certs_from_pemder(paths)  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    main(*sys.argv[1:3])
