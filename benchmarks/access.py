"""What the doors withstand: the matrix, tampering with the record, hostile files and texts, ended memberships.

One `name: value` a line. Needs an empty, migrated PostgreSQL (scripts/run_bench.py gives it).
"""

import django

django.setup()

from benchmarks.accessing import ending  # noqa: E402 - Django is set up only now


def main() -> None:
    """Print every figure."""
    for part in (ending,):
        for line in part.lines():
            print(line, flush=True)


if __name__ == "__main__":
    main()
