"""Compile the translations that are newer than their compiled form; needs Babel, not gettext."""

import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE = Path(__file__).resolve().parent.parent / "locale"


def compile_catalog(source: Path) -> bool:
    """Write the `.mo` beside a `.po`; tell whether there was anything to do."""
    target = source.with_suffix(".mo")
    if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
        return False
    with source.open("rb") as lines:
        catalog = read_po(lines, abort_invalid=True)
    part = target.with_suffix(".part")
    with part.open("wb") as output:
        write_mo(output, catalog)
    part.replace(target)
    return True


def main() -> int:
    """Compile every catalog under locale/ and name those that changed."""
    for source in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")):
        if compile_catalog(source):
            print(f"compiled {source.relative_to(LOCALE.parent)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
