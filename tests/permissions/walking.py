"""What of the table is asked in a phase."""

from itertools import groupby

from tests.permissions.stage import full_form
from tests.permissions.table import cells, rows

TABLE = rows()
CELLS = list(cells(TABLE))


def pages_of(stage):
    """Yield (url, method, ids, cells) of what is asked in a phase."""
    here = [cell for cell in CELLS if cell.phase == stage.phase]
    for (url, method, kinds), found in groupby(here, key=lambda cell: (cell.url, cell.method, cell.ids)):
        yield url, method, kinds, list(found)


def form_of(stage, url, method):
    return full_form(url, stage) if method == "POST" else None
