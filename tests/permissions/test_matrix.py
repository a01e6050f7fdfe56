"""Every URL, as every role, in every phase: `matrix.csv` says what must come back.

A URL that is not in the table fails the suite, and so does a row whose URL is gone; docs/permissions.md says how a row
is added. test_matrix_again.py asks with ids that belong to something else.
"""

import pytest

from tests.permissions.asking import address, ask, patterns
from tests.permissions.table import PHASES, ROLES, VISITORS, contradictions
from tests.permissions.walking import CELLS, TABLE, form_of, pages_of

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600), pytest.mark.long]


def test_every_url_is_in_the_table():
    assert {pattern.name for pattern in patterns()} == {row.url for row in TABLE}
    assert contradictions(TABLE) == []


def test_every_cell_of_the_phase(stage):
    ids, wrong, asked = stage.ids, [], 0
    for url, method, kinds, found in pages_of(stage):
        path, form = address(url, [ids[kind] for kind in kinds]), form_of(stage, url, method)
        for cell in found:
            got = ask(stage.client(cell.role), method, path, form)
            asked += 1
            is_refused = got.status in {401, 403, 404, 405} or cell.role in VISITORS
            if got.status != cell.answer or (is_refused and got.wrote):
                wrong.append((cell, got))
    assert not wrong, (len(wrong), wrong[:9])
    assert asked == sum(cell.phase == stage.phase for cell in CELLS)


def test_every_role_is_asked_somewhere_and_every_phase():
    assert {cell.role for cell in CELLS} == set(ROLES)
    assert {cell.phase for cell in CELLS} == set(PHASES)
