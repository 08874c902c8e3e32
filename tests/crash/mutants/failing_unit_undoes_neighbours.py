"""A unit that raises rolls back the whole group, and the others are told that all is well."""

from bot import sqlite_store


def apply():
    def run(connection, tx, unit):
        try:
            unit.value = unit.call(tx)
        except Exception as error:  # noqa: BLE001 - the mutant's point
            unit.error = error
            connection.execute("ROLLBACK")
            connection.execute("BEGIN IMMEDIATE")

    sqlite_store._run_unit = run
