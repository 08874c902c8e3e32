import re
import sqlite3
import subprocess
import sys
from collections import defaultdict

import pytest
from alembic.script import ScriptDirectory
from sqlmodel import SQLModel, create_engine

import bot.models
import handoff.models  # noqa: F401 - its tables are part of the same database
from bot.errors import NewerDatabase
from bot.migrating import MIGRATIONS, config
from bot.schema import is_current, newest_version, upgrade_sqlite

assert bot.models


def shape(path):
    """Tables, columns, named checks and indexes of a file, in no particular order."""
    connection = sqlite3.connect(path)
    found = defaultdict(set)
    rows = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
    for kind, name, table, sql in rows:
        if table in ("alembic_version", "sqlite_sequence"):
            continue
        if kind == "table":
            for _, column, of_type, required, _, key in connection.execute(
                f"PRAGMA table_info({table})"
            ):
                found[table].add(("column", column, of_type, required, key))
            for _, _, to, column, *_ in connection.execute(f"PRAGMA foreign_key_list({table})"):
                found[table].add(("reference", column, to))
            for check in re.findall(r"CONSTRAINT (\w+) (CHECK|UNIQUE) ?\((.*)\)", sql):
                found[table].add(("constraint", *check))
        else:
            found[table].add((kind, name, re.sub(r"\s+", " ", sql or "")))
    connection.close()
    return {table: sorted(map(repr, facts)) for table, facts in found.items()}


def test_migrations_make_what_the_models_say(empty_database, tmp_path):
    path = tmp_path / "models.db"
    engine = create_engine(f"sqlite:///{path}")
    SQLModel.metadata.create_all(engine)
    engine.dispose()
    assert shape(empty_database) == shape(path)


def test_the_shape_would_show_a_difference(empty_database, tmp_path):
    path = tmp_path / "other.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE customer (id INTEGER)")
    connection.close()
    assert shape(path)["customer"] != shape(empty_database)["customer"]


def test_every_check_and_index_has_a_name(empty_database):
    connection = sqlite3.connect(empty_database)
    tables = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
    unnamed = [
        name
        for name, sql in tables
        if len(re.findall("CHECK", sql)) != len(re.findall("CONSTRAINT ck_", sql))
    ]
    connection.close()
    assert unnamed == []


def test_upgrading_twice_changes_nothing(tmp_path):
    path = tmp_path / "deep" / "madoguchi.db"
    upgrade_sqlite(path)
    before = shape(path)
    upgrade_sqlite(path)
    assert shape(path) == before
    assert (path.stat().st_mode & 0o777) == 0o600


@pytest.mark.parametrize("name", ["ordinary.db", "a b#c?d%e.db", "窓口.db"])
def test_any_file_name_will_do(tmp_path, name):
    upgrade_sqlite(tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_newer_database_is_refused_and_left_alone(database):
    connection = sqlite3.connect(database)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    before = database.read_bytes()
    with pytest.raises(NewerDatabase) as refused:
        upgrade_sqlite(database)
    assert str(refused.value) == (
        "The database is at version 9999, which this program does not know. "
        "Install the newer version again, or restore a backup made before the upgrade."
    )
    assert database.read_bytes() == before


CHILD = """
import os, sys
from pathlib import Path
from alembic.operations import Operations
from bot.schema import upgrade_sqlite

left = int(sys.argv[2])
plain = Operations.create_table

def counted(self, *args, **kwargs):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), 9)
    return plain(self, *args, **kwargs)

Operations.create_table = counted
upgrade_sqlite(Path(sys.argv[1]))
"""


@pytest.mark.parametrize("tables", [1, 6])
def test_an_upgrade_that_was_killed_can_be_repeated(tmp_path, empty_database, tables):
    path = tmp_path / "madoguchi.db"
    child = subprocess.run(  # noqa: S603 - our own interpreter and script
        [sys.executable, "-c", CHILD, str(path), str(tables)], check=False, capture_output=True
    )
    assert (child.returncode, child.stderr) == (-9, b"")
    upgrade_sqlite(path)
    assert shape(path) == shape(empty_database)


def test_there_is_one_line_of_versions():
    texts = [path.read_text() for path in sorted((MIGRATIONS / "versions").glob("*.py"))]
    known = [re.search(r'^revision = "(.+)"', text, re.MULTILINE)[1] for text in texts]
    before = [
        re.search(r"^down_revision = (.+)$", text, re.MULTILINE)[1].strip('"') for text in texts
    ]
    assert before == ["None", *known[:-1]]


EVENT = """INSERT INTO inbox (channel, event_key, kind, state, attempts, received_at, occurred_at)
    VALUES ('line', '', 'x', 'done', 0, 0, 0)"""
SCORE = """INSERT INTO survey (conversation_id, round, channel, handled_by, state, score, asked_at)
    VALUES (1, 1, 'line', 'bot', 'answered', 6, 0)"""


@pytest.mark.parametrize(("sql", "name"), [(EVENT, "ck_inbox_key"), (SCORE, "ck_survey_score")])
def test_the_database_itself_refuses_what_is_wrong(database, sql, name):
    connection = sqlite3.connect(database)
    with pytest.raises(sqlite3.IntegrityError, match=name):
        connection.execute(sql)
    connection.close()


def test_tables_that_are_up_to_date_need_no_migration(tmp_path):
    path = tmp_path / "new.db"
    assert not is_current(path)
    upgrade_sqlite(path)
    assert is_current(path)
    path.write_bytes(b"no database at all" * 100)
    assert not is_current(path)


def test_the_newest_version_is_the_last_migration():
    scripts = ScriptDirectory.from_config(config())
    assert [newest_version()] == scripts.get_heads()
