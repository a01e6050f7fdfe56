"""Looking through a file somebody hands in: a program of its own, with little memory and time.

Run as `python -m workflows.uploads.inspecting KIND < FILE`; KIND is pdf, docx, xlsx, png or jpg. Prints JSON:
`verdict`, empty for a file that is taken, else a word of `verdicts`; `peak_kb`, the most memory that was held. A
hostile file can end this process and nothing else: nothing of ours that knows the database is imported here.
"""

import json
import logging
import os
import resource
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

from . import ooxml, pdfs, pictures, verdicts

CPU_SECONDS = 20
MEMORY = 640 * 1024 * 1024

INSPECTIONS: dict[str, Callable[[bytes], None]] = {
    "pdf": pdfs.inspect,
    "docx": ooxml.inspect_docx,
    "xlsx": ooxml.inspect_xlsx,
    "png": pictures.inspect_png,
    "jpg": pictures.inspect_jpeg,
}


def main(kind: str) -> None:
    """Inspect what stands on standard input within the limits and print the verdict."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    logging.disable(logging.CRITICAL)
    verdict = verdict_on(kind, sys.stdin.buffer.read())
    found = {"verdict": verdict, "peak_kb": _peak_kb()}
    sys.stdout.write(json.dumps(found))
    sys.stdout.flush()
    os._exit(0)  # what a hostile file has left in a library is not tidied up


def verdict_on(kind: str, content: bytes) -> str:
    """Return why a file is refused; empty where it is taken."""
    inspect = INSPECTIONS[kind]
    try:
        inspect(content)
    except verdicts.RefusedError as refusal:
        return refusal.verdict
    except MemoryError:
        return verdicts.BOMB
    except RecursionError:
        return verdicts.BOMB
    except (ValueError, OSError, EOFError, LookupError, RuntimeError, zlib.error, NotImplementedError):
        return verdicts.BROKEN
    return ""


def _peak_kb() -> int:
    """Return the most memory this program held; `getrusage` would count what started it."""
    status = Path("/proc/self/status")
    lines = status.read_text(encoding="ascii").splitlines() if status.exists() else []
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), 0)


if __name__ == "__main__":
    main(sys.argv[1])
