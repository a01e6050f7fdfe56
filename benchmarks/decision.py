"""What a decision withstands and costs: races, changed content, ended delegations, many at once.

One `name: value` a line. Needs an empty, migrated PostgreSQL (scripts/run_bench.py gives it).
"""

import django

django.setup()

from benchmarks.deciding import bulk, delegation, mutations, races  # noqa: E402 - Django is set up only now


def main() -> None:
    """Print every figure."""
    for part in (mutations, delegation, bulk, races):
        for line in part.lines():
            print(line, flush=True)


if __name__ == "__main__":
    main()
