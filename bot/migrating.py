"""Applies the migrations with Alembic; imported only when one is due, for it is slow and large."""

import itertools
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, create_engine, event
from sqlalchemy.exc import DatabaseError

from bot.errors import NewerDatabase
from bot.failpoints import hit
from bot.sqlite_store import cannot_open

MIGRATIONS = Path(__file__).parent / "migrations"


def config() -> Config:
    """Alembic's settings; nothing stands in an ini file."""
    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return settings


def upgrade(connection: Connection) -> None:
    """Apply what is missing. Raises NewerDatabase for tables we do not know."""
    settings = config()
    known = {script.revision for script in ScriptDirectory.from_config(settings).walk_revisions()}
    current = MigrationContext.configure(connection).get_current_revision()
    if current is not None and current not in known:
        raise NewerDatabase(
            f"The database is at version {current}, which this program does not know. "
            "Install the newer version again, or restore a backup made before the upgrade."
        )
    settings.attributes["connection"] = connection
    command.upgrade(settings, "head")


def upgrade_file(path: Path) -> None:
    """Create or upgrade the tables of a SQLite file."""
    engine = create_engine(URL.create("sqlite", database=str(path)))
    # by itself sqlite3 begins no transaction before DDL: a crash would leave half a version
    event.listen(engine, "connect", _by_hand)
    event.listen(engine, "begin", _begin)
    event.listen(engine, "before_cursor_execute", _count(itertools.count(1)))
    try:
        with engine.connect() as connection:
            upgrade(connection)
            connection.commit()
    except DatabaseError as error:
        # a file that is damaged, locked or read-only; our own faults are other errors
        if isinstance(error.orig, sqlite3.DatabaseError):
            raise cannot_open(path, error.orig) from error
        raise
    finally:
        engine.dispose()


def _by_hand(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _count(numbers: Iterator[int]) -> Callable[..., None]:
    """Pass a point before each statement, so that a crash test can die at any of them."""

    def pass_point(*_: Any) -> None:
        number = next(numbers)
        hit(f"migrate.statement_{number}")

    return pass_point
