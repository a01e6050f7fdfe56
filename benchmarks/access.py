"""What the doors withstand: tampering with the record, ended memberships, hostile files, strings and texts.

One `name: value` a line. Needs an empty, migrated PostgreSQL and a folder of its own (scripts/run_bench.py gives both).
"""

import django

django.setup()

from benchmarks.accessing import ending, malformed, strings, tampering, xss  # noqa: E402 - Django is set up only now


def main() -> None:
    """Print every figure."""
    for part in (tampering, ending):
        for line in part.lines():
            print(line, flush=True)
    for measure in (malformed.measure, strings.measure, xss.measure):
        measure()


if __name__ == "__main__":
    main()
