"""A database trigger that keeps people: whoever signed something is deactivated, never deleted.

A migration that alters `User` must call `install` again: SQLite rebuilds the table and loses its triggers then.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "accounts_user"
REFUSAL = "people are deactivated and never deleted"

CREATE = {
    "postgresql": (
        f"""CREATE OR REPLACE FUNCTION accounts_refuse_delete() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
        f"""CREATE TRIGGER user_no_delete BEFORE DELETE ON {TABLE}
        FOR EACH ROW EXECUTE FUNCTION accounts_refuse_delete()""",
    ),
    "sqlite": (
        f"CREATE TRIGGER user_no_delete BEFORE DELETE ON {TABLE} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    ),
}
DROP = {
    "postgresql": (f"DROP TRIGGER IF EXISTS user_no_delete ON {TABLE}",),
    "sqlite": ("DROP TRIGGER IF EXISTS user_no_delete",),
}


def install(connection: BaseDatabaseWrapper) -> None:
    """Create the trigger; one that is there is made anew.

    Raises:
        KeyError: the database is neither PostgreSQL nor SQLite.
    """
    drop(connection)
    run(connection, CREATE)


def drop(connection: BaseDatabaseWrapper) -> None:
    """Remove the trigger; tests do so around a flush, nobody else has a reason to.

    Raises:
        KeyError: the database is neither PostgreSQL nor SQLite.
    """
    run(connection, DROP)


def run(connection: BaseDatabaseWrapper, statements: Mapping[str, tuple[str, ...]]) -> None:
    """Execute the statements of the connection's kind of database.

    Raises:
        KeyError: the database is neither PostgreSQL nor SQLite.
    """
    with connection.cursor() as cursor:
        for statement in statements[connection.vendor]:
            cursor.execute(statement)


@contextmanager
def lifted(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Take the trigger away for the length of a block."""
    drop(connection)
    try:
        yield
    finally:
        install(connection)
