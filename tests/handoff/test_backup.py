"""`madoguchi backup`: whole copies beside a store under load, and a way back from each."""

import asyncio
import itertools
import os
import shutil
import sqlite3
from contextlib import closing

import pytest

from bot.clock import now_ms
from bot.sqlite_store import SqliteStore
from handoff import backup
from handoff.backup import BackupFailed, make_backup
from handoff.configuration import load_settings

#: 100 before a release: MADOGUCHI_TEST_BACKUPS=100 pytest tests/handoff/test_backup.py
BACKUPS = int(os.environ.get("MADOGUCHI_TEST_BACKUPS", "20"))
NOON = 1_800_345_600_000
KEY = bytes(range(32))


@pytest.fixture
def shop(tmp_path, database, monkeypatch):
    """Settings over the test's database."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "signing.key").write_bytes(KEY)
    return load_settings(data_dir=tmp_path, knowledge=tmp_path / "knowledge")


def copied(settings, out=None, *, now=NOON):
    lines = []
    return make_backup(settings, out, now=now, report=lines.append), lines


def keys_in(path):
    with closing(sqlite3.connect(path)) as found:
        assert found.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert found.execute("PRAGMA foreign_key_check").fetchall() == []
        return [key for (key,) in found.execute("SELECT event_key FROM inbox ORDER BY id")]


def add(tx, key):
    tx.run(
        "INSERT INTO inbox (channel, event_key, kind, state, attempts, received_at, occurred_at)"
        " VALUES ('line', :key, 'message', 'done', 0, 1, 1)",
        key=key,
    )


async def test_backups_under_load_restore_whole(shop, store, tmp_path):
    """Each holds every message that was acknowledged before it began, and serves again."""
    acknowledged, numbers, ended = [], itertools.count(), asyncio.Event()

    async def customer():
        while not ended.is_set():
            key = f"k{next(numbers)}-{'x' * 80}"
            await store.write(add, key)
            acknowledged.append(key)

    customers = [asyncio.create_task(customer()) for _ in range(12)]
    places = [tmp_path / "copies" / f"{number}.db" for number in range(BACKUPS)]
    before = []
    for place in places:
        before.append(set(acknowledged))
        await asyncio.to_thread(copied, shop, place)
    ended.set()
    await asyncio.gather(*customers)
    assert len(before[-1]) > 500
    for place, owed in zip(places, before, strict=True):
        found = await asyncio.to_thread(keys_in, place)
        assert owed <= set(found)
        # a prefix of what was written, none of it twice
        assert len(found) == len(set(found))
    restored = await SqliteStore.open(places[-1])
    await restored.write(add, "afterwards")
    await restored.close()
    assert (await asyncio.to_thread(keys_in, places[-1]))[-1] == "afterwards"


async def test_a_large_copy_tells_its_progress_and_is_one_moment(shop, store, monkeypatch):
    """Page by page, with commits between the pages: still the moment at which it began."""
    monkeypatch.setattr(backup, "_STEP", 10)
    await store.write(add, "before")
    loop, lines = asyncio.get_running_loop(), []

    def report(line):
        lines.append(line)
        asyncio.run_coroutine_threadsafe(store.write(add, f"during {len(lines)}"), loop).result()

    made = await asyncio.to_thread(make_backup, shop, None, now=NOON, report=report)
    assert 5 < len(lines) <= 11
    assert lines[-2:] == ["copied 100 %", "checking"]
    assert await asyncio.to_thread(keys_in, made.path) == ["before"]


def test_a_backup_is_private_and_says_what_is_inside(shop, tmp_path):
    made, lines = copied(shop)
    assert made.path.name == "madoguchi-20270119-080000.db"
    assert made.lines() == [
        f"{made.path}: whole ({made.size / 1024 / 1024:,.1f} MB, messages: 0).",
        f"{made.key}: the key of visitors' tokens. Keep it as secret.",
        (
            "Not inside: the files of customers (media/), knowledge and settings. "
            "How to copy those, and how to restore: docs/howto/back-up.md"
        ),
    ]
    assert lines == ["checking"]
    assert made.key.read_bytes() == KEY
    assert [path.stat().st_mode & 0o777 for path in (made.path, made.key)] == [0o600, 0o600]
    left = {path.name for path in tmp_path.iterdir() if path.name.startswith("madoguchi-")}
    assert left == {made.path.name, made.key.name}


def test_a_backup_folder_is_made_for_its_owner_alone(shop, tmp_path):
    shop = shop.model_copy(update={"backup_dir": tmp_path / "copies"})
    made, _ = copied(shop)
    assert made.path.parent == tmp_path / "copies"
    assert made.path.parent.stat().st_mode & 0o777 == 0o700


def test_without_a_key_the_database_alone_is_copied(shop, tmp_path):
    (tmp_path / "signing.key").unlink()
    made, _ = copied(shop)
    assert (made.key, len(made.lines())) == (None, 2)


def test_nothing_is_overwritten(shop, tmp_path):
    out = tmp_path / "copy.db"
    copied(shop, out)
    before = out.read_bytes()
    for there in (out, tmp_path / "other.db.key"):
        there.touch()
        with pytest.raises(BackupFailed) as refused:
            copied(shop, there.with_suffix("") if there.suffix == ".key" else there)
        assert str(refused.value) == f"{there} exists already. Name another file with --out."
    assert out.read_bytes() == before


def test_without_a_database_there_is_nothing_to_copy(shop, tmp_path):
    (tmp_path / "madoguchi.db").unlink()
    with pytest.raises(BackupFailed) as refused:
        copied(shop)
    assert str(refused.value) == (
        f"There is no database {tmp_path / 'madoguchi.db'} yet; the first start makes it."
    )


def harm(path):
    body = bytearray(path.read_bytes())
    with closing(sqlite3.connect(path)) as found:
        (page,) = found.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'message'"
        ).fetchone()
    body[4096 * (page - 1) : 4096 * page] = bytes(4096)
    path.write_bytes(body)


def test_a_damaged_database_makes_no_backup(shop, tmp_path, database):
    harm(database)
    with pytest.raises(BackupFailed) as refused:
        copied(shop, tmp_path / "copies" / "a.db")
    assert "so the database probably is" in str(refused.value)
    assert list((tmp_path / "copies").iterdir()) == []


def test_a_place_that_cannot_be_written_is_named(shop, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(BackupFailed) as refused:
        copied(shop, tmp_path / "file" / "a.db")
    assert str(refused.value).startswith("The backup could not be written: ")


def test_a_part_of_an_ended_run_is_replaced_and_no_link_is_followed(shop, tmp_path):
    victim = tmp_path / "victim"
    victim.write_text("dear")
    (tmp_path / "a.db.part").symlink_to(victim)
    made, _ = copied(shop, tmp_path / "a.db")
    assert (victim.read_text(), made.path.is_symlink()) == ("dear", False)


async def test_a_full_disk_leaves_nothing_behind(shop, store, tmp_path, monkeypatch):
    def full(*_arguments):
        raise OSError(28, "No space left on device", str(tmp_path / "copies"))

    monkeypatch.setattr(backup, "_copy_key", full)
    with pytest.raises(BackupFailed) as refused:
        await asyncio.to_thread(copied, shop, tmp_path / "copies" / "a.db", now=now_ms())
    assert str(refused.value).endswith("copies: No space left on device.")
    assert await asyncio.to_thread(os.listdir, tmp_path / "copies") == []


def test_the_way_back_is_as_the_how_to_says(shop, tmp_path):
    made, _ = copied(shop)
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    shutil.copy(made.path, fresh / "madoguchi.db")
    shutil.copy(made.key, fresh / "signing.key")
    assert keys_in(fresh / "madoguchi.db") == []
