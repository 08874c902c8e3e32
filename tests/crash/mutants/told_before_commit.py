"""Callers are told before the group's COMMIT."""

import time

from bot import sqlite_store


def apply():
    def commit(self, group):
        connection = self._writer
        connection.execute("BEGIN IMMEDIATE")
        for unit in group:
            sqlite_store._run_unit(connection, sqlite_store.SqliteTx(connection), unit)
        self._loop.call_soon_threadsafe(sqlite_store._tell, group)
        time.sleep(2)  # noqa: TID251 - the writer's thread; the disk is slow
        connection.execute("COMMIT")

    sqlite_store.SqliteStore._commit_group = commit
