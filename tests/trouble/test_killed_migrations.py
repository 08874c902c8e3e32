"""An upgrade that dies before any of its statements is whole after the next start."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from alembic import command
from sqlalchemy import URL, create_engine

from bot.migrating import config, upgrade_file
from tests.trouble.server_process import ROOT

#: For every one of them: MADOGUCHI_TEST_EVERY_STATEMENT=1 pytest tests/trouble
STEP = 1 if os.environ.get("MADOGUCHI_TEST_EVERY_STATEMENT") else 13
#: More statements than all migrations have together.
MOST = 400


def shape(path):
    with closing(sqlite3.connect(path)) as found:
        assert found.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return (
            found.execute("SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2").fetchall(),
            found.execute("SELECT version_num FROM alembic_version").fetchall(),
        )


def released(path):
    """The tables as the first release made them, with a message in them."""
    engine = create_engine(URL.create("sqlite", database=str(path)))
    settings = config()
    with engine.connect() as connection:
        settings.attributes["connection"] = connection
        command.upgrade(settings, "0001")
        connection.commit()
    engine.dispose()
    with closing(sqlite3.connect(path)) as found:
        found.execute(
            "INSERT INTO inbox (channel, event_key, kind, state, attempts, received_at,"
            " occurred_at) VALUES ('line', 'e1', 'message', 'done', 0, 1, 1)"
        )
        found.commit()


@pytest.mark.parametrize("from_release", [False, True])
def test_an_upgrade_can_die_before_any_statement(tmp_path, from_release):
    prepared = tmp_path / "prepared.db"
    prepared.touch()
    if from_release:
        released(prepared)
    whole = tmp_path / "whole.db"
    whole.write_bytes(prepared.read_bytes())
    upgrade_file(whole)
    numbers = [str(number) for number in range(1, MOST, STEP)]
    done = subprocess.run(  # noqa: S603 - our own interpreter and module
        [sys.executable, "-m", "tests.trouble.migration_kills", tmp_path, prepared, *numbers],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    ends = [tuple(map(int, line.split())) for line in done.stdout.splitlines()]
    killed = [number for number, code in ends if code == -9]
    survived = [number for number, code in ends if code == 0]
    # behind the last statement there is nothing left to die before
    assert killed == [int(each) for each in numbers[: len(killed)]]
    assert len(survived) == 1
    assert len(killed) >= 20 // STEP
    for number in killed:
        path = tmp_path / f"{number}.db"
        upgrade_file(path)
        assert shape(path) == shape(whole)
        if from_release:
            with closing(sqlite3.connect(path)) as found:
                assert found.execute("SELECT event_key FROM inbox").fetchall() == [("e1",)]
