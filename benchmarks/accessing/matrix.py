"""How large the matrix of tests/permissions is, counted off its table, and what of the site it leaves out."""

from collections.abc import Iterator

from tests.permissions.asking import patterns
from tests.permissions.table import APART, ROLES, WIDE, cells, rows

AGAIN = ("prepare_opinion", "decide")  # as in tests/permissions/test_matrix_again.py


def measure() -> Iterator[str]:
    """Yield one `name: value` a line."""
    table = rows()
    known = {row.url for row in table}
    every = list(cells(table))
    yield f"matrix_urls: {len(known)}"
    yield f"matrix_roles: {len(ROLES)}"
    yield f"matrix_cells: {len(every)}"
    yield f"matrix_cells_with_other_ids: {sum(_again(cell) for cell in every if cell.phase in AGAIN)}"
    yield f"matrix_asked_apart: {len({row.url for row in table if row.where == APART})}"
    yield f"matrix_uncovered: {len({pattern.name for pattern in patterns()} - known)}"


def _again(cell: object) -> int:
    """Return how often a cell is asked again: for each id that of another case, and one of another kind."""
    ids, role = getattr(cell, "ids", ()), getattr(cell, "role", "")
    return sum(1 + (kind not in {"batch", "draft"} and role not in WIDE) for kind in ids)
