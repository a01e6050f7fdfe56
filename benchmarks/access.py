"""What the doors withstand: the matrix, the guards, tampering, ended memberships, hostile files, strings and texts.

One `name: value` a line. Needs an empty, migrated PostgreSQL and a folder of its own (scripts/run_bench.py gives both).
"""

import django

django.setup()

from benchmarks.accessing import (  # noqa: E402 - Django is set up only now
    ending,
    guards,
    malformed,
    matrix,
    strings,
    tampering,
    xss,
)


def main() -> None:
    """Print every figure."""
    for part in (tampering, ending):
        for line in part.lines():
            print(line, flush=True)
    for measure in (malformed.measure, strings.measure, xss.measure):
        measure()
    for part in (matrix, guards):
        for line in part.measure():
            print(line, flush=True)


if __name__ == "__main__":
    main()
