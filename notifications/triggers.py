"""Database triggers that keep written events as they are, on PostgreSQL and SQLite.

A migration that alters `Event` must call `install` again: SQLite rebuilds the table and loses its triggers then.
`verify_audit` reports triggers that are not there.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "notifications_event"
REFUSAL = "events are never changed or deleted"
IMMUTABLE = (
    "id",
    "public_id",
    "chain",
    "seq",
    "kind",
    "actor_id",
    "actor_label",
    "on_behalf_of_id",
    "subject_type",
    "subject_id",
    "data",
    "occurred_at",
    "prev_hash",
    "hash",
)
TRIGGERS = {
    "postgresql": ("event_no_update", "event_no_delete", "event_no_truncate"),
    "sqlite": ("event_no_update", "event_no_delete"),
}

QUESTIONS = {
    "postgresql": "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgenabled <> 'D'",
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s",
}


def install(connection: BaseDatabaseWrapper) -> None:
    """Create the triggers; those already there are made anew.

    Raises:
        NotImplementedError: the database is neither PostgreSQL nor SQLite.
    """
    drop(connection)
    with connection.cursor() as cursor:
        for statement in _create_statements(connection.vendor):
            cursor.execute(statement)


def drop(connection: BaseDatabaseWrapper) -> None:
    """Remove the triggers; tests do so around a flush, nobody else has a reason to.

    Raises:
        NotImplementedError: the database is neither PostgreSQL nor SQLite.
    """
    on_table = f" ON {TABLE}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for name in _names(connection.vendor):
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on_table}")


@contextmanager
def lifted(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Take the triggers away for the length of a block."""
    drop(connection)
    try:
        yield
    finally:
        install(connection)


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Name the triggers that ought to be there and are not."""
    expected = _names(connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(QUESTIONS[connection.vendor], [TABLE])
        present = {row[0] for row in cursor.fetchall()}
    return [name for name in expected if name not in present]


def _names(vendor: str) -> tuple[str, ...]:
    if vendor not in TRIGGERS:
        raise NotImplementedError(vendor)
    return TRIGGERS[vendor]


def _create_statements(vendor: str) -> list[str]:
    return _postgresql_statements() if vendor == "postgresql" else _sqlite_statements()


def _postgresql_statements() -> list[str]:
    new = ", ".join(f"NEW.{column}" for column in IMMUTABLE)
    old = ", ".join(f"OLD.{column}" for column in IMMUTABLE)
    refuse = "EXECUTE FUNCTION notifications_refuse_change()"
    changed = f"({new}) IS DISTINCT FROM ({old})"
    return [
        f"""CREATE OR REPLACE FUNCTION notifications_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
        f"CREATE TRIGGER event_no_update BEFORE UPDATE ON {TABLE} FOR EACH ROW WHEN ({changed}) {refuse}",
        f"CREATE TRIGGER event_no_delete BEFORE DELETE ON {TABLE} FOR EACH ROW {refuse}",
        f"CREATE TRIGGER event_no_truncate BEFORE TRUNCATE ON {TABLE} FOR EACH STATEMENT {refuse}",
    ]


def _sqlite_statements() -> list[str]:
    changed = " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in IMMUTABLE)
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    return [
        f"CREATE TRIGGER event_no_update BEFORE UPDATE ON {TABLE} FOR EACH ROW WHEN {changed} {refuse}",
        f"CREATE TRIGGER event_no_delete BEFORE DELETE ON {TABLE} FOR EACH ROW {refuse}",
    ]
