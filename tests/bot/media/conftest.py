"""A store with one LINE customer, her conversation and her message."""

import asyncio
from types import SimpleNamespace

import pytest
from media_rows import NOW, prepare

from bot.hints import Hints
from bot.schema import upgrade_sqlite
from bot.shelf import MediaShelf
from bot.sqlite_store import SqliteStore


@pytest.fixture
async def store(tmp_path):
    path = tmp_path / "madoguchi.db"
    await asyncio.to_thread(upgrade_sqlite, path)
    store = await SqliteStore.open(path)
    await store.write(prepare)
    yield store
    await store.close()


@pytest.fixture
def shelf(tmp_path):
    return MediaShelf(tmp_path)


@pytest.fixture
def hints():
    return Hints()


@pytest.fixture
def ask(store):
    """Rows of a query, as plain dictionaries."""

    async def ask(sql, **values):
        rows = await store.read(lambda tx: tx.all(sql, **values))
        return [dict(row) for row in rows]

    return ask


@pytest.fixture
def clock():
    return SimpleNamespace(at=NOW)
