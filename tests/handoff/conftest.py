"""Fixtures of the people's tests."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.schema import upgrade_sqlite
from bot.sqlite_store import SqliteStore
from tests.handoff.people_world import World


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("database") / "empty.sqlite3"
    upgrade_sqlite(path)
    return path


@pytest.fixture
async def world(empty_database: Path, tmp_path: Path) -> AsyncIterator[World]:
    path = tmp_path / "madoguchi.sqlite3"
    shutil.copy(empty_database, path)
    store = await SqliteStore.open(path)
    yield World(store)
    await store.close()
