"""Database triggers that keep decided rules: a newer row supersedes one, nothing changes or removes it.

A migration that alters `RegulationRule` must call `install` again: SQLite rebuilds the table and loses its triggers.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

from .triggers import run

TABLE = "accounts_regulationrule"
REFUSAL = "rules of the working regulation are never changed or deleted"

CREATE = {
    "postgresql": (
        f"""CREATE OR REPLACE FUNCTION accounts_refuse_rule_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
        f"""CREATE TRIGGER rule_no_change BEFORE UPDATE OR DELETE ON {TABLE}
        FOR EACH ROW EXECUTE FUNCTION accounts_refuse_rule_change()""",
    ),
    "sqlite": (
        f"CREATE TRIGGER rule_no_update BEFORE UPDATE ON {TABLE} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
        f"CREATE TRIGGER rule_no_delete BEFORE DELETE ON {TABLE} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    ),
}
DROP = {
    "postgresql": (f"DROP TRIGGER IF EXISTS rule_no_change ON {TABLE}",),
    "sqlite": ("DROP TRIGGER IF EXISTS rule_no_update", "DROP TRIGGER IF EXISTS rule_no_delete"),
}


def install(connection: BaseDatabaseWrapper) -> None:
    """Create the triggers; those that are there are made anew.

    Raises:
        KeyError: the database is neither PostgreSQL nor SQLite.
    """
    drop(connection)
    run(connection, CREATE)


def drop(connection: BaseDatabaseWrapper) -> None:
    """Remove the triggers; tests do so around a flush, nobody else has a reason to.

    Raises:
        KeyError: the database is neither PostgreSQL nor SQLite.
    """
    run(connection, DROP)
