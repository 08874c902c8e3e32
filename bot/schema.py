"""Brings a database to this version's tables, and refuses one that is newer."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine

from bot.errors import StoreError

MIGRATIONS = Path(__file__).parent / "migrations"


class NewerDatabase(StoreError):
    """This database was written by a newer version of Madoguchi."""


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


def upgrade_sqlite(path: Path) -> None:
    """Create or upgrade the SQLite file. Call it before the store opens the file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(f"sqlite:///{path}")
    try:
        with engine.connect() as connection:
            upgrade(connection)
            connection.commit()
    finally:
        engine.dispose()
