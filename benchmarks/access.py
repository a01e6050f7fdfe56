"""What keeps rights in place: the size of the matrix, and which checks no test would miss.

One `name: value` a line. Needs an empty, migrated PostgreSQL, as scripts/run_bench.py gives it.
"""

import django

django.setup()

from benchmarks.accessing import guards, matrix  # noqa: E402 - Django is set up only now


def main() -> None:
    """Print every figure."""
    for part in (matrix, guards):
        for line in part.measure():
            print(line, flush=True)


if __name__ == "__main__":
    main()
