"""Brings a database to this version's tables, and refuses one that is newer."""

import contextlib
import os
import sqlite3
from pathlib import Path

VERSIONS = Path(__file__).parent / "migrations" / "versions"


def upgrade_sqlite(path: Path) -> None:
    """Create or upgrade the SQLite file. Call it before the store opens the file.

    Raises NewerDatabase.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # nobody else may read it, from its first byte on
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    if not is_current(path):
        # a third of a second and 40 MB, which most starts do without
        from bot.migrating import upgrade_file

        upgrade_file(path)


def is_current(path: Path) -> bool:
    """Whether the file has this version's tables; False also where that cannot be told."""
    with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(path)) as database:
        found = database.execute("SELECT version_num FROM alembic_version").fetchall()
        return found == [(newest_version(),)]
    return False


def newest_version() -> str:
    """The last migration's number, with which the name of its file begins."""
    return max(file.name.partition("_")[0] for file in VERSIONS.glob("[0-9]*.py"))
