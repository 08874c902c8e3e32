"""The disk fills up under the product's own store: SQLite hears ENOSPC at every possible write."""

import asyncio
import sqlite3
from contextlib import closing

import pytest

import bot.sqlite_store
from bot.errors import StoreUnavailable
from bot.sqlite_store import SqliteStore
from handoff import health
from tests.power.connection import DiskConnection
from tests.power.disk import Disk

INSERT = (
    "INSERT INTO inbox (channel, event_key, kind, state, attempts, received_at, occurred_at)"
    " VALUES ('line', :key, 'message', 'done', 0, 1, 1)"
)


@pytest.fixture
def disk(monkeypatch):
    disk = Disk()
    vfs = disk.deliver("filling")
    monkeypatch.setattr(
        bot.sqlite_store,
        "connect",
        lambda path, pragmas: DiskConnection(path, pragmas, vfs=vfs.name),
    )
    yield disk
    vfs.unregister()


@pytest.mark.parametrize("room", range(0, 120_000, 5_000))
async def test_what_was_acknowledged_is_stored_and_room_heals(database, disk, room):
    store = await SqliteStore.open(database)
    acknowledged, refused = [], []

    async def add(key):
        try:
            await store.write(lambda tx: tx.run(INSERT, key=key))
        except StoreUnavailable:
            refused.append(key)
        else:
            acknowledged.append(key)

    async def burst(name):
        await asyncio.gather(*(add(f"{name}-{number}-{'x' * 60}") for number in range(10)))

    disk.room = room
    for number in range(12):
        await burst(f"full-{number}")
    assert refused
    disk.room = None
    await burst("roomy")
    await store.close()
    assert acknowledged[-10:] == [f"roomy-{number}-{'x' * 60}" for number in range(10)]
    with closing(sqlite3.connect(database)) as found:
        assert found.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        stored = [key for (key,) in found.execute("SELECT event_key FROM inbox ORDER BY id")]
    # not one more, not one fewer, in the order in which they were told
    assert stored == acknowledged


async def test_a_server_without_room_is_not_ready(database, disk):
    store = await SqliteStore.open(database)
    await store.write(health._touch)
    disk.room = 1_000
    with pytest.raises(StoreUnavailable):
        await store.write(health._touch)
    disk.room = None
    await store.write(health._touch)
    await store.close()
